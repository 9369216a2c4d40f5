"""A period of whole days, the last one included, and the same days of the years before."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from safeguard.errors import FieldError, Invalid

LONGEST = timedelta(days=5 * 366)


@dataclass(frozen=True, slots=True)
class Span:
    """From one day to another."""

    first: date
    last: date

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise Invalid(FieldError("last", "The period ends before it begins. Look at both days."))
        if self.last - self.first > LONGEST:
            raise Invalid(FieldError("last", "This is more than five years. Choose a shorter period."))

    def moments(self, zone: ZoneInfo) -> tuple[datetime, datetime]:
        """Its beginning, and the beginning of the day after it."""
        return (
            datetime.combine(self.first, time(0), zone),
            datetime.combine(self.last + timedelta(days=1), time(0), zone),
        )

    def overlaps(self, other: "Span") -> bool:
        """Whether they have a day in common."""
        return self.first <= other.last and other.first <= self.last

    def before(self, years: int) -> "Span":
        """The same days, so many years earlier; where they would meet this one, as many days as this one has."""
        moved = Span(_moved(self.first, years), _moved(self.last, years))
        if moved.last < self.first:
            return moved
        length = (self.last - self.first) + timedelta(days=1)
        return Span(self.first - length * years, self.last - length * years)


def last_year(today: date) -> Span:
    """The calendar year that is over."""
    return Span(date(today.year - 1, 1, 1), date(today.year - 1, 12, 31))


def this_year(today: date) -> Span:
    """The calendar year up to today."""
    return Span(date(today.year, 1, 1), today)


def _moved(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year - years)
    except ValueError:  # 29 February
        return day.replace(year=day.year - years, day=28)
