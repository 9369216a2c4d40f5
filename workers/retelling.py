"""Telling the general log of what is restricted no more."""

from uuid import UUID

import dramatiq

from safeguard.incidents.hiding.retelling import RETELL, retell
from safeguard.jobs.claiming import claimed
from safeguard.jobs.kinds import kind_of


@dramatiq.actor(actor_name=RETELL, queue_name=kind_of(RETELL).queue)
async def retell_incident(job_id: str) -> None:
    """Tell it how the incident stands that the job is about."""
    async with claimed(UUID(job_id)) as taken:
        if taken:
            work, job = taken
            await retell(work, job.subject_id)
