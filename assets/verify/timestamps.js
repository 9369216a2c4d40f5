// The timestamp over a pack's checkpoint (RFC 3161): that it is of this very checkpoint, and the time that it states.
// Whether its authority is one to trust is not judged here. The little of DER that this takes has one spelling.
import { hash, hex, same } from './hashing.js'
import { Refused } from './refused.js'

const FILE = 'tsa/checkpoint.tsr'
const LARGEST = 65536
const [INTEGER, OCTETS, NAME, TIME, SEQUENCE, SET, FIRST] = [0x02, 0x04, 0x06, 0x18, 0x30, 0x31, 0xa0]
const SIGNED_DATA = '2a864886f70d010702'
const TIME_INFO = '2a864886f70d0109100104'
const SHA256 = '608648016503040201'
const MOMENT = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(?:\.\d{0,8}[1-9])?Z$/

export async function checkTimestamp(archive, manifest) {
  const others = manifest.paths.filter((path) => path.startsWith('tsa/'))
  if (!others.length) return ''
  if (others.length > 1 || others[0] !== FILE) {
    throw new Refused('The pack holds a timestamp that this verifier does not know.', { file: others.at(-1) })
  }
  const over = hash(await archive.read('checkpoint.note', LARGEST))
  const response = await archive.read(FILE, LARGEST)
  try {
    return readToken(response, over)
  } catch (fault) {
    throw new Refused(`The timestamp is not one of this pack's checkpoint: ${fault.message}.`, { file: FILE })
  }
}

function readToken(response, over) {
  const [status, token] = these(parts(only(response, SEQUENCE)), SEQUENCE, SEQUENCE)
  const granted = these(parts(status), INTEGER)[0]
  if (granted.length !== 1 || granted[0] > 1) throw new Error('it was not granted')
  const signed = wrapped(token, SIGNED_DATA)
  const inner = these(parts(only(signed, SEQUENCE)), INTEGER, SET, SEQUENCE)[2]
  const info = only(only(wrapped(inner, TIME_INFO), OCTETS), SEQUENCE)
  const [, , imprint, , moment] = these(parts(info), INTEGER, NAME, SEQUENCE, INTEGER, TIME)
  const [kind, digest] = these(parts(imprint), SEQUENCE, OCTETS)
  if (hex(these(parts(kind), NAME)[0]) !== SHA256 || !same(digest, over)) throw new Error('it is over something else')
  return said(moment)
}

// What stands under [0] beside the name of its kind.
function wrapped(content, kind) {
  const [name, inner] = these(parts(content), NAME, FIRST)
  if (hex(name) !== kind) throw new Error('it is of another kind')
  return inner
}

function said(moment) {
  const found = MOMENT.exec(Array.from(moment, (each) => String.fromCharCode(each)).join(''))
  if (!found) throw new Error('its time is not written as it has to be')
  const [, year, month, day, hour, minute, second] = found
  return `${year}-${month}-${day}T${hour}:${minute}:${second}Z`
}

// The first parts, which have these tags; others may follow.
function these(found, ...tags) {
  if (tags.some((tag, at) => found[at]?.tag !== tag)) throw new Error('it is not built as a timestamp is')
  return found.slice(0, tags.length).map((each) => each.content)
}

function only(data, tag) {
  const found = parts(data)
  if (found.length !== 1) throw new Error('it is not built as a timestamp is')
  return these(found, tag)[0]
}

// The values that stand one after another, each with its tag.
function parts(data) {
  const found = []
  let at = 0
  while (at < data.length) {
    const tag = data[at]
    const [length, start] = lengthAt(data, at + 1)
    if ((tag & 0x1f) === 0x1f || start + length > data.length) throw new Error('it is cut off or damaged')
    found.push({ tag, content: data.subarray(start, start + length) })
    at = start + length
  }
  return found
}

// How long the value is, in the shortest spelling, and where it begins.
function lengthAt(data, at) {
  const first = at < data.length ? data[at] : 0x80
  if (first < 0x80) return [first, at + 1]
  const count = first - 0x80
  const digits = data.subarray(at + 1, at + 1 + count)
  if (count === 0 || count > 3 || digits.length !== count || !digits[0] || (count === 1 && digits[0] < 0x80)) {
    throw new Error('it is cut off or damaged')
  }
  return [digits.reduce((sum, each) => sum * 256 + each, 0), at + 1 + count]
}
