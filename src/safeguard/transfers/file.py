"""What a bundle says, as `file.json` holds it: one person's file, in a form that any other product can read.

Codes of our own vocabulary stand beside nothing: whoever does not know them shows them as they are. Times are ISO 8601
with their offset, days without one. A field that is not said is left out or empty. docs/transfers.md describes each.
"""

from datetime import date, datetime
from typing import Annotated, Final, Literal, TypeAlias
from uuid import UUID

import msgspec
from msgspec import Meta

FORMAT: Final = "safeguard-transfer/1"
Line: TypeAlias = Annotated[str, Meta(max_length=500)]
Words: TypeAlias = Annotated[str, Meta(max_length=100_000)]
Code: TypeAlias = Annotated[str, Meta(max_length=100)]
Codes: TypeAlias = Annotated[tuple[Code, ...], Meta(max_length=100)]


class Said(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Anything in the file."""


class Sender(Said, frozen=True, kw_only=True):
    """Who made the bundle. What proves it is not this, but how it came."""

    organisation: UUID
    name: Line
    kind: Code = ""
    urn: Line = ""
    contact: Line = ""
    role: Line = ""
    telephone: Line = ""


class Contact(Said, frozen=True, kw_only=True):
    """Somebody to turn to, or not."""

    name: Line
    relation: Code = "other"
    phone: Line = ""
    email: Line = ""
    responsibility: bool = False
    no_contact: bool = False
    notes: Words = ""


class Identifier(Said, frozen=True, kw_only=True):
    """A number by which others know somebody: a UPN."""

    kind: Code
    value: Line


class Subject(Said, frozen=True, kw_only=True):
    """Whose file it is."""

    id: UUID
    kind: Literal["child", "adult"] = "child"
    given_name: Line = ""
    family_name: Line = ""
    known_as: Line = ""
    former_names: Annotated[tuple[Line, ...], Meta(max_length=20)] = ()
    born_on: date | None = None
    group_name: Line = ""
    identifiers: Annotated[tuple[Identifier, ...], Meta(max_length=20)] = ()
    contacts: Annotated[tuple[Contact, ...], Meta(max_length=20)] = ()
    flags: Codes = ()
    address: Words = ""
    notes: Words = ""

    @property
    def name(self) -> str:
        """The full name."""
        return f"{self.given_name} {self.family_name}".strip() or self.known_as


class Part(Said, frozen=True, kw_only=True):
    """Somebody in an incident."""

    name: Line
    role: Literal["affected", "alleged", "witness", "reporter", "other"] = "other"
    kind: Literal["child", "adult", "unknown"] = "unknown"
    group_name: Line = ""
    notes: Words = ""
    subject: bool = False
    """Whether this is the person whose file it is."""


class Entry(Said, frozen=True, kw_only=True):
    """Something that was added to an incident: a note, a decision, an action, a contact."""

    id: UUID
    kind: Code
    written_at: datetime
    author: Line = ""
    words: Words = ""
    reason: Words = ""
    follow_up: Words = ""
    decision: Words = ""
    outcome: Words = ""
    about: Line = ""
    """Whom or what it concerns: who was contacted, who has an action to do."""
    due_on: date | None = None
    done_at: datetime | None = None
    corrects: UUID | None = None
    """The entry that this one stands in place of."""


class Attached(Said, frozen=True, kw_only=True):
    """A file of an incident: where it lies in the bundle."""

    id: UUID
    path: Annotated[str, Meta(pattern=r"^attachments/[0-9a-f-]{36}\.[a-z0-9]{1,5}$")]
    name: Line
    media_type: Line
    size: Annotated[int, Meta(ge=0)]
    sha256: Annotated[str, Meta(pattern=r"^[0-9a-f]{64}$")]
    note: Words = ""
    attached_at: datetime | None = None
    attached_by: Line = ""


class Closing(Said, frozen=True, kw_only=True):
    """How it ended."""

    closed_at: datetime | None = None
    summary: Words = ""
    follow_up: Words = ""
    decision: Words = ""
    outcome: Words = ""


class Incident(Said, frozen=True, kw_only=True):
    """One incident in which the person has a part."""

    id: UUID
    reference: Line
    recorded_at: datetime
    recorded_by: Line = ""
    state: Literal["new", "open", "closed"] = "open"
    risk: Code = "unassessed"
    happened_from: datetime | None = None
    happened_until: datetime | None = None
    happened_words: Line = ""
    happened_precision: Literal["unknown", "minute", "day", "period", "about"] = "unknown"
    place: Code = ""
    place_detail: Words = ""
    platforms: Codes = ()
    device: Code = ""
    accounts: Words = ""
    four_c: Codes = ()
    risk_areas: Codes = ()
    issue_types: Codes = ()
    narrative: Words
    child_words: Words = ""
    immediate_action: Words = ""
    parents_informed: Code = ""
    parents_reason: Words = ""
    people: Annotated[tuple[Part, ...], Meta(max_length=200)] = ()
    entries: Annotated[tuple[Entry, ...], Meta(max_length=5_000)] = ()
    attachments: Annotated[tuple[Attached, ...], Meta(max_length=100)] = ()
    closing: Closing | None = None


class LeftOut(Said, frozen=True, kw_only=True):
    """Something that was not sent, and why."""

    what: Line
    why: Words


class PersonFile(Said, frozen=True, kw_only=True):
    """A person's file."""

    format: Literal["safeguard-transfer/1"]
    bundle: UUID
    made_at: datetime
    sender: Sender
    recipient: Line = ""
    basis: Words = ""
    """Why it is sent."""
    person: Subject
    incidents: Annotated[tuple[Incident, ...], Meta(max_length=2_000)] = ()
    left_out: Annotated[tuple[LeftOut, ...], Meta(max_length=5_000)] = ()

    @property
    def attachments(self) -> tuple[Attached, ...]:
        """Every file in it."""
        return tuple(file for incident in self.incidents for file in incident.attachments)


_decoder: Final = msgspec.json.Decoder(PersonFile)


def encode(file: PersonFile) -> bytes:
    """As JSON that people can read too."""
    return msgspec.json.format(msgspec.json.encode(file), indent=1)


def decode(data: bytes) -> PersonFile:
    """What `encode` wrote, or another product; raises `ValueError`."""
    if b"\\u0000" in data:
        raise ValueError("a character that nothing can hold")
    return _decoder.decode(data)
