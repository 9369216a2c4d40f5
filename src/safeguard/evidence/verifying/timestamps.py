"""The timestamp over a pack's checkpoint (RFC 3161): that it is of this very checkpoint, and the time that it states.

Whether the authority is one to trust is not judged here: this verifier brings no list of authorities. Whoever has one
checks the same file with `openssl ts -verify`. A token over anything else is no timestamp of this pack, and a lie.

The little of DER (X.690) that this takes is read here, in its one spelling and from the outside in. Signature and
certificates of the token are passed over as they came.
"""

import re
from hashlib import sha256
from typing import Final, TypeAlias

from safeguard.evidence.verifying.archive import Archive
from safeguard.evidence.verifying.checkpoint import FILE as CHECKPOINT
from safeguard.evidence.verifying.manifest import Manifest
from safeguard.evidence.verifying.verdicts import Refused

FILE: Final = "tsa/checkpoint.tsr"
LARGEST: Final = 65_536
INTEGER, OCTETS, NAME, TIME, SEQUENCE, FIRST = 0x02, 0x04, 0x06, 0x18, 0x30, 0xA0
SIGNED_DATA: Final = bytes.fromhex("2a864886f70d010702")
TIME_INFO: Final = bytes.fromhex("2a864886f70d0109100104")
SHA256: Final = bytes.fromhex("608648016503040201")
GRANTED: Final = (b"\x00", b"\x01")
_TIME = re.compile(rb"(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(?:\.\d{0,8}[1-9])?Z")

Parts: TypeAlias = list[tuple[int, bytes]]


def check_timestamp(archive: Archive, manifest: Manifest) -> str:
    """The time that the timestamp states, empty without one; raises `Refused` for one that is not this pack's."""
    others = [path for path in manifest.paths if path.startswith("tsa/")]
    if not others:
        return ""
    if others != [FILE]:
        raise Refused("The pack holds a timestamp that this verifier does not know.", file=others[-1])
    over = sha256(archive.read(CHECKPOINT, LARGEST)).digest()
    try:
        return read_token(archive.read(FILE, LARGEST), over)
    except ValueError as fault:
        raise Refused(f"The timestamp is not one of this pack's checkpoint: {fault}.", file=FILE) from fault


def read_token(response: bytes, over: bytes) -> str:
    """The time in a response (RFC 3161 §2.4.2) whose token is over this SHA-256; raises `ValueError`."""
    status, token = _these(_parts(_only(response, SEQUENCE)), SEQUENCE, SEQUENCE)
    if _these(_parts(status), INTEGER)[0] not in GRANTED:
        raise ValueError("it was not granted")
    signed = _wrapped(token, SIGNED_DATA)
    _, _, inner = _these(_parts(_only(signed, SEQUENCE)), INTEGER, 0x31, SEQUENCE)
    info = _only(_only(_wrapped(inner, TIME_INFO), OCTETS), SEQUENCE)
    _, _, imprint, _, moment = _these(_parts(info), INTEGER, NAME, SEQUENCE, INTEGER, TIME)
    kind, digest = _these(_parts(imprint), SEQUENCE, OCTETS)
    if _these(_parts(kind), NAME)[0] != SHA256 or digest != over:
        raise ValueError("it is over something else")
    return _time(moment)


def _wrapped(content: bytes, kind: bytes) -> bytes:
    """What stands under [0] beside the name of its kind."""
    name, inner = _these(_parts(content), NAME, FIRST)
    if name != kind:
        raise ValueError("it is of another kind")
    return inner


def _time(moment: bytes) -> str:
    found = _TIME.fullmatch(moment)
    if not found:
        raise ValueError("its time is not written as it has to be")
    year, month, day, hour, minute, second = (part.decode() for part in found.groups())
    return f"{year}-{month}-{day}T{hour}:{minute}:{second}Z"


def _these(parts: Parts, *tags: int) -> list[bytes]:
    """The first parts, which have these tags; others may follow."""
    if [tag for tag, _ in parts[: len(tags)]] != [*tags]:
        raise ValueError("it is not built as a timestamp is")
    return [content for _, content in parts[: len(tags)]]


def _only(data: bytes, tag: int) -> bytes:
    parts = _parts(data)
    if len(parts) != 1:
        raise ValueError("it is not built as a timestamp is")
    return _these(parts, tag)[0]


def _parts(data: bytes) -> Parts:
    """The values that stand one after another, each with its tag."""
    parts: Parts = []
    at = 0
    while at < len(data):
        tag, length, start = data[at], *_length(data, at + 1)
        if tag & 0x1F == 0x1F or start + length > len(data):
            raise ValueError("it is cut off or damaged")
        parts.append((tag, data[start : start + length]))
        at = start + length
    return parts


def _length(data: bytes, at: int) -> tuple[int, int]:
    """How long the value is, in the shortest spelling, and where it begins."""
    first = data[at] if at < len(data) else 0x80
    if first < 0x80:
        return first, at + 1
    count = first - 0x80
    digits = data[at + 1 : at + 1 + count]
    if not 0 < count <= 3 or len(digits) != count or not digits[0] or (count == 1 and digits[0] < 0x80):
        raise ValueError("it is cut off or damaged")
    return int.from_bytes(digits, "big"), at + 1 + count
