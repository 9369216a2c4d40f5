"""Making reports, asking for those that are due once a quarter, and telling groups the figures of their own."""

from functools import cache
from uuid import UUID

import dramatiq
from obstore.store import ObjectStore

from safeguard import settings as configuration
from safeguard.insights.reporting.making import make_report
from safeguard.insights.reporting.scheduling import ask_for_all, ask_for_review
from safeguard.insights.sharing import ask_all, tell_group
from safeguard.jobs.claiming import claimed
from safeguard.jobs.kinds import kind_of
from safeguard.strongbox.objects import open_store


@cache
def shelf() -> ObjectStore:
    """This process's object store."""
    return open_store(configuration.load().objects_url)


@dramatiq.actor(actor_name="report.make", queue_name=kind_of("report.make").queue)
async def make(job_id: str) -> None:
    """Make the report that the job is about."""
    async with claimed(UUID(job_id)) as taken:
        if taken:
            work, job = taken
            await make_report(work, job.subject_id, shelf())


@dramatiq.actor(actor_name="reports.due", queue_name=kind_of("reports.due").queue)
async def ask_for_those_due(job_id: str) -> None:
    """Ask for the report of the quarter that is over, in every organisation that somebody governs."""
    async with claimed(UUID(job_id)) as taken:
        if taken:
            work, _ = taken
            await ask_for_all(work)


@dramatiq.actor(actor_name="report.of_review", queue_name=kind_of("report.of_review").queue)
async def ask_for_that_of_a_review(job_id: str) -> None:
    """Ask for the report of a review that was signed off."""
    async with claimed(UUID(job_id)) as taken:
        if taken:
            work, job = taken
            await ask_for_review(work, job.subject_id)


@dramatiq.actor(actor_name="figures.share", queue_name=kind_of("figures.share").queue)
async def ask_for_figures(job_id: str) -> None:
    """Ask every organisation that measures itself to tell its group."""
    async with claimed(UUID(job_id)) as taken:
        if taken:
            work, _ = taken
            await ask_all(work)


@dramatiq.actor(actor_name="figures.carry", queue_name=kind_of("figures.carry").queue)
async def carry_figures(job_id: str) -> None:
    """Tell the group of one organisation its figures."""
    async with claimed(UUID(job_id)) as taken:
        if taken:
            work, _ = taken
            await tell_group(work)
