"""How near a review is to what certificates of self-reviews ask: commitment, progress, mark.

As 360 degree safe has them: commitment on registering (here: a review is begun), progress when two of the four elements
are complete, the mark when every aspect stands at the benchmark and says why; then its assessor comes. Whoever awards
one decides: this page only counts.
"""

from dataclasses import dataclass
from typing import Final

from safeguard.standards.standing import Judged, Part, Standing

ELEMENTS_FOR_PROGRESS: Final = 2
CERTIFIED: Final = frozenset({"360-degree-safe"})
"""The standards of which certificates are awarded: of the others this page says what is short of the benchmark."""


@dataclass(frozen=True, slots=True)
class Step:
    """One certificate: whether what it asks is there, and what is missing."""

    code: str
    ready: bool
    missing: tuple[Judged, ...] = ()


@dataclass(frozen=True, slots=True)
class Readiness:
    """All three, and the parts that are complete."""

    steps: tuple[Step, ...]
    complete: tuple[Part, ...]


def readiness_of(standing: Standing) -> Readiness:
    """What a review already has of each, in the order in which they come."""
    complete = tuple(part for part in standing.parts if part.done == part.asked)
    whole = standing.review.scope == "full"
    open_ones = tuple(each for part in standing.parts for each in part.judged if each.level is None)
    short = tuple(
        each for part in standing.parts for each in part.judged
        if each.level is None or each.level.number > standing.framework.benchmark or not _said(each)
    )  # fmt: skip
    progress = Step("progress", whole and len(complete) >= ELEMENTS_FOR_PROGRESS, open_ones)
    return Readiness((Step("commitment", True), progress, Step("mark", whole and not short, short)), complete)


def _said(each: Judged) -> bool:
    return bool(each.rating and each.rating.commentary)
