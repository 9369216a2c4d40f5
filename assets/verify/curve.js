// Ed25519, refusing first what libraries disagree about: encodings that are not reduced, scalars not below the group's
// order, points of small order. Then the browser's own, or where it has none a library's, by the same equation.
import { ed25519 } from '@noble/curves/ed25519.js'
import { sha512 } from '@noble/hashes/sha2.js'

const FIELD = 2n ** 255n - 19n
const ORDER = 2n ** 252n + 27742317777372353535851937790883648493n
const EIGHT = 0x7a03ac9277fdc74ec6cc392cfa53202a0f67100d760b3cba4fd83d3d706a17c7n
const SMALL = new Set([0n, 1n, FIELD - 1n, EIGHT, FIELD - EIGHT])

const numberOf = (bytes) => bytes.reduceRight((sum, each) => (sum << 8n) | BigInt(each), 0n)

export function isAcceptablePoint(encoded) {
  const y = numberOf(encoded) & (2n ** 255n - 1n)
  return encoded.length === 32 && y < FIELD && !SMALL.has(y)
}

export async function isSigned(key, signature, message) {
  if (signature.length !== 64 || !isAcceptablePoint(key) || !isAcceptablePoint(signature.slice(0, 32))) return false
  if (numberOf(signature.slice(32)) >= ORDER) return false
  const own = await byBrowser(key, signature, message)
  return own === null ? byLibrary(key, signature, message) : own
}

// null where the browser has no Ed25519, or lends it to no page that was opened from a disk.
async function byBrowser(key, signature, message) {
  if (!globalThis.crypto?.subtle) return null
  try {
    const imported = await crypto.subtle.importKey('raw', key, { name: 'Ed25519' }, false, ['verify'])
    return await crypto.subtle.verify({ name: 'Ed25519' }, imported, signature, message)
  } catch {
    return null
  }
}

// RFC 8032 §5.1.7 without the cofactor, as the browsers and OpenSSL do it: encode(S·B - h·A) is R.
function byLibrary(key, signature, message) {
  try {
    const R = signature.slice(0, 32)
    const whole = new Uint8Array(64 + message.length)
    whole.set(R)
    whole.set(key, 32)
    whole.set(message, 64)
    const h = numberOf(sha512(whole)) % ORDER
    const Point = ed25519.Point ?? ed25519.ExtendedPoint
    const A = Point.fromHex(key)
    const found = Point.BASE.multiplyUnsafe(numberOf(signature.slice(32))).subtract(A.multiplyUnsafe(h))
    return found.toBytes().every((each, at) => each === R[at])
  } catch {
    return false
  }
}
