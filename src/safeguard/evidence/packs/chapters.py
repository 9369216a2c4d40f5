"""What a room puts into a pack. `app` and the worker bind the rooms; this room knows none of them.

A chapter first says which objects of the log belong to the pack. What it then tells, it tells from their committed
documents alone, up to the frozen size of the log: so the report holds what the log vouches for, and making it again
gives the same.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol, runtime_checkable
from uuid import UUID

from safeguard.access.policy import Permission
from safeguard.evidence.packs.contents import RecordContent
from safeguard.evidence.report.model import Case, Look, Section
from safeguard.work import LogName, Work


@dataclass(frozen=True, slots=True)
class Scope:
    """What a pack is asked for: one record, or everything recorded in a span of time."""

    incident_id: UUID | None = None
    since: datetime | None = None
    until: datetime | None = None
    """Up to this moment, not including it."""
    person_id: UUID | None = None
    """The file of this person: the incidents that they were part of."""
    review_id: UUID | None = None
    frameworks: tuple[str, ...] = ()
    """Where no review is named: the one signed last of these standards, of any where none is given."""
    sampled: tuple[UUID, ...] | None = None
    """These incidents and no others."""
    log: LogName = "general"
    """Of the restricted log there is one incident, for those who may know of it."""


@dataclass(frozen=True, slots=True)
class ObjectRef:
    """An object of the log: its kind and id."""

    kind: str
    id: UUID


@dataclass(frozen=True, slots=True)
class Bundle:
    """A record and the objects that belong to it, in the order in which they came."""

    subject: ObjectRef
    parts: tuple[ObjectRef, ...] = ()

    @property
    def objects(self) -> tuple[ObjectRef, ...]:
        """The record first, then its parts."""
        return (self.subject, *self.parts)


@dataclass(frozen=True, slots=True)
class Told:
    """A committed version as a chapter reads it: when it was logged, and its values."""

    number: int
    at: datetime
    event: str
    author: str
    values: Mapping[str, Any] = field(repr=False)


class Telling(Protocol):
    """How the bundles of one pack are told: it knows the organisation's words, and reads no table."""

    def tell(self, bundle: Bundle, versions: Mapping[ObjectRef, Sequence[Told]], looks: Sequence[Look]) -> Case:
        """The story of one record. Every object named has at least one version."""
        ...


class Chapter(Protocol):
    """What a room offers."""

    async def title(self, work: Work, incident_id: UUID) -> str:
        """What a pack of this record is called: its reference, no words of it. Raises `NotFound`."""
        ...

    async def vouch(self, work: Work, incident_id: UUID) -> None:
        """When a pack of the restricted log is asked for: tell that log what is of the record and it never heard."""
        ...

    async def gather(self, work: Work, scope: Scope) -> Sequence[Bundle]:
        """The records within the scope, oldest first, that the actor may read."""
        ...

    async def telling(self, work: Work) -> Telling:
        """How they are told in this organisation."""
        ...

    async def figures(self, work: Work, latest: AsyncIterator[Mapping[str, Any]]) -> Section:
        """What can be counted of all records of a period, from what stands in each: figures, and nobody's words."""
        ...


@dataclass(frozen=True, slots=True)
class Enclosed:
    """A member that a room adds beside the records."""

    path: str
    """In the pack: `files/…`."""
    source: Path
    """On the bench, until the pack is written."""


class Enclosing(Protocol):
    """A room that has files which belong to records of a pack."""

    async def __call__(self, work: Work, records: Sequence[RecordContent], folder: Path) -> tuple[Enclosed, ...]:
        """The files of these records that may leave, written into `folder`, in an order that is always the same."""
        ...


class PartTelling(Protocol):
    """How a part is told: it reads no table either."""

    def tell(self, told: Mapping[ObjectRef, Sequence[Told]]) -> Sequence[Section]:
        """Its sections, from the committed versions of what it gathered and the frozen log knows of."""
        ...


class Part(Protocol):
    """What a room puts into a pack beside stories: a register, a review, what is known of a person."""

    async def settle(self, work: Work, scope: Scope) -> Scope:
        """When a pack is asked for: what the pack stays with, however things change; raises `NotFound`."""
        ...

    async def gather(self, work: Work, scope: Scope) -> Sequence[ObjectRef]:
        """The objects of the log that belong to it, in an order that is always the same."""
        ...

    async def telling(self, work: Work) -> PartTelling:
        """How they are told in this organisation."""
        ...


@dataclass(frozen=True, slots=True)
class Offered:
    """One of several that may be chosen for a pack."""

    id: UUID
    title: str
    at: datetime
    framework: str


@runtime_checkable
class Offering(Protocol):
    """A part of which there may be several, and one is chosen: a review."""

    async def offered(self, work: Work) -> Sequence[Offered]:
        """Those that may be chosen, the newest first."""
        ...


def require_to_ask(work: Work, needed: Permission) -> None:
    """Raise `Forbidden` for whoever may neither read this nor make packs: a program may be there for packs alone."""
    if not work.may(Permission.EVIDENCE_EXPORT):
        work.require(needed)


_chapter: Chapter | None = None
_parts: dict[str, Part] = {}


def bind(chapter: Chapter | None) -> None:
    """Make this the chapter that packs are made of."""
    global _chapter  # noqa: PLW0603  bound once, when a process starts
    _chapter = chapter


def bind_parts(parts: Mapping[str, Part]) -> None:
    """Make these the parts, by their codes, that packs are made of besides."""
    _parts.clear()
    _parts.update(parts)


def bound_parts() -> Mapping[str, Part]:
    """The parts by their codes."""
    return _parts


def bound() -> Chapter:
    """The chapter that packs are made of; raises `RuntimeError` before `bind`."""
    if _chapter is None:
        raise RuntimeError("no room has offered a chapter in this process")
    return _chapter
