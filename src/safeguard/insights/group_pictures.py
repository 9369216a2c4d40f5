"""The pictures of a group's board: organisations beside each other, now and before, and all of them together."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import mean
from typing import Final

from safeguard.insights.group_told import Told
from safeguard.insights.pictures import LEFT, MOST_DRAWN, Bar, Grid, GridCell, GridRow, Picture, said
from safeguard.insights.wording import tell as _
from safeguard.insights.wording import tell_number
from safeguard.standards.radar import draw
from safeguard.standards.spokes import Spokes

LOWEST: Final = 5
HIGHEST: Final = 1
BENCHMARK: Final = 2
"""Of PIES, by which every organisation of a group measures itself: 1 is the highest level."""


@dataclass(frozen=True, slots=True)
class Levels:
    """Where organisations stand, the one with the furthest to go first, and where they stood in the review before."""

    code: str
    title: str
    says: str
    lines: tuple[tuple[str, float, float | None], ...]

    @property
    def drawn(self) -> tuple[tuple[str, float, str, float | None], ...]:
        """Those that are drawn, as a bar takes them."""
        return tuple((name, now, "", before) for name, now, before in self.lines[:MOST_DRAWN])

    def rows(self) -> Iterator[tuple[str, ...]]:
        """The table behind the picture."""
        yield (_("Organisation"), _("Mean level now"), _("The review before"))
        for name, now, before in self.lines:
            yield (name, str(now), str(before or ""))


def levels_of(rows: Sequence[Told]) -> Levels | None:
    """The mean level of each organisation that has one, beside the review before."""
    lines = tuple((row.name, row.level, row.level_before) for row in rows if row.level)
    if not lines:
        return None
    rose = sum(bool(row.moved and row.moved > 0) for row in rows)
    fell = sum(bool(row.moved and row.moved < 0) for row in rows)
    says = _most(len(lines), _("The furthest to go first."))
    if any(before for _name, _now, before in lines):
        says += " " + tell_number(
            "Since the review before %(num)s rose, %(fell)s fell.", "Since the review before %(num)s rose, %(fell)s"
            " fell.", rose, fell=fell,
        )  # fmt: skip
    return Levels("levels", _("Level now, and in the review before"), says, lines)


def incidents_of(rows: Sequence[Told]) -> Picture | None:
    """The incidents of each organisation, beside the same months a year before; what is left out comes last."""
    if not any(row.figures.total is not None for row in rows):
        return None
    several = len({row.period for row in rows}) > 1
    ordered = sorted(rows, key=lambda row: (row.figures.total is None, -(row.figures.total or 0), row.name))
    bars = tuple(
        Bar(_labelled(row, several), LEFT if row.figures.total is None else row.figures.total,
            before=row.figures.before if row.figures.total is not None else None)
        for row in ordered
    )  # fmt: skip
    compared = any(bar.before is not None for bar in bars)
    says = _most(len(bars), _("The most incidents first."))
    return Picture("incidents", _("Incidents by organisation"), says, bars, compared)


def _labelled(row: Told, several: bool) -> str:
    until = _("to %(month)s", month=row.counted_to) if row.counted_to else ""
    more = ", ".join(one for one in (row.period if several else "", until) if one)
    return f"{row.name} ({more})" if more else row.name


def _most(number: int, says: str) -> str:
    if number <= MOST_DRAWN:
        return says
    return says + " " + _("%(shown)s of %(all)s are drawn; the file has all.", shown=MOST_DRAWN, all=number)


def objectives_of(rows: Sequence[Told], objectives: Mapping[str, str]) -> Grid | None:
    """The level of each objective in each organisation: the darker, the further below the benchmark."""
    lines = tuple(GridRow(row.name, tuple(_level_cell(row, code) for code in objectives)) for row in rows)
    if not objectives:
        return None
    below = sum((level or 0) > BENCHMARK for row in rows for code in objectives if (level := row.level_of(code)))
    says = tell_number(
        "The darker, the further below the benchmark of %(benchmark)s: %(num)s level is.",
        "The darker, the further below the benchmark of %(benchmark)s: %(num)s levels are.", below, benchmark=BENCHMARK,
    )  # fmt: skip
    says = _("The longer the bar, the better.") + " " + says
    return Grid("objectives", _("Level of each objective"), says, tuple(objectives.values()), lines)


def _level_cell(row: Told, code: str) -> GridCell:
    level, before, stale = row.level_of(code), row.before_of(code), row.stale_of(code)
    notes = (
        _("was %(number)s", number=before) if before and before != level else "",
        tell_number("%(num)s item of evidence out of date", "%(num)s items of evidence out of date", stale)
        if stale else "",
    )  # fmt: skip
    words = _("Not judged yet") if level is None else str(level)
    return GridCell(words, _shade(level), tuple(note for note in notes if note), _filled(level))


def _shade(level: float | None) -> int:
    """None at the benchmark or above it; below it a darker one for each half of a level."""
    return 0 if level is None else sum(level > BENCHMARK + step / 2 for step in range(3))


def _filled(level: float | None) -> float | None:
    """The longer, the better: full at the highest level."""
    return None if level is None else round((LOWEST - level) / (LOWEST - HIGHEST), 3)


def areas_of(rows: Sequence[Told], areas: Sequence[str]) -> Grid | None:
    """Incidents by area of risk in each organisation, as it told them: the darker, the more."""
    if not areas:
        return None
    several = len({row.period for row in rows}) > 1
    most = max((value for row in rows for area in areas if isinstance(value := row.area(area), int)), default=0)
    lines = tuple(
        GridRow(_labelled(row, several), tuple(_area_cell(row, area, most) for area in areas)) for row in rows
    )
    says = _("The darker, the more. What is hatched is fewer than 5, or would give away what is.")
    return Grid("areas", _("Incidents by area of risk"), says, tuple(areas), lines)


def _area_cell(row: Told, area: str, most: int) -> GridCell:
    value = row.area(area)
    if isinstance(value, int):
        return GridCell(str(value), 0 if not value else 1 + (value - 1) * 3 // most)
    return GridCell(said_of_area(row, area), None if value is not None or row.figures.total is None else 0)


def said_of_area(row: Told, area: str) -> str:
    """An area that an organisation told nothing of had no incident, or none that may be shown yet: nothing is hidden
    beside its other figures, and neither is said."""
    value = row.area(area)
    if value is None and row.figures.total is not None:
        return _("none told")
    return said(LEFT if value is None else value)


def together_of(rows: Sequence[Told], objectives: Mapping[str, str]) -> Spokes | None:
    """Each objective in all organisations together; None for a single one, or fewer than three objectives."""
    now, before = {}, {}
    for code in objectives:
        levels = [level for row in rows if (level := row.level_of(code))]
        moved = [then - level for row in rows if (level := row.level_of(code)) and (then := row.before_of(code))]
        if len(levels) > 1:
            now[code] = round(mean(levels), 1)
        if len(levels) > 1 and moved:
            before[code] = round(now[code] + mean(moved), 1)
    drawn = draw(objectives, now, before, LOWEST, BENCHMARK)
    if drawn is None:
        return None
    title = _("All organisations together, against the benchmark")
    names = {code: name for code, name in objectives.items() if code in now}
    return Spokes("together", title, _stands(now, names), names, now, before, BENCHMARK, drawn)


def _stands(now: Mapping[str, float], names: Mapping[str, str]) -> str:
    worst = max(now, key=lambda code: now[code])
    if now[worst] <= BENCHMARK:
        return _("On average, every objective stands at the benchmark or above.")
    return _("%(objective)s has the furthest to go: level %(level)s on average.", objective=names[worst],
             level=now[worst])  # fmt: skip
