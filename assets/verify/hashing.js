// SHA-256 of pieces and of many small things. A library in JavaScript and not WebCrypto, which takes no pieces, and for
// which each of a log's hundred thousand hashes would be a promise.
import { sha256 } from '@noble/hashes/sha2.js'

const encoder = new TextEncoder()
const bytesOf = (part) => (typeof part === 'string' ? encoder.encode(part) : part)

export const hasher = () => sha256.create()

export function hash(...parts) {
  const digest = sha256.create()
  for (const part of parts) digest.update(bytesOf(part))
  return digest.digest()
}

export const hex = (bytes) => Array.from(bytes, (each) => each.toString(16).padStart(2, '0')).join('')

export const same = (one, other) => one.length === other.length && one.every((each, at) => each === other[at])
