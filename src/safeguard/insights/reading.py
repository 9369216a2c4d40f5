"""Reading what a board is made from: the counts of two periods, the latest reviews, evidence and improvements."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Final

from safeguard.access.policy import Permission
from safeguard.insights.board import Board
from safeguard.insights.casework import read_casework
from safeguard.insights.combining import read_combined, within_reach
from safeguard.insights.composing import make_board
from safeguard.insights.counting import Counts, Month, read_counts, read_narrowed
from safeguard.insights.narrowing import Narrowed, find_narrowed
from safeguard.insights.periods import (
    A_YEAR,
    THREE_YEARS,
    Period,
    chosen_period,
    days_of,
    moved,
    quarters_of,
    three_years,
)
from safeguard.insights.releasing import Released, release
from safeguard.insights.source import Source
from safeguard.insights.stating import find_statement
from safeguard.standards.frameworks import BUILT_IN
from safeguard.standards.owning import known_framework
from safeguard.standards.queries import beside, improvements_elsewhere, latest_reviews
from safeguard.tenancy.profile import Profile
from safeguard.work import Work

EMPTY = Counts({})
UNASSESSED = "risk|unassessed"
BEGAN: Final = """
select to_char(o.created_at at time zone o.time_zone, 'YYYY-MM') from public.organisations o
where o.id = (select sec.current_organisation())
"""


async def read_board(work: Work, profile: Profile, today: date, period_code: str, only: Sequence[str] = ()) -> Board:
    """The board for whoever asks: exact for leads, without small figures for those who may not know of single cases.

    `only` narrows it, for those who see every figure: `platform:tiktok`, `year:09`.
    """
    source = await read_source(work, profile, today, period_code)
    narrowed = find_narrowed(only, profile) if only and source.exact else ()
    return make_board(await _narrowed(work, source, narrowed) if narrowed else source)


async def _narrowed(work: Work, source: Source, narrowed: tuple[Narrowed, ...]) -> Source:
    """Of the incidents that have all of it in common; of the latest months alone, where there are too many to count."""
    if len(narrowed) > 1:
        totals = source.counts.months("total"), source.earlier.months("total")
        months = within_reach(source.period.months, *totals)
        source = replace(source, period=replace(source.period, months=months), cut=months != source.period.months)
    period, earlier = source.period, source.period.earlier
    return replace(
        source, narrowed=narrowed, whole=source.total,
        counts=await read_in_common(work, narrowed, period.first, period.last),
        earlier=_over(source, await read_in_common(work, narrowed, earlier[0], earlier[-1])),
    )  # fmt: skip


def _over(source: Source, earlier: Counts) -> Counts:
    """The counts of a year before, of those months alone that are over in this one."""
    return earlier.within([moved(month, -A_YEAR) for month in source.finished])


async def read_in_common(work: Work, narrowed: tuple[Narrowed, ...], first: Month, last: Month) -> Counts:
    """The counts of incidents that have all of these in common: kept for one thing, counted for several."""
    if len(narrowed) == 1:
        return await read_narrowed(work, narrowed[0].keys, first, last)
    return await read_combined(work, narrowed, first, last)


async def read_source(
    work: Work, profile: Profile, today: date, period_code: str, *, exact: bool | None = None
) -> Source:
    """What a board is made from; `exact` overrules what the reader may see, for what goes to others."""
    work.require(Permission.INSIGHTS_READ)
    framework = await known_framework(work, BUILT_IN, profile)
    reads_all = work.may(Permission.INSIGHTS_EXACT) and exact is not False
    period = chosen_period(period_code, today, exact=reads_all)
    reviews = tuple(review for review in await latest_reviews(work) if review.framework == framework.code)
    controls = [control.code for control in framework.controls]
    found = await beside(work, framework.code, controls, counted=True)
    source = Source(
        profile, framework, period, today, await _counts(work, period), EMPTY, reviews, found,
        statement=await find_statement(work, period.label),
        began=str(await work.driver.fetchval(BEGAN) or ""),
        planned_elsewhere=await improvements_elsewhere(work, framework.code, controls),
    )  # fmt: skip
    if reads_all:
        casework = await read_casework(work, today, *days_of(period))
        unassessed = (await read_narrowed(work, UNASSESSED, period.first, period.last)).totals("state")
        return replace(
            source, earlier=_over(source, await _counts(work, period, earlier=True)), casework=casework,
            unjudged=sum(number for state, number in unassessed.items() if state != "closed"),
        )  # fmt: skip
    return await _left_out(work, source, today)


async def _left_out(work: Work, source: Source, today: date) -> Source:
    """The same without small figures, beside the same quarters a year before as they were shown then."""
    period = source.period
    shown = release(source.counts, quarters_of(period), over=len(period.months) == A_YEAR)
    if shown.over and not shown.total and (together := await _together(work, today)):
        several, released = together
        return replace(source, period=several, counts=released.counts, released=released)
    return beside_before(source, shown, await _counts(work, period, earlier=True))


def beside_before(source: Source, shown: Released, earlier: Counts) -> Source:
    """With the same quarters of the year before, as far as they were shown when that year had come so far.

    Each of the two is what its own board shows or showed, so the pair tells nothing that both did not tell already.
    """
    before = release(earlier, quarters_of(replace(source.period, months=source.period.earlier)), over=shown.over)
    return replace(source, released=shown, earlier=earlier.within(before.atoms), released_before=before)


async def _together(work: Work, today: date) -> tuple[Period, Released] | None:
    """Three years as one, where none of them can be shown by itself."""
    years = three_years(today)
    counts = await read_counts(work, years[0].first, years[-1].last)
    if any(release(counts, quarters_of(year), over=True).total for year in years):
        return None
    names = tuple(year.label for year in years)
    by_year = counts.relabelled({month: year.label for year in years for month in year.months})
    released = release(by_year, [(name,) for name in names], over=True)
    return (Period(THREE_YEARS, f"{names[0]} - {names[-1]}", names), released) if released.total else None


async def _counts(work: Work, period: Period, *, earlier: bool = False) -> Counts:
    months = period.earlier if earlier else period.months
    return await read_counts(work, months[0], months[-1]) if months else EMPTY
