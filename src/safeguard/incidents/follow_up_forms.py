"""The small forms that follow an incident up, and what each means."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, cast
from uuid import UUID

from safeguard.errors import BadRequest
from safeguard.incidents.entering import NewEntry
from safeguard.incidents.entry_kinds import CONTACTS, AddedKind
from safeguard.incidents.forms import Code, Codes, Known
from safeguard.incidents.presenting import PARENTS
from safeguard.incidents.reports import NAME_LIMIT, WORDS_LIMIT
from safeguard.incidents.story import Entry
from safeguard.web.forms import Choice, Day, Form, Text, Tick, begun
from safeguard.work import Work

Words = Annotated[str, Text(longest=WORDS_LIMIT, lines=True)]
Name = Annotated[str, Text(longest=NAME_LIMIT)]
KINDS = ("note", "decision", "action", "contact")


@dataclass(frozen=True, slots=True)
class EntryForm:
    """Something to add."""

    kind: Annotated[str, Choice(KINDS)]
    words: Words
    reason: Words
    owner: Name
    due_on: Annotated[date | None, Day(past=False)]
    contact: Annotated[str, Choice(tuple(CONTACTS))]
    contact_name: Name
    contact_reference: Name
    shared: Annotated[bool, Tick()]
    supersedes_id: Annotated[UUID | None, Known()]

    def entry(self, work: Work) -> NewEntry:
        """What it means; somebody who writes their own name takes the action on themselves."""
        mine = self.owner and self.owner.casefold() == work.actor.name.casefold()
        return NewEntry(
            kind=cast("AddedKind", self.kind or "note"), words=self.words, reason=self.reason,
            owner_id=work.actor.user_id if mine else None, owner_name=self.owner, due_on=self.due_on,
            contact=self.contact or None, contact_name=self.contact_name, contact_reference=self.contact_reference,
            shared=self.shared, supersedes_id=self.supersedes_id,
        )  # fmt: skip


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


@dataclass(frozen=True, slots=True)
class ParentsForm:
    """Whether parents or carers know."""

    version: Annotated[str, Code()]
    informed: Annotated[str, Choice(tuple(PARENTS), required="Choose one.")]
    reason: Words


@dataclass(frozen=True, slots=True)
class ClosingForm:
    """The four things that a closed record needs."""

    version: Annotated[str, Code()]
    summary: Words
    follow_up: Words
    decision: Words
    outcome: Words


@dataclass(frozen=True, slots=True)
class ReasonForm:
    """A reason, and nothing else."""

    version: Annotated[str, Code()]
    reason: Words


@dataclass(frozen=True, slots=True)
class WordsForm:
    """Some words, and nothing else."""

    words: Words


def blank_entry(kind: str = "note") -> Form[EntryForm]:
    """The form of a new entry."""
    return begun(EntryForm, {"kind": kind})


def begun_with(earlier: Entry) -> Form[EntryForm]:
    """The form of an entry that corrects an earlier one: its words to begin with."""
    typed = {"kind": earlier.kind, "supersedes_id": str(earlier.id), "owner": earlier.owner_name}
    typed |= {name: getattr(earlier, name) or "" for name in ("words", "reason", "contact", "contact_name")}
    typed |= {"contact_reference": earlier.contact_reference, "shared": "yes" if earlier.shared else ""}
    return begun(EntryForm, typed | {"due_on": earlier.due_on.isoformat() if earlier.due_on else ""})


def version_of(form: Form[Any]) -> int:
    """The version that somebody had before them; raises `BadRequest` for a form that does not say."""
    said = form["version"]
    if not (said.isascii() and said.isdigit() and 0 < len(said) < 9):
        raise BadRequest("This form does not say which version of the incident it was made from. Open it again.")
    return int(said)
