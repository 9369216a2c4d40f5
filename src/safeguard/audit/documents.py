"""Committed documents: what one version of a record held, bound into the log by a salted commitment.

The exact JCS text (RFC 8785) and salt of every field are kept as committed, and no migration rewrites them: the
columns of a table are a projection. Salts are random, never derived, because names and birthdays can be guessed.
Erasing values and salts erases the content and leaves the log provable.
"""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import TypeAlias
from uuid import UUID

import rfc8785

from safeguard import clock

JSONValue: TypeAlias = "str | int | bool | list[JSONValue] | dict[str, JSONValue] | None"


@dataclass(frozen=True, slots=True)
class Document:
    """The committed fields of one version of an object; floats are not allowed."""

    kind: str
    object_id: UUID
    version: int
    fields: Mapping[str, JSONValue]


@dataclass(frozen=True, slots=True)
class Committed:
    """A document with its salts: what is stored, and the commitment that the log carries."""

    fields: str
    """JSON text: {name: [JCS text of the value, base64 salt]}."""
    salt: bytes
    commitment: bytes


def commit(document: Document) -> Committed:
    """Give every field a fresh salt, and bind them all in one commitment."""
    names = sorted(document.fields, key=str.encode)
    values = {name: rfc8785.dumps(document.fields[name]) for name in names}
    salts = {name: clock.random_bytes(32) for name in names}
    salt = clock.random_bytes(32)
    digests = [(name, field_digest(name, values[name], salts[name])) for name in names]
    kept = {name: [values[name].decode(), base64.b64encode(salts[name]).decode()] for name in names}
    return Committed(json.dumps(kept, ensure_ascii=False), salt, commitment(digests, salt))


def field_digest(name: str, value: bytes, salt: bytes) -> bytes:
    """d_f = H("safeguard-field/1\\n" || salt || u16be(len(name)) || name || JCS(value))."""
    encoded = name.encode()
    return sha256(b"safeguard-field/1\n" + salt + len(encoded).to_bytes(2, "big") + encoded + value).digest()


def commitment(digests: list[tuple[str, bytes]], salt: bytes) -> bytes:
    """C = H("safeguard-commit/1\\n" || salt || name LF base64(d_f) LF ...), fields sorted by their names' bytes."""
    lines = b"".join(name.encode() + b"\n" + base64.b64encode(digest) + b"\n" for name, digest in digests)
    return sha256(b"safeguard-commit/1\n" + salt + lines).digest()
