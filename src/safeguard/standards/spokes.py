"""Where each part stands, against the benchmark and the review before: a radar, its sentence and its table.

The parts are the strands where a framework has them (360 degree safe: eight, each with the mean of its aspects), or
else its objectives.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from safeguard.standards.framework import Control, Framework
from safeguard.standards.radar import Radar, draw
from safeguard.standards.standing import Standing, as_last_judged, mean_level
from safeguard.web.languages import gettext as _


@dataclass(frozen=True, slots=True)
class Spokes:
    """The radar of a framework."""

    code: str
    title: str
    says: str
    names: Mapping[str, str]
    now: Mapping[str, float]
    before: Mapping[str, float]
    benchmark: int
    drawn: Radar

    def rows(self) -> Iterator[tuple[str, ...]]:
        """The table behind the picture."""
        yield ("", _("Mean level now"), _("The review before"), _("Benchmark"))
        for code, name in self.names.items():
            yield (name, str(self.now.get(code, "")), str(self.before.get(code, "")), str(self.benchmark))


def spokes_of(framework: Framework, levels: Mapping[str, int], before: Mapping[str, int]) -> Spokes | None:
    """The radar of its objectives; None while fewer than three have a level."""
    groups = {each.code: framework.under(each.code) for each in framework.objectives}
    return _spokes(framework, {each.code: each.name for each in framework.objectives}, groups, levels, before)


def spokes_of_review(standing: Standing) -> Spokes | None:
    """The radar of a review, of its strands where the framework has them; what it does not ask stands as it did."""
    framework, review, earlier = standing.framework, standing.review, standing.before
    levels = as_last_judged(framework, (review, earlier) if earlier else (review,))
    before = earlier.levels_of(len(framework.levels)) if earlier else {}
    strands = _strands(framework)
    if not strands:
        return spokes_of(framework, levels, before)
    return _spokes(framework, {name: name for name in strands}, strands, levels, before)


def strands_of(standing: Standing) -> Mapping[str, tuple[tuple[str, float | None], ...]]:
    """By objective: (strand, mean level of its controls as they were last judged); nothing where it has one or none."""
    framework, earlier = standing.framework, standing.before
    levels = as_last_judged(framework, (standing.review, earlier) if earlier else (standing.review,))
    strands = _strands(framework)
    return {
        each.code: tuple((name, _mean(strands[name], levels)) for name in each.strands if name in strands)
        for each in framework.objectives
    }


def _strands(framework: Framework) -> Mapping[str, tuple[Control, ...]]:
    found = {name: tuple(one for one in framework.controls if one.strand == name)
             for each in framework.objectives for name in each.strands}  # fmt: skip
    return {name: controls for name, controls in found.items() if controls}


def _spokes(
    framework: Framework,
    names: Mapping[str, str],
    groups: Mapping[str, tuple[Control, ...]],
    levels: Mapping[str, int],
    before: Mapping[str, int],
) -> Spokes | None:
    now, then = _means(groups, levels), _means(groups, before)
    drawn = draw(names, now, then, len(framework.levels), framework.benchmark)
    if drawn is None:
        return None
    return Spokes(
        "standing", _("Level against the benchmark"), _says(names, now, framework.benchmark), names, now, then,
        framework.benchmark, drawn,
    )  # fmt: skip


def _mean(controls: tuple[Control, ...], levels: Mapping[str, int]) -> float | None:
    return mean_level([levels[control.code] for control in controls if control.code in levels])


def _means(groups: Mapping[str, tuple[Control, ...]], levels: Mapping[str, int]) -> Mapping[str, float]:
    found = {code: _mean(controls, levels) for code, controls in groups.items()}
    return {code: mean for code, mean in found.items() if mean is not None}


def _says(names: Mapping[str, str], now: Mapping[str, float], benchmark: int) -> str:
    worst = max(now, key=lambda code: now[code])
    if now[worst] <= benchmark:
        return _("Everything that is judged stands at the benchmark or above.")
    steps = round(now[worst] - benchmark, 1)
    said = {"name": names[worst], "steps": steps}
    return _("%(name)s has the furthest to go: %(steps)s below the benchmark.") % said
