"""Clearing the store of bundles that are over: by a job, after what ended them is kept for good.

Who ends a transfer asks for it in the same work. If that work fails, nothing was asked for and the bundle is still
there; once it is kept, the keys are gone or a copy is elsewhere. A link's is kept for a day, for whoever fetched it
and whose download broke off.
"""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from obstore.store import ObjectStore

from safeguard.strongbox import objects
from safeguard.work import Work

AGAIN_WITHIN: Final = timedelta(hours=24)
"""88_transfers.sql asks the same of whoever fetches it again."""
MARGIN: Final = timedelta(minutes=1)
OVER: Final = """
select t.object_name from public.transfers t
where t.organisation_id = (select sec.current_organisation()) and t.id = $1 and t.object_name is not null
    and t.state in ('received', 'declined', 'cancelled')
    and (t.way <> 'link' or t.state <> 'received' or t.received_at <= $2)
for update
"""
CLEARED: Final = """
update public.transfers set object_name = null, locked_key = null, secret = null
where organisation_id = (select sec.current_organisation()) and id = $1
"""
TAKEN_OVER: Final = """
select t.object_name from public.incoming_transfers t
where t.organisation_id = (select sec.current_organisation()) and t.id = $1 and t.object_name is not null
    and t.state = 'imported'
for update
"""
TAKEN_OVER_CLEARED: Final = """
update public.incoming_transfers set object_name = null, locked_key = null, secret = null
where organisation_id = (select sec.current_organisation()) and id = $1
"""


def clear_later(work: Work, transfer_id: UUID, place: str = "over", at: datetime | None = None) -> None:
    """Ask for the bundle to be cleared once this work is kept; `place` tells one that was sent from one that came."""
    work.ask("transfer.chase", transfer_id, key=f"{transfer_id} {place}", run_at=at)


async def clear(work: Work, transfer_id: UUID, store: ObjectStore) -> None:
    """Take the bundle of what is over from the store, and its keys with it. Safe to run twice."""
    sent = await work.driver.fetchval(OVER, transfer_id, work.now() - AGAIN_WITHIN)
    if sent is not None:
        await objects.erase(store, sent)
        await work.driver.execute(CLEARED, transfer_id)
    came = await work.driver.fetchval(TAKEN_OVER, transfer_id)
    if came is not None:
        await objects.erase(store, came)
        await work.driver.execute(TAKEN_OVER_CLEARED, transfer_id)
