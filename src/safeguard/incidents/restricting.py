"""Acting on an incident that somebody must not know of.

The database sends every unit of work that names a restricted incident to the restricted log by itself. `follow` is for
work that is about such an incident without naming it to the log: a file, a draft, a notice.
"""

from typing import Final
from uuid import UUID

from safeguard.work import Work

LOG: Final = "select sec.log_of_incident($1)"


async def follow(work: Work, incident_id: UUID) -> None:
    """Tell what this work does to the log that hears of the incident."""
    if await work.driver.fetchval(LOG, incident_id) == "restricted":
        work.restrict()
