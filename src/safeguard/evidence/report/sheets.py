"""Sheets out of committed values: a column names a field, its heading and how a value of it is said.

What is committed keeps exact moments in UTC. A day that is said of one is the day that it was where the organisation
is: half past midnight in June is still the evening before in UTC.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeAlias
from zoneinfo import ZoneInfo

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

    def cell(self, value: Any, zone: ZoneInfo) -> str:
        """What stands in the cell of this value, which is none of those that stand for nothing."""
        del zone
        return self.say(value)


@dataclass(frozen=True, slots=True)
class DayColumn(Column):
    """One whose values are days, or moments of which the day is said."""

    def cell(self, value: Any, zone: ZoneInfo) -> str:
        """Such as 3 Nov 2026."""
        return on_day(value, zone)


@dataclass(frozen=True, slots=True)
class Sheets:
    """Sets sheets for an organisation in this time zone."""

    zone: ZoneInfo

    def __call__(self, caption: str, columns: Sequence[Column], rows: Iterable[Values], empty: str = "") -> Sheet:
        """The sheet; a field that a row does not have stands empty in it."""
        told = tuple(tuple(self._cell(column, row) for column in columns) for row in rows)
        wide = tuple(place for place, column in enumerate(columns) if column.wide)
        return Sheet(caption, tuple(column.heading for column in columns), told, empty or "Nothing is recorded.", wide)

    def day(self, value: Any) -> str:
        """3 Nov 2026, from a date or a moment as JSON holds it."""
        return on_day(value, self.zone)

    def _cell(self, column: Column, row: Values) -> str:
        value = row.get(column.field)
        return "" if value in (None, "", []) else column.cell(value, self.zone)


def on_day(value: Any, zone: ZoneInfo) -> str:
    """3 Nov 2026, from a date, or from a moment: the day that it was in this zone."""
    text = str(value)
    if "T" not in text:
        return short_day(date.fromisoformat(text))
    return short_day(datetime.fromisoformat(text).astimezone(zone).date())


def said(code: Any) -> str:
    """A code in words: senior_lead is Senior lead."""
    text = str(code).replace("_", " ")
    return text[:1].upper() + text[1:]


def listed(values: Any) -> str:
    """Several codes in words."""
    return ", ".join(said(each) for each in values)


def merged(versions: Iterable[Any]) -> dict[str, Any]:
    """What stands after all versions: of each field the last that was said."""
    whole: dict[str, Any] = {}
    for version in versions:
        whole |= version.values
    return whole
