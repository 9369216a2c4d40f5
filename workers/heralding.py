"""Publishing the helpline's reports, and leaving copies of its alerts with organisations."""

from uuid import UUID

import dramatiq

from safeguard.access.actors import system
from safeguard.helpline.alerts.spreading import list_to_join, spread_signal
from safeguard.helpline.report.publishing import make_annual
from safeguard.jobs.claiming import claimed
from safeguard.jobs.kinds import kind_of
from safeguard.work import begin


@dramatiq.actor(actor_name="annual.make", queue_name=kind_of("annual.make").queue)
async def make(job_id: str) -> None:
    """Make and publish the report that the job is about."""
    async with claimed(UUID(job_id)) as taken:
        if taken:
            work, job = taken
            await make_annual(work, job.subject_id)


@dramatiq.actor(actor_name="signal.spread", queue_name=kind_of("signal.spread").queue)
async def spread(job_id: str) -> None:
    """Leave copies of the alert that the job is about."""
    async with claimed(UUID(job_id)) as taken:
        if taken:
            work, job = taken
            await spread_signal(work, job.subject_id)


@dramatiq.actor(actor_name="signals.join", queue_name=kind_of("signals.join").queue)
async def spread_to_joined(job_id: str) -> None:
    """Ask for copies of alerts in force for whoever joined since they were published."""
    async with claimed(UUID(job_id)) as taken:
        if taken:
            work, job = taken
            for lacking in await list_to_join(work):
                async with begin(system(lacking.organisation_id)) as theirs:
                    theirs.ask("signal.spread", lacking.signal_id, key=f"{lacking.signal_id} {job.id}")
