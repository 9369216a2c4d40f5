"""Which months a dashboard shows, and what they are compared with.

Those who see every figure choose freely. Those for whom small figures are left out see whole school years that do not
overlap, and of the present one only quarters that are over, as far as `releasing` lets them go: otherwise the
difference between two views, a day or a quarter apart, would tell the very figure that each of them leaves out. Where
that leaves nothing of a year, three whole years are put together: always the same three, for the same reason.
"""

from dataclasses import dataclass
from datetime import date
from typing import Final

from safeguard.web.languages import gettext

SEPTEMBER: Final = 9
CHOICES: Final = ("months", "year", "last-year")
THREE: Final = 3
THREE_YEARS: Final = "three-years"
"""The code of three school years that are shown as one."""
A_YEAR: Final = 12
MONTHS: Final = frozenset(f"{number:02d}" for number in range(1, 13))


@dataclass(frozen=True, slots=True)
class Period:
    """Months, the last one included."""

    code: str
    label: str
    months: tuple[str, ...]

    @property
    def first(self) -> str:
        """`2026-09`."""
        return self.months[0] if self.months else "9999-99"

    @property
    def last(self) -> str:
        """`2027-08`."""
        return self.months[-1] if self.months else "0000-00"

    @property
    def earlier(self) -> tuple[str, ...]:
        """The same months a year before."""
        return tuple(moved(month, -12) for month in self.months)

    @property
    def since(self) -> str:
        """Its first day, as a filter of the list takes it."""
        return f"{self.first}-01"

    @property
    def until(self) -> str:
        """Its last day, as a filter of the list takes it."""
        year, month = int(self.last[:4]), int(self.last[5:])
        following = date(year + month // 12, month % 12 + 1, 1)
        return date.fromordinal(following.toordinal() - 1).isoformat()


def days_of(period: Period) -> tuple[date, date]:
    """Its first day, and the day after its last."""
    following = moved(period.last, 1)
    return date.fromisoformat(f"{period.first}-01"), date.fromisoformat(f"{following}-01")


def chosen_period(code: str, today: date, *, exact: bool) -> Period:
    """The period of that code, or the one that everybody begins with."""
    year = today.year if today.month >= SEPTEMBER else today.year - 1
    if code == "last-year" or (not code and not exact and settled(today) < f"{year}-09"):
        code = "last-year"
        return _school_year(code, year - 1, f"{year}-08")
    if code == "year" or not exact:
        return _school_year("year", year, _month_of(today) if exact else settled(today))
    now = _month_of(today)
    return Period("months", gettext("The last 12 months"), tuple(moved(now, back) for back in range(-11, 1)))


def school_years(code: str, today: date) -> tuple[Period, Period]:
    """A whole school year, this one or with `last-year` the one before, and the year before it."""
    begins = today.year - (today.month < SEPTEMBER) - (code == "last-year")
    year, before = (_school_year(code or "year", each, f"{each + 1}-08") for each in (begins, begins - 1))
    return year, before


def quarters_of(period: Period) -> list[tuple[str, ...]]:
    """The quarters of a school year that are over."""
    return [period.months[start : start + 3] for start in range(0, len(period.months) - 2, 3)]


def three_years(today: date) -> tuple[Period, ...]:
    """The last three school years that are over and belong together.

    No year belongs to two of them: years that overlap would give away the one between by subtraction.
    """
    year = today.year if today.month >= SEPTEMBER else today.year - 1
    return _three_from(year // THREE * THREE - THREE)


def next_three_years(today: date) -> tuple[Period, ...]:
    """The three after those, shown together once the last of them is over."""
    return _three_from(int(three_years(today)[-1].first[:4]) + 1)


def _three_from(first: int) -> tuple[Period, ...]:
    return tuple(_school_year(_name(each), each, f"{each + 1}-08") for each in range(first, first + THREE))


def is_school_year(said: str) -> bool:
    """Whether this names a school year: `2025/26`."""
    begins = said[:4]
    return begins.isdecimal() and said.isascii() and said == _name(int(begins))


def is_month(said: str) -> bool:
    """Whether this names a month: `2026-11`."""
    return (
        len(said) == 7
        and said.isascii()
        and said[:4].isdecimal()
        and said[:4] > "1900"
        and said[4] == "-"
        and said[5:] in MONTHS
    )


def first_day(month: str) -> date:
    """The first day of `2026-11`."""
    return date(int(month[:4]), int(month[5:]), 1)


def settled(today: date) -> str:
    """The last month of the last quarter that is over: November, February, May or August."""
    month = moved(_month_of(today), -1)
    while int(month[5:]) % 3 != 2:
        month = moved(month, -1)
    return month


def moved(month: str, by: int) -> str:
    """A month so many months later: `2026-11`, 2 -> `2027-01`."""
    number = int(month[:4]) * 12 + int(month[5:]) - 1 + by
    return f"{number // 12:04d}-{number % 12 + 1:02d}"


def _school_year(code: str, begins: int, last: str) -> Period:
    months = [moved(f"{begins}-09", ahead) for ahead in range(12)]
    return Period(code, _name(begins), tuple(month for month in months if month <= last))


def _name(begins: int) -> str:
    return f"{begins}/{(begins + 1) % 100:02d}"


def _month_of(day: date) -> str:
    return f"{day.year:04d}-{day.month:02d}"
