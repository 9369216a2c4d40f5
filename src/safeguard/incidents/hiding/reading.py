"""Reading a restricted incident for whom the vault is open to: the head has no other page of incidents."""

from typing import Final
from uuid import UUID

from safeguard.access.policy import Permission
from safeguard.errors import NotFound
from safeguard.incidents.queries import READ
from safeguard.incidents.story import Story, decode_story
from safeguard.work import Work

EXCLUDES: Final = """
select sec.reads_vault() and (sec.handlers_of_incident($1) = '{}' or exists (
    select from public.exclusions x
    where x.organisation_id = (select sec.current_organisation()) and x.incident_id = $1
        and x.since is distinct from x.lifted_at))  -- of whom it was only asked whether they are meant it never did
"""
"""An incident that excludes somebody, or did, or that no lead or deputy is left to handle."""

SECOND_PERSON: Final = """
select coalesce(o.second_person_name, ''), coalesce(o.second_person_email, '') from public.organisations o
where o.id = (select sec.current_organisation())
"""


async def read_second_person(work: Work) -> tuple[str, str]:
    """Whom the organisation named outside itself: name and address; empty when it named nobody."""
    row = await work.driver.fetchrow(SECOND_PERSON)
    return (row[0], row[1]) if row else ("", "")


async def read_for_vault(work: Work, incident_id: UUID) -> Story:
    """An incident in which a member is or was alleged, or that has no lead; raises `NotFound` for any other."""
    work.require(Permission.CONCERN_RAISE)
    text = await work.driver.fetchval(READ, incident_id, None)
    if text is None:  # asked first: one that is hidden costs no statement more than one that never was
        raise NotFound
    if not await work.driver.fetchval(EXCLUDES, incident_id):
        raise NotFound
    story = decode_story(text)
    work.restrict()
    work.record("incident.viewed", incident_id, version=story.facts.version)
    return story
