"""One concern as it is read: its facts, and what was added to it. And what each version commits to in the log."""

from datetime import datetime
from typing import Final, Literal
from uuid import UUID

import msgspec

from safeguard.audit.documents import Document, JSONValue
from safeguard.incidents.documents import plain_value

State = Literal["new", "open", "closed"]
Level = Literal["low_level", "allegation"]
Outcome = Literal[
    "substantiated", "unsubstantiated", "unfounded", "false", "malicious", "low_level_kept", "set_aside",
    "given_to_lead",
]  # fmt: skip
EntryKind = Literal["note", "message", "received", "decision", "contact", "told", "closing", "reopening"]


HOUSE: Final = "Safeguard"
"""Who says how a concern came."""


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a concern now."""

    id: UUID
    reference: str
    version: int = 1
    state: State = "new"
    raised_at: datetime
    raised_by: UUID | None
    raised_by_name: str
    incident_id: UUID | None = None
    subject_user_id: UUID | None = None
    subject_name: str
    subject_work: str = ""
    happened_words: str = ""
    narrative: str
    immediate_action: str = ""
    child_at_risk: bool | None = None
    received_at: datetime | None = None
    received_by: UUID | None = None
    level: Level | None = None
    level_reason: str = ""
    decided_at: datetime | None = None
    outcome: Outcome | None = None
    outcome_reason: str = ""
    told_at: datetime | None = None
    closed_at: datetime | None = None
    last_activity_at: datetime


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """Something added to a concern. Its words never change."""

    id: UUID
    concern_id: UUID
    kind: EntryKind
    written_at: datetime
    author_id: UUID | None = None
    author_name: str
    words: str = ""
    reason: str = ""
    contact: str | None = None
    contact_name: str = ""
    contact_reference: str = ""
    contacted_at: datetime | None = None


class Record(msgspec.Struct, frozen=True):
    """A concern with everything in it, the entries oldest first."""

    facts: Facts
    entries: tuple[Entry, ...] = ()

    def contacted(self, whom: str) -> datetime | None:
        """When somebody outside was first spoken to, of `handling.CONTACTS`."""
        return min((e.contacted_at for e in self.entries if e.contact == whom and e.contacted_at), default=None)

    @property
    def heard_at(self) -> datetime | None:
        """Since when words of whoever raised it by the public page wait to be read: nobody here wrote after them."""
        ours = max((e.written_at for e in self.entries if e.author_id), default=None)
        theirs = [e.written_at for e in self.entries if is_theirs(e) and (ours is None or e.written_at > ours)]
        return min(theirs, default=None)


def is_theirs(entry: Entry) -> bool:
    """Whether whoever raised it wrote this, and not the house that says how it came."""
    return entry.kind == "message" and entry.author_id is None and entry.author_name != HOUSE


FACT_COLUMNS: Final = tuple(field.name for field in msgspec.structs.fields(Facts))
ENTRY_COLUMNS: Final = tuple(field.name for field in msgspec.structs.fields(Entry))
decode_record = msgspec.json.Decoder(Record).decode

_NOT_COMMITTED = {"id", "version", "raised_by", "received_by", "subject_user_id", "last_activity_at"}
_NOT_COMMITTED_ENTRY = {"id", "author_id"}


def concern_document(facts: Facts) -> Document:
    """The committed document of this version of a concern."""
    return Document("concern", facts.id, facts.version, _fields(facts, _NOT_COMMITTED))


def entry_document(entry: Entry) -> Document:
    """The committed document of an entry."""
    return Document("concern_entry", entry.id, 1, _fields(entry, _NOT_COMMITTED_ENTRY))


def _fields(struct: msgspec.Struct, left_out: set[str]) -> dict[str, JSONValue]:
    named = ((name, getattr(struct, name)) for name in struct.__struct_fields__ if name not in left_out)
    return {name: plain_value(value) for name, value in named if value not in (None, "")}
