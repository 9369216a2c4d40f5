"""A file that was sent, and one that came, for tests that ask every route: rows, and nothing in the store."""

from safeguard import clock
from safeguard.access.actors import Actor
from safeguard.work import begin

SENT = """
insert into transfers (organisation_id, id, way, recipient, basis, policy, incident_count, file_count, sent_at, sent_by,
    sent_by_name, sha256, size)
values ((select sec.current_organisation()), $1, 'paper', 'Birch Academy', 'Moves.', 'keep', 0, 0, $2, $3, 'Sample',
    decode(repeat('00', 32), 'hex'), 1)
"""
CAME = """
insert into incoming_transfers (organisation_id, id, way, sender_id, sender_name, arrived_at, sha256, size)
values ((select sec.current_organisation()), $1, 'inside', gen_random_uuid(), 'Alder School', $2,
    decode(repeat('00', 32), 'hex'), 1)
"""


async def transfers_of(lead: Actor) -> dict[str, str]:
    """One of each."""
    sent, came = clock.new_id(), clock.new_id()
    async with begin(lead) as work:
        await work.driver.execute(SENT, sent, work.now(), lead.user_id)
        await work.driver.execute(CAME, came, work.now())
    return {"transfer_id": str(sent), "incoming_id": str(came)}
