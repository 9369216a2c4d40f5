"""What somebody may add to the story of an incident, and what each kind of entry needs."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from uuid import UUID

import msgspec

from safeguard.errors import FieldError
from safeguard.incidents.entry_kinds import CONTACTS, KNOWERS, SHAREABLE, USES, AddedKind
from safeguard.incidents.reports import CLOCK_SLACK, EARLIEST, NAME_LIMIT, WORDS_LIMIT, tidy
from safeguard.incidents.story import Informed, Referral

TEXTS = ("words", "reason", "owner_name", "contact_name", "contact_reference", "attendees")
ALWAYS = frozenset({"kind", "words", "reason", "supersedes_id"})


class NewEntry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Something to add: a note, a decision with its reason, an action, a contact, a plan, an outcome and so on.

    `safeguard.incidents.entry_kinds.USES` says which fields a kind has use for; the others are left out of it.
    """

    kind: AddedKind = "note"
    words: str = ""
    reason: str = ""
    owner_id: UUID | None = None
    owner_name: str = ""
    due_on: date | None = None
    remind_on: date | None = None
    contact: str | None = None
    contact_name: str = ""
    contact_reference: str = ""
    took_place_at: datetime | None = None
    """When somebody was spoken with or told, if that was not just now."""
    awaits_answer: bool = False
    referral: Referral | None = None
    """Of a decision: whether a referral to `contact` is made, or was considered and is not."""
    action_id: UUID | None = None
    """Of a completion: the action that is done. Of an answer: the contact that it answers."""
    person_id: UUID | None = None
    """A person of the incident that it is about."""
    result: str | None = None
    """How it ended for that person: one of the organisation's own outcomes."""
    informed: Informed | None = None
    attendees: str = ""
    controls: tuple[str, ...] = ()
    """Controls of the standards that a lesson touches, such as M3."""
    linked_id: UUID | None = None
    """Another incident that belongs with this one."""
    proof_file_id: UUID | None = None
    """Of a completion: a file of this incident that shows it."""
    proof_item_id: UUID | None = None
    """Of a completion: an item of the organisation's evidence that shows it, instead of a file."""
    shared: bool = False
    supersedes_id: UUID | None = None
    """An earlier entry that this one corrects, or an earlier version of a plan. Both stay visible."""


def tidied_entry(new: NewEntry) -> NewEntry:
    """The entry with every text tidied, and without what its kind has no use for."""
    entry = msgspec.structs.replace(new, **{name: tidy(getattr(new, name)) for name in TEXTS})
    used = ALWAYS | USES[entry.kind] | ({"shared"} if entry.kind in SHAREABLE else set())
    unused = [field for field in msgspec.structs.fields(NewEntry) if field.name not in used]
    entry = msgspec.structs.replace(entry, **{field.name: field.default for field in unused})
    if entry.kind == "decision" and not entry.referral:
        entry = msgspec.structs.replace(entry, contact=None)
    if entry.kind == "contact" and not entry.awaits_answer:
        entry = msgspec.structs.replace(entry, due_on=None)
    return msgspec.structs.replace(entry, controls=tuple(dict.fromkeys(entry.controls)))


def check_entry(new: NewEntry, now: datetime) -> list[FieldError]:
    """What needs another look before this (tidied) entry can be kept."""
    long = too_long({"words": new.words, "reason": new.reason, "attendees": new.attendees})
    return [*_missing(new), *_days(new, now), *_moment(new, now), *long, *_names(new)]


def too_long(said: Mapping[str, str], limit: int = WORDS_LIMIT) -> list[FieldError]:
    """An error for each text over the limit."""
    message = f"This is longer than {limit:,} characters. Put the rest in another entry."
    return [FieldError(name, message) for name, text in said.items() if len(text) > limit]


def _missing(new: NewEntry) -> Iterator[FieldError]:
    if not new.words and new.kind in _ASKED:
        yield FieldError("words", _ASKED[new.kind])
    for name, message in _NEEDED.get(new.kind, {}).items():
        if not getattr(new, name):
            yield FieldError(name, message)
    if new.kind == "action" and not (new.owner_id or new.owner_name):
        yield FieldError("owner", "Say who will do it.")
    if (new.kind == "contact" or new.referral) and new.contact not in CONTACTS:
        yield FieldError("contact", _TO if new.referral else "Choose whom you were in contact with.")
    if new.kind == "informing":
        yield from _informing(new)


_TO = "Choose to whom the referral would go."
_WHOM = {"person_id": "Choose whom this is about."}
_NEEDED = {
    "decision": {"reason": "Give the reason for the decision, also when it was decided not to act."},
    "person_outcome": _WHOM | {"result": "Choose how it ended for this person."},
    "plan": _WHOM,
    "support": _WHOM,
    "review": {"attendees": "Say who took part in the review."},
    "completion": {"action_id": "Say which action is done."},
    "answer": {"action_id": "Say which contact they answer."},
    "link": {"linked_id": "Say which incident belongs with this one."},
}
_ASKED = {
    "note": "Write what you want to add.",
    "decision": "Say what was decided.",
    "action": "Say what will be done.",
    "completion": "Say what was done.",
    "contact": "Say what was said, and by whom.",
    "answer": "Say what they answered.",
    "person_outcome": "Say how it ended for this person.",
    "plan": "Say what the plan is: who does what, and what this person wants.",
    "support": "Say what support was offered, and what this person made of it.",
    "lesson": "Say what was learnt.",
    "review": "Say what the review found.",
}


_ANSWER = frozenset(KNOWERS) - {"parents"}
"""Who answers for a looked-after child: of each a time or a reason."""


def _informing(new: NewEntry) -> Iterator[FieldError]:
    if new.contact not in KNOWERS:
        yield FieldError("contact", "Choose who knows, or does not.")
    if new.informed is None:
        yield FieldError("informed", "Choose whether they know.")
    elif new.informed == "no" and not new.reason:
        yield FieldError("reason", "Say why they were not told, such as: it could put the child at risk.")
    elif new.contact in _ANSWER and new.informed == "yes" and new.took_place_at is None:
        yield FieldError("took_place_at", "Say when they were told: the day at least.")
    elif new.contact in _ANSWER and new.informed == "not_needed" and not new.reason:
        yield FieldError("reason", "Say why it does not apply, such as: the child is no longer looked after.")


def _days(new: NewEntry, now: datetime) -> Iterator[FieldError]:
    if new.due_on is None:
        if new.kind in _DUE:
            yield FieldError("due_on", _DUE[new.kind])
    elif new.due_on < now.date() - timedelta(days=366):
        yield FieldError("due_on", "That day is long past. Look at the year again.")
    elif new.due_on > now.date() + timedelta(days=3660):
        yield FieldError("due_on", "That day is a long way off. Look at the year again.")
    if new.remind_on and new.due_on and new.remind_on > new.due_on:
        yield FieldError("remind_on", "The reminder comes after the day by which it is due.")


_DUE = {
    "action": "Give the day by which it will be done.",
    "plan": "Give the day on which the plan is looked at again.",
}


def _moment(new: NewEntry, now: datetime) -> Iterator[FieldError]:
    at = new.took_place_at
    if at is None:
        return
    if at.tzinfo is None:
        yield FieldError("took_place_at", "Give the time with its offset from UTC, such as 2026-01-12T13:30:00Z.")
    elif at > now + CLOCK_SLACK:
        yield FieldError("took_place_at", "That is after now. When was it?")
    elif at < EARLIEST:
        yield FieldError("took_place_at", f"The year {at.year} looks like a slip. When was it?")


def _names(new: NewEntry) -> Iterator[FieldError]:
    for name in ("owner_name", "contact_name", "contact_reference"):
        if len(getattr(new, name)) > NAME_LIMIT:
            yield FieldError("owner" if name == "owner_name" else name, f"Keep this under {NAME_LIMIT} characters.")
