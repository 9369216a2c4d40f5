"""People of the town: one with everything known, a likely double, one merged record, and names of every kind."""

from dataclasses import dataclass
from uuid import UUID

from safeguard.access.actors import Actor
from safeguard.incidents.identifying import identify
from safeguard.incidents.queries import read_incident
from safeguard.people.correcting import correct_person
from safeguard.people.details import Details
from safeguard.people.merging import merge
from safeguard.people.recording import record_person
from safeguard.tenancy.profiles import profile_of
from safeguard.work import begin
from tests.factories.people import ANA, called

HOSTILE = called("<script>alert(1)</script>", "Wolfeschlegelstein" * 10, known_as="فاطمة الزهراء 🦊", notes="{{ 7*7 }}")


@dataclass(frozen=True, slots=True)
class Listed:
    """Who is listed."""

    person: UUID
    twin: UUID
    """Who sounds like them."""
    merge: UUID
    hostile_person: UUID
    named: UUID
    """A person of the incident that is followed, as the incident has them."""


async def list_them(lead: Actor, incident_id: UUID) -> Listed:
    """Record, correct, merge and tie."""
    person, twin, other = [await _keep(lead, one) for one in (ANA, called("Anna", "Brooke"), called("Anne", "Brock"))]
    hostile = await _keep(lead, HOSTILE)
    async with begin(lead) as work:
        changed = Details(kind="child", given_name="Ana", family_name="Brook", group_name="Year 9", address="1 Street")
        await correct_person(work, person, 1, changed, profile_of("school"))
    async with begin(lead) as work:
        merged = await merge(work, person, other, "The office says that these are one child.")
    async with begin(lead) as work:
        story = await read_incident(work, incident_id)
        named = story.present[2].id
        await identify(work, incident_id, named, story.facts.version, person)
    return Listed(person, twin, merged, hostile, named)


async def _keep(lead: Actor, details: Details) -> UUID:
    async with begin(lead) as work:
        return (await record_person(work, details, profile_of("school"))).id
