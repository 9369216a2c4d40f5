"""Which day it is where the organisation is: for whoever has no request, and for statements that count in days.

The server's own zone is none of anybody's: shortly after midnight in summer UTC still has the day before.
"""

from datetime import date
from typing import Final
from zoneinfo import ZoneInfo

from safeguard.work import Work

ZONE: Final = "(select g.time_zone from public.organisations g where g.id = (select sec.current_organisation()))"
"""SQL for the organisation's time zone: read once for a statement, however many rows it has."""


def day_of(moment: str) -> str:
    """SQL for the day of a moment where the organisation is; `moment` is an expression of ours, never typed."""
    return f"(({moment}) at time zone {ZONE})::date"


async def zone_here(work: Work) -> ZoneInfo:
    """Where the organisation is."""
    return ZoneInfo(str(await work.driver.fetchval(f"select {ZONE}")))


async def today_of(work: Work) -> date:
    """Today there."""
    return work.now().astimezone(await zone_here(work)).date()
