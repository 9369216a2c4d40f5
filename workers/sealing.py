"""Having the logs signed that have grown."""

from functools import cache
from uuid import UUID

import dramatiq

from safeguard import settings as configuration
from safeguard.evidence.signing.asking import AskingSigner
from safeguard.evidence.signing.opening import open_signer
from safeguard.jobs.claiming import claimed
from safeguard.jobs.kinds import kind_of


@cache
def signer() -> AskingSigner:
    """Where this process asks for signatures: the key is in another."""
    return open_signer(configuration.load())


@dramatiq.actor(actor_name="logs.seal", queue_name=kind_of("logs.seal").queue)
async def seal_logs(job_id: str) -> None:
    """Ask for it; the signer does so by itself too, once a minute."""
    async with claimed(UUID(job_id)) as taken:
        if taken:
            await signer().seal_grown()
