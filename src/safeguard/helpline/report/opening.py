"""When the helpline was open, as a list of mornings: so that the database can count its hours for very many cases.

The hours up to a moment are those of the days that are over, and of the last one as far as it has got: a search in the
list for each moment. Every opening is equally long, and none spans a change to or from summer time.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from safeguard.tenancy.calendars.bank_holidays import Helpline

SATURDAY = 5


@dataclass(frozen=True, slots=True)
class Openings:
    """The beginnings of all openings between two days, and how long each lasts."""

    begins: tuple[datetime, ...]
    length: timedelta

    @property
    def hours(self) -> int:
        """Whole hours of all of them."""
        return int(len(self.begins) * self.length.total_seconds() // 3600)

    def until(self, day: date, helpline: Helpline) -> "Openings":
        """Those up to a day, that day included."""
        kept = tuple(each for each in self.begins if each.astimezone(helpline.zone).date() <= day)
        return Openings(kept, self.length)


def openings_of(helpline: Helpline, first: date, last: date) -> Openings:
    """Monday to Friday less bank holidays, from one day to another."""
    days = (first + timedelta(days=ahead) for ahead in range((last - first).days + 1))
    begins = tuple(
        datetime.combine(day, helpline.opens, helpline.zone).astimezone(UTC)
        for day in days
        if day.weekday() < SATURDAY and day not in helpline.holidays
    )
    length = datetime.combine(first, helpline.closes) - datetime.combine(first, helpline.opens)
    return Openings(begins, length)
