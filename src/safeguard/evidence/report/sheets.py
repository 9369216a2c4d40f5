"""Sheets out of committed values: a column names a field, its heading and how a value of it is said."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeAlias

from safeguard.evidence.report.model import Sheet
from safeguard.evidence.report.saying import short_day

Values: TypeAlias = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a sheet."""

    heading: str
    field: str
    say: Callable[[Any], str] = str
    wide: bool = False


def on_day(value: Any) -> str:
    """3 Nov 2026, from a date or a moment as JSON holds it."""
    text = str(value)
    return short_day(datetime.fromisoformat(text).date() if "T" in text else date.fromisoformat(text))


def said(code: Any) -> str:
    """A code in words: senior_lead is Senior lead."""
    text = str(code).replace("_", " ")
    return text[:1].upper() + text[1:]


def listed(values: Any) -> str:
    """Several codes in words."""
    return ", ".join(said(each) for each in values)


def sheet(caption: str, columns: Sequence[Column], rows: Iterable[Values], empty: str = "") -> Sheet:
    """The sheet; a field that a row does not have stands empty in it."""
    told = tuple(tuple(_cell(column, row) for column in columns) for row in rows)
    wide = tuple(place for place, column in enumerate(columns) if column.wide)
    return Sheet(caption, tuple(column.heading for column in columns), told, empty or "Nothing is recorded.", wide)


def merged(versions: Iterable[Any]) -> dict[str, Any]:
    """What stands after all versions: of each field the last that was said."""
    whole: dict[str, Any] = {}
    for version in versions:
        whole |= version.values
    return whole


def _cell(column: Column, row: Values) -> str:
    value = row.get(column.field)
    return "" if value in (None, "", []) else column.say(value)
