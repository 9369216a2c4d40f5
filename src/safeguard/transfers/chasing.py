"""Chasing: a receipt that has not come when it is due is told to the sender, then again every five working days.

So is a link that ran out before anybody used it, on the moment: nobody can open the file any more.
"""

from datetime import timedelta
from typing import Final
from uuid import UUID

from obstore.store import ObjectStore

from safeguard.errors import NotFound
from safeguard.transfers.clearing import clear
from safeguard.transfers.queries import get_sent
from safeguard.work import Work

AGAIN: Final = timedelta(days=7)
"""Five working days, where no bank holiday falls between."""
MOST: Final = 8


async def chase(work: Work, transfer_id: UUID, store: ObjectStore) -> bool:
    """Tell of a file without a receipt, and look again later; whether there was need. Safe to run twice.

    What is over is cleared from the store.
    """
    await clear(work, transfer_id, store)
    try:
        transfer = await get_sent(work, transfer_id)
    except NotFound:
        return False
    if not transfer.waits:
        return False
    work.record("transfer.unreceived", transfer.id, version=transfer.version)
    weeks = (work.now() - transfer.sent_at) // AGAIN + 1
    if weeks <= MOST:
        work.ask(
            "transfer.chase", transfer.id, key=f"{transfer.id} {weeks}", run_at=transfer.sent_at + AGAIN * (weeks + 1)
        )
    return True
