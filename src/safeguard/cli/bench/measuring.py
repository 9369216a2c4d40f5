"""Figures and goals: the median of interleaved pairs, with its interval.

One run of ours and one of the limit make a pair; pairs follow one another, so that a machine that slows down slows
both. The interval of the median is the one between order statistics that holds it with 90 % or as near as the number of
pairs allows (binomial, no assumption about the shape). A goal is met when the better end of the interval meets it.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Literal

Better = Literal["higher", "lower"]
CONFIDENCE = 0.9


@dataclass(frozen=True, slots=True)
class Goal:
    """A bound on a ratio: at least (`higher` is better) or at most (`lower` is better)."""

    bound: float
    better: Better

    def met_by(self, low: float, high: float) -> bool:
        """Whether the better end of the interval meets the bound."""
        return high >= self.bound if self.better == "higher" else low <= self.bound

    def __str__(self) -> str:
        return f"{'at least' if self.better == 'higher' else 'at most'} {self.bound:g}"


@dataclass(frozen=True, slots=True)
class Figure:
    """What one benchmark found: ours and the limit pair by pair, and the ratio between them."""

    name: str
    what: str
    unit: str
    ours: Sequence[float]
    limit: Sequence[float]
    goal: Goal
    notes: dict[str, float] = field(default_factory=dict[str, float])

    @property
    def ratios(self) -> list[float]:
        """Ours over the limit, pair by pair."""
        return [ours / limit for ours, limit in zip(self.ours, self.limit, strict=True)]

    @property
    def ratio(self) -> float:
        """The median of the pairs' ratios."""
        return median(self.ratios)

    @property
    def interval(self) -> tuple[float, float]:
        """Where the median lies, with `CONFIDENCE` or as near as the pairs allow."""
        return interval_of_median(self.ratios)

    @property
    def met(self) -> bool:
        """Whether the goal is met."""
        return self.goal.met_by(*self.interval)

    def as_json(self) -> dict[str, object]:
        """One object for machines."""
        low, high = self.interval
        return {
            "what": self.what, "unit": self.unit, "ours": median(self.ours), "limit": median(self.limit),
            "ratio": self.ratio, "interval": [low, high], "pairs": len(self.ours), "goal": str(self.goal),
            "met": self.met, **self.notes,
        }  # fmt: skip


def in_pairs(pairs: int, ours: Callable[[], float], limit: Callable[[], float]) -> tuple[list[float], list[float]]:
    """Run both in turn, changing who goes first, after one pair that does not count."""
    ours()
    limit()
    first: list[float] = []
    second: list[float] = []
    for number in range(pairs):
        if number % 2:
            second.append(limit())
            first.append(ours())
        else:
            first.append(ours())
            second.append(limit())
    return first, second


def bounded(bound: float, values: Sequence[float]) -> list[float]:
    """The limit of a goal that is an amount and not a ratio: the same for each of `values`."""
    return [bound] * len(values)


def interval_of_median(values: Sequence[float]) -> tuple[float, float]:
    """The narrowest symmetric pair of order statistics that holds the median with `CONFIDENCE`."""
    ordered = sorted(values)
    count = len(ordered)
    for drop in range((count - 1) // 2, -1, -1):
        outside = 2 * sum(math.comb(count, k) for k in range(drop + 1)) / 2**count
        if 1 - outside >= CONFIDENCE:
            return ordered[drop], ordered[count - 1 - drop]
    return ordered[0], ordered[-1]
