"""Forms: what was typed becomes a frozen dataclass, or a sentence beside each field that needs another look.

    @dataclass(frozen=True, slots=True)
    class Person:
        name: Annotated[str, Text(longest=200)]
        role: Annotated[str, Choice(("affected", "alleged", "witness"))]

    @dataclass(frozen=True, slots=True)
    class Report:
        words: Annotated[str, Text(required="Say what happened, even in one sentence.", longest=20_000, lines=True)]
        on: Annotated[date | None, Day()]
        people: Annotated[tuple[Person, ...], Rows(Person, most=20)]

    form = await read(request, Report)
    if form.errors:
        return page(request, "incidents/new.html", form=form, status=422)
    await record(work, form.value)

A template shows `form["words"]` (always what was typed), `form.error("words")`, `form.rows("people")`, `form.summary`.
A row's fields are named `people-0-name`; a row in which nothing but choices is set counts as not filled in.

No form library: they build the HTML as well, which the design system's macros do here, and they keep what they
understood rather than what was typed.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from typing import Any, Generic, TypeVar, get_type_hints
from zoneinfo import ZoneInfo

from litestar import Request

from safeguard import clock
from safeguard.errors import FieldError, Invalid
from safeguard.web import exchange
from safeguard.web.fields import Fields
from safeguard.web.kinds import Choice, Day, Field, Many, Name, Setting, Text, Tick, TimeOfDay, clean

__all__ = [
    "Choice", "Day", "Field", "Form", "Many", "Name", "Row", "Rows", "Setting", "Text", "Tick", "TimeOfDay", "begun",
    "blank", "clean", "fill", "read", "today_here",
]  # fmt: skip

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Rows:
    """A group of fields that repeats: the people of an incident. Rows left empty are left out."""

    row: type
    most: int = 20

    def read(self, fields: Fields, name: str, setting: Setting) -> tuple[Any, ...]:
        """One `row` for each that was filled in."""
        filled = [prefix for prefix in self.prefixes(fields, name) if self._is_filled(fields, prefix)]
        if len(filled) > self.most:
            raise ValueError(f"The most at once is {self.most}. Record these, then add the others.")
        values, errors = [], []
        for prefix in filled:
            value, wrong = _fill(self.row, fields, setting, prefix)
            values.append(value)
            errors += wrong
        if errors:
            raise Invalid(*errors)
        return tuple(values)

    def prefixes(self, fields: Fields, name: str) -> list[str]:
        """`people-0-`, `people-1-` ... as they came, in the order of their numbers."""
        pattern = re.compile(rf"{re.escape(name)}-(\d{{1,3}})-")
        numbers = {int(found[1]) for key in fields if (found := pattern.match(key))}
        return [f"{name}-{number}-" for number in sorted(numbers)]

    def _is_filled(self, fields: Fields, prefix: str) -> bool:
        told = (key for key, kind in plan(self.row).items() if not isinstance(kind, (Choice, Tick)))
        return any(value.strip() for key in told for value in fields.all(prefix + key))


@dataclass(frozen=True, slots=True)
class Form(Generic[T]):
    """A form as it came back: what was typed, what it means, and what needs another look."""

    kind: type[T]
    fields: Fields
    found: T | None
    errors: tuple[FieldError, ...]

    @property
    def value(self) -> T:
        """What was meant; raises `Invalid` while there are errors."""
        if self.found is None or self.errors:
            raise Invalid(*self.errors)
        return self.found

    def __getitem__(self, name: str) -> str:
        """What was typed in a field, or what it begins with."""
        return self.fields.get(name)

    def all(self, name: str) -> list[str]:
        """Every value of a field: the boxes that were ticked."""
        return self.fields.all(name)

    def error(self, name: str) -> str | None:
        """The sentence beside a field, if it needs another look."""
        return next((error.message for error in self.errors if error.field == name), None)

    @property
    def summary(self) -> list[dict[str, str]]:
        """For the error summary at the top: each sentence, linked to its field."""
        return [{"text": error.message, "href": f"#{error.field}"} for error in self.errors]

    def rows(self, name: str, *, least: int = 1) -> list["Row"]:
        """The rows of a repeated group as typed, with empty ones up to `least`."""
        kind = plan(self.kind)[name]
        prefixes = kind.prefixes(self.fields, name) if isinstance(kind, Rows) else []
        fresh = (f"{name}-{number}-" for number in range(1000))
        while len(prefixes) < least:
            prefixes.append(next(prefix for prefix in fresh if prefix not in prefixes))
        return [Row(self, prefix) for prefix in prefixes]

    def refused(self, refusal: Invalid) -> "Form[T]":
        """The same form with the errors that the domain found; as it is when what was typed has errors of its own.

        Those are what `value` raises, so one `except Invalid` answers for both, and says nothing twice.
        """
        return self if self.errors else replace(self, errors=refusal.errors)


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a repeated group, as typed."""

    form: Form[Any]
    prefix: str

    def name(self, field: str) -> str:
        """The field's name in the page."""
        return self.prefix + field

    def __getitem__(self, field: str) -> str:
        return self.form[self.prefix + field]

    def error(self, field: str) -> str | None:
        """The sentence beside a field of this row."""
        return self.form.error(self.prefix + field)


async def read(request: Request[Any, Any, Any], kind: type[T]) -> Form[T]:
    """The form that this request sent, as a `kind`."""
    return fill(kind, exchange.current().fields, today=today_here())


def fill(kind: type[T], fields: Fields, *, today: date) -> Form[T]:
    """Read `fields` as a `kind`; every field is read, so that every error is shown at once."""
    value, errors = _fill(kind, fields, Setting(today))
    return Form(kind, fields, value, tuple(errors))


def blank(kind: type[T], **starts: str) -> Form[T]:
    """A form that nobody has filled in yet, with what its fields begin with; or as a draft of it was left."""
    return Form(kind, _left() or Fields.of(starts.items()), None, ())


def begun(kind: type[T], starts: Mapping[str, str]) -> Form[T]:
    """As `blank`, for names that Python does not take as words (`people-0-name`)."""
    return Form(kind, _left() or Fields.of(starts.items()), None, ())


def _left() -> Fields | None:
    """What stood in the draft that this page was opened with."""
    draft = exchange.current().draft
    return draft.fields if draft else None


def zone_here() -> ZoneInfo:
    """The time zone of the organisation."""
    viewer = exchange.current().viewer
    return ZoneInfo(viewer.organisation.time_zone if viewer else "Europe/London")


def today_here() -> date:
    """Today where the organisation is."""
    return clock.now().astimezone(zone_here()).date()


@cache
def plan(kind: type) -> dict[str, Field]:
    """The fields of a form's class, by name: the first annotation that can read."""
    hints = get_type_hints(kind, include_extras=True)
    return {name: next(_fields_of(hint)) for name, hint in hints.items()}


def _fields_of(hint: Any) -> Iterator[Field]:
    return (mark for mark in getattr(hint, "__metadata__", ()) if hasattr(mark, "read"))


def _fill(kind: type[T], fields: Fields, setting: Setting, prefix: str = "") -> tuple[T | None, list[FieldError]]:
    values: dict[str, Any] = {}
    errors: list[FieldError] = []
    for name, field in plan(kind).items():
        try:
            values[name] = field.read(fields, prefix + name, setting)
        except Invalid as refusal:
            errors += refusal.errors
        except ValueError as refusal:
            errors.append(FieldError(prefix + name, str(refusal)))
    return (None if errors else kind(**values)), errors
