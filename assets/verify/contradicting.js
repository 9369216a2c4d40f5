// Holding a pack against what this browser saw before of its log: its keys, its beginnings and its times. A log only grows,
// and its time never goes back: of two of its packs, the one with more entries is not the earlier one.
import { hex } from './hashing.js'
import { Refused } from './refused.js'
import { encode64 } from './text.js'

const whole = new Intl.NumberFormat('en-GB')
// An entry's time as people read it, to the second: to whoever has several packs it says which of them is meant.
const said = (time) => `${time.slice(0, 19).replace('T', ' ')} UTC`

// A key that signed an earlier pack of this log counts from then on, until somebody names another.
export function checkKeys(signers, seen, found) {
  found.publics = signers.map((key) => key.material)
  found.earlier = Object.keys(seen.roots).length
  if (found.keyKnown || !seen.keys.length) return
  if (found.publics.some((each) => seen.keys.includes(encode64(each)))) return
  const sentence = 'Earlier packs of this log, which you checked here, were signed by another key. Ask the organisation'
  throw new Refused(`${sentence} whether it replaced its key, and paste the new one above.`, { file: 'manifest.note' })
}

// The log begins as earlier packs of it did.
export function checkBeginning(tree, seen) {
  const root = seen.roots[tree.size]
  if (root === undefined || hex(tree.root()) === root) return
  const time = seen.times[tree.size]
  const when = time ? ` as of ${said(time)},` : ''
  const sentence = `An earlier pack of this log, checked here,${when} had others among its first ${whole.format(tree.size)} entries:`
  throw new Refused(`${sentence} one of the two was altered. Keep both.`, { file: 'audit/entries' })
}

// The log grew with time, between this pack and each one before it. What was cut and went on has no root to be held
// against as long as it is smaller than it was; but it is later.
export function checkTimes({ size, asOf }, seen) {
  for (const [other, time] of Object.entries(seen.times)) {
    const why = clash(Number(other) - size, time, size, asOf)
    if (!why) continue
    const sentence = `An earlier pack of this log, checked here, held ${whole.format(other)} entries as of ${said(time)};`
    throw new Refused(`${sentence} ${why} the log or one of the two packs was altered. Keep both.`, { file: 'checkpoint.note' })
  }
}

function clash(more, time, size, asOf) {
  if (more > 0 && time < asOf) return `this one is later, as of ${said(asOf)}, and holds ${whole.format(size)}. A log never gets smaller:`
  if (more < 0 && time > asOf) return `this one holds more, ${whole.format(size)}, and is earlier, as of ${said(asOf)}. Time never goes back:`
  if (more === 0 && time !== asOf) return `this one holds the same and says that they are as of ${said(asOf)}:`
  return ''
}
