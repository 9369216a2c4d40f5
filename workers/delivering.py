"""Carrying a group's choices to its organisations."""

from uuid import UUID

import dramatiq

from safeguard.jobs.claiming import claimed
from safeguard.jobs.kinds import kind_of
from safeguard.tenancy.delivering import deliver_settings


@dramatiq.actor(actor_name="settings.deliver", queue_name=kind_of("settings.deliver").queue)
async def deliver_group_settings(job_id: str) -> None:
    """Bring the organisations of a group up to its choices. In an organisation that is no group there are none."""
    async with claimed(UUID(job_id)) as taken:
        if taken:
            work, _ = taken
            await deliver_settings(work)
