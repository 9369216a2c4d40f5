"""Addresses of the helplines' ledgers, given the platform that their hosts have come to mean."""

from uuid import UUID

import dramatiq

from safeguard.access.actors import system
from safeguard.channel.correspondents import list_helplines
from safeguard.helpline.platforms import catching_up
from safeguard.jobs.claiming import claimed
from safeguard.jobs.kinds import kind_of
from safeguard.work import begin


@dramatiq.actor(actor_name="platforms.place", queue_name=kind_of("platforms.place").queue)
async def place_addresses(job_id: str) -> None:
    """Go through every helpline, in transactions of a bounded size."""
    async with claimed(UUID(job_id)) as taken:
        if taken:
            work, _ = taken
            for helpline in await list_helplines(work):
                await _place_all(helpline.id)


async def _place_all(organisation_id: UUID) -> None:
    placed = catching_up.BATCH
    while placed == catching_up.BATCH:
        async with begin(system(organisation_id)) as work:
            placed = await catching_up.place_known(work)
