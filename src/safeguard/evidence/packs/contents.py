"""What goes into a pack, fixed before it is written, so that the same contents give the same bytes."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class Disclosure(StrEnum):
    """How much of the log a pack shows."""

    COMPLETE = "complete"
    """Every entry: the verifier shows that no entry of a record in the pack is missing."""
    MINIMAL = "minimal"
    """The entries of the pack's own records, and only hashes of the others."""


@dataclass(frozen=True, slots=True)
class FieldValue:
    """A committed value: its JCS text and salt, exactly as stored; or, left out, only its digest."""

    value: str | None
    salt: bytes | None
    digest: bytes | None = None


@dataclass(frozen=True, slots=True)
class VersionContent:
    """One committed version of a record."""

    number: int
    salt: bytes
    fields: dict[str, FieldValue]


@dataclass(frozen=True, slots=True)
class RecordContent:
    """A record with the salt of its handle and its committed versions in order."""

    kind: str
    id: UUID
    salt: bytes
    versions: tuple[VersionContent, ...] = ()


@dataclass(frozen=True, slots=True)
class Leaf:
    """An entry of the log: its bytes, its hash, and the handle of the object that it is about."""

    index: int
    entry: bytes
    hash: bytes
    handle: bytes


@dataclass(frozen=True, slots=True)
class PackFacts:
    """What the manifest and the README say about the pack."""

    pack: UUID
    kind: str
    title: str
    organisation: str
    disclosure: Disclosure
    log: str
    size: int
    as_of: datetime
    release: str
    records: tuple[RecordContent, ...] = field(default=(), repr=False)
    attested: tuple[str, ...] = ()
    """What others attest of it, or why they do not, a sentence each."""
