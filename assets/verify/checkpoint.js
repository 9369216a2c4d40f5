// The checkpoint (C2SP tlog-checkpoint) that a pack stands on, and the keys that it comes with.
import { NOT_BLANK, parseKey, parseNote, signersOf } from './notes.js'
import { Refused } from './refused.js'
import { decode64 } from './text.js'

const FILE = 'checkpoint.note'
const KEYS = 'keys.note'
const ORIGIN = new RegExp(`^${NOT_BLANK}+/t/[0-9a-z]+/([1-9][0-9]{0,8})$`, 'u')

export async function readCheckpoint(archive, keys) {
  const note = parseNote(await archive.read(FILE, 64 * 1024), FILE)
  const lines = note.text.split('\n')
  const root = lines.length === 4 && !lines[3] && decode64(lines[2], 32)
  const found = ORIGIN.exec(lines[0])
  if (!root || !found || !/^(?:0|[1-9][0-9]{0,15})$/.test(lines[1])) {
    throw new Refused('checkpoint.note is not a checkpoint.', { file: FILE })
  }
  if (!(await signersOf(note, keys, FILE)).some((key) => key.name === lines[0])) {
    throw new Refused('The checkpoint is not signed by a key that counts here.', { file: FILE })
  }
  return { origin: lines[0], size: lines[1], root, epoch: Number(found[1]) }
}

// The keys that the pack brings along. That it brings them proves nothing about whose they are.
export async function readKeys(archive) {
  const note = parseNote(await archive.read(KEYS, 64 * 1024), KEYS)
  const lines = note.text.split('\n')
  if (lines[0] !== 'safeguard-keys/1' || lines.length < 3 || lines.at(-1)) {
    throw new Refused('keys.note is not a list of keys.', { file: KEYS })
  }
  let keys
  try {
    keys = lines.slice(1, -1).map(parseKey)
  } catch (fault) {
    throw new Refused(`keys.note holds a key that cannot be used: ${fault.message}.`, { file: KEYS })
  }
  if (!(await signersOf(note, keys, KEYS)).length) {
    throw new Refused('keys.note is not signed by a key that it lists.', { file: KEYS })
  }
  return keys
}
