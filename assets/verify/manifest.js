// The list of what is in a pack: every member, its size and its hash, and nothing besides.
import { hash, hasher, hex, same } from './hashing.js'
import { parseNote, signersOf } from './notes.js'
import { Refused, uncheckable } from './refused.js'
import { decode64, isRecord, readJSON, take } from './text.js'

export const FILE = 'manifest.json'
const NOTE = 'manifest.note'
const REQUIRED = ['README.txt', 'audit/entries', 'checkpoint.note', 'keys.note', 'report.pdf']

export async function readManifest(archive, moved) {
  if (!archive.names.includes(FILE)) throw uncheckable('This zip is not a pack: it has no manifest.json.')
  const raw = await archive.read(FILE, 32 * 1024 * 1024)
  const record = readJSON(raw, FILE)
  if (!Object.hasOwn(record, 'format') || record.format !== 'safeguard-pack/1') {
    throw uncheckable('This pack is of a format that this verifier does not know. Fetch a newer one.')
  }
  const paths = []
  for (const each of take(record, 'files', 'list', FILE)) paths.push(await checkMember(archive, each, moved))
  checkComplete(archive, paths)
  const [pack, title, organisation, disclosure, log] = ['pack', 'title', 'organisation', 'disclosure', 'log'].map(
    (name) => take(record, name, 'text', FILE),
  )
  const size = take(record, 'size', 'number', FILE)
  return { pack, title, organisation, disclosure, log, size, asOf: take(record, 'as_of', 'text', FILE), paths, raw }
}

async function checkMember(archive, record, moved) {
  if (!isRecord(record)) throw new Refused('The manifest lists something that is no file.', { file: FILE })
  const path = take(record, 'path', 'text', FILE)
  const size = take(record, 'size', 'number', FILE)
  if (!archive.names.includes(path)) {
    throw new Refused(`${path} is in the manifest and not in the pack.`, { file: path })
  }
  moved(path)
  const digest = hasher()
  for await (const piece of archive.chunks(path)) digest.update(piece)
  if (archive.size(path) !== size || hex(digest.digest()) !== record.sha256) {
    throw new Refused(`${path} was altered: it is not the file that the manifest lists.`, { file: path })
  }
  return path
}

// The zip's order is the manifest's, with the manifest and its note at the end.
function checkComplete(archive, paths) {
  const expected = [...paths, FILE, NOTE]
  const known = new Set(expected)
  for (const name of archive.names) {
    if (!known.has(name)) throw new Refused(`${name} is in the pack and not in its manifest.`, { file: name })
  }
  if (archive.names.length !== expected.length || archive.names.some((name, at) => name !== expected[at])) {
    throw new Refused('The members of the pack are not those of its manifest, in its order.', { file: FILE })
  }
  for (const name of REQUIRED) {
    if (!paths.includes(name)) throw new Refused(`${name} is missing.`, { file: name })
  }
}

// The keys that signed the manifest; none is a refusal.
export async function checkNote(archive, manifest, keys) {
  const note = parseNote(await archive.read(NOTE, 64 * 1024), NOTE)
  const lines = note.text.split('\n')
  if (lines.length !== 4 || lines[0] !== 'safeguard-manifest/1' || lines[1] !== manifest.pack || lines[3]) {
    throw new Refused("manifest.note is not the note of this pack's manifest.", { file: NOTE })
  }
  const stated = decode64(lines[2], 32)
  if (!stated) throw new Refused('manifest.note is malformed.', { file: NOTE })
  if (!same(stated, hash(manifest.raw))) {
    throw new Refused('manifest.json was altered after it was signed.', { file: FILE })
  }
  const signers = await signersOf(note, keys, NOTE)
  if (!signers.length) throw new Refused('The manifest is not signed by a key that counts here.', { file: NOTE })
  return signers
}
