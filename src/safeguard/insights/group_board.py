"""A group's board: its organisations beside each other, from what each of them told. Never added up to less than it is.

A sum is of the figures of one period that are shown, and says of how many organisations: what is left out stays left
out, and what three years saw is never added to what one did. Two years are compared in the organisations that show
both, so no sum changes because somebody is missing from it. Whatever stands here is worked out from figures that stand
here as well: so nothing that an organisation left out can be worked out from a sum, nor from two of them. What an
organisation told last is its latest, whatever years that is of.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import msgspec

from safeguard.access.policy import Permission
from safeguard.insights.group_concluding import conclude_group
from safeguard.insights.group_pictures import Levels, areas_of, incidents_of, levels_of, objectives_of, together_of
from safeguard.insights.group_told import Told, Year, Years, whole_years
from safeguard.insights.group_trend import MOST_YEARS, Trend, trend_of
from safeguard.insights.pictures import LEFT, MOST_DRAWN, Grid, Picture, Table, Value, said
from safeguard.insights.sharing import Figures
from safeguard.standards.spokes import Spokes
from safeguard.work import Work

MOST: Final = 1_000
LISTED: Final = 25
"""What a laptop shows without a search; pictures, sentences and files are of all of them."""
ENDS: Final = "right(f.period, 7)"
"""The last school year of a period: `2024/25`, of that year and of `2022/23 - 2024/25`."""
READ: Final = f"""
select distinct on (f.member_id) f.member_id, f.member_name, f.period, f.body, f.received_at
from public.group_figures f
where f.organisation_id = (select sec.current_organisation()) and ($1 = '' or f.period = $1)
order by f.member_id, f.received_at desc, {ENDS} desc limit {MOST}
"""  # noqa: S608  our own constant
PERIODS: Final = f"""
select f.period from public.group_figures f where f.organisation_id = (select sec.current_organisation())
group by f.period order by {ENDS} desc, f.period desc limit 10
"""  # noqa: S608  our own constant
YEARS: Final = f"""
select f.member_id, f.period, f.body from public.group_figures f
where f.organisation_id = (select sec.current_organisation()) and f.period = any ($1)
order by f.period desc, f.member_id limit {5 * MOST}
"""  # noqa: S608  our own constant
_figures = msgspec.json.Decoder(Figures).decode
_year = msgspec.json.Decoder(Year).decode


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
    trend: Trend | None
    levels: Levels | None
    incidents: Picture | None
    by_objective: Grid | None
    by_area: Grid | None
    together: Spokes | None
    """Each objective in all of them together."""
    years: Years
    every: bool = False
    """Whether the page lists all of them, or those with the furthest to go."""

    @property
    def limit(self) -> int | None:
        """As many organisations as the page lists, the one with the furthest to go first; None for all of them."""
        return None if self.every or len(self.rows) <= LISTED else LISTED

    @property
    def drawn_incidents(self) -> tuple[tuple[str, Value, str, Value], ...]:
        """Those that are drawn of the picture of incidents, as a bar takes them."""
        bars = self.incidents.bars[:MOST_DRAWN] if self.incidents else ()
        return tuple((bar.label, bar.value, bar.href, bar.before) for bar in bars)

    @property
    def pictures(self) -> tuple[Table, ...]:
        """All that have something to show."""
        found = (self.levels, self.incidents, self.by_objective, self.by_area, self.together, self.trend)
        return tuple(picture for picture in found if picture)

    def picture(self, code: str) -> Table | None:
        """The table behind the picture of that code."""
        return next((picture for picture in self.pictures if picture.code == code), None)

    def years_of(self, row: Told) -> tuple[int | None, ...]:
        """The incidents of one organisation in the years of the trend; nothing where it shows fewer than two."""
        years = (
            [self.years.get(row.member_id, {}).get(year) for year, _total in self.trend.columns] if self.trend else ()
        )
        return tuple(years) if sum(total is not None for total in years) > 1 else ()

    def said_of(self, row: Told) -> str:
        """The same in words."""
        years = zip(self.trend.columns if self.trend else (), self.years_of(row), strict=False)
        return ", ".join(f"{year}: {said(LEFT if total is None else total)}" for (year, _sum), total in years)


async def read_group(work: Work, period: str, *, every: bool = False) -> GroupBoard:
    """What the organisations of this group told of a school year, or the latest of each; the weakest first."""
    work.require(Permission.GROUP_READ)
    periods = tuple(row["period"] for row in await work.driver.fetch(PERIODS))
    chosen = period if period in periods else ""
    found = await work.driver.fetch(READ, chosen)
    rows = [
        Told(row["member_id"], row["member_name"], row["period"], row["received_at"], _figures(row["body"]))
        for row in found
    ]
    until = [one for one in periods if not chosen or one[-len("2025/26") :] <= chosen[-len("2025/26") :]]
    told = await work.driver.fetch(YEARS, until[:MOST_YEARS])
    years = whole_years((row["member_id"], row["period"], _year(row["body"])) for row in told)
    return replace(make_group_board(rows, years, periods, chosen), every=every)


def make_group_board(told: Sequence[Told], years: Years, periods: Sequence[str] = (), chosen: str = "") -> GroupBoard:
    """The board of what was told, and of nothing else."""
    rows = tuple(sorted(told, key=lambda row: (-(row.level or 9), row.name)))
    totals = _totals(rows)
    areas = tuple(dict.fromkeys(label for row in rows for label, _value in row.figures.areas))
    left_out = len(rows) - sum(each.organisations for each in totals)
    named = {each.code: each.name for each in rows[0].figures.objectives} if rows else {}
    return GroupBoard(
        rows, tuple(periods), chosen, totals, left_out, areas, conclude_group(rows, named), named,
        trend_of(rows, years), levels_of(rows), incidents_of(rows), objectives_of(rows, named), areas_of(rows, areas),
        together_of(rows, named), years,
    )  # fmt: skip


def _totals(rows: Sequence[Told]) -> tuple[Total, ...]:
    shown: dict[str, list[int]] = {}
    for row in rows:
        if row.figures.total is not None:
            shown.setdefault(row.period, []).append(row.figures.total)
    latest = sorted(shown, key=lambda period: (period[-7:], period), reverse=True)
    return tuple(Total(period, sum(shown[period]), len(shown[period])) for period in latest)
