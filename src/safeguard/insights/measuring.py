"""How many incidents of a kind there were in whole months, as far as whoever asks may know: for other rooms.

Whoever may not know of single cases gets figures rounded to the nearest 5, and none below 5: spans of months overlap,
and from exact figures somebody could subtract one from another until few are left.
"""

from typing import Final

from safeguard.access.policy import Permission
from safeguard.figures.suppressing import SMALLEST
from safeguard.insights.counting import read_counts
from safeguard.work import Work

TOTAL: Final = "total"


async def count_between(work: Work, first: str, last: str, measure: str) -> int | None:
    """Incidents from month `first` to `last`; `measure` is `total`, `issue:CODE` or `control:CODE`."""
    dimension, _, code = measure.partition(":")
    value = (await read_counts(work, first, last)).total(dimension, code)
    return value if work.may(Permission.INSIGHTS_EXACT) else blurred(value)


def blurred(value: int) -> int | None:
    """A figure for those who may not know of single cases: 0, nothing, or the nearest 5."""
    if 0 < value < SMALLEST:
        return None
    return (value + SMALLEST // 2) // SMALLEST * SMALLEST
