"""When the helpline is open, of all years whose bank holidays are known, in a list that is made once.

The queue asks for each of its rows how long somebody has waited, and an earlier case may have waited for years: a
search in the list in place of a walk from day to day. Every opening is equally long, and none spans a change to or from
summer time.
"""

from bisect import bisect_right
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

from safeguard.tenancy.calendars.bank_holidays import Helpline
from safeguard.tenancy.calendars.calendar import DAY, SATURDAY, uncountable_year


@dataclass(frozen=True, slots=True)
class Openings:
    """Every opening, in order."""

    begins: tuple[datetime, ...]
    """In UTC."""
    length: timedelta
    first: datetime
    """The beginning of the first year that is known."""

    def until(self, moment: datetime) -> timedelta:
        """For how long it was open until a moment; raises `Uncountable` where the list does not reach."""
        moment = moment.astimezone(UTC)
        if moment < self.first or moment > self.begins[-1]:
            raise uncountable_year(moment.year if moment < self.first else self.begins[-1].year + 1)
        number = bisect_right(self.begins, moment) - 1
        return self.length * number + min(self.length, moment - self.begins[number]) if number >= 0 else timedelta()

    def longest_ago(self, now: datetime, length: timedelta) -> datetime:
        """The moment since which it was open for `length`: the earliest of them, where it was closed in between."""
        whole = self.until(now) - length
        if whole < timedelta():
            raise uncountable_year(self.first.year - 1)
        number, rest = divmod(whole, self.length)
        if not rest and number:
            return self.begins[number - 1] + self.length
        return self.begins[number] + rest


@lru_cache(maxsize=8)
def openings_of(helpline: Helpline) -> Openings:
    """All that are known."""
    years = helpline.holidays.years
    first, beyond = date(years.start, 1, 1), date(years.stop, 1, 1)
    days = (first + DAY * ahead for ahead in range((beyond - first).days))
    begins = tuple(
        datetime.combine(day, helpline.opens, helpline.zone).astimezone(UTC)
        for day in days
        if day.weekday() < SATURDAY and day not in helpline.holidays
    )
    length = datetime.combine(first, helpline.closes) - datetime.combine(first, helpline.opens)
    return Openings(begins, length, datetime(years.start, 1, 1, tzinfo=helpline.zone).astimezone(UTC))
