"""What a pastoral member sees beside their own reports: the incidents that a lead assigned to them, whole and to read.

Which those are stands in `public.is_assigned` (migrations/sql/57): a group of somebody in it, an issue, a risk area,
and never a restricted one. A change by a lead holds from the next request.
"""

from typing import Final
from uuid import UUID

import msgspec

from safeguard.access.policy import Permission
from safeguard.incidents.story import Story
from safeguard.work import Work

IS_ASSIGNED: Final = """
select public.is_assigned(i.id, i.issue_types, i.risk_areas, i.restricted_at)
from public.incidents i
where i.organisation_id = (select sec.current_organisation()) and i.id = $1
"""


async def reads_whole(work: Work, incident_id: UUID) -> bool:
    """Whether the actor may read all of this incident: every lead, and a pastoral member to whom it is assigned."""
    if work.may(Permission.INCIDENT_READ):
        return True
    if not work.may(Permission.INCIDENT_READ_ASSIGNED):
        return False
    return bool(await work.driver.fetchval(IS_ASSIGNED, incident_id))


def as_assigned(story: Story) -> Story:
    """The whole story, but for links: they name incidents that may not be assigned to this reader."""
    entries = tuple(entry for entry in story.entries if entry.kind != "link")
    return msgspec.structs.replace(story, entries=entries, links=())
