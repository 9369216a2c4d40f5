"""Where each objective stands, against the benchmark and the review before: a radar, its sentence and its table."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from safeguard.insights.radar import Radar, draw
from safeguard.insights.wording import tell as _
from safeguard.standards.framework import Framework
from safeguard.standards.standing import mean_under


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
    """The radar; None while fewer than three objectives have a level."""
    names = {each.code: each.name for each in framework.objectives}
    now, then = _means(framework, levels), _means(framework, before)
    drawn = draw(names, now, then, len(framework.levels), framework.benchmark)
    if drawn is None:
        return None
    return Spokes(
        "standing", _("Level against the benchmark"), _says(names, now, framework.benchmark), names, now, then,
        framework.benchmark, drawn,
    )  # fmt: skip


def _means(framework: Framework, levels: Mapping[str, int]) -> Mapping[str, float]:
    found = {each.code: mean_under(framework, each.code, levels) for each in framework.objectives}
    return {code: mean for code, mean in found.items() if mean is not None}


def _says(names: Mapping[str, str], now: Mapping[str, float], benchmark: int) -> str:
    worst = max(now, key=lambda code: now[code])
    if now[worst] <= benchmark:
        return _("Everything that is judged stands at the benchmark or above.")
    steps = round(now[worst] - benchmark, 1)
    return _("%(name)s has the furthest to go: %(steps)s below the benchmark.", name=names[worst], steps=steps)
