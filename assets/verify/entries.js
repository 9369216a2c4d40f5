// The entries of a log as a pack carries them: nine lines each, or one line with the hash of an entry not shown.
import { leafHash } from './merkle.js'
import { Refused } from './refused.js'
import { decode64 } from './text.js'

export const FILE = 'audit/entries'
const HIDDEN = 'safeguard-hidden/1 '
const LONGEST = 1024
const LINES = 9
const TIME =
  '[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])T' +
  '(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]\\.[0-9]{6}Z'
const ENTRY = new RegExp(
  '^safeguard-audit/1\\n' +
    `(${TIME})\\n` +
    '([a-z][a-z0-9_]*\\.[a-z][a-z0-9_]*)\\n' +
    '[A-Za-z0-9+/]{22}==\\n' +
    '[a-z][a-z0-9_]*\\n' +
    '([A-Za-z0-9+/]{43}=)\\n' +
    '(0|[1-9][0-9]{0,9})\\n' +
    '(-|[A-Za-z0-9+/]{43}=)\\n' +
    '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\\n$',
)
const latin = (bytes) => {
  let text = ''
  for (let at = 0; at < bytes.length; at++) text += String.fromCharCode(bytes[at])
  return text
}

export const isTime = (text) => new RegExp(`^${TIME}$`).test(text)

// Hands each entry to `take` in index order; a refusal names the first that is malformed.
export async function readEntries(chunks, take) {
  const reading = { index: 0, lines: [], rest: new Uint8Array(), take }
  for await (const chunk of chunks) readChunk(reading, chunk)
  if (reading.rest.length) throw new Refused('The last line of the log is cut off.', { file: FILE })
  if (reading.lines.length) malformed(reading.index)
}

function readChunk(reading, chunk) {
  const bytes = new Uint8Array(reading.rest.length + chunk.length)
  bytes.set(reading.rest)
  bytes.set(chunk, reading.rest.length)
  let from = 0
  for (let end = bytes.indexOf(10); end >= 0; end = bytes.indexOf(10, from)) {
    readLine(reading, bytes.subarray(from, end + 1))
    from = end + 1
  }
  reading.rest = bytes.slice(from)
  if (reading.rest.length > LONGEST) throw new Refused('A line of the log is longer than any can be.', { file: FILE })
}

function readLine(reading, line) {
  if (!reading.lines.length && latin(line.subarray(0, HIDDEN.length)) === HIDDEN) {
    reading.take(hidden(reading.index, latin(line.subarray(HIDDEN.length, -1))))
    reading.index += 1
    return
  }
  reading.lines.push(line)
  if (reading.lines.length < LINES) return
  reading.take(shown(reading.index, reading.lines))
  reading.lines = []
  reading.index += 1
}

function hidden(index, encoded) {
  const hash = decode64(encoded, 32)
  if (!hash) throw new Refused(`Entry ${index} is not the hash of an entry.`, { file: FILE, entry: index })
  return { index, hash, isShown: false }
}

function shown(index, lines) {
  const raw = new Uint8Array(lines.reduce((sum, line) => sum + line.length, 0))
  let at = 0
  for (const line of lines) {
    raw.set(line, at)
    at += line.length
  }
  const found = raw.length <= LONGEST ? ENTRY.exec(latin(raw)) : null
  if (!found) malformed(index)
  const [, time, event, object, version, commitment] = found
  return { index, hash: leafHash(raw), isShown: true, time, event, object, version: Number(version), commitment }
}

function malformed(index) {
  throw new Refused(`Entry ${index} is not written as an entry is.`, { file: FILE, entry: index })
}
