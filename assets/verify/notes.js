// Signed notes (C2SP signed-note) and verifier keys.
import { isAcceptablePoint, isSigned } from './curve.js'
import { hash, hex, same } from './hashing.js'
import { Refused } from './refused.js'
import { decode64, utf8 } from './text.js'

const LARGEST = 64 * 1024
const MOST_SIGNATURES = 100
const BLANK = '\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000'
const KEY_NAME = new RegExp(`^[^${BLANK}+\\x00-\\x1f\\x7f]{1,256}$`, 'u')
export const NOT_BLANK = `[^${BLANK}+\\x00-\\x1f\\x7f]`
const encoder = new TextEncoder()

// A key from `name+8 hexadecimal digits+base64`; throws an Error that says what is wrong with it.
export function parseKey(text) {
  const [name, digits, ...rest] = text.split('+')
  if (digits === undefined || !rest.length || !KEY_NAME.test(name)) {
    throw new Error('a key looks like name+8 hexadecimal digits+base64')
  }
  const material = decode64(rest.join('+'))
  if (!material) throw new Error('not base64')
  if (material.length !== 33 || material[0] !== 1) throw new Error('this is not an Ed25519 key')
  const key = keyOf(name, material.slice(1))
  if (hex(key.identifier) !== digits) {
    throw new Error('the key does not match its own identifier: it was mistyped or cut off')
  }
  if (!isAcceptablePoint(key.material)) throw new Error('this key is one under which anybody can sign')
  return key
}

function keyOf(name, material) {
  const identifier = hash(name, '\n', new Uint8Array([1]), material).slice(0, 4)
  const digits = hex(hash(material)).slice(0, 32)
  return { name, material, identifier, fingerprint: digits.match(/.{4}/g).join(' '), said: `${name}+${hex(identifier)}` }
}

export function parseNote(bytes, file) {
  const refuse = (why) => {
    throw new Refused(`${file} is not a signed note: ${why}.`, { file })
  }
  if (bytes.length > LARGEST) refuse('it is too large')
  let content
  try {
    content = utf8(bytes)
  } catch {
    refuse('it is not text')
  }
  // eslint-disable-next-line no-control-regex
  if (/[\x00-\x09\x0b-\x1f]/.test(content)) refuse('it holds control characters')
  const cut = content.lastIndexOf('\n\n')
  const below = content.slice(cut + 2)
  if (cut < 0 || !below.endsWith('\n')) refuse('text and signatures are not told apart')
  const lines = below.slice(0, -1).split('\n')
  if (lines.length > MOST_SIGNATURES) refuse('it has too many signatures')
  return { text: content.slice(0, cut) + '\n', signatures: lines.map((line) => signatureOf(line, refuse)) }
}

function signatureOf(line, refuse) {
  const [dash, rest] = cutAt(line)
  const [name, encoded] = cutAt(rest)
  if (dash !== '—' || !KEY_NAME.test(name)) refuse('a signature line is malformed')
  const raw = decode64(encoded)
  if (!raw) refuse('not base64')
  if (raw.length < 5) refuse('a signature is too short')
  return { name, identifier: raw.slice(0, 4), value: raw.slice(4) }
}

function cutAt(line) {
  const at = line.indexOf(' ')
  return at < 0 ? [line, ''] : [line.slice(0, at), line.slice(at + 1)]
}

// The keys, of those given, that signed. Signatures of other keys are ignored, a false one is refused.
export async function signersOf(note, keys, file) {
  const found = []
  for (const signature of note.signatures) {
    for (const key of keys) {
      if (key.name !== signature.name || !same(key.identifier, signature.identifier)) continue
      if (found.some((each) => each.name === key.name && same(each.material, key.material))) continue
      if (!(await isSigned(key.material, signature.value, encoder.encode(note.text)))) {
        throw new Refused(`The signature on ${file} is false.`, { file })
      }
      found.push(key)
    }
  }
  return found
}
