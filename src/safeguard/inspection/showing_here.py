"""Showing an inspector a record on the lead's own screen: by the reference that the inspector names."""

from typing import Final
from uuid import UUID

from safeguard import clock
from safeguard.access.policy import Permission
from safeguard.work import Work

FIND: Final = """
select i.id from public.incidents i
where i.organisation_id = (select sec.current_organisation()) and i.reference = $1
"""


async def find(work: Work, reference: str) -> UUID | None:
    """The incident of that reference, as it was read out, however it is spelt. The lead's own rights hold."""
    work.require(Permission.INSPECTION_MANAGE)
    found: UUID | None = await work.driver.fetchval(FIND, clock.as_reference(reference))
    return found
