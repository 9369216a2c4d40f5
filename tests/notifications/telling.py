"""Who reports, who was told of it and what was mailed to them."""

from uuid import UUID

import msgspec

from safeguard import clock
from safeguard.access.actors import Actor, system
from safeguard.access.roles import Role
from safeguard.incidents.recording import record_incident
from safeguard.work import begin
from tests.factories.incidents import SCHOOL, SHORT

TOLD = "select event from notices where recipient_id = $1 order by created_at, id"
MAILED = "select template, state from outbox where recipient_id = $1 order by created_at, id"
HIDE = """
insert into exclusions (organisation_id, id, incident_id, user_id, cause, since)
values ($1, $2, $3, $4, 'chosen', now())
"""


async def told(person: Actor) -> list[str]:
    """Which events somebody has a notice of, in the order in which they came."""
    async with begin(system(person.organisation_id)) as work:
        return [row["event"] for row in await work.driver.fetch(TOLD, person.user_id)]


async def mailed(person: Actor) -> list[tuple[str, str]]:
    """What is or was to be mailed to them: the template and how far it got."""
    async with begin(system(person.organisation_id)) as work:
        return [tuple(row) for row in await work.driver.fetch(MAILED, person.user_id)]


async def report(actor: Actor, *, danger: bool = False) -> UUID:
    """A short report, with somebody in danger or not."""
    async with begin(actor) as work:
        new = msgspec.structs.replace(SHORT, danger_now=danger)
        return (await record_incident(work, new, SCHOOL)).facts.id


async def everybody(someone) -> tuple[Actor, Actor, Actor, Actor]:
    """A lead, a deputy, a head and a reporter of one organisation."""
    lead = await someone(Role.LEAD)
    here = lead.organisation_id
    others = [await someone(role, organisation=here) for role in (Role.DEPUTY, Role.HEAD, Role.REPORTER)]
    return lead, *others


async def hide(incident: UUID, person: Actor) -> None:
    """Exclude somebody, as the record of an allegation does."""
    async with begin(system(person.organisation_id)) as work:
        await work.driver.execute(HIDE, person.organisation_id, clock.new_id(), incident, person.user_id)
