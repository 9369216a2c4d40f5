"""The board: four objectives, where incidents touch weak controls, and the year in figures, for one reader."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final
from urllib.parse import urlencode

from babel.dates import format_date

from safeguard.insights.counting import Counts
from safeguard.insights.periods import Period
from safeguard.insights.pictures import FEW, LEFT, Bar, Heat, HeatRow, Picture, Value
from safeguard.insights.suppressing import suppress, suppress_each
from safeguard.insights.timeliness import Waiting, waiting
from safeguard.insights.wording import tell as _
from safeguard.insights.wording import tell_number
from safeguard.standards.framework import Control, Framework, Objective
from safeguard.standards.queries import Beside
from safeguard.standards.review import Review
from safeguard.standards.standing import mean_level
from safeguard.tenancy.profile import Profile
from safeguard.web.languages import language

MOST_BARS: Final = 10
HOURS: Final = (("night", 22, 6), ("morning", 6, 9), ("day", 9, 15), ("afternoon", 15, 18), ("evening", 18, 22))


@dataclass(frozen=True, slots=True)
class Quadrant:
    """One objective: how it stands, which way it moves, what presses on it, what is done."""

    objective: Objective
    level: float | None
    before: float | None
    judged: int
    controls: int
    incidents: Value
    improvements: int
    overdue: int
    evidence: int
    stale: int

    @property
    def moved(self) -> float:
        """How far it rose since the last review; below 0 where it fell."""
        return round(self.before - self.level, 1) if self.level and self.before else 0.0


@dataclass(frozen=True, slots=True)
class Weak:
    """A control below the benchmark that incidents touch."""

    control: Control
    level: int | None
    incidents: int
    improving: bool


@dataclass(frozen=True, slots=True)
class Board:
    """Everything that the page shows."""

    period: Period
    exact: bool
    quadrants: tuple[Quadrant, ...]
    weak: tuple[Weak, ...]
    heat: Heat | None
    pictures: tuple[Picture, ...]
    acknowledged: Waiting | None
    closed: Waiting | None
    open_now: Value
    total: Value
    so_what: str

    def picture(self, code: str) -> Picture | Heat | None:
        """The picture of that code."""
        if self.heat and self.heat.code == code:
            return self.heat
        return next((picture for picture in self.pictures if picture.code == code), None)


@dataclass(frozen=True, slots=True)
class Source:
    """What a board is made from."""

    profile: Profile
    framework: Framework
    period: Period
    exact: bool
    today: date
    counts: Counts
    earlier: Counts
    reviews: tuple[Review, ...]
    """The latest reviews of the framework, the newest first."""
    beside: Beside

    @property
    def levels(self) -> Mapping[str, int]:
        """The level of each control as it was last judged: in the review under way, or else in the one before."""
        return {code: level for review in reversed(self.reviews) for code, level in review.levels.items()}

    @property
    def levels_before(self) -> Mapping[str, int]:
        """The levels of the review before the latest."""
        return self.reviews[1].levels if len(self.reviews) > 1 else {}


def make_board(source: Source) -> Board:
    """The board for one reader."""
    months = by_month(source)
    pictures = (months, *(picture for picture in _breakdowns(source) if picture.bars))
    weak = _weak(source)
    counts = source.counts
    acknowledged, closed = waiting(counts.totals("acknowledged")), waiting(counts.totals("closed"))
    heat = _heat(source) if source.exact else None
    quadrants = tuple(_quadrant(source, each) for each in source.framework.objectives)
    total = _total(source, counts, source.period.months)
    return Board(
        source.period, source.exact, quadrants, weak, heat, pictures, acknowledged, closed, _still_open(source), total,
        _so_what(source, weak),
    )  # fmt: skip


def by_month(source: Source) -> Picture:
    """Incidents by month, beside the year before."""
    now = {month: source.counts.months("total").get(month, 0) for month in source.period.months}
    then = {month: source.earlier.months("total").get(month, 0) for month in source.period.earlier}
    shown, shown_then = _family(source, now), _family(source, then)
    bars = tuple(
        Bar(_month(month), shown[month], before=shown_then[earlier])
        for month, earlier in zip(source.period.months, source.period.earlier, strict=True)
    )
    total = _total(source, source.counts, source.period.months)
    before = _total(source, source.earlier, source.period.earlier)
    return Picture("months", _("Incidents by month"), _trend(total, before), bars, compared=any(then.values()))


def _breakdowns(source: Source) -> tuple[Picture, ...]:
    profile = source.profile
    return (
        _bars(
            source, "four_c", _("By area of risk"), {code: each.name for code, each in profile.areas.items()}, "area"
        ),
        _bars(source, "risk", _("By level of risk"), _risks(profile), "risk", adds_up=True),
        _bars(source, "issue", _("By issue"), {code: each.name for code, each in profile.issues.items()}),
        _bars(source, "risk_area", _("By theme"), {code: each.name for code, each in profile.risk_areas.items()}),
        _bars(source, "platform", _("By platform"), {code: each.name for code, each in profile.platforms.items()}),
        _bars(source, "place", _("By place"), {code: each.name for code, each in profile.places.items()}, adds_up=True),
        _hours(source),
    )


def _bars(
    source: Source, dimension: str, title: str, names: Mapping[str, str], filter_: str = "", *, adds_up: bool = False
) -> Picture:
    totals = source.counts.totals(dimension)
    shown = _family(source, _completed(source, totals)) if adds_up else _each(source, totals)
    href = _drill(source, filter_)
    bars = tuple(Bar(names.get(code, code), shown[code], href(code)) for code in _ordered(totals, shown)[:MOST_BARS])
    return Picture(dimension, title, _leading(bars), bars)


def _ordered(totals: Mapping[str, int], shown: Mapping[str, Value]) -> list[str]:
    """The greatest first, and what is left out after all that is shown: its place would tell how great it is."""
    hidden = sorted(code for code in totals if shown[code] in (FEW, LEFT))
    return [code for code in totals if code not in hidden] + hidden


def _hours(source: Source) -> Picture:
    totals = source.counts.totals("hour")
    names = {
        "night": _("At night, 22 to 6"), "morning": _("Early, 6 to 9"), "day": _("By day, 9 to 15"),
        "afternoon": _("After, 15 to 18"), "evening": _("In the evening, 18 to 22"),
    }  # fmt: skip
    found = {name: sum(totals.get(f"{hour % 24:02d}", 0) for hour in _span(first, last)) for name, first, last in HOURS}
    shown = _family(source, found)
    bars = tuple(Bar(names[name], shown[name]) for name in found) if any(found.values()) else ()
    return Picture("hour", _("By time of day, where it is known"), _leading(bars), bars)


def _span(first: int, last: int) -> range:
    return range(first, last if last > first else last + 24)


def _heat(source: Source) -> Heat | None:
    rows: list[HeatRow] = []
    levels = source.levels
    for control in source.framework.controls:
        months = source.counts.months("control", control.code)
        values = tuple(months.get(month, 0) for month in source.period.months)
        if any(values):
            rows.append(HeatRow(control.name, values, levels.get(control.code)))
    if not rows:
        return None
    rows.sort(key=lambda row: -sum(row.values))
    top = rows[0]
    says = _(
        "Lessons of incidents touched %(control)s most: %(times)s times.", control=top.label, times=sum(top.values)
    )
    columns = tuple(_month(month) for month in source.period.months)
    return Heat("controls", _("Which controls incidents touched"), says, columns, tuple(rows[:12]))


def _quadrant(source: Source, objective: Objective) -> Quadrant:
    codes = [control.code for control in source.framework.under(objective.code)]
    now, before = _mean(source.levels, codes), _mean(source.levels_before, codes)
    open_ones = [one for one in source.beside.improvements if one.control in codes and one.open]
    items = [item for item in source.beside.items if {("pies", code) for code in codes} & set(item.supports)]
    touched = sum(source.counts.total("control", code) for code in codes)
    return Quadrant(
        objective, now, before, sum(code in source.levels for code in codes), len(codes), _told(source, touched),
        len(open_ones), sum(one.due_on < source.today for one in open_ones), len(items),
        sum(bool(item.renew_on and item.renew_on < source.today) for item in items),
    )  # fmt: skip


def _mean(levels: Mapping[str, int], codes: list[str]) -> float | None:
    return mean_level([levels[code] for code in codes if code in levels])


def _weak(source: Source) -> tuple[Weak, ...]:
    """Where incidents cluster on weak controls: their number times the steps below the benchmark."""
    if not source.exact:
        return ()
    levels = source.levels
    improving = {one.control for one in source.beside.improvements if one.open}
    found = [
        Weak(control, levels.get(control.code), source.counts.total("control", control.code), control.code in improving)
        for control in source.framework.controls
    ]
    benchmark, lowest = source.framework.benchmark, source.framework.levels[0].number
    weak = [one for one in found if one.incidents and (one.level or lowest) > benchmark]
    return tuple(sorted(weak, key=lambda one: -one.incidents * ((one.level or lowest) - benchmark)))[:5]


def _so_what(source: Source, weak: tuple[Weak, ...]) -> str:
    if weak:
        first = weak[0]
        level = _("level %(level)s", level=first.level) if first.level else _("not judged yet")
        said = tell_number(
            "%(num)s incident touched %(control)s (%(level)s).", "%(num)s incidents touched %(control)s (%(level)s).",
            first.incidents, control=first.control.name, level=level,
        )  # fmt: skip
        return said + " " + (_("It is being improved.") if first.improving else _("Nothing is planned for it yet."))
    if not source.exact and source.period.months and source.reviews:
        return _trend(_total(source, source.counts, source.period.months), None)
    if not source.period.months:
        return _("The figures of this year are shown once its first quarter is over, at the end of November.")
    if not source.reviews:
        return _("There is no review yet: begin one, and these figures show where to start.")
    if not source.counts.total("total"):
        return _("No incident was recorded in this period. That may be good, or people may not know how to report.")
    return _("No weak control stands out: lessons of incidents name the controls that they touch.")


def _trend(total: Value, before: Value) -> str:
    if not isinstance(total, int):
        return _("There are too few incidents to say more without telling of single people.")
    said = tell_number("%(num)s incident in this period", "%(num)s incidents in this period", total)
    if not before or not isinstance(before, int):
        return said + "."
    return said + ", " + _("%(before)s in the same months a year before.", before=before)


def _leading(bars: tuple[Bar, ...]) -> str:
    shown = [(bar.value, bar.label) for bar in bars if isinstance(bar.value, int) and bar.value]
    if not shown:
        return _("There is too little to say.") if bars else ""
    most, label = max(shown, key=lambda each: each[0])
    return tell_number("Most often: %(label)s, once.", "Most often: %(label)s, %(num)s times.", most, label=label)


def _total(source: Source, counts: Counts, months: tuple[str, ...]) -> Value:
    """All incidents of a period: None where the total would tell a figure that is left out of one of its families."""
    families = ({month: counts.months("total").get(month, 0) for month in months}, counts.totals("risk"))
    if source.exact or all(suppress(cells).total is not None for cells in families):
        return counts.total("total")
    return None


def _still_open(source: Source) -> Value:
    states = source.counts.totals("state")
    closed = states.pop("closed", 0)
    return _family(source, {"open": sum(states.values()), "closed": closed})["open"]


def _family(source: Source, cells: Mapping[str, int]) -> Mapping[str, Value]:
    if source.exact:
        return dict(cells)
    return {key: LEFT if value is None else value for key, value in suppress(cells).cells.items()}


def _completed(source: Source, totals: Mapping[str, int]) -> Mapping[str, int]:
    """With those of which nothing is recorded: with them the figures add up to the total, which is shown."""
    return {**totals, "": max(0, source.counts.total("total") - sum(totals.values()))}


def _each(source: Source, cells: Mapping[str, int]) -> Mapping[str, Value]:
    if source.exact:
        return dict(cells)
    return {key: FEW if value is None else value for key, value in suppress_each(cells).items()}


def _told(source: Source, value: int) -> Value:
    return value if source.exact or value == 0 or value >= 5 else FEW


def _drill(source: Source, name: str) -> Callable[[str], str]:
    if not (source.exact and name):
        return lambda code: ""
    fixed = {"state": "all", "since": source.period.since, "until": source.period.until}
    return lambda code: "/incidents?" + urlencode({**fixed, name: code})


def _risks(profile: Profile) -> dict[str, str]:
    return {"unassessed": _("Not yet assessed")} | {code: each.name for code, each in profile.risk_levels.items()}


def _month(month: str) -> str:
    return format_date(date(int(month[:4]), int(month[5:]), 1), "LLL", locale=language())
