// Holding a pack against what this browser saw before of its log: its keys, its beginnings and its times. A log only grows,
// and its time never goes back: of two of its packs, the one with more entries is not the earlier one.
import { hex } from './hashing.js'
import { Refused } from './refused.js'
import { encode64 } from './text.js'

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
  const sentence = `An earlier pack of this log, checked here, had others among its first ${tree.size} entries:`
  throw new Refused(`${sentence} one of the two was altered.`, { file: 'audit/entries' })
}

// The log grew with time, between this pack and each one before it. What was cut and went on has no root to be held
// against as long as it is smaller than it was; but it is later.
export function checkTimes({ size, asOf }, seen) {
  for (const [other, time] of Object.entries(seen.times)) {
    const why = clash(Number(other) - size, time, size, asOf)
    if (!why) continue
    const sentence = `An earlier pack of this log, checked here, held ${other} entries as of ${time};`
    throw new Refused(`${sentence} ${why} the log or one of the two packs was altered.`, { file: 'checkpoint.note' })
  }
}

function clash(more, time, size, asOf) {
  if (more > 0 && time < asOf) return `this one is later, as of ${asOf}, and holds ${size}. A log never gets smaller:`
  if (more < 0 && time > asOf) return `this one holds more, ${size}, and is earlier, as of ${asOf}. Time never goes back:`
  if (more === 0 && time !== asOf) return `this one holds the same and says that they are as of ${asOf}:`
  return ''
}
