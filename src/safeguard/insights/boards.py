"""The board: four objectives, where lessons of incidents name weak controls, the year in figures, for one reader."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from safeguard.insights.breakdowns import breakdowns, by_control, month_name, share, trend
from safeguard.insights.casework import NONE, Casework
from safeguard.insights.concluding import conclude
from safeguard.insights.narrowing import Narrowed
from safeguard.insights.periods import THREE_YEARS, Period, next_three_years
from safeguard.insights.pictures import FEW, Heat, Picture, Table, Value
from safeguard.insights.sheets import say_casework, say_waits, sheets_of
from safeguard.insights.source import Source
from safeguard.insights.stating import NOTHING, Statement
from safeguard.insights.timeliness import Waiting, waiting
from safeguard.insights.wording import tell as _
from safeguard.standards.framework import Control, Objective
from safeguard.standards.spokes import Spokes, spokes_of
from safeguard.standards.standing import mean_level, mean_under
from safeguard.web.times import written_month

ROUGH: Final = 5
"""What is open now changes from day to day: to those who see no small figure it is said to the nearest five."""


@dataclass(frozen=True, slots=True)
class Quadrant:
    """One objective: how it stands, which way it moves, what presses on it, what is done."""

    objective: Objective
    level: float | None
    before: float | None
    moved: float
    """How far the controls that both reviews judged rose; below 0 where they fell."""
    judged: int
    controls: int
    named: int | None
    """How often lessons of incidents named one of its controls; None for whoever may not know of single cases: one
    lesson may name five, so leaving out what is below 5 would hide nothing."""
    improvements: int
    overdue: int
    evidence: int
    stale: int


@dataclass(frozen=True, slots=True)
class Weak:
    """A control below the benchmark that lessons of incidents name."""

    control: Control
    level: int | None
    incidents: int
    """How many touched it: a lesson of each names it."""
    improving: bool


@dataclass(frozen=True, slots=True)
class Board:
    """Everything that the page shows."""

    period: Period
    exact: bool
    until: str
    """The month up to which it counts, where later ones have to wait."""
    quadrants: tuple[Quadrant, ...]
    spokes: Spokes | None
    weak: tuple[Weak, ...]
    heat: Heat | None
    pictures: tuple[Picture, ...]
    acknowledged: Waiting | None
    judged: Waiting | None
    """How long until somebody first judged the risk."""
    closed: Waiting | None
    open_now: Value
    total: Value
    so_what: str
    casework: Casework = NONE
    statement: Statement = NOTHING
    """What the lead says of this period."""
    narrowed: tuple[Narrowed, ...] = ()
    """What it is narrowed to: then it shows the incidents of the period, and not where the organisation stands."""
    unjudged: int = 0
    """Open incidents of the period whose risk nobody has judged yet."""
    acknowledged_before: Waiting | None = None
    """How long each of the three took in the same months a year before; None where that is not compared."""
    judged_before: Waiting | None = None
    closed_before: Waiting | None = None
    counted_from: str = ""
    """The first month that is counted, where there are too many incidents to count all of the period at once."""
    review_id: UUID | None = None
    """The latest review of the framework: there its controls have their pages."""
    unfinished: bool = False
    """Whether its last month is not over yet, for those who see every figure."""
    unknown: str = ""
    """Since when anything is recorded here, where that is after the whole period: no incident then means nothing."""
    together: str = ""
    """Where a year is too small to be shown: which years stand or will stand together, and from when."""

    @property
    def waits_say(self) -> str:
        """What the table of how long it takes means."""
        return say_waits(self.acknowledged, self.closed, self.closed_before)

    @property
    def casework_says(self) -> str:
        """What to chase first, for whoever sees every figure."""
        return say_casework(self.casework) if self.exact and not self.narrowed else ""

    @property
    def bare(self) -> bool:
        """Whether nothing can be shown of the incidents."""
        return self.total is None

    def picture(self, code: str) -> Table | None:
        """The table behind the picture of that code."""
        tables = (*self.pictures, self.heat, self.spokes, *sheets_of(self))
        return next((table for table in tables if table and table.code == code), None)


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
