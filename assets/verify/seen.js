// What this browser saw before: sizes, roots and times of each log, and the keys that signed them. A pack is whole in itself
// even when the log behind it was written anew; two packs of one log are not. It stays on this computer, and holds no
// content. Times stand beside the roots: what was kept before there were any is read as it was.
import { isTime } from './entries.js'
import { hex } from './hashing.js'
import { encode64, isRecord } from './text.js'

const PLACE = 'safeguard-logs-seen'
const MOST = 50
export const NOTHING = { roots: {}, times: {}, keys: [] }

const logOf = (origin) => origin.slice(0, origin.lastIndexOf('/'))
const part = (whole, name) => (Object.hasOwn(whole, name) && isRecord(whole[name]) ? whole[name] : {})

function load() {
  let whole
  try {
    whole = JSON.parse(globalThis.localStorage.getItem(PLACE) ?? '{}')
  } catch {
    whole = {}
  }
  if (!isRecord(whole)) whole = {}
  return { roots: { ...part(whole, 'roots') }, times: { ...part(whole, 'times') }, keys: { ...part(whole, 'keys') } }
}

// What has another form than what is kept here counts for nothing.
function sizes(by, fits) {
  const sound = ([size, value]) => /^(?:0|[1-9][0-9]{0,15})$/.test(size) && typeof value === 'string' && fits(value)
  return Object.fromEntries(Object.entries(by).filter(sound))
}

function known(whole, origin) {
  const roots = sizes(part(whole.roots, origin), (root) => /^[0-9a-f]{64}$/.test(root))
  const times = Object.entries(sizes(part(whole.times, origin), isTime)).filter(([size]) => size in roots)
  const keys = Object.hasOwn(whole.keys, logOf(origin)) ? whole.keys[logOf(origin)] : []
  return { roots, times: Object.fromEntries(times), keys: Array.isArray(keys) ? keys.filter((key) => typeof key === 'string') : [] }
}

export const recall = (origin) => known(load(), origin)

// Whether it could be kept: a browser may keep nothing of a page that is opened from a disk, or in a private window.
export function remember(found) {
  const whole = load()
  const { origin, size, root, lastTime } = found.log
  const seen = known(whole, origin)
  const roots = Object.entries({ ...seen.roots, [size]: hex(root) }).sort(([one], [other]) => one - other).slice(-MOST)
  whole.roots[origin] = Object.fromEntries(roots)
  whole.times[origin] = Object.fromEntries(Object.entries({ ...seen.times, [size]: lastTime }).filter(([each]) => each in whole.roots[origin]))
  whole.keys[logOf(origin)] = [...new Set([...seen.keys, ...found.publics.map(encode64)])].sort()
  try {
    globalThis.localStorage.setItem(PLACE, JSON.stringify(whole))
    return true
  } catch {
    return false
  }
}

export function forget() {
  try {
    globalThis.localStorage.removeItem(PLACE)
  } catch {
    // Nothing was kept.
  }
}
