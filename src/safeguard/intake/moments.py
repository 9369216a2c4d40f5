"""Dates as other products write them. What could be either of two days is asked about, never guessed.

`03/04/2024` is the third of April or the fourth of March: only somebody who knows the product can say. A column in
which some first number is above 12 says it by itself.
"""

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from typing import Final, Literal, NamedTuple
from zoneinfo import ZoneInfo

DayOrder = Literal["day_first", "month_first"]
ORDERS: Final[tuple[DayOrder, ...]] = ("day_first", "month_first")

_MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_ISO: Final = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[t ]+(.+))?")
_NUMBERS: Final = re.compile(r"(\d{1,2})[/.\-](\d{1,2})[/.\-](\d{4}|\d{2})(?:,?[t ]+(.+))?")
_DAY_WORD: Final = re.compile(
    r"(?:[a-z]{3,9},? )?(\d{1,2})(?:st|nd|rd|th)?[ \-]([a-z]{3,9})[ \-,]+(\d{4})(?:,? +(.+))?"
)
_WORD_DAY: Final = re.compile(r"(?:[a-z]{3,9},? )?([a-z]{3,9}) (\d{1,2})(?:st|nd|rd|th)?,? (\d{4})(?:,? +(.+))?")
_TIME: Final = re.compile(r"(\d{1,2})[:.](\d{2})(?:[:.](\d{2})(?:\.\d+)?)?\s*([ap]\.?m\.?)?\s*(z|[+-]\d{2}:?\d{2})?")

UNREAD: Final = "This is not a date that we can read. Write it as 2024-03-31."
ASK: Final = "This could be either of two days. Say whether the day or the month comes first."
SKIPPED: Final = (
    "The clocks went forward over this time, so it never was. Look it up, and write the time that is meant."
)
AGAINST: Final = "This does not fit the order of day and month that was chosen."


class Unclear(ValueError):
    """What stands there is no date, or more than one; the sentence says which."""


class Moment(NamedTuple):
    """When, and whether the time of day was said as well. A day stands at noon."""

    at: datetime
    has_time: bool


def read_moment(text: str, order: DayOrder | None, zone: ZoneInfo) -> Moment:
    """The moment that `text` says; raises `Unclear`."""
    said = " ".join(text.lower().split())
    day, rest = _read_day(said, order)
    if not rest:
        return Moment(datetime.combine(day, time(12), zone).astimezone(UTC), has_time=False)
    clock_time, offset = _read_time(rest)
    try:
        at = datetime.combine(day, clock_time, offset or zone).astimezone(UTC)
        if at.astimezone(offset or zone).time() != clock_time:
            raise Unclear(SKIPPED)
    except OverflowError:  # the first and the last moment that there is, as exports write "never"
        raise Unclear(UNREAD) from None
    return Moment(at, has_time=clock_time != time() or offset is not None)


def read_day(text: str, order: DayOrder | None) -> date:
    """The day that `text` says, whatever time stands behind it; raises `Unclear`."""
    return _read_day(" ".join(text.lower().split()), order)[0]


def order_of(values: Iterable[str]) -> DayOrder | None:
    """Which order a column shows by itself; None when nothing or both are shown."""
    shown: set[DayOrder] = set()
    for value in values:
        if found := _NUMBERS.fullmatch(" ".join(value.lower().split())):
            first, second = int(found[1]), int(found[2])
            if first > 12:
                shown.add("day_first")
            if second > 12:
                shown.add("month_first")
    return shown.pop() if len(shown) == 1 else None


def _read_day(said: str, order: DayOrder | None) -> tuple[date, str]:
    if found := _ISO.fullmatch(said):
        return _date(int(found[1]), int(found[2]), int(found[3])), found[4] or ""
    if found := _NUMBERS.fullmatch(said):
        return _in_order(int(found[1]), int(found[2]), _year(found[3]), order), found[4] or ""
    if found := _DAY_WORD.fullmatch(said):
        return _date(int(found[3]), _month(found[2]), int(found[1])), found[4] or ""
    if found := _WORD_DAY.fullmatch(said):
        return _date(int(found[3]), _month(found[1]), int(found[2])), found[4] or ""
    raise Unclear(UNREAD)


def _in_order(first: int, second: int, year: int, order: DayOrder | None) -> date:
    if order is None:
        if first <= 12 and second <= 12 and first != second:
            raise Unclear(ASK)
        order = "month_first" if second > 12 else "day_first"
    day, month = (first, second) if order == "day_first" else (second, first)
    if month > 12 >= day:
        raise Unclear(AGAINST)
    return _date(year, month, day)


def _year(text: str) -> int:
    """Two digits are a year of this century: nobody imports records from before the web."""
    return int(text) + 2000 if len(text) == 2 else int(text)


def _month(word: str) -> int:
    if word[:3] not in _MONTHS:
        raise Unclear(UNREAD)
    return _MONTHS.index(word[:3]) + 1


def _date(year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        raise Unclear(UNREAD) from None


def _read_time(text: str) -> tuple[time, tzinfo | None]:
    found = _TIME.fullmatch(text.strip())
    if found is None:
        raise Unclear(UNREAD)
    hour = int(found[1])
    if found[4]:
        hour = hour % 12 + (12 if found[4].startswith("p") else 0)
    try:
        return time(hour, int(found[2]), int(found[3] or 0)), _offset(found[5])
    except ValueError:
        raise Unclear(UNREAD) from None


def _offset(text: str | None) -> tzinfo | None:
    if not text:
        return None
    if text == "z":
        return UTC
    minutes = int(text[1:3]) * 60 + int(text[-2:])
    return timezone(timedelta(minutes=minutes if text[0] == "+" else -minutes))
