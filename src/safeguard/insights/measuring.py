"""How many incidents of a kind there were in whole months, for those who may know of single cases: for other rooms.

Others get no figure at all: spans grow month by month, and any rounding of them would be worked out by whoever noted
when it changed, or took one span from another.
"""

from safeguard.access.policy import Permission
from safeguard.insights.counting import read_counts
from safeguard.work import Work


async def count_between(work: Work, first: str, last: str, measure: str) -> int | None:
    """Incidents from month `first` to `last`; `measure` is `total`, `issue:CODE` or `control:CODE`.

    None for whoever may not know of single cases.
    """
    if not work.may(Permission.INSIGHTS_EXACT):
        return None
    dimension, _, code = measure.partition(":")
    return (await read_counts(work, first, last)).total(dimension, code)
