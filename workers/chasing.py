"""Files of people on their way: asking after receipts that have not come, and keeping back what may not be opened."""

from functools import cache
from uuid import UUID

import dramatiq
from obstore.store import ObjectStore

from safeguard import settings as configuration
from safeguard.jobs.claiming import claimed
from safeguard.jobs.kinds import kind_of
from safeguard.strongbox.objects import open_store
from safeguard.transfers.chasing import chase
from safeguard.transfers.withholding import keep_back


@cache
def shelf() -> ObjectStore:
    """This process's store."""
    return open_store(configuration.load().objects_url)


@dramatiq.actor(actor_name="transfer.chase", queue_name=kind_of("transfer.chase").queue)
async def chase_receipt(job_id: str) -> None:
    """Tell the sender of a file that no receipt has come; of one that is over, take the bundle from the store."""
    async with claimed(UUID(job_id)) as taken:
        if taken:
            work, job = taken
            await chase(work, job.subject_id, shelf())


@dramatiq.actor(actor_name="transfer.withhold", queue_name=kind_of("transfer.withhold").queue)
async def withhold_bundles(job_id: str) -> None:
    """Keep back the bundles with a locked file that also hold what whoever locked it must not know of."""
    async with claimed(UUID(job_id)) as taken:
        if taken:
            work, job = taken
            await keep_back(work, job.subject_id)
