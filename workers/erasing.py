"""Erasing what was stored of disposed records."""

from functools import cache
from uuid import UUID

import dramatiq
from obstore.store import ObjectStore

from safeguard import settings as configuration
from safeguard.jobs.claiming import claimed
from safeguard.jobs.kinds import kind_of
from safeguard.records.erasing import erase_stored
from safeguard.strongbox.objects import open_store


@cache
def shelf() -> ObjectStore:
    """This process's object store."""
    return open_store(configuration.load().objects_url)


@dramatiq.actor(actor_name="record.erase", queue_name=kind_of("record.erase").queue)
async def erase(job_id: str) -> None:
    """Erase the objects that the job's disposal named."""
    async with claimed(UUID(job_id)) as taken:
        if taken:
            work, job = taken
            await erase_stored(work, job.subject_id, shelf())
