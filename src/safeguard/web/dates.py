"""Days and times as people in the United Kingdom type them.

Day before month, always. A date without a year is the latest such day that has passed, because people report what
has happened. Nothing is guessed beyond that: what cannot be read is asked for again, with what was typed kept.
"""

import re
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

EARLIEST = date(1920, 1, 1)
"""Adults report what was done to them as children; nobody reports the Norman conquest."""

YEARS = range(1000, 2200)
"""What a day may be at all: whoever means "without an end" leaves it empty, and the day after it can be counted."""

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
MONTH_NAMES = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

UNREADABLE = "We could not read this as a date. Write it like 12 11 2026 or 12 November 2026, or “today”."
UNREADABLE_TIME = "We could not read this as a time. Write it like 14:05 or 2.05pm."

_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_NUMBERS = re.compile(r"(\d{1,2})[\s/.\-]+(\d{1,2})(?:[\s/.\-]+(\d{2}|\d{4}))?")
_NAMED = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?[\s\-/]+(?:of\s+)?([a-z]{3,9})\.?,?(?:[\s\-/]+(\d{2}|\d{4}))?")
_CLOCK = re.compile(r"(\d{1,2})(?:\s*[:.h]\s*(\d{2}))?\s*([ap])?\.?m?\.?")
_MILITARY = re.compile(r"([01]\d|2[0-3])([0-5]\d)")


def read_day(text: str, today: date) -> date:
    """The day that somebody meant, seen from `today`; raises `ValueError` with a sentence for them."""
    said = " ".join(text.lower().split())
    if said in {"today", "now"}:
        return today
    if said in {"yesterday", "tomorrow"}:
        return today + timedelta(days=1 if said == "tomorrow" else -1)
    if said.removeprefix("last ") in WEEKDAYS:
        return _last(WEEKDAYS.index(said.removeprefix("last ")), today)
    if found := _ISO.fullmatch(said):
        return _day(int(found[3]), int(found[2]), int(found[1]))
    return _written_out(said, today)


def read_written_day(text: str) -> date:
    """A day as addresses and programs write it, 2026-11-22; raises `ValueError` for anything else."""
    said = text.strip()
    if not _ISO.fullmatch(said):
        raise ValueError(UNREADABLE)
    return _within(date.fromisoformat(said))


def read_past_day(text: str, today: date) -> date:
    """As `read_day`, and it has happened: neither after today nor longer ago than anybody lives."""
    day = read_day(text, today)
    if day > today:
        raise ValueError("The date is after today. When did it happen?")
    if day < EARLIEST:
        raise ValueError(f"The year {day.year} is too long ago. Check the year.")
    return day


def read_time(text: str) -> time:
    """The time of day that somebody meant; raises `ValueError` with a sentence for them."""
    said = text.lower().strip()
    if said in {"noon", "midday", "midnight"}:
        return time(0 if said == "midnight" else 12)
    if found := _MILITARY.fullmatch(said):
        return time(int(found[1]), int(found[2]))
    found = _CLOCK.fullmatch(said)
    if not found or not (found[2] or found[3]):
        raise ValueError(UNREADABLE_TIME)
    return _time(int(found[1]), int(found[2] or 0), found[3])


def moment(day: date, at: time | None, zone: str) -> datetime:
    """The moment in UTC of a day and a time in a place; noon stands for a day whose time nobody knows.

    A time that the clocks skipped in March counts as the hour after; one that came twice in October as the first.
    """
    return datetime.combine(day, at or time(12), ZoneInfo(zone)).astimezone(UTC)


def seen_moment(day: date, at: time | None, zone: str) -> datetime:
    """As `moment`, of a time that somebody saw on a clock; raises `ValueError` for one that the clocks skipped."""
    then = moment(day, at, zone)
    shown = then.astimezone(ZoneInfo(zone))
    if at is not None and shown.time() != at:
        said = f"{day.day} {MONTH_NAMES[day.month - 1]} {day.year}"
        raise ValueError(f"There was no {at:%H:%M} on {said}: the clocks went forward. Was it {shown:%H:%M}?")
    return then


def _written_out(said: str, today: date) -> date:
    if found := _NUMBERS.fullmatch(said):
        return _with_year(int(found[1]), int(found[2]), found[3], today)
    if (found := _NAMED.fullmatch(said)) and (month := _month(found[2])):
        return _with_year(int(found[1]), month, found[3], today)
    raise ValueError(UNREADABLE)


def _month(name: str) -> int | None:
    short = name[:3]
    if short in MONTHS and MONTH_NAMES[MONTHS.index(short)].lower().startswith(name.removesuffix("t")):
        return MONTHS.index(short) + 1
    return None


def _with_year(day: int, month: int, year: str | None, today: date) -> date:
    if year is not None:
        return _day(day, month, int(year) if len(year) == 4 else _century(int(year), today))
    said = _day(day, month, today.year) if (day, month) != (29, 2) else _leap_day(today)
    return said if said <= today else _day(day, month, today.year - 1)


def _century(year: int, today: date) -> int:
    """98 means 1998 and 26 means 2026: never more than one year ahead of us."""
    full = today.year // 100 * 100 + year
    return full if full <= today.year + 1 else full - 100


def _leap_day(today: date) -> date:
    """The latest 29 February that has passed."""
    years = range(today.year, today.year - 9, -1)
    return next(day for year in years if _is_leap(year) and (day := date(year, 2, 29)) <= today)


def _is_leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def _within(day: date) -> date:
    if day.year not in YEARS:
        raise ValueError(
            f"The year {day.year} is too {'far ahead' if day.year > 2000 else 'long ago'}. Check the year."
        )
    return day


def _day(day: int, month: int, year: int) -> date:
    try:
        said = date(year, month, day)
    except ValueError:
        if not 1 <= month <= 12:
            raise ValueError(f"There is no month {month}. Write the day first, like 12 11 2026.") from None
        raise ValueError(f"There is no {day} {MONTH_NAMES[month - 1]} in {year}.") from None
    return _within(said)


def _last(weekday: int, today: date) -> date:
    """The latest such weekday; said on a Monday, “Monday” is a week ago (“today” is the word for today)."""
    return today - timedelta(days=(today.weekday() - weekday - 1) % 7 + 1)


def _time(hour: int, minute: int, half: str | None) -> time:
    if half and not 1 <= hour <= 12:
        raise ValueError(UNREADABLE_TIME)
    if half:
        hour = hour % 12 + (12 if half == "p" else 0)
    try:
        return time(hour, minute)
    except ValueError:
        raise ValueError("There is no such time. Write it like 14:05 or 2.05pm.") from None
