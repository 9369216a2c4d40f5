"""The report form, and the small forms that follow an incident up: what was typed, and what it means.

How precise the time is follows from what was filled in, so nobody has to choose it: words alone mean roughly, two days
mean a period, a day with a time means that minute. Codes are checked with the rest of the report, by `reports.check`.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Annotated, Any, Literal
from uuid import UUID

from safeguard.errors import FieldError, Invalid
from safeguard.incidents.reports import NAME_LIMIT, NARRATIVE_LIMIT, WORDS_LIMIT, Happened, NewIncident, NewPerson
from safeguard.incidents.story import Facts, PersonKind, PersonRole, Story
from safeguard.tenancy.profile import Profile
from safeguard.tenancy.questions import Question
from safeguard.web.dates import moment, seen_moment
from safeguard.web.fields import Fields
from safeguard.web.forms import Choice, Day, Form, Rows, Setting, Text, Tick, TimeOfDay, begun

ROLES = ("affected", "alleged", "witness", "reporter", "other")
MOST_PEOPLE = 30
WHICH_PART = "Choose their part in it. Where none fits, or you do not know it, choose Other."
"""Never chosen for whoever writes: the lead could not tell "other" from "not said"."""


@dataclass(frozen=True, slots=True)
class Code(Choice):
    """One of the profile's own choices."""

    options: Collection[str] = ()

    def read(self, fields: Fields, name: str, setting: Setting) -> str:
        """The code, or an empty string."""
        return fields.get(name).strip()[:100]


@dataclass(frozen=True, slots=True)
class Codes:
    """Any of the profile's own choices."""

    def read(self, fields: Fields, name: str, setting: Setting) -> tuple[str, ...]:
        """The codes, each once."""
        return tuple(dict.fromkeys(value.strip()[:100] for value in fields.all(name) if value.strip()))


@dataclass(frozen=True, slots=True)
class OwnAnswers:
    """What was answered to the organisation's own questions: `answers-own_which_bus`, by code."""

    def read(self, fields: Fields, name: str, setting: Setting) -> dict[str, str]:
        """As typed; whoever knows the questions reads it."""
        return {key.removeprefix(f"{name}-"): fields.get(key) for key in fields if key.startswith(f"{name}-")}


@dataclass(frozen=True, slots=True)
class Known(Choice):
    """The id of somebody who is in the incident already."""

    options: Collection[str] = ()

    def read(self, fields: Fields, name: str, setting: Setting) -> Any:
        """The id, or None for somebody new."""
        said = fields.get(name).strip()
        if not said:
            return None
        try:
            return UUID(said)
        except ValueError:
            raise ValueError("This person could not be found. Open the incident again.") from None


@dataclass(frozen=True, slots=True)
class Part:
    """Somebody's part in it. Whoever chooses one means a person, so the row counts as filled in."""

    def read(self, fields: Fields, name: str, setting: Setting) -> str:
        """The role, or an empty string."""
        return Choice(ROLES).read(fields, name, setting)


@dataclass(frozen=True, slots=True)
class PersonRow:
    """One person in the form."""

    name: Annotated[str, Text(longest=NAME_LIMIT)]
    role: Annotated[PersonRole | Literal[""], Part()]
    connection: Annotated[str, Code()]
    group_name: Annotated[str, Text(longest=NAME_LIMIT)]
    notes: Annotated[str, Text(longest=WORDS_LIMIT, lines=True)]
    id: Annotated[UUID | None, Known()]
    removed: Annotated[bool, Tick()]
    person_id: Annotated[UUID | None, Known()]
    add: Annotated[bool, Tick()]


@dataclass(frozen=True, slots=True)
class ReportForm:
    """The first report. Only the narrative has to be filled in."""

    about: Annotated[str, Code()]
    danger_now: Annotated[str, Choice(("yes", "no"))]
    narrative: Annotated[
        str,
        Text(
            longest=NARRATIVE_LIMIT,
            lines=True,
            required="Say what happened. A few words are enough; more can be added later.",
        ),
    ]
    people: Annotated[tuple[PersonRow, ...], Rows(PersonRow, most=MOST_PEOPLE)]
    happened_on: Annotated[date | None, Day()]
    happened_at: Annotated[time | None, TimeOfDay()]
    happened_until: Annotated[date | None, Day()]
    happened_words: Annotated[str, Text(longest=NAME_LIMIT)]
    discovered_on: Annotated[date | None, Day()]
    place: Annotated[str, Code()]
    place_detail: Annotated[str, Text(longest=WORDS_LIMIT)]
    platforms: Annotated[tuple[str, ...], Codes()]
    device: Annotated[str, Code()]
    accounts: Annotated[str, Text(longest=WORDS_LIMIT, lines=True)]
    child_words: Annotated[str, Text(longest=WORDS_LIMIT, lines=True)]
    immediate_action: Annotated[str, Text(longest=WORDS_LIMIT, lines=True)]
    lead_told: Annotated[bool, Tick()]
    answers: Annotated[dict[str, str], OwnAnswers()]
    reason: Annotated[str, Text(longest=WORDS_LIMIT, lines=True)]
    """Of a correction: why."""

    def report(self, profile: Profile, zone: str) -> NewIncident:
        """What it means; raises `Invalid` where somebody's part is not said, or those of the time do not fit."""
        named = [row for row in self.people if not row.removed]
        if unsaid := [number for number, row in enumerate(named) if not row.role]:
            raise Invalid(*(FieldError(f"people.{number}.role", WHICH_PART) for number in unsaid))
        return NewIncident(
            narrative=self.narrative,
            danger_now={"yes": True, "no": False}.get(self.danger_now),
            people=tuple(_person(row, profile) for row in named),
            happened=self.happened(zone),
            discovered_at=moment(self.discovered_on, None, zone) if self.discovered_on else None,
            place=self.place or None,
            place_detail=self.place_detail,
            platforms=self.platforms,
            device=self.device or None,
            accounts=self.accounts,
            child_words=self.child_words,
            immediate_action=self.immediate_action,
            lead_told=self.lead_told or None,
            reported_type=self.about or None,
            answers=self.answers,
        )

    def happened(self, zone: str) -> Happened:
        """When, as precisely as was said. A day, and the ends of a period, stand at noon."""
        on, until, words = self.happened_on, self.happened_until, self.happened_words
        if on is None:
            if until or self.happened_at:
                raise Invalid(FieldError("happened_on", "Give the day as well, or say roughly when in words."))
            return Happened(precision="about", words=words) if words else Happened()
        if until and until < on:
            raise Invalid(FieldError("happened_until", "The last day is before the first."))
        if until and until != on:
            return Happened(
                precision="period", from_=moment(on, None, zone), until=moment(until, None, zone), words=words
            )
        try:
            from_ = seen_moment(on, self.happened_at, zone)
        except ValueError as refusal:
            raise Invalid(FieldError("happened_at", str(refusal))) from None
        return Happened(precision="minute" if self.happened_at else "day", from_=from_, words=words)


def _person(row: PersonRow, profile: Profile) -> NewPerson:
    return NewPerson(
        id=row.id,
        name=row.name,
        role=row.role or "other",
        kind=kind_of(row.connection, profile),
        connection=row.connection or None,
        group_name=row.group_name,
        notes=row.notes,
        person_id=row.person_id,
        add=row.add,
    )


def kind_of(connection: str, profile: Profile) -> PersonKind:
    """Whether somebody who belongs to the organisation in this way is a child."""
    known = profile.connections.get(connection)
    if known is None or connection == "unknown":
        return "unknown"
    return "child" if known.child else "adult"


FIELDS = {
    "happened.from": "happened_on",
    "happened.until": "happened_until",
    "happened.words": "happened_words",
    "discovered_at": "discovered_on",
    "reported_type": "about",
}


def named_as_typed(refusal: Invalid, form: Form[ReportForm]) -> Invalid:
    """The same errors under the names that the fields have in the page.

    The report's people are those rows that were filled in: `people.1.name` may be `people-3-name` in the page.
    """
    rows = [f"people-{number}-" for number in _filled_rows(form)]
    return Invalid(*(FieldError(_typed_name(error.field, rows), error.message) for error in refusal.errors))


def _typed_name(field: str, rows: list[str]) -> str:
    parts = field.split(".")
    if parts[0] == "people" and len(parts) == 3 and int(parts[1]) < len(rows):
        return rows[int(parts[1])] + parts[2]
    return f"answers-{parts[1]}" if parts[0] == "answers" else FIELDS.get(field, field)


def _filled_rows(form: Form[ReportForm]) -> list[str]:
    told = ("name", "role", "group_name", "notes")
    rows = form.rows("people", least=0)
    return [
        row.prefix.split("-")[1]
        for row in rows
        if any(row[name].strip() for name in told) and not row["removed"].strip()
    ]


def as_typed(story: Story, zone: Any) -> Form[ReportForm]:
    """The form that a correction begins with: the incident as it stands."""
    facts = story.facts
    typed = {
        "danger_now": {True: "yes", False: "no", None: ""}[facts.danger_now],
        "lead_told": "yes" if facts.lead_told else "",
        "discovered_on": _day(facts.discovered_at, zone),
        "place": facts.place or "",
        "device": facts.device or "",
        "about": facts.reported_type or "",
    }
    typed |= {f"answers-{answer.code}": answer.said for answer in facts.answers}
    for name in ("narrative", "place_detail", "accounts", "child_words", "immediate_action", "happened_words"):
        typed[name] = getattr(facts, name)
    for number, person in enumerate(story.present):
        for name in ("id", "name", "role", "connection", "group_name", "notes"):
            typed[f"people-{number}-{name}"] = str(getattr(person, name) or "")
    form = begun(ReportForm, typed | _typed_time(facts, zone))
    platforms = tuple(("platforms", code) for code in facts.platforms)
    return Form(ReportForm, Fields.of((*form.fields.pairs, *platforms)), None, ())


def _typed_time(facts: Facts, zone: Any) -> dict[str, str]:
    typed = {"happened_on": _day(facts.happened_from, zone), "happened_until": _day(facts.happened_until, zone)}
    if facts.happened_precision == "minute" and facts.happened_from:
        typed["happened_at"] = f"{facts.happened_from.astimezone(zone):%H:%M}"
    return typed


def _day(at: datetime | None, zone: Any) -> str:
    return at.astimezone(zone).date().isoformat() if at else ""


_FIELDS_OF: Mapping[str, tuple[str, ...]] = {
    "about": ("about",),
    "danger": ("danger_now",),
    "narrative": ("narrative",),
    "people": ("people",),
    "when": ("happened_on", "happened_at", "happened_until", "happened_words", "discovered_on"),
    "where": ("place", "place_detail"),
    "online": ("platforms", "device", "accounts"),
    "own_words": ("child_words",),
    "action": ("immediate_action", "lead_told"),
}


def is_begun(question: Question, form: Form[ReportForm]) -> bool:
    """Whether something was typed beneath a question, or needs another look: then it is not folded away."""
    names = _FIELDS_OF.get(question.code, (f"answers-{question.code}",))
    wrong = {
        error.field.partition("-")[0] if error.field.startswith("people") else error.field for error in form.errors
    }
    return any(form[name].strip() or name in wrong for name in names) or (
        question.code == "people" and bool(_filled_rows(form))
    )


def seen_version(form: Form[ReportForm]) -> int | None:
    """The version of the organisation's form that the page was made with; None for the kind's."""
    said = form["form_version"]
    return int(said) if said.isascii() and said.isdigit() and len(said) < 9 else None
