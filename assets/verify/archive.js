// A pack's zip, of which there is exactly one acceptable spelling: every header is rebuilt from the member's name, size,
// checksum and time, and compared with the bytes that came. What differs is refused.
import { Refused, uncheckable } from './refused.js'

const LOCAL = 30
const CENTRAL = 46
const END = 22
const LARGEST_PACK = 2 ** 31 - 1
const MOST_MEMBERS = 60000
const CHUNK = 1 << 20
const REGULAR_FILE = (0o100644 << 16) >>> 0
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,120}(?:\/[A-Za-z0-9][A-Za-z0-9._-]{0,120}){0,3}$/

const TABLE = Uint32Array.from({ length: 256 }, (_, number) => {
  let rest = number
  for (let bit = 0; bit < 8; bit++) rest = rest & 1 ? (rest >>> 1) ^ 0xedb88320 : rest >>> 1
  return rest >>> 0
})

function crc32(bytes, before) {
  let rest = ~before
  for (let at = 0; at < bytes.length; at++) rest = TABLE[(rest ^ bytes[at]) & 255] ^ (rest >>> 8)
  return ~rest >>> 0
}

const readAt = async (blob, from, until) => new Uint8Array(await blob.slice(from, until).arrayBuffer())
// As numbers: a page that lies in a pack must not hold the marks themselves.
const LOCAL_MARK = 0x04034b50
const CENTRAL_MARK = 0x02014b50
const END_MARK = 0x06054b50
const markAt = (bytes, at) => new DataView(bytes.buffer, bytes.byteOffset + at).getUint32(0, true)

export async function openArchive(blob) {
  const members = new Map((await readMembers(blob)).map((member) => [member.name, member]))
  return new Archive(blob, members)
}

class Archive {
  constructor(blob, members) {
    this.blob = blob
    this.members = members
    this.names = [...members.keys()]
  }

  find(name) {
    const member = this.members.get(name)
    if (!member) throw new Refused(`${name} is missing.`, { file: name })
    return member
  }

  size(name) {
    return this.find(name).size
  }

  async *chunks(name) {
    const member = this.find(name)
    let [left, at, checksum] = [member.size, member.start, 0]
    while (left) {
      const piece = await readAt(this.blob, at, at + Math.min(left, CHUNK))
      if (!piece.length) throw new Refused(`${name} is cut off.`, { file: name })
      checksum = crc32(piece, checksum)
      left -= piece.length
      at += piece.length
      yield piece
    }
    if (checksum !== member.checksum) {
      throw new Refused(`The bytes of ${name} do not match their checksum.`, { file: name })
    }
  }

  async read(name, limit) {
    if (this.size(name) > limit) throw new Refused(`${name} is larger than it can be.`, { file: name })
    const whole = new Uint8Array(this.size(name))
    let at = 0
    for await (const piece of this.chunks(name)) {
      whole.set(piece, at)
      at += piece.length
    }
    return whole
  }
}

async function readMembers(blob) {
  if (blob.size > LARGEST_PACK) throw uncheckable('The file is larger than a pack can be (2 GiB).')
  const [count, size, start] = await readEnd(blob)
  const directory = await readAt(blob, start, start + size)
  const members = []
  let [at, nextLocal] = [0, 0]
  while (at < directory.length) {
    const [member, next] = await readMember(blob, directory, at, nextLocal, start)
    members.push(member)
    at = next
    nextLocal = member.start + member.size
  }
  if (members.length !== count || nextLocal !== start) {
    throw new Refused('The zip has bytes between its members, or more or fewer members than it says.')
  }
  checkNames(members.map((member) => member.name))
  return members
}

async function readEnd(blob) {
  const first = await readAt(blob, 0, 4)
  if (first.length < 4 || ![LOCAL_MARK, END_MARK].includes(markAt(first, 0))) {
    throw uncheckable('This is not a pack: it does not begin as a zip does.')
  }
  if (blob.size < END) throw uncheckable('This is not a whole zip.')
  const tail = await readAt(blob, blob.size - END, blob.size)
  if (markAt(tail, 0) !== END_MARK) {
    throw new Refused('The zip does not end where it should: it was cut off, or something was added after it.')
  }
  const view = new DataView(tail.buffer)
  const [disk, firstDisk, here, count] = [4, 6, 8, 10].map((at) => view.getUint16(at, true))
  const [size, start, comment] = [view.getUint32(12, true), view.getUint32(16, true), view.getUint16(20, true)]
  if (disk || firstDisk || comment || here !== count || count === 0xffff || count > MOST_MEMBERS) {
    throw new Refused("The zip's last record is not that of a pack.")
  }
  if (start + size !== blob.size - END) {
    throw new Refused("The zip has bytes between its directory and its end, or another zip's directory.")
  }
  return [count, size, start]
}

async function readMember(blob, directory, at, localAt, limit) {
  if (directory.length - at < CENTRAL) throw new Refused("The zip's directory is cut off.")
  const view = new DataView(directory.buffer, directory.byteOffset + at)
  if (markAt(directory, at) !== CENTRAL_MARK) throw new Refused("The zip's directory is damaged.")
  const short = (place) => view.getUint16(place, true)
  const long = (place) => view.getUint32(place, true)
  const found = {
    flags: short(8), method: short(10), time: short(12), date: short(14), checksum: long(16), packed: long(20),
    size: long(24), extra: short(30) + short(32), attributes: long(38), local: long(42),
  }
  const encoded = directory.slice(at + CENTRAL, at + CENTRAL + short(28))
  const name = nameOf(encoded)
  refuseTricks(name, found)
  const header = central(encoded, found)
  const isSame = header.every((each, place) => directory[at + place] === each)
  if (!isSame || found.local !== localAt) {
    throw new Refused(`The directory's record of ${name} is not that of a pack.`, { file: name })
  }
  const expected = local(encoded, found)
  const there = await readAt(blob, found.local, found.local + expected.length)
  if (there.length !== expected.length || !expected.every((each, place) => there[place] === each)) {
    throw new Refused(`The zip describes ${name} in two ways that differ.`, { file: name })
  }
  const start = found.local + expected.length
  if (start + found.size > limit) throw new Refused(`${name} runs into the zip's directory.`, { file: name })
  return [{ name, size: found.size, start, checksum: found.checksum }, at + header.length]
}

function nameOf(encoded) {
  const name = Array.from(encoded, (each) => (each < 128 ? String.fromCharCode(each) : '\ufffd')).join('')
  if (!NAME.test(name)) throw new Refused('The zip holds a file with a name that is not allowed.')
  return name
}

function refuseTricks(name, { flags, method, packed, size, extra, attributes }) {
  const refuse = (sentence) => {
    throw new Refused(`${name} ${sentence}`, { file: name })
  }
  if (flags & 0x2041) refuse('is encrypted.')
  if (method || packed !== size) refuse('is compressed: members of a pack never are, so that none can swell.')
  if (attributes >>> 28 !== 0o10) refuse('is a link or a folder, not a file.')
  if (packed === 0xffffffff || size === 0xffffffff || extra) refuse('has zip extensions that a pack never has.')
}

function central(name, { time, date, checksum, size, local: offset }) {
  const view = new DataView(new ArrayBuffer(CENTRAL))
  view.setUint32(0, CENTRAL_MARK, true)
  ;[20, 3, 20, 0].forEach((each, place) => view.setUint8(4 + place, each))
  ;[0, 0, time, date].forEach((each, place) => view.setUint16(8 + 2 * place, each, true))
  ;[checksum, size, size].forEach((each, place) => view.setUint32(16 + 4 * place, each, true))
  view.setUint16(28, name.length, true)
  view.setUint32(38, REGULAR_FILE, true)
  view.setUint32(42, offset, true)
  return joined(view, name)
}

function local(name, { time, date, checksum, size }) {
  const view = new DataView(new ArrayBuffer(LOCAL))
  view.setUint32(0, LOCAL_MARK, true)
  ;[20, 0, 0, time, date].forEach((each, place) => view.setUint16(4 + 2 * place, each, true))
  ;[checksum, size, size].forEach((each, place) => view.setUint32(14 + 4 * place, each, true))
  view.setUint16(26, name.length, true)
  return joined(view, name)
}

function joined(view, name) {
  const whole = new Uint8Array(view.byteLength + name.length)
  whole.set(new Uint8Array(view.buffer))
  whole.set(name, view.byteLength)
  return whole
}

function checkNames(names) {
  const seen = new Set()
  for (const name of names) {
    if (seen.has(name.toLowerCase())) {
      throw new Refused(`The zip holds ${name} twice, or two names that differ in case only.`, { file: name })
    }
    seen.add(name.toLowerCase())
  }
  for (const name of names) {
    const folder = name.slice(0, Math.max(0, name.lastIndexOf('/'))).toLowerCase()
    if (folder && seen.has(folder)) throw new Refused(`${folder} is a file and a folder at once.`, { file: name })
  }
}
