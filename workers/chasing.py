"""Asking after receipts for files of people that have not come."""

from uuid import UUID

import dramatiq

from safeguard.jobs.claiming import claimed
from safeguard.jobs.kinds import kind_of
from safeguard.transfers.chasing import chase


@dramatiq.actor(actor_name="transfer.chase", queue_name=kind_of("transfer.chase").queue)
async def chase_receipt(job_id: str) -> None:
    """Tell the sender of a file that no receipt has come."""
    async with claimed(UUID(job_id)) as taken:
        if taken:
            work, job = taken
            await chase(work, job.subject_id)
