// What this browser saw before: sizes and roots of each log, and the keys that signed them. A pack is whole in itself even
// when the log behind it was written anew; two packs of one log are not. It stays on this computer, and holds no content.
import { encode64 } from './text.js'
import { hex } from './hashing.js'

const PLACE = 'safeguard-logs-seen'
const MOST = 50
export const NOTHING = { roots: {}, keys: [] }

const logOf = (origin) => origin.slice(0, origin.lastIndexOf('/'))

function load() {
  try {
    const whole = JSON.parse(globalThis.localStorage.getItem(PLACE) ?? '{}')
    return { roots: { ...whole.roots }, keys: { ...whole.keys } }
  } catch {
    return { roots: {}, keys: {} }
  }
}

export function recall(origin) {
  const whole = load()
  const [roots, keys] = [whole.roots[origin], whole.keys[logOf(origin)]]
  return { roots: roots && typeof roots === 'object' ? roots : {}, keys: Array.isArray(keys) ? keys : [] }
}

// Whether it could be kept: a browser may keep nothing of a page that is opened from a disk, or in a private window.
export function remember(found) {
  const whole = load()
  const { origin, size, root } = found.log
  const roots = Object.entries({ ...whole.roots[origin], [size]: hex(root) })
  whole.roots[origin] = Object.fromEntries(roots.sort(([one], [other]) => one - other).slice(-MOST))
  const known = whole.keys[logOf(origin)] ?? []
  whole.keys[logOf(origin)] = [...new Set([...known, ...found.publics.map(encode64)])].sort()
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
