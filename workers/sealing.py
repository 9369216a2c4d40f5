"""Having the logs signed that have grown."""

from functools import cache
from uuid import UUID

import dramatiq

from safeguard import settings as configuration
from safeguard.evidence import weekly
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


@dramatiq.actor(actor_name="access.due", queue_name=kind_of("access.due").queue)
async def ask_for_access_reports(job_id: str) -> None:
    """Ask for the week's report of who looked at what, in every organisation at work."""
    async with claimed(UUID(job_id)) as taken:
        if taken:
            work, _ = taken
            await weekly.ask_for_all(work)


@dramatiq.actor(actor_name="access.report", queue_name=kind_of("access.report").queue)
async def report_access(job_id: str) -> None:
    """Make one organisation's."""
    async with claimed(UUID(job_id)) as taken:
        if taken:
            work, _ = taken
            await weekly.make_report(work, signer())
