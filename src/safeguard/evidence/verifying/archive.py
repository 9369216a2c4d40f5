"""Reading a pack's zip, of which there is exactly one acceptable spelling.

A zip names each member twice and tells its reader to believe either; readers differ, and that is how one file shows
two contents. So every header here is rebuilt from the member's name, size, checksum and the pack's one time, and
compared with the bytes that came: stored members one after another from the first byte, then the directory in the same
order, then its end, and nothing else. Whatever differs is refused, the likelier tricks with a sentence of their own:
compressed or encrypted members, names that leave the folder, links, zip64, bytes before, between or after.
"""

import re
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

from safeguard.evidence.verifying.verdicts import NotCheckable, Refused

LOCAL = struct.Struct("<4s5H3L2H")
CENTRAL = struct.Struct("<4s4B4H3L5H2L")
END = struct.Struct("<4s4H2LH")
LARGEST_PACK = 2**31 - 1
MOST_MEMBERS = 60_000
CHUNK = 1 << 20
_REGULAR_FILE = 0o100644 << 16
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,120}(?:/[A-Za-z0-9][A-Za-z0-9._-]{0,120}){0,3}")


@dataclass(frozen=True, slots=True)
class Member:
    """One file in the pack: where its bytes begin in the zip, and how many there are."""

    name: str
    size: int
    start: int
    checksum: int


class Archive:
    """The members of an open pack, in order. Reading one checks its checksum."""

    def __init__(self, source: IO[bytes]) -> None:
        self._source = source
        self._members = {member.name: member for member in _read_members(source)}

    @property
    def names(self) -> list[str]:
        """Every member's name, in the order of the zip."""
        return list(self._members)

    def size(self, name: str) -> int:
        """How many bytes the member has."""
        return self._find(name).size

    def chunks(self, name: str) -> Iterator[bytes]:
        """The member's bytes in pieces of at most a mebibyte."""
        member = self._find(name)
        left, at, checksum = member.size, member.start, 0
        while left:
            self._source.seek(at)
            piece = self._source.read(min(left, CHUNK))
            if not piece:
                raise Refused(f"{name} is cut off.", file=name)
            checksum = zlib.crc32(piece, checksum)
            left, at = left - len(piece), at + len(piece)
            yield piece
        if checksum != member.checksum:
            raise Refused(f"The bytes of {name} do not match their checksum.", file=name)

    def read(self, name: str, limit: int) -> bytes:
        """All bytes of a member that may have at most `limit`."""
        if self.size(name) > limit:
            raise Refused(f"{name} is larger than it can be.", file=name)
        return b"".join(self.chunks(name))

    def _find(self, name: str) -> Member:
        if name not in self._members:
            raise Refused(f"{name} is missing.", file=name)
        return self._members[name]


def _read_members(source: IO[bytes]) -> list[Member]:
    length = source.seek(0, 2)
    if length > LARGEST_PACK:
        raise NotCheckable("The file is larger than a pack can be (2 GiB).")
    count, directory_size, directory_start = _read_end(source, length)
    source.seek(directory_start)
    directory = source.read(directory_size)
    members: list[Member] = []
    at, next_local = 0, 0
    while at < len(directory):
        member, at = _read_member(source, directory, at, next_local, directory_start)
        members.append(member)
        next_local = member.start + member.size
    if len(members) != count or next_local != directory_start:
        raise Refused("The zip has bytes between its members, or more or fewer members than it says.")
    _check_names([member.name for member in members])
    return members


def _read_end(source: IO[bytes], length: int) -> tuple[int, int, int]:
    """How many members, and size and start of the directory, from the last 22 bytes."""
    source.seek(0)
    start = source.read(4)
    if start not in {b"PK\x03\x04", b"PK\x05\x06"}:
        raise NotCheckable("This is not a pack: it does not begin as a zip does.")
    if length < END.size:
        raise NotCheckable("This is not a whole zip.")
    source.seek(length - END.size)
    tail = source.read(END.size)
    if tail[:4] != b"PK\x05\x06":
        raise Refused("The zip does not end where it should: it was cut off, or something was added after it.")
    _, disk, first_disk, here, count, size, start_at, comment = END.unpack(tail)
    if (disk, first_disk, comment) != (0, 0, 0) or here != count or 0xFFFF in (count,) or count > MOST_MEMBERS:
        raise Refused("The zip's last record is not that of a pack.")
    if start_at + size != length - END.size:
        raise Refused("The zip has bytes between its directory and its end, or another zip's directory.")
    return count, size, start_at


def _read_member(source: IO[bytes], directory: bytes, at: int, local_at: int, limit: int) -> tuple[Member, int]:
    if len(directory) - at < CENTRAL.size:
        raise Refused("The zip's directory is cut off.")
    record = CENTRAL.unpack_from(directory, at)
    (signature, _, _, _, _, flags, method, time, date, checksum, packed, size, name_size, extra_size,
     comment_size, _, _, attributes, local) = record  # fmt: skip
    if signature != b"PK\x01\x02":
        raise Refused("The zip's directory is damaged.")
    encoded = directory[at + CENTRAL.size : at + CENTRAL.size + name_size]
    name = _name(encoded)
    _refuse_tricks(name, flags, method, packed, size, extra_size + comment_size, attributes)
    header = _central(encoded, time, date, checksum, size, local)
    if directory[at : at + len(header)] != header or local != local_at:
        raise Refused(f"The directory's record of {name} is not that of a pack.", file=name)
    expected = _local(encoded, time, date, checksum, size)
    source.seek(local)
    if source.read(len(expected)) != expected:
        raise Refused(f"The zip describes {name} in two ways that differ.", file=name)
    start = local + len(expected)
    if start + size > limit:
        raise Refused(f"{name} runs into the zip's directory.", file=name)
    return Member(name, size, start, checksum), at + len(header)


def _name(encoded: bytes) -> str:
    name = encoded.decode("ascii", "replace")
    if not _NAME.fullmatch(name):
        raise Refused(f"The zip holds a file with a name that is not allowed: {name[:80]!r}.")
    return name


def _refuse_tricks(name: str, flags: int, method: int, packed: int, size: int, extra: int, attributes: int) -> None:
    if flags & 0x2041:
        raise Refused(f"{name} is encrypted.", file=name)
    if method or packed != size:
        raise Refused(f"{name} is compressed: members of a pack never are, so that none can swell.", file=name)
    if attributes >> 28 != 0o10:
        raise Refused(f"{name} is a link or a folder, not a file.", file=name)
    if 0xFFFFFFFF in (packed, size) or extra:
        raise Refused(f"{name} has zip extensions that a pack never has.", file=name)


def _central(name: bytes, time: int, date: int, checksum: int, size: int, local: int) -> bytes:
    fixed = (b"PK\x01\x02", 20, 3, 20, 0, 0, 0, time, date, checksum, size, size, len(name), 0, 0, 0, 0)
    return CENTRAL.pack(*fixed, _REGULAR_FILE, local) + name


def _local(name: bytes, time: int, date: int, checksum: int, size: int) -> bytes:
    return LOCAL.pack(b"PK\x03\x04", 20, 0, 0, time, date, checksum, size, size, len(name), 0) + name


def _check_names(names: list[str]) -> None:
    seen: set[str] = set()
    for name in names:
        if name.lower() in seen:
            raise Refused(f"The zip holds {name} twice, or two names that differ in case only.", file=name)
        seen.add(name.lower())
    for name in names:
        folder = name.rpartition("/")[0].lower()
        if folder and folder in seen:
            raise Refused(f"{folder} is a file and a folder at once.", file=name)
