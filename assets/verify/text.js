// Texts that admit exactly one spelling: base64, JSON, UTF-8.
import { Refused } from './refused.js'

const DEEPEST = 100
const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

export const utf8 = (bytes) => strict.decode(bytes)

export function encode64(bytes) {
  let text = ''
  for (const each of bytes) text += String.fromCharCode(each)
  return btoa(text)
}

// Canonical, padded base64 (RFC 4648 §4); null for any other spelling, or another length than the one asked for.
export function decode64(text, length = null) {
  if (typeof text !== 'string' || !/^[A-Za-z0-9+/]*={0,2}$/.test(text)) return null
  let raw
  try {
    raw = atob(text)
  } catch {
    return null
  }
  if (btoa(raw) !== text || (length !== null && raw.length !== length)) return null
  return Uint8Array.from(raw, (each) => each.charCodeAt(0))
}

// RFC 8785 of whole numbers, strings, lists and objects. Throws for what has no such form.
function spell(value, depth) {
  if (depth > DEEPEST) throw new Error('deep')
  if (value === null || typeof value === 'boolean') return String(value)
  if (typeof value === 'number') {
    if (!Number.isSafeInteger(value)) throw new Error('number')
    return JSON.stringify(value)
  }
  if (typeof value === 'string') {
    encodeURIComponent(value) // throws for half of a surrogate pair, which no UTF-8 has
    return JSON.stringify(value)
  }
  if (Array.isArray(value)) return '[' + value.map((each) => spell(each, depth + 1)).join(',') + ']'
  const names = Object.keys(value).sort()
  return '{' + names.map((name) => spell(name, depth) + ':' + spell(value[name], depth + 1)).join(',') + '}'
}

// The value of a JSON text in canonical form; throws for the same value spelt otherwise, as duplicate names are.
export function canonical(text) {
  let value
  try {
    value = JSON.parse(text)
    if (spell(value, 0) === text) return value
  } catch {
    throw new Error('not JSON that can be read')
  }
  throw new Error('not in canonical form')
}

export function readJSON(bytes, file) {
  let value
  try {
    value = canonical(utf8(bytes))
  } catch (fault) {
    throw new Refused(`${file} is ${fault instanceof TypeError ? 'not JSON that can be read' : fault.message}.`, { file })
  }
  if (!isRecord(value)) throw new Refused(`${file} does not hold what it should.`, { file })
  return value
}

export const isRecord = (value) => typeof value === 'object' && value !== null && !Array.isArray(value)

export const hasExactly = (record, ...names) =>
  Object.keys(record).length === names.length && names.every((name) => Object.hasOwn(record, name))

const KINDS = {
  text: (value) => typeof value === 'string',
  number: (value) => typeof value === 'number',
  list: Array.isArray,
  record: isRecord,
}

export function take(record, name, kind, file) {
  const value = Object.hasOwn(record, name) ? record[name] : undefined
  if (!KINDS[kind](value)) throw new Refused(`${file} has no usable “${name}”.`, { file })
  return value
}
