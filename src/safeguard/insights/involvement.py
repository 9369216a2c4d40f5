"""How many people have a part in more than one incident of a school year: counts, and never a list.

A person and the records merged into theirs are one; people who are named without a record are not counted, nor are
restricted incidents. The figures are kept as records change (migrations/sql/71_involvement.sql), so the page costs the
same however many incidents there are. That is why it shows school years: figures of months do not add up to those of a
year, since the same person stands in several. Those for whom small figures are left out see whole years that are over,
to the nearest five, one beside another.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

import msgspec

from safeguard.access.policy import Permission
from safeguard.figures.suppressing import SMALLEST
from safeguard.insights.breakdowns import before_us, comparing
from safeguard.insights.periods import Period, school_years
from safeguard.insights.pictures import FEW, Bar, Picture, Value
from safeguard.insights.reading import BEGAN
from safeguard.insights.wording import tell as _
from safeguard.insights.wording import tell_number
from safeguard.work import Work

READ: Final = "select year, measure, people from public.read_involvement($1)"
TIERS: Final = ("2", "3", "4")


class Involved(msgspec.Struct, frozen=True):
    """People, by how many incidents of a school year they have which part in."""

    people: int = 0
    affected: tuple[int, int, int] = (0, 0, 0)
    """In two incidents, in three, in four or more."""
    alleged: tuple[int, int, int] = (0, 0, 0)
    both: int = 0
    """Affected in one and said to have done it in another, or in the same."""


@dataclass(frozen=True, slots=True)
class Involvement:
    """What the page shows: a year beside the year before."""

    period: Period
    exact: bool
    people: Value
    people_before: Value
    pictures: tuple[Picture, ...]
    both: Value
    so_what: str
    under_way: bool = False
    """Whether the year is not over: what stands beside it is a whole one, and nothing has fallen yet."""

    def picture(self, code: str) -> Picture | None:
        """The table behind the picture of that code."""
        return next((picture for picture in self.pictures if picture.code == code), None)


async def read_involvement(work: Work, today: date, period_code: str) -> Involvement:
    """How often people are involved again, for whoever asks."""
    work.require(Permission.INSIGHTS_READ)
    exact = work.may(Permission.INSIGHTS_EXACT)
    period, earlier = school_years(period_code if exact else "last-year", today)
    found = await count_involved(work, period.label, earlier.label)
    now, under_way = found[period.label], period.code == "year"
    began = str(await work.driver.fetchval(BEGAN) or "")
    it = shown(now, found[earlier.label], period, exact=exact, under_way=under_way)
    return replace(it, so_what=before_us(began)) if period.last < began and not now.people else it


async def count_involved(work: Work, *years: str) -> Mapping[str, Involved]:
    """Of each school year, such as `2026/27`."""
    work.require(Permission.INSIGHTS_READ)
    found: dict[str, dict[str, int]] = {year: {} for year in years}
    for year, measure, people in await work.driver.fetch(READ, list(years)):
        found[year][measure] = people
    return {year: _involved(measures) for year, measures in found.items()}


def _involved(said: Mapping[str, int]) -> Involved:
    return Involved(said.get("people", 0), _tiers(said, "affected"), _tiers(said, "alleged"), said.get("both", 0))


def _tiers(said: Mapping[str, int], part: str) -> tuple[int, int, int]:
    two, three, more = (said.get(f"{part}|{tier}", 0) for tier in TIERS)
    return two, three, more


def shown(found: Involved, before: Involved, period: Period, *, exact: bool, under_way: bool = False) -> Involvement:
    """As far as somebody may see it."""

    def figure(value: int) -> Value:
        rounded = value if exact else blurred(value)
        return FEW if rounded is None else rounded

    names = (_("In two incidents"), _("In three incidents"), _("In four or more"))

    def picture(code: str, title: str, now: tuple[int, int, int], then: tuple[int, int, int]) -> Picture:
        compared = bool(before.people)
        bars = tuple(
            Bar(name, figure(value), "", figure(was) if compared else None)
            for name, value, was in zip(names, now, then, strict=True)
        )
        says = comparing(bars) if exact else _("Each to the nearest 5.")
        return Picture(code, title, _so_far(now) if under_way else says, bars, compared=compared)

    pictures = (
        picture("harmed", _("Harmed in more than one incident"), found.affected, before.affected),
        picture("caused", _("Said to have caused more than one"), found.alleged, before.alleged),
    )
    says = " ".join(_so_what(found, under_way=under_way)) if exact else _rough_so_what(found)
    people_before = figure(before.people) if before.people else None
    return Involvement(
        period, exact, figure(found.people), people_before, pictures, figure(found.both), says, under_way
    )


def blurred(value: int) -> int | None:
    """A figure for those who may not know of single cases: 0, nothing, or the nearest 5."""
    if 0 < value < SMALLEST:
        return None
    return (value + SMALLEST // 2) // SMALLEST * SMALLEST


def _so_far(now: tuple[int, int, int]) -> str:
    if not any(now):
        return _("Nobody so far this year.")
    return tell_number("%(num)s person so far this year.", "%(num)s people so far this year.", sum(now))


def _so_what(found: Involved, *, under_way: bool) -> Iterator[str]:
    again, often = sum(found.affected), sum(found.alleged)
    if not (again or often) and under_way:
        yield _("So far this year nobody with a record was harmed in more than one incident, or said to have caused"
                " more than one.")  # fmt: skip
        return
    if not (again or often):
        yield _("Nobody with a record was harmed in more than one incident, or said to have caused more than one.")
        return
    if again:
        yield tell_number("%(num)s person was harmed in more than one incident of this year.",
                          "%(num)s people were harmed in more than one incident of this year.", again)  # fmt: skip
        yield _("Ask what the first one changed.")
    if often:
        yield tell_number("%(num)s person is said to have caused more than one.",
                          "%(num)s people are said to have caused more than one.", often)  # fmt: skip


def _rough_so_what(found: Involved) -> str:
    """What the table beside it says, in words: nobody where it says 0, and no figure where it leaves each of them out.

    Two figures that are left out would be told by their sum: eight people are twice four.
    """
    again, told = sum(found.affected), [blurred(tier) for tier in found.affected]
    if not again and not any(found.alleged):
        return _("Nobody with a record was harmed in more than one incident, or said to have caused more than one.")
    if not again:
        return _("Nobody with a record was harmed in more than one incident of this year.")
    if again < SMALLEST:
        said = _("Fewer than 5 people were harmed in more than one incident of this year.")
    elif not any(told):
        said = _("A few people were harmed in more than one incident of this year: each figure is below 5.")
    else:
        said = _("About %(number)s people were harmed in more than one incident of this year.", number=blurred(again))
    return f"{said} " + _("Ask what the first one changed.")
