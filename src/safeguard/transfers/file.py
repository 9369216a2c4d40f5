"""What a bundle says, as `file.json` holds it: one person's file, in a form that any other product can read.

Codes of our own vocabulary stand beside nothing: whoever does not know them shows them as they are. Times are ISO 8601
with their offset, days without one. A field that is not said is left out or empty. docs/transfers.md describes each.
"""

from datetime import date, datetime
from typing import Annotated, Final, Literal, TypeAlias
from uuid import UUID

import msgspec
from msgspec import Meta

FORMAT: Final = "safeguard-transfer/2"
Format: TypeAlias = Literal["safeguard-transfer/1", "safeguard-transfer/2"]
"""The second says more of each entry, person and incident, and brings referrals and disagreements. What it adds is all
optional, so that one reader reads both."""
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
    connection: Code = ""
    """How they belonged to the sender: a pupil, a member."""
    group_name: Line = ""
    identifiers: Annotated[tuple[Identifier, ...], Meta(max_length=20)] = ()
    contacts: Annotated[tuple[Contact, ...], Meta(max_length=20)] = ()
    flags: Codes = ()
    address: Words = ""
    notes: Words = ""
    recorded_at: datetime | None = None
    recorded_by: Line = ""

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
    connection: Code = ""
    result: Code = ""
    """How it ended for them; of somebody alleged to have harmed always said, if need be as `unresolved`."""
    subject: bool = False
    """Whether this is the person whose file it is."""


class Change(Said, frozen=True, kw_only=True):
    """One field of a correction, before and after, in words."""

    field: Code
    before: Words = ""
    after: Words = ""


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
    """Whom or what it concerns; in the first format alone, which had no fields for each."""
    contact: Code = ""
    """With whom it was, or to whom a decision about a referral refers: `police`, `social_care`, `lado`."""
    contact_name: Words = ""
    contact_reference: Words = ""
    owner: Words = ""
    """Who has an action to do."""
    person: Words = ""
    """Which person of the incident it is about."""
    attendees: Words = ""
    took_place_at: datetime | None = None
    awaits_answer: bool = False
    referral: Code = ""
    """Of a decision about a referral: `made`, `not_made`."""
    result: Code = ""
    """Of an outcome for somebody: how it ended for them."""
    informed: Code = ""
    """Of an informing: `yes`, `no`, `not_yet`, `not_needed`."""
    risk_before: Code = ""
    risk_after: Code = ""
    changes: Annotated[tuple[Change, ...], Meta(max_length=500)] = ()
    """Of a correction."""
    proof: Words = ""
    """Of an action that was done: what shows it."""
    closes: UUID | None = None
    """The entry that this one ends: an action that was done, a question that was answered."""
    due_on: date | None = None
    done_at: datetime | None = None
    corrects: UUID | None = None
    """The entry that this one stands in place of."""


class Answer(Said, frozen=True, kw_only=True):
    """An answer to one of the sender's own questions, with the question as it was asked."""

    code: Code
    asked: Words = ""
    said: Words = ""
    kind: Code = ""


class Passage(Said, frozen=True, kw_only=True):
    """Words under a heading."""

    label: Line
    words: Words = ""


class Named(Said, frozen=True, kw_only=True):
    """Who somebody is whom a helpline knows by a pseudonym."""

    pseudonym: Words
    person: Words = ""


class Step(Said, frozen=True, kw_only=True):
    """What was said on a referral, by either side."""

    id: UUID
    at: datetime
    direction: Code = ""
    """`out` to the helpline, `in` from it."""
    kind: Code = ""
    author: Words = ""
    said: Annotated[tuple[Passage, ...], Meta(max_length=200)] = ()


class Referral(Said, frozen=True, kw_only=True):
    """What was asked of a helpline about an incident."""

    id: UUID
    reference: Line
    helpline: Words = ""
    state: Code = ""
    urgency: Code = ""
    asked: Codes = ()
    lawful_basis: Code = ""
    condition: Code = ""
    reason: Words = ""
    case_reference: Words = ""
    sent_at: datetime
    sent_by: Words = ""
    closed_at: datetime | None = None
    outcome: Code = ""
    helpful: int | None = None
    """From 1, not at all, to 5, very."""
    feedback: Words = ""
    names: Annotated[tuple[Named, ...], Meta(max_length=200)] = ()
    steps: Annotated[tuple[Step, ...], Meta(max_length=5_000)] = ()


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
    discovered_at: datetime | None = None
    imported_at: datetime | None = None
    """When the sender took it over from an earlier place or product."""
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
    danger_now: bool | None = None
    lead_told: bool | None = None
    acknowledged_at: datetime | None = None
    reported_type: Code = ""
    """What whoever reported it said that it is about."""
    answers: Annotated[tuple[Answer, ...], Meta(max_length=200)] = ()
    people: Annotated[tuple[Part, ...], Meta(max_length=200)] = ()
    entries: Annotated[tuple[Entry, ...], Meta(max_length=5_000)] = ()
    attachments: Annotated[tuple[Attached, ...], Meta(max_length=100)] = ()
    referrals: Annotated[tuple[Referral, ...], Meta(max_length=100)] = ()
    closing: Closing | None = None


class LeftOut(Said, frozen=True, kw_only=True):
    """Something that was not sent, and why."""

    what: Line
    why: Words


class Disagreement(Said, frozen=True, kw_only=True):
    """What somebody holds against the record, in their words: it stays beside the record wherever that goes."""

    by_name: Annotated[str, Meta(min_length=1, max_length=200)]
    words: Annotated[str, Meta(min_length=1, max_length=10_000)]
    answer: Annotated[str, Meta(max_length=10_000)] = ""
    """What the sender answered."""
    written_at: datetime
    written_by: Words = ""


class PersonFile(Said, frozen=True, kw_only=True):
    """A person's file."""

    format: Format
    bundle: UUID
    made_at: datetime
    sender: Sender
    recipient: Line = ""
    basis: Words = ""
    """Why it is sent."""
    person: Subject
    incidents: Annotated[tuple[Incident, ...], Meta(max_length=2_000)] = ()
    disagreements: Annotated[tuple[Disagreement, ...], Meta(max_length=200)] = ()
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
