"""Reading a restricted incident for whom the vault is open to: the head has no other page of incidents."""

from typing import Final
from uuid import UUID

from safeguard.access.policy import Permission
from safeguard.errors import NotFound
from safeguard.incidents.queries import READ
from safeguard.incidents.story import Story, decode_story
from safeguard.work import Work

EXCLUDES: Final = """
select sec.reads_vault() and exists (
    select from public.exclusions x
    where x.organisation_id = (select sec.current_organisation()) and x.incident_id = $1)
"""


async def read_for_vault(work: Work, incident_id: UUID) -> Story:
    """An incident in which a member is or was alleged, told to the log; raises `NotFound` for any other."""
    work.require(Permission.CONCERN_RAISE)
    if not await work.driver.fetchval(EXCLUDES, incident_id):
        raise NotFound
    text = await work.driver.fetchval(READ, incident_id, None)
    if text is None:
        raise NotFound
    story = decode_story(text)
    work.restrict()
    work.record("incident.viewed", incident_id, version=story.facts.version)
    return story
