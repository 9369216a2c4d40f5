// A pack from its first byte to its verdict. Each step believes only what the one before it established: the zip has one
// meaning; its members are those of the manifest; the manifest is signed; the checkpoint is signed; the entries give the
// checkpoint's root; and what the pack shows of each record is what the log was told when it was written.
//
// Written from the format's description, sharing nothing with the program that makes packs or the command that checks
// them: a fault in one is found by the other.
import { openArchive } from './archive.js'
import { readCheckpoint, readKeys } from './checkpoint.js'
import { checkBeginning, checkKeys, checkTimes } from './contradicting.js'
import { FILE as ENTRIES, isTime, readEntries } from './entries.js'
import { checkFiles } from './files.js'
import { same } from './hashing.js'
import { FILE as MANIFEST, checkNote, readManifest } from './manifest.js'
import { Tree } from './merkle.js'
import { readObject } from './objects.js'
import { Refused, uncheckable } from './refused.js'
import { NOTHING } from './seen.js'
import { checkTimestamp } from './timestamps.js'

const LARGEST_RECORD = 64 * 1024 * 1024

// `recall` gives what earlier packs of a log showed.
export async function verify(blob, keys = [], moved = () => {}, recall = () => NOTHING) {
  const found = { objects: 0, versions: 0, shown: 0, hidden: 0, disposed: 0, redacted: [], keyKnown: false, continued: false }
  try {
    await check(await openArchive(blob), keys, found, moved, recall)
  } catch (refused) {
    if (refused instanceof Refused) {
      return { verdict: refused.verdict, headline: refused.verdict, sentence: refused.sentence, file: refused.file, entry: refused.entry, found }
    }
    const sentence = `The file cannot be read, or this page failed (${refused?.name}). This says nothing about the pack.`
    return { verdict: 'CANNOT CHECK', headline: 'CANNOT CHECK', sentence, file: null, entry: null, found }
  }
  return conclude(found)
}

async function check(archive, given, found, moved, recall) {
  const manifest = await readManifest(archive, moved)
  Object.assign(found, { title: manifest.title, organisation: manifest.organisation, disclosure: manifest.disclosure })
  found.files = manifest.paths.length
  const keys = given.length ? given : await readKeys(archive)
  const signers = await checkNote(archive, manifest, keys)
  found.keyKnown = given.length > 0
  found.keys = signers.map((key) => key.said)
  found.fingerprints = [...new Set(signers.map((key) => key.fingerprint))]
  const checkpoint = await readCheckpoint(archive, keys)
  checkAgreement(manifest, checkpoint)
  const seen = recall(checkpoint.origin)
  checkKeys(signers, seen, found)
  const objects = []
  for (const path of manifest.paths.filter((each) => each.startsWith('data/'))) {
    objects.push(readObject(await archive.read(path, LARGEST_RECORD), path))
  }
  found.attached = await checkFiles(archive, manifest, objects)
  moved(ENTRIES)
  const own = await checkLog(archive, manifest, checkpoint, objects, found, seen)
  for (const each of objects) checkObject(each, own.get(each.handle), found)
  found.stamped = await checkTimestamp(archive, manifest)
}

function checkAgreement(manifest, checkpoint) {
  if (manifest.log !== checkpoint.origin || String(manifest.size) !== checkpoint.size) {
    throw new Refused('The manifest and the checkpoint speak of different logs or sizes.', { file: MANIFEST })
  }
  if (!isTime(manifest.asOf)) {
    throw new Refused('The manifest does not say of which time the pack is.', { file: MANIFEST })
  }
  if (!['complete', 'minimal'].includes(manifest.disclosure)) {
    throw uncheckable("The pack's kind of disclosure is one that this verifier does not know.", MANIFEST)
  }
}

// The entries of each record, once all entries together are known to give the signed root.
async function checkLog(archive, manifest, checkpoint, objects, found, seen) {
  const own = new Map(objects.map((each) => [each.handle, []]))
  if (own.size !== objects.length) throw new Refused('Two files of the pack hold the same record.', { file: MANIFEST })
  const tree = new Tree()
  let last = ''
  await readEntries(archive.chunks(ENTRIES), (entry) => {
    tree.add(entry.hash)
    checkBeginning(tree, seen)
    if (!entry.isShown) {
      found.hidden += 1
      return
    }
    checkEntry(entry, last, found)
    last = entry.time
    own.get(entry.object)?.push(entry)
  })
  const isComplete = manifest.disclosure === 'complete'
  if (isComplete && found.hidden) {
    throw new Refused('The pack says that it shows every entry, and does not.', { file: ENTRIES })
  }
  if (String(tree.size) !== checkpoint.size || !same(tree.root(), checkpoint.root)) {
    throw new Refused('The log was altered: its entries do not give the root that was signed.', { file: ENTRIES })
  }
  if (last > manifest.asOf || (isComplete && last !== manifest.asOf)) {
    throw new Refused('The pack says that it is of another time than its last entry.', { file: MANIFEST })
  }
  checkTimes({ size: tree.size, asOf: manifest.asOf }, seen)
  found.continued ||= checkpoint.epoch > 1
  found.log = { origin: checkpoint.origin, size: tree.size, root: checkpoint.root, lastTime: manifest.asOf }
  return own
}

function checkEntry(entry, last, found) {
  found.shown += 1
  const at = { file: ENTRIES, entry: entry.index }
  if (entry.time < last) throw new Refused('Time goes backwards in the log.', at)
  if (entry.event === 'log.continued') found.continued = true
  if (entry.event === 'record.disposed') found.disposed += 1
  if (entry.index === 0 && !['log.created', 'log.continued'].includes(entry.event)) {
    throw new Refused('The log does not begin with its own creation.', at)
  }
}

// Every version that the log knows of is there, is the one it knows, and nothing else is.
function checkObject(each, entries, found) {
  const bound = entries.filter((entry) => entry.commitment !== '-')
  const logged = new Map(bound.map((entry) => [entry.version, entry]))
  for (const entry of bound) {
    if (entry.commitment !== logged.get(entry.version).commitment) {
      const sentence = `The log holds two contents of one version of ${each.name}.`
      throw new Refused(sentence, { file: ENTRIES, entry: entry.index })
    }
  }
  for (const version of each.versions) checkVersion(each, version, logged, found)
  for (const [number, entry] of logged) {
    throw new Refused(`Version ${number} of ${each.name} is missing.`, { file: each.file, entry: entry.index })
  }
  found.objects += 1
  found.versions += each.versions.length
}

function checkVersion(each, version, logged, found) {
  const entry = logged.get(version.number)
  logged.delete(version.number)
  if (!entry) throw new Refused(`Version ${version.number} in ${each.file} is not in the log.`, { file: each.file })
  if (entry.commitment !== version.commitment) {
    const sentence = `Version ${version.number} in ${each.file} was altered: it is not what the log was told.`
    throw new Refused(sentence, { file: each.file, entry: entry.index })
  }
  found.redacted.push(...version.redacted.map((name) => `${each.name} version ${version.number}: ${name}`))
}

function conclude(found) {
  const say = (verdict, sentence, headline = verdict) => ({ verdict, headline, sentence, file: null, entry: null, found })
  if (found.continued) {
    return say(
      'DISCONTINUITY',
      'The log was restored from a backup and continued. What is here is unaltered since; entries that came before the restore may be missing.',
    )
  }
  if (!found.keyKnown) {
    return say(
      'VALID but KEY NOT KNOWN',
      "The pack is whole and unaltered since somebody signed it with the key shown. Whether that key is the organisation's, ask them or a pack that you had before: anybody can sign with a key of their own.",
      found.redacted.length ? 'VALID but KEY NOT KNOWN and REDACTED' : undefined,
    )
  }
  if (found.redacted.length) {
    return say('VALID but REDACTED', 'The pack is whole and unaltered. Some values are left out; what remains is what was written.')
  }
  return say('VALID', 'The pack is whole, unaltered and signed by the key that you gave.')
}
