"""When things happen and are written down: terms, holidays, opening hours.

Terms follow the common pattern of English schools and are worked out, not looked up. The invented school enters them in
its settings, so that limits in school days can be counted there.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from random import Random
from typing import Literal
from zoneinfo import ZoneInfo

from safeguard.tenancy.calendars.spans import Span

LONDON = ZoneInfo("Europe/London")
DAY = timedelta(days=1)
Hours = tuple[float, float]
HALF_TERMS = ("Autumn 1", "Autumn 2", "Spring 1", "Spring 2", "Summer 1", "Summer 2")


def easter(year: int) -> date:
    """Easter Sunday in the Gregorian calendar (Meeus, Astronomical Algorithms, chapter 8)."""
    a, b, c = year % 19, year // 100, year % 100
    d, e = divmod(b, 4)
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    j = (32 + 2 * e + 2 * i - h - k) % 7
    m = (a + 11 * h + 22 * j) // 451
    month, day = divmod(h + j - 7 * m + 114, 31)
    return date(year, month, day + 1)


@cache
def bank_holidays(year: int) -> frozenset[date]:
    """Those of England and Wales, with the substitutes for a weekend."""
    sunday = easter(year)
    fixed = [date(year, 1, 1), date(year, 12, 25), date(year, 12, 26)]
    moving = [sunday - 2 * DAY, sunday + DAY, _monday(year, 5, 1), _last_monday(year, 5), _last_monday(year, 8)]
    taken: set[date] = set(moving)
    for day in fixed:
        while day.weekday() > 4 or day in taken:
            day += DAY
        taken.add(day)
    return frozenset(taken)


def _monday(year: int, month: int, day: int) -> date:
    first = date(year, month, day)
    return first + timedelta(days=-first.weekday() % 7)


def _last_monday(year: int, month: int) -> date:
    last = date(year, month, 31)
    return last - timedelta(days=last.weekday())


def is_working_day(day: date) -> bool:
    """Monday to Friday, less the bank holidays."""
    return day.weekday() < 5 and day not in bank_holidays(day.year)


@cache
def terms(autumn: int) -> tuple[tuple[date, date], ...]:
    """The six half-terms of the school year that begins in the autumn of that year: first and last day of each."""
    spring, sunday = autumn + 1, easter(autumn + 1)
    october, february, may = _last_monday(autumn, 10), _monday(spring, 2, 12), _last_monday(spring, 5)
    april = sunday - timedelta(days=6)  # the two weeks around Easter
    return (
        (_monday(autumn, 9, 2) + DAY, october - 3 * DAY),
        (october + 7 * DAY, date(autumn, 12, 18)),
        (_monday(spring, 1, 4), february - 3 * DAY),
        (february + 7 * DAY, april - 3 * DAY),
        (april + 14 * DAY, may - 3 * DAY),
        (may + 7 * DAY, date(spring, 7, 21)),
    )


def is_school_day(day: date) -> bool:
    """A working day within a term."""
    autumn = day.year if day.month >= 9 else day.year - 1
    return is_working_day(day) and any(first <= day <= last for first, last in terms(autumn))


@dataclass(frozen=True, slots=True)
class Rhythm:
    """When a kind of organisation is awake."""

    weights: tuple[float, ...]
    """How likely a report is on each day of the week, Monday first."""
    report_hours: tuple[Hours, ...]
    """When reports are written; one is drawn, the earlier ones more often."""
    desk_hours: Hours
    """When its leads sit down to it."""
    desk_days: Literal["school", "working", "all"]
    """Which days those are."""

    def weight(self, day: date) -> float:
        """How likely it is that something is reported on this day."""
        return self.weights[day.weekday()] * (1.0 if self.is_open(day) else 0.03 if self.desk_days == "school" else 0.0)

    def is_open(self, day: date) -> bool:
        """Whether anybody is there."""
        match self.desk_days:
            case "school":
                return is_school_day(day)
            case "working":
                return is_working_day(day)
            case _:
                return True

    def report_at(self, day: date, random: Random) -> datetime:
        """The moment of a report on that day."""
        last = len(self.report_hours) - 1
        start, end = self.report_hours[min(int(random.expovariate(1.3)), last)]
        return local(day, random.uniform(start, end), random)

    def at_desk(self, moment: datetime, random: Random) -> datetime:
        """The first moment from `moment` on at which a lead is at it."""
        here, (start, end) = moment.astimezone(LONDON), self.desk_hours
        hour = here.hour + here.minute / 60
        if self.is_open(here.date()) and start <= hour < end:
            return moment
        first = here.date() if hour < start else here.date() + DAY
        return local(self._desk_day(first), start + random.expovariate(0.9) % (end - start), random)

    def _desk_day(self, first: date) -> date:
        """The first day on which somebody is there; in long holidays a lead looks in after four days."""
        day = first
        while not (self.is_open(day) or (day - first >= 4 * DAY and is_working_day(day))):
            day += DAY
        return day


def local(day: date, hour: float, random: Random) -> datetime:
    """An hour of a day in London, with seconds of its own, in UTC."""
    minutes = timedelta(minutes=int(hour * 60), seconds=random.randrange(60), microseconds=random.randrange(1_000_000))
    return (datetime.combine(day, time(), LONDON) + minutes).astimezone(UTC)


RHYTHMS: dict[str, Rhythm] = {
    "school": Rhythm(
        (1.5, 1.1, 1.0, 1.0, 1.2, 0.1, 0.1), ((8.3, 16.6), (8.3, 9.5), (19.0, 21.5)), (8.2, 17.0), "school"
    ),
    "club": Rhythm((0.3, 1.2, 0.3, 1.2, 0.4, 2.0, 1.0), ((17.5, 21.5), (9.0, 13.5)), (18.0, 22.0), "all"),
    "care": Rhythm((1.1, 1, 1, 1, 1, 1, 1), ((7.2, 9.2), (13.5, 16), (19.5, 22.5), (0.5, 5)), (8.0, 18.0), "all"),
    "childrens_home": Rhythm((1.1, 1, 1, 1, 1.2, 1.4, 1.4), ((20, 23.7), (15.5, 20), (0.2, 4)), (8.5, 19.0), "all"),
    "helpline": Rhythm((1.3, 1.1, 1.0, 1.0, 0.9, 0, 0), ((10.1, 15.8),), (10.0, 16.0), "working"),
}


def term_dates(year: int) -> str:
    """Six half-terms a year, for a few years, as somebody would paste them."""
    spans = [
        Span(first, last, name)
        for autumn in range(year - 1, year + 6)
        for name, (first, last) in zip(HALF_TERMS, terms(autumn), strict=True)
    ]
    return "\n".join(span.written() for span in spans)
