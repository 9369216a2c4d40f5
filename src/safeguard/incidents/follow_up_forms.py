"""The small forms that follow an incident up, and what each means."""

from dataclasses import dataclass
from datetime import date, datetime, time, tzinfo
from typing import Annotated, Any, cast
from uuid import UUID

from safeguard import clock
from safeguard.errors import BadRequest, FieldError, Invalid
from safeguard.incidents.entering import NewEntry
from safeguard.incidents.entry_kinds import CONTACTS, INFORMED, KNOWERS, REFERRALS, USES, AddedKind
from safeguard.incidents.forms import Code, Codes, Known
from safeguard.incidents.reports import NAME_LIMIT, WORDS_LIMIT
from safeguard.incidents.story import Entry, Informed, Referral
from safeguard.web.dates import moment, seen_moment
from safeguard.web.fields import Fields
from safeguard.web.forms import Choice, Day, Form, Rows, Setting, Text, Tick, TimeOfDay, begun
from safeguard.work import Work

Words = Annotated[str, Text(longest=WORDS_LIMIT, lines=True)]
Name = Annotated[str, Text(longest=NAME_LIMIT)]
KINDS = tuple(kind for kind in USES if kind not in {"completion", "answer", "informing"})
"""What the form of an entry offers; the other kinds have pages of their own."""


@dataclass(frozen=True, slots=True)
class Told:
    """Whether somebody knows. Whoever chooses one means it, so the row counts as filled in."""

    def read(self, fields: Fields, name: str, setting: Setting) -> str:
        """A code of `INFORMED`, or an empty string."""
        return Choice(tuple(INFORMED)).read(fields, name, setting)


@dataclass(frozen=True, slots=True)
class EntryForm:
    """Something to add."""

    kind: Annotated[str, Choice(KINDS)]
    words: Words
    reason: Words
    owner: Name
    due_on: Annotated[date | None, Day(past=False)]
    remind_on: Annotated[date | None, Day(past=False)]
    contact: Annotated[str, Choice(tuple(CONTACTS))]
    contact_name: Name
    contact_reference: Name
    on: Annotated[date | None, Day()]
    at: Annotated[time | None, TimeOfDay()]
    awaits_answer: Annotated[bool, Tick()]
    referral: Annotated[str, Choice(tuple(REFERRALS))]
    person_id: Annotated[UUID | None, Known()]
    result: Annotated[str, Code()]
    attendees: Words
    controls: Annotated[tuple[str, ...], Codes()]
    linked_reference: Name
    shared: Annotated[bool, Tick()]
    supersedes_id: Annotated[UUID | None, Known()]

    def entry(self, work: Work, zone: str) -> NewEntry:
        """What it means; somebody who writes their own name takes the action on themselves."""
        mine = self.owner and self.owner.casefold() == work.actor.name.casefold()
        return NewEntry(
            kind=cast("AddedKind", self.kind or "note"), words=self.words, reason=self.reason,
            owner_id=work.actor.user_id if mine else None, owner_name=self.owner, due_on=self.due_on,
            remind_on=self.remind_on, contact=self.contact or None, contact_name=self.contact_name,
            contact_reference=self.contact_reference, took_place_at=took_place(self.on, self.at, zone),
            awaits_answer=self.awaits_answer, referral=cast("Referral | None", self.referral or None),
            person_id=self.person_id, result=self.result or None, attendees=self.attendees, controls=self.controls,
            shared=self.shared, supersedes_id=self.supersedes_id,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class AnswerForm:
    """What somebody outside answered."""

    words: Words
    contact_reference: Name
    on: Annotated[date | None, Day()]
    at: Annotated[time | None, TimeOfDay()]
    shared: Annotated[bool, Tick()]


@dataclass(frozen=True, slots=True)
class KnowerRow:
    """Whether one who answers for a child knows."""

    contact: Annotated[str, Code()]
    informed: Annotated[str, Told()]
    on: Annotated[date | None, Day()]
    at: Annotated[time | None, TimeOfDay()]
    contact_name: Name
    reason: Words

    def entry(self, person_id: UUID | None, zone: str) -> NewEntry:
        """What it means."""
        return NewEntry(
            kind="informing", contact=self.contact, informed=cast("Informed | None", self.informed or None),
            took_place_at=took_place(self.on, self.at, zone), contact_name=self.contact_name, reason=self.reason,
            person_id=person_id,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class KnowersForm:
    """Who knows, of one child or of all."""

    version: Annotated[str, Code()]
    person_id: Annotated[UUID | None, Known()]
    knowers: Annotated[tuple[KnowerRow, ...], Rows(KnowerRow, most=len(KNOWERS))]


@dataclass(frozen=True, slots=True)
class RiskForm:
    """How great the risk is, and why."""

    version: Annotated[str, Code()]
    risk: Annotated[str, Choice(("low", "medium", "high", "emergency"), required="Choose how great the risk is.")]
    reason: Words


@dataclass(frozen=True, slots=True)
class ClassesForm:
    """What kind of incident it is."""

    version: Annotated[str, Code()]
    four_c: Annotated[tuple[str, ...], Codes()]
    risk_areas: Annotated[tuple[str, ...], Codes()]
    issue_types: Annotated[tuple[str, ...], Codes()]
    platforms: Annotated[tuple[str, ...], Codes()]


@dataclass(frozen=True, slots=True)
class ClosingForm:
    """The four things that a closed record needs."""

    version: Annotated[str, Code()]
    summary: Words
    follow_up: Words
    decision: Words
    outcome: Words
    left_open: Words
    """Why it is closed although something is still open."""


@dataclass(frozen=True, slots=True)
class HandlerForm:
    """Who handles it."""

    version: Annotated[str, Code()]
    handler: Annotated[UUID | None, Known()]
    words: Words


@dataclass(frozen=True, slots=True)
class ReasonForm:
    """A reason, and nothing else."""

    version: Annotated[str, Code()]
    reason: Words


def blank_entry(kind: str = "note", person_id: str = "") -> Form[EntryForm]:
    """The form of a new entry."""
    return begun(EntryForm, {"kind": kind, "person_id": person_id})


def begun_with(earlier: Entry, zone: tzinfo) -> Form[EntryForm]:
    """The form of an entry that corrects an earlier one: its words to begin with."""
    typed = {"kind": earlier.kind, "supersedes_id": str(earlier.id), "owner": earlier.owner_name}
    named = ("words", "reason", "contact", "contact_name", "contact_reference", "referral", "result", "attendees")
    typed |= {name: getattr(earlier, name) or "" for name in named}
    typed |= {name: "yes" if getattr(earlier, name) else "" for name in ("shared", "awaits_answer")}
    typed |= {name: str(getattr(earlier, name) or "") for name in ("due_on", "remind_on", "person_id")}
    if earlier.took_place_at:
        local = earlier.took_place_at.astimezone(zone)
        typed |= {"on": local.date().isoformat(), "at": f"{local:%H:%M}"}
    form = begun(EntryForm, typed)
    controls = tuple(("controls", code) for code in earlier.controls)
    return Form(EntryForm, Fields.of((*form.fields.pairs, *controls)), None, ())


def took_place(on: date | None, at: time | None, zone: str) -> datetime | None:
    """When it was; raises `Invalid` for a time without a day. Today without a time is now, and not this noon."""
    if on is None:
        if at is not None:
            raise Invalid(FieldError("on", "Give the day as well."))
        return None
    if at is None:
        return min(moment(on, None, zone), clock.now())
    try:
        return seen_moment(on, at, zone)
    except ValueError as refusal:
        raise Invalid(FieldError("at", str(refusal))) from None


TYPED_AS = {"took_place_at": "on", "linked_id": "linked_reference"}
"""Fields of an entry that have another name in the page."""


def named_in_page(refusal: Invalid) -> Invalid:
    """The same errors under the names that the fields have in the page."""
    return Invalid(*(FieldError(TYPED_AS.get(each.field, each.field), each.message) for each in refusal.errors))


def version_of(form: Form[Any]) -> int:
    """The version that somebody had before them; raises `BadRequest` for a form that does not say."""
    said = form["version"]
    if not (said.isascii() and said.isdigit() and 0 < len(said) < 9):
        raise BadRequest("This form does not say which version of the incident it was made from. Open it again.")
    return int(said)
