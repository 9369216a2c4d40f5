"""A hold and a disposal that waits, for tests that ask every route."""

from uuid import UUID

from safeguard.access.actors import Actor
from safeguard.records.holding import About, place_hold
from safeguard.work import begin

ADD_DISPOSAL = """
insert into disposals (organisation_id, id, kind, subject_id, reference, ground, rule, state, asked_at, asked_by_name)
values ((select sec.current_organisation()), gen_random_uuid(), 'person', gen_random_uuid(), '', 'erasure',
    'incident_record', 'asked', now(), 'Sample') returning id
"""


async def records_of(lead: Actor, incident: UUID) -> dict[str, str]:
    """One of each."""
    async with begin(lead) as work:
        hold = await place_hold(work, About("incident", incident), "police", "They asked.")
        disposal = await work.driver.fetchval(ADD_DISPOSAL)
    return {"hold_id": str(hold), "disposal_id": str(disposal)}
