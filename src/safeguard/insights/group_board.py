"""A group's board: its organisations beside each other, from what each of them told. Never added up to less than it is.

A sum is of the figures of one period that are shown, and says of how many organisations: what is left out stays left
out, and what three years saw is never added to what one did. What an organisation told last is its latest, whatever
years that is of.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from statistics import mean
from typing import Final

import msgspec

from safeguard.access.policy import Permission
from safeguard.insights.sharing import Figures
from safeguard.insights.wording import tell as _
from safeguard.insights.wording import tell_number
from safeguard.work import Work

MOST: Final = 1_000
ENDS: Final = "right(f.period, 7)"
"""The last school year of a period: `2024/25`, of that year and of `2022/23 - 2024/25`."""
READ: Final = f"""
select distinct on (f.member_id) f.member_name, f.period, f.body, f.received_at from public.group_figures f
where f.organisation_id = (select sec.current_organisation()) and ($1 = '' or f.period = $1)
order by f.member_id, f.received_at desc, {ENDS} desc limit {MOST}
"""  # noqa: S608  our own constant
PERIODS: Final = f"""
select f.period from public.group_figures f where f.organisation_id = (select sec.current_organisation())
group by f.period order by {ENDS} desc, f.period desc limit 10
"""  # noqa: S608  our own constant
_figures = msgspec.json.Decoder(Figures).decode


@dataclass(frozen=True, slots=True)
class Told:
    """What one organisation told."""

    name: str
    period: str
    received_at: datetime
    figures: Figures

    @property
    def level(self) -> float | None:
        """The mean of its objectives."""
        levels = [each.level for each in self.figures.objectives if each.level]
        return round(mean(levels), 1) if levels else None

    @property
    def signed_on(self) -> date | None:
        """When its last review was signed off."""
        return date.fromisoformat(self.figures.signed_on) if self.figures.signed_on else None

    @property
    def overdue(self) -> int:
        """Improvements past their day."""
        return sum(each.overdue for each in self.figures.objectives)

    def area(self, label: str) -> int | str | None:
        """Incidents of one area of risk as they were told; None where nothing was."""
        return next((value for named, value in self.figures.areas if named == label), None)

    def stale_of(self, objective: str) -> int:
        """Items of evidence of one objective that are out of date."""
        return next((each.stale for each in self.figures.objectives if each.code == objective), 0)

    def level_of(self, objective: str) -> float | None:
        """The level of one objective, of that code."""
        return next((each.level for each in self.figures.objectives if each.code == objective), None)


@dataclass(frozen=True, slots=True)
class Total:
    """Incidents of one period, in those organisations whose figure is shown."""

    period: str
    incidents: int
    organisations: int


@dataclass(frozen=True, slots=True)
class GroupBoard:
    """Everything that the page shows."""

    rows: tuple[Told, ...]
    periods: tuple[str, ...]
    period: str
    totals: tuple[Total, ...]
    """A sum for each period, the latest first."""
    left_out: int
    """Organisations whose figure is in none of them."""
    areas: tuple[str, ...]
    """The areas of risk that any of them told of."""
    so_what: str
    objectives: Mapping[str, str]
    """The objectives by code, as the first of the organisations calls them."""


async def read_group(work: Work, period: str) -> GroupBoard:
    """What the organisations of this group told of a school year, or the latest of each; the weakest first."""
    work.require(Permission.GROUP_READ)
    periods = tuple(row["period"] for row in await work.driver.fetch(PERIODS))
    chosen = period if period in periods else ""
    found = await work.driver.fetch(READ, chosen)
    rows = [Told(row["member_name"], row["period"], row["received_at"], _figures(row["body"])) for row in found]
    rows.sort(key=lambda row: (-(row.level or 9), row.name))
    totals = _totals(rows)
    areas = tuple(dict.fromkeys(label for row in rows for label, _value in row.figures.areas))
    left_out = len(rows) - sum(each.organisations for each in totals)
    named = {each.code: each.name for each in rows[0].figures.objectives} if rows else {}
    says = " ".join(sentence for sentence in (_so_what(rows), _across(rows, named)) if sentence)
    return GroupBoard(tuple(rows), periods, chosen, totals, left_out, areas, says, named)


def _totals(rows: Sequence[Told]) -> tuple[Total, ...]:
    shown: dict[str, list[int]] = {}
    for row in rows:
        if row.figures.total is not None:
            shown.setdefault(row.period, []).append(row.figures.total)
    latest = sorted(shown, key=lambda period: (period[-7:], period), reverse=True)
    return tuple(Total(period, sum(shown[period]), len(shown[period])) for period in latest)


def _so_what(rows: Sequence[Told]) -> str:
    if not rows:
        return _("No organisation of this group has told its figures yet: each does so once a day.")
    if silent := [row for row in rows if row.level is None]:
        return tell_number(
            "%(num)s organisation has not begun a review: ask what it needs.",
            "%(num)s organisations have not begun a review: ask what they need.", len(silent),
        )  # fmt: skip
    most = max(row.overdue for row in rows)
    several = sum(row.overdue == most for row in rows)
    if most and 1 < several == len(rows):
        return tell_number(
            "Each organisation has %(num)s improvement overdue.", "Each organisation has %(num)s improvements overdue.",
            most,
        )  # fmt: skip
    if most and several > 1:
        return _(
            "%(several)s organisations have %(most)s overdue each, more than any other.", several=several, most=most
        )
    if most:
        late = max(rows, key=lambda row: row.overdue)
        return tell_number(
            "%(name)s has most that is late: %(num)s improvement.",
            "%(name)s has most that is late: %(num)s improvements.", late.overdue, name=late.name,
        )  # fmt: skip
    weakest = rows[0]
    return _("%(name)s has the furthest to go, at level %(level)s.", name=weakest.name, level=weakest.level)


def _across(rows: Sequence[Told], objectives: Mapping[str, str]) -> str:
    """Which objective stands furthest from the benchmark in all of them together; nothing of a single organisation."""
    levels = {code: [level for row in rows if (level := row.level_of(code))] for code in objectives}
    means = {code: round(mean(found), 1) for code, found in levels.items() if len(found) > 1}
    if not means:
        return ""
    code = max(means, key=means.__getitem__)
    return _("Of all together, %(objective)s has the furthest to go: level %(level)s on average.",
             objective=objectives[code], level=means[code])  # fmt: skip
