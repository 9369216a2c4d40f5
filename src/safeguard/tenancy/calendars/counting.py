"""When a limit runs out, how much of it is left, and whether that is a worry.

Hours run by the clock, through every change to and from summer time; helpline hours run while the helpline is open.
Whatever is counted in days or months ends with a day, at midnight where the organisation is: the day on which it
began is not counted. "One working day" from a Friday afternoon is all of Monday.

A month ends on the same day of a later month, or on that month's last (as the Information Commissioner counts);
when that is a Sunday it is not put off, which is stricter than the Commissioner is.
"""

from calendar import monthrange
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum

from safeguard.tenancy.calendars.bank_holidays import Helpline
from safeguard.tenancy.calendars.calendar import DAY, Calendar, is_working_day
from safeguard.tenancy.calendars.openings import openings_of
from safeguard.tenancy.limits import Unit

BY_THE_CLOCK = frozenset({Unit.AT_ONCE, Unit.HOURS, Unit.HELPLINE_HOURS})
RISKY_SHARE = 4
"""At risk: at most a quarter of the limit is left, and on the last day in any case."""


class State(StrEnum):
    """How a limit stands."""

    DUE = "due"
    AT_RISK = "at_risk"
    OVERDUE = "overdue"


@dataclass(frozen=True, slots=True)
class Limit:
    """So much time, of a kind."""

    value: int
    unit: Unit

    @property
    def by_the_clock(self) -> bool:
        """Whether it ends at a moment, and not with a day."""
        return self.unit in BY_THE_CLOCK


@dataclass(frozen=True, slots=True)
class Due:
    """When a limit runs out."""

    at: datetime
    """The first moment at which it is over, in UTC."""
    day: date
    """The last day on which it can be kept, where the organisation is."""


def due(calendar: Calendar, limit: Limit, start: datetime) -> Due:
    """When `limit` from `start` runs out; raises `Uncountable` where the calendar does not reach."""
    if limit.by_the_clock:
        at = _moment(calendar, limit, start)
        return Due(at, at.astimezone(calendar.zone).date())
    return end_of(calendar, later_day(calendar, limit, start.astimezone(calendar.zone).date()))


def end_of(calendar: Calendar, day: date) -> Due:
    """What is due by the end of a day."""
    return Due(datetime.combine(day + DAY, time(0), calendar.zone).astimezone(UTC), day)


def later_day(calendar: Calendar, limit: Limit, day: date) -> date:
    """The last day of a limit of days or months that began on `day`."""
    match limit.unit:
        case Unit.MONTHS:
            return _months_later(day, limit.value)
        case Unit.DAYS:
            return day + DAY * limit.value
        case _:
            counts = _counting(calendar, limit.unit)
            for _ in range(limit.value):
                day = _next(day, counts)
            return day


def left(calendar: Calendar, limit: Limit, when: Due, now: datetime) -> int:
    """How many of its units are left, or, below zero, have passed: days; minutes for what runs by the clock."""
    if limit.by_the_clock:
        return _minutes_left(calendar, limit, when.at, now)
    today = now.astimezone(calendar.zone).date()
    counts = _counting(calendar, limit.unit)
    if today <= when.day:
        return sum(counts(day) for day in _days(today + DAY, when.day))
    return -sum(counts(day) for day in _days(when.day + DAY, today))


def state(calendar: Calendar, limit: Limit, start: datetime, when: Due, now: datetime) -> State:
    """Whether there is time, not much, or none."""
    if now >= when.at:
        return State.OVERDUE
    if not limit.by_the_clock and now.astimezone(calendar.zone).date() == when.day:
        return State.AT_RISK
    whole, rest = (when.at - start), (when.at - now)
    if limit.unit in (Unit.WORKING_DAYS, Unit.SCHOOL_DAYS):
        return State.AT_RISK if left(calendar, limit, when, now) * RISKY_SHARE <= limit.value else State.DUE
    return State.AT_RISK if rest * RISKY_SHARE <= whole else State.DUE


def open_between(helpline: Helpline, start: datetime, end: datetime) -> timedelta:
    """For how long the helpline is open between two moments; raises `Uncountable` where its calendar does not reach."""
    openings = openings_of(helpline)
    return max(timedelta(), openings.until(end) - openings.until(start))


def _moment(calendar: Calendar, limit: Limit, start: datetime) -> datetime:
    start, length = start.astimezone(UTC), timedelta(hours=limit.value)
    return _open_later(calendar.helpline, start, length) if limit.unit is Unit.HELPLINE_HOURS else start + length


def _open_later(helpline: Helpline, start: datetime, length: timedelta) -> datetime:
    if not length:
        return start
    for opens, closes in _openings(helpline, start):
        begins = max(opens, start)
        if closes - begins >= length:
            return begins + length
        length -= max(timedelta(), closes - begins)
    raise AssertionError("days without end")


def _openings(helpline: Helpline, start: datetime) -> Iterator[tuple[datetime, datetime]]:
    """From the day of `start` on, each day's opening and closing, in UTC."""
    day = start.astimezone(helpline.zone).date()
    while True:
        if is_working_day(day, helpline.holidays):
            opens, closes = (datetime.combine(day, at, helpline.zone) for at in (helpline.opens, helpline.closes))
            yield opens.astimezone(UTC), closes.astimezone(UTC)
        day += DAY


def _minutes_left(calendar: Calendar, limit: Limit, at: datetime, now: datetime) -> int:
    if limit.unit is Unit.HELPLINE_HOURS:
        between = open_between(calendar.helpline, min(now, at), max(now, at))
        return (between if now < at else -between) // timedelta(minutes=1)
    return (at - now) // timedelta(minutes=1)


def _counting(calendar: Calendar, unit: Unit) -> Callable[[date], bool]:
    match unit:
        case Unit.WORKING_DAYS:
            return calendar.is_working_day
        case Unit.SCHOOL_DAYS:
            return calendar.is_school_day
        case _:
            return lambda _day: True


def _next(day: date, counts: Callable[[date], bool]) -> date:
    day += DAY
    while not counts(day):
        day += DAY
    return day


def _days(first: date, last: date) -> Iterator[date]:
    return (date.fromordinal(number) for number in range(first.toordinal(), last.toordinal() + 1))


def _months_later(day: date, months: int) -> date:
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
