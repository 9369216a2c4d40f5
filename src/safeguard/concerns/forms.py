"""What the vault's forms ask, and what was meant."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Annotated, cast
from uuid import UUID
from zoneinfo import ZoneInfo

from safeguard.concerns.handling import CONTACTS, LEVELS, OUTCOMES, Said
from safeguard.concerns.raising import NewConcern
from safeguard.concerns.record import EntryKind
from safeguard.errors import BadRequest
from safeguard.incidents.forms import Code, Known
from safeguard.incidents.reports import NAME_LIMIT, WORDS_LIMIT
from safeguard.web.forms import Choice, Day, Form, Text, Tick

Words = Annotated[str, Text(longest=WORDS_LIMIT, lines=True)]
Name = Annotated[str, Text(longest=NAME_LIMIT)]


@dataclass(frozen=True, slots=True)
class RaiseForm:
    """A concern about somebody who works here."""

    subject_name: Name
    subject_work: Name
    narrative: Words
    happened_words: Words
    immediate_action: Words
    child_at_risk: Annotated[str, Choice(("yes", "no", "unsure"))]
    incident: Annotated[UUID | None, Known()]

    def concern(self) -> NewConcern:
        """What it means."""
        return NewConcern(
            subject_name=self.subject_name, subject_work=self.subject_work, narrative=self.narrative,
            happened_words=self.happened_words, immediate_action=self.immediate_action,
            child_at_risk={"yes": True, "no": False}.get(self.child_at_risk), incident_id=self.incident,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class EntryForm:
    """A note, or with whom one spoke."""

    kind: Annotated[str, Choice(("note", "contact"))]
    words: Words
    contact: Annotated[str, Choice(tuple(CONTACTS))]
    contact_name: Name
    contact_reference: Name
    on: Annotated[date | None, Day()]

    def said(self, zone: ZoneInfo, now: datetime) -> Said:
        """What it means: a day without a time is its noon, or now when it is today."""
        if self.kind != "contact":
            return Said(words=self.words)
        at = datetime.combine(self.on, time(12), zone).astimezone(UTC) if self.on else None
        if at and self.on == now.astimezone(zone).date():
            at = now
        return Said(
            kind=cast("EntryKind", self.kind), words=self.words, contact=self.contact or None, contacted_at=at,
            contact_name=self.contact_name, contact_reference=self.contact_reference,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class DecideForm:
    """What it is, and why."""

    version: Annotated[str, Code()]
    level: Annotated[str, Choice(tuple(LEVELS), required="Choose what it is.")]
    reason: Words


@dataclass(frozen=True, slots=True)
class TellForm:
    """That the person concerned was told."""

    version: Annotated[str, Code()]
    words: Words


@dataclass(frozen=True, slots=True)
class CloseForm:
    """How it ended."""

    version: Annotated[str, Code()]
    outcome: Annotated[str, Choice(tuple(OUTCOMES), required="Choose how it ended.")]
    reason: Words
    words: Words
    untold: Words
    """Why somebody who has to hear of an allegation did not."""


@dataclass(frozen=True, slots=True)
class ReasonForm:
    """A reason, and nothing else."""

    version: Annotated[str, Code()]
    reason: Words


@dataclass(frozen=True, slots=True)
class AboutForm:
    """Whom a concern is about, now that it is known."""

    version: Annotated[str, Code()]
    subject_name: Name
    subject_work: Name
    person: Annotated[UUID | None, Known()]
    no_account: Annotated[bool, Tick()]
    reason: Words


@dataclass(frozen=True, slots=True)
class AsideForm:
    """What came in a flood and is no report."""

    reason: Words


@dataclass(frozen=True, slots=True)
class NameForm:
    """Somebody to let in."""

    person: Annotated[UUID | None, Known()]
    reason: Words


def version_of(form: Form[AboutForm] | Form[DecideForm] | Form[TellForm] | Form[CloseForm] | Form[ReasonForm]) -> int:
    """The version that the page showed; raises `BadRequest` for anything else."""
    typed = form["version"]
    if not (typed.isascii() and typed.isdigit() and len(typed) < 9):
        raise BadRequest
    return int(typed)
