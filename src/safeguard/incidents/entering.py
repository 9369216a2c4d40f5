"""What somebody may add to the story of an incident, and what each kind of entry needs."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Literal
from uuid import UUID

import msgspec

from safeguard.errors import FieldError
from safeguard.incidents.reports import NAME_LIMIT, WORDS_LIMIT, tidy

CONTACTS = {
    "parents": "Parent or carer",
    "social_care": "Children's or adults' social care",
    "police": "Police",
    "lado": "Local authority designated officer",
    "health": "Health service",
    "helpline": "Helpline",
    "platform": "Platform",
    "other": "Somebody else",
}
"""With whom an entry of kind `contact` was."""

AddedKind = Literal["note", "decision", "action", "contact"]


class NewEntry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A note, a decision with its reason, an action with owner and deadline, or a contact with somebody outside."""

    words: str
    kind: AddedKind = "note"
    reason: str = ""
    owner_id: UUID | None = None
    owner_name: str = ""
    due_on: date | None = None
    contact: str | None = None
    contact_name: str = ""
    contact_reference: str = ""
    shared: bool = False
    supersedes_id: UUID | None = None
    """An earlier entry that this one corrects. Both stay visible."""


def tidied_entry(new: NewEntry) -> NewEntry:
    """The entry with every text tidied, and without what its kind has no use for."""
    texts = {name: tidy(getattr(new, name)) for name in ("words", "reason", "owner_name", "contact_name")}
    entry = msgspec.structs.replace(new, contact_reference=tidy(new.contact_reference), **texts)
    if entry.kind != "action":
        entry = msgspec.structs.replace(entry, owner_id=None, owner_name="", due_on=None)
    if entry.kind != "contact":
        entry = msgspec.structs.replace(entry, contact=None, contact_name="", contact_reference="")
    return entry


def check_entry(new: NewEntry, now: datetime) -> list[FieldError]:
    """What needs another look before this (tidied) entry can be kept."""
    return [*_missing(new), *_deadline(new, now), *too_long({"words": new.words, "reason": new.reason}), *_names(new)]


def too_long(said: Mapping[str, str], limit: int = WORDS_LIMIT) -> list[FieldError]:
    """An error for each text over the limit."""
    message = f"This is longer than {limit:,} characters. Put the rest in another entry."
    return [FieldError(name, message) for name, text in said.items() if len(text) > limit]


def _missing(new: NewEntry) -> Iterator[FieldError]:
    if not new.words:
        yield FieldError("words", _ASKED[new.kind])
    match new.kind:
        case "decision" if not new.reason:
            yield FieldError("reason", "Give the reason for the decision, also when it was decided not to act.")
        case "action" if not (new.owner_id or new.owner_name):
            yield FieldError("owner", "Say who will do it.")
        case "contact" if new.contact not in CONTACTS:
            yield FieldError("contact", "Choose whom you were in contact with.")
        case _:
            pass


_ASKED = {
    "note": "Write what you want to add.",
    "decision": "Say what was decided.",
    "action": "Say what will be done.",
    "contact": "Say what was said, and by whom.",
}


def _deadline(new: NewEntry, now: datetime) -> Iterator[FieldError]:
    if new.kind != "action":
        return
    if new.due_on is None:
        yield FieldError("due_on", "Give the day by which it will be done.")
    elif not now.date() - timedelta(days=366) <= new.due_on <= now.date() + timedelta(days=3660):
        yield FieldError("due_on", "That day is a long way off. By when will it be done?")


def _names(new: NewEntry) -> Iterator[FieldError]:
    for name in ("owner_name", "contact_name", "contact_reference"):
        if len(getattr(new, name)) > NAME_LIMIT:
            yield FieldError("owner" if name == "owner_name" else name, f"Keep this under {NAME_LIMIT} characters.")
