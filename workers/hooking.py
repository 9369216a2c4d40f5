"""Telling other programs that something happened, one address at a time."""

from functools import cache
from uuid import UUID

import dramatiq

from safeguard import settings as configuration
from safeguard.jobs.claiming import claimed
from safeguard.jobs.kinds import kind_of
from safeguard.post import reaching
from safeguard.web import surroundings
from safeguard.web.surroundings import Surroundings
from safeguard.webhooks.sending import send_delivery


@cache
def prepare() -> None:
    """What this process has to know of where it is: its own address, and whether it may ask its own machine."""
    settings = configuration.load()
    surroundings.use(Surroundings(public_url=settings.public_url))
    reaching.allow_loopback(allowed=settings.reaches_loopback)


@dramatiq.actor(actor_name="webhook.send", queue_name=kind_of("webhook.send").queue)
async def send(job_id: str) -> None:
    """Send the delivery that the job is about."""
    prepare()
    async with claimed(UUID(job_id)) as taken:
        if taken:
            await send_delivery(*taken)
