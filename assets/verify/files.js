// The attached files in a pack: each is one whose digest and size the log was told when it was attached.
import { hasher, hex } from './hashing.js'
import { Refused } from './refused.js'

const LISTED = 'files/README.txt'
const FILE = /^files\/([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})\.[a-z0-9]{2,5}$/

export async function checkFiles(archive, manifest, objects) {
  const vouched = new Map(objects.map((each) => [each.name, each]))
  const paths = manifest.paths.filter((path) => path.startsWith('files/') && path !== LISTED)
  const identifiers = paths.map(identifierOf)
  for (const [at, path] of paths.entries()) {
    if (identifiers.indexOf(identifiers[at]) !== identifiers.lastIndexOf(identifiers[at])) {
      throw new Refused(`${path} is in the pack twice.`, { file: path })
    }
    await check(archive, path, vouched.get(`attachment:${identifiers[at]}`) ?? vouched.get(`proof:${identifiers[at]}`))
  }
  return paths.length
}

function identifierOf(path) {
  const found = FILE.exec(path)
  if (!found) throw new Refused(`${path} is not named as an attached file is.`, { file: path })
  return found[1]
}

async function check(archive, path, record) {
  if (!record || !record.versions.length) {
    throw new Refused(`${path} belongs to no record in this pack.`, { file: path })
  }
  const { shown } = record.versions[0]
  const digest = hasher()
  for await (const piece of archive.chunks(path)) digest.update(piece)
  if (shown.get('sha256') !== `"${hex(digest.digest())}"` || shown.get('size') !== String(archive.size(path))) {
    throw new Refused(`${path} is not the file that was attached: its record names another content.`, { file: path })
  }
}
