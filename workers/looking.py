"""Looking through earlier records for those that may be about somebody who belongs here."""

from uuid import UUID

import dramatiq

from safeguard.incidents.hiding import gathering
from safeguard.jobs.claiming import claimed
from safeguard.jobs.kinds import kind_of


@dramatiq.actor(actor_name="again.due", queue_name=kind_of("again.due").queue)
async def look_for_all(job_id: str) -> None:
    """Ask every organisation in which it is time to look through its records."""
    async with claimed(UUID(job_id)) as taken:
        if taken:
            work, _ = taken
            await gathering.ask_for_all(work)


@dramatiq.actor(actor_name=gathering.GATHER, queue_name=kind_of(gathering.GATHER).queue)
async def gather(job_id: str) -> None:
    """Look through the next records of the organisation that the job is about."""
    async with claimed(UUID(job_id)) as taken:
        if taken:
            work, _ = taken
            await gathering.gather(work)
