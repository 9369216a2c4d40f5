"""A hold, a disposal that waits, a request, a complaint and a breach, for tests that ask every route."""

from datetime import date
from uuid import UUID

from safeguard import clock
from safeguard.access.actors import Actor
from safeguard.records.access import gathering, handling
from safeguard.records.access.handling import NewRequest
from safeguard.records.access.queries import list_items, list_redactions
from safeguard.records.access.redacting import add_redaction
from safeguard.records.holding import About, place_hold
from safeguard.records.logs.breaching import find_breach
from safeguard.records.logs.writing import receive_complaint
from safeguard.work import begin

ADD_DISPOSAL = """
insert into disposals (organisation_id, id, kind, subject_id, reference, ground, rule, state, asked_at, asked_by_name)
values ((select sec.current_organisation()), gen_random_uuid(), 'person', gen_random_uuid(), '', 'erasure',
    'incident_record', 'asked', now(), 'Sample') returning id
"""


async def records_of(lead: Actor, incident: UUID, person: UUID) -> dict[str, str]:
    """One of each."""
    async with begin(lead) as work:
        hold = await place_hold(work, About("incident", incident), "police", "They asked.")
        disposal = await work.driver.fetchval(ADD_DISPOSAL)
        complaint = await receive_complaint(work, date(2026, 1, 5), "Jo Sample", "data", "Words.")
        breach = await find_breach(work, clock.now(), "A letter went astray.", 1, "some", "")
    async with begin(lead) as work:
        request = await handling.receive(work, NewRequest(person, "self", "Ana Brook", "", date(2026, 1, 5)))
        await gathering.gather(work, request)
        await add_redaction(work, request, "Words", "another")
        (item, *_), (redaction, *_) = await list_items(work, request), await list_redactions(work, request)
    return {
        "hold_id": str(hold), "disposal_id": str(disposal), "request_id": str(request), "copy_id": str(item.id),
        "redaction_id": str(redaction.id), "complaint_id": str(complaint), "breach_id": str(breach),
        "record_kind": "complaint", "subject_id": str(complaint),
    }  # fmt: skip
