"""Asking for a later look at whether somebody outside has heard of an incident: for what can begin such a duty."""

from datetime import timedelta
from typing import Final
from uuid import UUID

from safeguard.work import Work

LOOK_AT_OWED: Final = "notice.outside_owed"
LOOK_AT_OWED_AFTER: Final = timedelta(hours=1)
"""Whoever tells a regulator at once has written it down by then."""


def look_at_owed(work: Work, incident_id: UUID, cause: object) -> None:
    """Have somebody told later if it is not said by then who outside has heard of it; once for each cause."""
    if not work.dated:
        work.ask(LOOK_AT_OWED, incident_id, key=f"{incident_id} {cause}", run_at=work.now() + LOOK_AT_OWED_AFTER)
