"""A lead who lets an inspector in, and the pack that is given to them."""

from collections.abc import Awaitable, Callable
from datetime import date
from uuid import UUID

from safeguard.access.actors import Actor
from safeguard.access.roles import Role
from safeguard.evidence.making import Workshop, make_pack
from safeguard.evidence.packs.contents import Disclosure
from safeguard.evidence.requesting import request_incident_pack
from safeguard.incidents.chapter import IncidentChapter
from safeguard.incidents.recording import record_incident
from safeguard.incidents.story import Facts
from safeguard.inspection import inviting
from safeguard.inspection.inviting import NewInspection
from safeguard.jobs.claiming import claimed
from safeguard.work import begin
from tests.factories.incidents import IMPERSONATION, SCHOOL

Someone = Callable[..., Awaitable[Actor]]


async def email_of(actor: Actor) -> str:
    """Where they get their mail."""
    async with begin(actor) as work:
        found = await work.driver.fetchval("select email from memberships where user_id = $1", actor.user_id)
    return str(found)


async def let_in(lead: Actor, inspector: Actor, days: int = 5, live: tuple[date, date] | None = None) -> UUID:
    """An inspection by a member with that role, for whom no link is made."""
    new = NewInspection("Ina Sample", await email_of(inspector), "ofsted_school", "A routine inspection.", days, live)
    async with begin(lead) as work:
        begun = await inviting.begin_inspection(work, new)
    assert begun.path is None, "a member with this role needs no other invitation"
    return begun.id


async def made_pack(lead: Actor, shop: Workshop) -> tuple[UUID, Facts]:
    """A complete pack of a new incident, and that incident."""
    async with begin(lead) as work:
        incident = await record_incident(work, IMPERSONATION, SCHOOL)
    async with begin(lead) as work:
        pack_id = await request_incident_pack(work, IncidentChapter(), incident.facts.id, Disclosure.COMPLETE)
    async with begin(lead) as work:
        job_id = UUID(str(await work.driver.fetchval("select id from jobs.job where subject_id = $1", pack_id)))
    async with claimed(job_id) as taken:
        assert taken is not None
        await make_pack(*taken, shop)
    return pack_id, incident.facts


async def pair(someone: Someone) -> tuple[Actor, Actor]:
    """A lead, and an inspector in their organisation."""
    lead = await someone(Role.LEAD)
    return lead, await someone(Role.INSPECTOR, organisation=lead.organisation_id)
