"""Signing the logs that have grown."""

from functools import cache
from uuid import UUID

import dramatiq

from safeguard import settings as configuration
from safeguard.evidence.sealing import FileKeySigner, open_signer
from safeguard.jobs.claiming import claimed
from safeguard.jobs.kinds import kind_of


@cache
def signer() -> FileKeySigner:
    """This process's signer: it carries what it signed from one checkpoint to the next."""
    return open_signer(configuration.load())


@dramatiq.actor(actor_name="logs.seal", queue_name=kind_of("logs.seal").queue)
async def seal_logs(job_id: str) -> None:
    """Sign every log that has grown since it was signed."""
    async with claimed(UUID(job_id)) as taken:
        if taken:
            await signer().seal_grown()
