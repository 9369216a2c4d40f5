"""What somebody reports: the same meaning whether it came from the form, the API or an import.

Only the narrative is required (people write at bad moments); everything else may be learnt later. Codes are checked
against the organisation's profile, times against the clock. A report that passes `check` can be recorded.
"""

import unicodedata
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import TypeVar
from uuid import UUID

import msgspec

from safeguard.errors import FieldError
from safeguard.incidents.story import PersonKind, PersonRole, Precision
from safeguard.tenancy.profile import Profile

NARRATIVE_LIMIT = 100_000
WORDS_LIMIT = 20_000
NAME_LIMIT = 500
PEOPLE_LIMIT = 30
EARLIEST = datetime(1920, 1, 1, tzinfo=UTC)
"""Before this nobody now living could have been harmed: the year is a slip of the hand."""
CLOCK_SLACK = timedelta(minutes=5)
DAY_SLACK = timedelta(hours=13)
"""A day whose time nobody knows stands at noon, which in its first minute is twelve hours off: thirteen in October."""

AnyStruct = TypeVar("AnyStruct", bound=msgspec.Struct)


class Happened(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """When it happened: a moment, a day, a period, or roughly in words."""

    precision: Precision = "unknown"
    from_: datetime | None = msgspec.field(default=None, name="from")
    until: datetime | None = None
    words: str = ""


class NewPerson(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A person in the report, with a role of their own. `id` names one who is already in the incident."""

    name: str
    role: PersonRole = "other"
    kind: PersonKind = "unknown"
    connection: str | None = None
    group_name: str = ""
    notes: str = ""
    id: UUID | None = None
    person_id: UUID | None = None
    """Who this is in the list of people."""
    add: bool = False
    """Whether they are new, and to be added to the list of people."""


class NewIncident(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A first report. Also what a correction makes of it: then it says how all of it should read."""

    narrative: str
    danger_now: bool | None = None
    people: tuple[NewPerson, ...] = ()
    happened: Happened = Happened()
    discovered_at: datetime | None = None
    place: str | None = None
    place_detail: str = ""
    platforms: tuple[str, ...] = ()
    device: str | None = None
    accounts: str = ""
    four_c: tuple[str, ...] = ()
    risk_areas: tuple[str, ...] = ()
    issue_types: tuple[str, ...] = ()
    child_words: str = ""
    immediate_action: str = ""
    lead_told: bool | None = None
    reported_type: str | None = None
    """What whoever reports says that it is about."""
    answers: dict[str, str] = {}
    """To the organisation's own questions, by their codes: a day as ISO 8601, "yes" or "no", or words."""


_UNSEEN = {"Cf", "Zs", "Zl", "Zp"}
"""Characters that leave no mark on a page: a report of nothing else says nothing."""
_CODES = {"place", "device", "connection", "reported_type"}


def tidy(text: str) -> str:
    """Without control characters (a NUL cannot be stored), line ends as one kind, no blanks around it."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(c for c in lines if c in "\n\t" or unicodedata.category(c) not in {"Cc", "Cs"}).strip()


def tidied(new: NewIncident) -> NewIncident:
    """The report with every text tidied, codes once each, and people of whom nothing is said left out."""
    people = tuple(_tidied(person) for person in new.people)
    return msgspec.structs.replace(
        _tidied(new),
        people=tuple(person for person in people if _says_anything(person)),
        happened=_tidied(new.happened),
    )


def _says_anything(person: NewPerson) -> bool:
    return bool(person.name or person.group_name or person.notes or person.role != "other")


def _tidied(struct: AnyStruct) -> AnyStruct:
    changed: dict[str, object] = {}
    for name in struct.__struct_fields__:
        value = getattr(struct, name)
        if isinstance(value, str):
            changed[name] = tidy(value) or (None if name in _CODES else "")
        elif isinstance(value, tuple) and all(isinstance(item, str) for item in value):
            changed[name] = tuple(dict.fromkeys(value))
    return msgspec.structs.replace(struct, **changed)


def check(new: NewIncident, profile: Profile, now: datetime) -> tuple[FieldError, ...]:
    """What needs another look before this (tidied) report can be kept; empty when all is well.

    A field within another is named as in JSON: `people.0.name` is the first person's name.
    """
    return (*_narrative(new), *_lengths(new), *_times(new, now), *_people(new, profile), *_codes(new, profile))


def _narrative(new: NewIncident) -> Iterator[FieldError]:
    if not any(unicodedata.category(character) not in _UNSEEN for character in new.narrative):
        yield FieldError("narrative", "Say what happened. A few words are enough; more can be added later.")
    elif len(new.narrative) > NARRATIVE_LIMIT:
        yield FieldError("narrative", f"This is longer than {NARRATIVE_LIMIT:,} characters. Put the rest in an entry.")


def _lengths(new: NewIncident) -> Iterator[FieldError]:
    for name in ("child_words", "immediate_action", "accounts", "place_detail"):
        if len(getattr(new, name)) > WORDS_LIMIT:
            yield FieldError(name, f"This is longer than {WORDS_LIMIT:,} characters. Put the rest in an entry.")
    if len(new.happened.words) > NAME_LIMIT:
        yield FieldError("happened.words", f"Keep this under {NAME_LIMIT} characters.")


def _times(new: NewIncident, now: datetime) -> Iterator[FieldError]:
    happened = new.happened
    slack = CLOCK_SLACK if happened.precision == "minute" else DAY_SLACK
    for name, moment, latest in (
        ("happened.from", happened.from_, now + slack),
        ("happened.until", happened.until, now + slack),
        ("discovered_at", new.discovered_at, now + DAY_SLACK),
    ):
        if moment and (message := _moment(moment, latest)):
            yield FieldError(name, message)
    yield from _precision(happened)


def _moment(moment: datetime, latest: datetime) -> str | None:
    if moment.tzinfo is None:
        return "Give the time with its offset from UTC, such as 2026-01-12T13:30:00Z."
    if moment > latest:
        return "That is after now. When did it happen?"
    if moment < EARLIEST:
        return f"The year {moment.year} looks like a slip. When did it happen?"
    return None


def _precision(happened: Happened) -> Iterator[FieldError]:
    match happened.precision:
        case "minute" | "day" if happened.from_ is None:
            yield FieldError("happened.from", "Give the date, or choose that you are not sure.")
        case "period" if happened.from_ is None or happened.until is None:
            yield FieldError("happened.until", "Give the first and the last day.")
        case "period" if happened.from_ and happened.until and happened.until < happened.from_:
            yield FieldError("happened.until", "The last day is before the first.")
        case "about" if not happened.words:
            yield FieldError("happened.words", "Say roughly when, such as: one evening last half-term.")
        case "unknown" if happened.from_ or happened.until:
            yield FieldError("happened.from", "There is a date here: say how precise it is.")
        case "minute" | "day" if happened.until:
            yield FieldError("happened.until", "Choose a period to give a last day as well.")
        case _:
            pass


def _people(new: NewIncident, profile: Profile) -> Iterator[FieldError]:
    if len(new.people) > PEOPLE_LIMIT:
        yield FieldError("people", f"Up to {PEOPLE_LIMIT} people fit here. Name the others in what happened.")
    for number, person in enumerate(new.people):
        at = f"people.{number}."
        if not person.name:
            yield FieldError(at + "name", "Give this person's name, or say how they are known.")
        elif len(person.name) > NAME_LIMIT:
            yield FieldError(at + "name", f"Keep the name under {NAME_LIMIT} characters.")
        if len(person.group_name) > NAME_LIMIT:
            yield FieldError(at + "group_name", f"Keep this under {NAME_LIMIT} characters.")
        if len(person.notes) > WORDS_LIMIT:
            yield FieldError(at + "notes", f"Keep this under {WORDS_LIMIT:,} characters.")
        if person.connection is not None and person.connection not in profile.connections:
            yield FieldError(at + "connection", _unknown(person.connection))


def _codes(new: NewIncident, profile: Profile) -> Iterator[FieldError]:
    for name, known in (
        ("platforms", profile.platforms), ("four_c", profile.areas), ("risk_areas", profile.risk_areas),
        ("issue_types", profile.issues),
    ):  # fmt: skip
        for code in getattr(new, name):
            if code not in known:
                yield FieldError(name, _unknown(code))
    for name, code, known in (
        ("place", new.place, profile.places), ("device", new.device, profile.devices),
        ("reported_type", new.reported_type, profile.reported),
    ):  # fmt: skip
        if code is not None and code not in known:
            yield FieldError(name, _unknown(code))


def _unknown(code: str) -> str:
    return f"“{code[:40]}” is not one of this organisation's choices."
