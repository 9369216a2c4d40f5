"""A board for one reader, composed of what they may know of the counts, the reviews and the work that is open."""

from collections.abc import Mapping
from typing import Final

from safeguard.insights.board import Board, Quadrant, Weak
from safeguard.insights.breakdowns import breakdowns, by_control, month_name, share, trend
from safeguard.insights.concluding import conclude
from safeguard.insights.periods import THREE_YEARS, next_three_years
from safeguard.insights.pictures import FEW, Value
from safeguard.insights.source import Source
from safeguard.insights.timeliness import waiting
from safeguard.insights.wording import tell as _
from safeguard.standards.framework import Control, Objective
from safeguard.standards.spokes import spokes_of
from safeguard.standards.standing import mean_level, mean_under
from safeguard.web.times import written_month

ROUGH: Final = 5
"""What is open now changes from day to day: to those who see no small figure it is said to the nearest five."""


def make_board(source: Source) -> Board:
    """The board for one reader."""
    pictures = breakdowns(source)
    whole = not source.narrowed
    weak = _weak(source) if whole else ()
    steps = ("acknowledged", "triaged", "closed")
    acknowledged, judged, closed = (waiting(source.counts.totals(step, source.months)) for step in steps)
    before = [waiting(source.waits_before(step)) for step in steps]
    quadrants = tuple(_quadrant(source, each) for each in source.framework.objectives) if whole else ()
    late = source.months and source.months[-1] != source.period.months[-1]
    return Board(
        source.period, source.exact, month_name(source.months[-1]) if late else "", quadrants,
        spokes_of(source.framework, source.levels, source.levels_before) if whole else None, weak,
        by_control(source) if source.exact and whole else None, pictures if source.months else (), acknowledged, judged,
        closed, _still_open(source), source.total if source.months else None,
        conclude(source, _first(weak)) if whole else share(source), source.casework, source.statement, source.narrowed,
        source.unjudged, *before,
        counted_from=written_month(source.months[0]) if source.cut else "",
        review_id=source.reviews[0].id if source.reviews else None, together=_together(source),
        unknown=trend(source) if source.before_us else "",
        unfinished=source.unfinished,
    )  # fmt: skip


def _together(source: Source) -> str:
    several = source.period.code == THREE_YEARS
    if not source.released or not (several or (source.released.over and not source.months)):
        return ""
    years = next_three_years(source.today)
    said = {"first": years[0].label, "last": years[-1].label, "year": years[-1].last[:4]}
    if several:
        return _(
            "Each of these years is too small to be shown by itself, so they stand together. The next three, %(first)s "
            "to %(last)s, do from September %(year)s: years that overlapped would give away the one between.",
            **said,
        )
    return _(
        "A year that is too small to be shown by itself waits until three stand together: %(first)s to %(last)s, from "
        "September %(year)s.",
        **said,
    )


def _quadrant(source: Source, objective: Objective) -> Quadrant:
    codes = [control.code for control in source.framework.under(objective.code)]
    open_ones = [one for one in source.beside.improvements if one.control in codes and one.open]
    items = [item for item in source.beside.items if {("pies", code) for code in codes} & set(item.supports)]
    return Quadrant(
        objective, mean_under(source.framework, objective.code, source.levels),
        mean_under(source.framework, objective.code, source.levels_before), _moved(source, codes),
        sum(code in source.levels for code in codes), len(codes), _named(source, codes), len(open_ones),
        sum(one.due_on < source.today for one in open_ones), len(items),
        sum(bool(item.renew_on and item.renew_on < source.today) for item in items),
    )  # fmt: skip


def _named(source: Source, codes: list[str]) -> int | None:
    return sum(map(source.touched, codes)) if source.exact else None


def _moved(source: Source, codes: list[str]) -> float:
    """Like with like: a review of twelve controls says nothing against the mean of one of thirty-three."""
    now, before = source.levels, source.levels_before
    both = [code for code in codes if code in now and code in before]
    then, today = mean_level([before[code] for code in both]), mean_level([now[code] for code in both])
    return round(then - today, 1) if then and today else 0.0


def _weak(source: Source) -> tuple[Weak, ...]:
    """Where incidents cluster on weak controls: their number times the steps below the benchmark."""
    if not source.exact:
        return ()
    levels = source.levels
    improving = {one.control for one in source.beside.improvements if one.open}
    found = [
        Weak(control, levels.get(control.code), source.touched(control.code), control.code in improving)
        for control in source.framework.controls
    ]
    benchmark, lowest = source.framework.benchmark, source.framework.levels[0].number
    weak = [one for one in found if one.incidents and (one.level or lowest) > benchmark]
    return tuple(sorted(weak, key=lambda one: -one.incidents * ((one.level or lowest) - benchmark)))[:5]


def _first(weak: tuple[Weak, ...]) -> tuple[Control, int | None, int, bool] | None:
    return (weak[0].control, weak[0].level, weak[0].incidents, weak[0].improving) if weak else None


def _still_open(source: Source) -> Value:
    states: Mapping[str, int] = source.counts.totals("state", source.months)
    still = sum(number for state, number in states.items() if state != "closed")
    if source.exact or not still:
        return still
    return FEW if still < ROUGH else round(still / ROUGH) * ROUGH
