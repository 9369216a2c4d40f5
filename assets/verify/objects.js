// The records in a pack: their handles in the log, and the commitments that bind what was written to it.
import { hash } from './hashing.js'
import { Refused } from './refused.js'
import { canonical, decode64, encode64, hasExactly, isRecord, readJSON, take } from './text.js'

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

export function readObject(bytes, file) {
  const record = readJSON(bytes, file)
  if (!hasExactly(record, 'format', 'id', 'kind', 'salt', 'versions') || record.format !== 'safeguard-object/1') {
    throw new Refused(`${file} is not a record as this verifier knows it.`, { file })
  }
  const [kind, id] = [take(record, 'kind', 'text', file), take(record, 'id', 'text', file)]
  if (!/^[a-z][a-z0-9_]{0,60}$/.test(kind) || !UUID.test(id)) {
    throw new Refused(`${file} does not say which record it is.`, { file })
  }
  const name = `${kind}:${id}`
  const handle = encode64(hash('safeguard-object/1\n', salt(record.salt, file), name))
  const versions = take(record, 'versions', 'list', file).map((each) => versionOf(each, file))
  if (versions.some((each, at) => at && versions[at - 1].number >= each.number)) {
    throw new Refused(`The versions in ${file} are out of order.`, { file })
  }
  return { name, file, handle, versions }
}

function versionOf(record, file) {
  if (!isRecord(record) || !hasExactly(record, 'fields', 'salt', 'version')) {
    throw new Refused(`A version in ${file} is malformed.`, { file })
  }
  const number = take(record, 'version', 'number', file)
  const fields = take(record, 'fields', 'record', file)
  const parts = ['safeguard-commit/1\n', salt(record.salt, file)]
  const [redacted, shown] = [[], new Map()]
  for (const name of Object.keys(fields).sort()) {
    if (!/^[a-z][a-z0-9_.]{0,100}$/.test(name)) {
      throw new Refused(`A field in ${file} has no proper name.`, { file })
    }
    parts.push(name, '\n', encode64(fieldOf(name, fields[name], file)), '\n')
    if (Object.hasOwn(fields[name], 'digest')) redacted.push(name)
    else shown.set(name, fields[name].value)
  }
  return { number, commitment: encode64(hash(...parts)), redacted, shown }
}

// d_f: recomputed where value and salt are there, taken as given where they are left out.
function fieldOf(name, field, file) {
  if (!isRecord(field) || !(hasExactly(field, 'salt', 'value') || hasExactly(field, 'digest'))) {
    throw new Refused(`The field ${name} in ${file} is malformed.`, { file })
  }
  if (Object.hasOwn(field, 'digest')) return salt(field.digest, file)
  const value = take(field, 'value', 'text', file)
  try {
    canonical(value)
  } catch (fault) {
    throw new Refused(`The field ${name} in ${file} is ${fault.message}.`, { file })
  }
  const length = new Uint8Array([name.length >> 8, name.length & 255])
  return hash('safeguard-field/1\n', salt(field.salt, file), length, name, value)
}

function salt(text, file) {
  const raw = decode64(text, 32)
  if (!raw) throw new Refused(`A salt or digest in ${file} is malformed.`, { file })
  return raw
}
