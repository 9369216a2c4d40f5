"""The day on which somebody left, as their page shows it; it is said where records are kept, and counted from there."""

from datetime import date
from typing import Final
from uuid import UUID

from safeguard.access.policy import Permission
from safeguard.work import Work

READ: Final = """
select d.left_on from public.record_dates d
where d.organisation_id = (select sec.current_organisation()) and d.person_id = $1
"""


async def find_left_on(work: Work, person_id: UUID) -> date | None:
    """When they left, where that was said; None also for whoever does not see to records."""
    if not work.may(Permission.RECORDS_MANAGE):
        return None
    return await work.driver.fetchval(READ, person_id)
