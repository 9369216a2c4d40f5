"""Folding what changed into the counts that dashboards read."""

from uuid import UUID

import dramatiq

from safeguard.insights.counting import fold_all
from safeguard.jobs.claiming import claimed
from safeguard.jobs.kinds import kind_of


@dramatiq.actor(actor_name="counts.fold", queue_name=kind_of("counts.fold").queue)
async def fold_counts(job_id: str) -> None:
    """Fold what changed, in every organisation, until there is nothing left or enough was done at once."""
    async with claimed(UUID(job_id)) as taken:
        if taken:
            work, _ = taken
            await fold_all(work)
