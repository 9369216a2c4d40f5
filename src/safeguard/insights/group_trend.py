"""Incidents over the years in the organisations that show every one of them, so that no year lacks one of them."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from safeguard.insights.group_told import Told, Years
from safeguard.insights.pictures import LEFT, said
from safeguard.insights.wording import tell as _
from safeguard.insights.wording import tell_number

MOST_YEARS: Final = 5


@dataclass(frozen=True, slots=True)
class Trend:
    """A sum for each year, the earliest first, of the same organisations in each."""

    code: str
    title: str
    says: str
    columns: tuple[tuple[str, int], ...]
    by_organisation: tuple[tuple[str, tuple[int | None, ...]], ...]
    """By name, the years of every organisation; None is left out or was not told."""

    def rows(self) -> Iterator[tuple[str, ...]]:
        """The table behind the picture, with what each organisation shows."""
        yield (_("Organisation"), *(year for year, _total in self.columns))
        for name, totals in self.by_organisation:
            yield (name, *(said(LEFT if total is None else total) for total in totals))
        yield (_("Those that show every year"), *(str(total) for _year, total in self.columns))


def trend_of(rows: Sequence[Told], years: Years) -> Trend | None:
    """The trend of the organisations on the board; None where no two years are shown by any of them."""
    shown = {row.member_id: years[row.member_id] for row in rows if row.member_id in years}
    chosen, members = _chosen(sorted({year for each in shown.values() for year in each}, reverse=True), shown)
    if not members:
        return None
    columns = _begun([(year, sum(shown[member][year] for member in members)) for year in chosen])
    if len(columns) < 2:
        return None
    chosen = [year for year, _total in columns]
    each = tuple((row.name, tuple(years.get(row.member_id, {}).get(year) for year in chosen)) for row in rows)
    return Trend("trend", _("Incidents over the years"), _says(columns, len(members), len(rows)), columns, each)


def _begun(columns: Sequence[tuple[str, int]]) -> tuple[tuple[str, int], ...]:
    """Without the years before anything was recorded: nothing tells that nothing happened in them."""
    first = next((place for place, (_year, total) in enumerate(columns) if total), len(columns))
    return tuple(columns[first:])


def _chosen(latest_first: Sequence[str], shown: Years) -> tuple[tuple[str, ...], Collection[UUID]]:
    """The years, the earliest first, and whoever shows all of them; further back as long as most of them do."""
    years = latest_first[:2]
    members = {member for member, told in shown.items() if len(years) > 1 and all(year in told for year in years)}
    for year in latest_first[2:MOST_YEARS]:
        still = {member for member in members if year in shown[member]}
        if 2 * len(still) <= len(members):
            break
        years, members = [*years, year], still
    return tuple(reversed(years)), members


def _says(columns: Sequence[tuple[str, int]], members: int, rows: int) -> str:
    (_before, then), (year, now) = columns[-2:]
    said_of = tell_number(
        "%(now)s incidents in %(year)s, %(then)s the year before, in %(num)s organisation that shows every one of these"
        " years.",
        "%(now)s incidents in %(year)s, %(then)s the year before, in the %(num)s organisations that show every one of"
        " these years.", members, now=now, then=then, year=year,
    )  # fmt: skip
    missing = rows - members
    if not missing:
        return said_of
    return f"{said_of} " + tell_number(
        "%(num)s other is in none of these columns.", "%(num)s others are in none of these columns.", missing
    )
