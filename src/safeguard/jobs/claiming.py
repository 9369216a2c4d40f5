"""Taking a job: claim it, work with the rights of whoever asked, and commit the effect and `done` together.

A claim raises the attempt and the fence. The effect's transaction ends by marking the job done under that fence: a
worker that was thought dead and comes back changes nothing. What fails waits longer each time and is parked after the
attempts of its kind, for a person to look at. Faults are kept by name only: their text may hold somebody's words.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import structlog

from safeguard.access.actors import Actor, ActorKind, system
from safeguard.access.roles import Role
from safeguard.database import pool
from safeguard.database.context import PLATFORM
from safeguard.jobs.kinds import kind_of
from safeguard.work import Work, begin

CLAIM = "select * from jobs.claim($1)"
PURPOSE = "claim"
"""The context that lets `jobs.claim` take a job: of the platform, which owns none."""
DONE = """
update jobs.job set state = 'done', finished_at = sec.clock(), fault = null
where id = $1 and fence = $2 and state = 'running' returning id
"""
FAILED = """
update jobs.job set fault = $3, finished_at = case when $4 then sec.clock() end,
    state = case when $4 then 'parked' else 'queued' end,
    run_at = sec.clock() + make_interval(secs => $5)
where id = $1 and fence = $2 and state = 'running'
"""
GATHER = """
update jobs.job set state = 'done', finished_at = sec.clock(), fault = null
where (organisation_id, id) in (
    select j.organisation_id, j.id from jobs.job j
    join jobs.job mine on mine.organisation_id = j.organisation_id and mine.id = $3
    where j.organisation_id = (select sec.current_organisation()) and j.kind = $1 and j.subject_id = $2
        and j.state = 'queued' and j.run_at <= sec.clock() and j.id <> $3
        and j.asked_by is not distinct from mine.asked_by
    for update of j skip locked)
"""
PROGRESS = """
update jobs.job set done = $3, total = $4, claimed_at = sec.clock()
where id = $1 and fence = $2 and state = 'running' returning id
"""


class Overtaken(Exception):
    """Another worker has the job now; whatever this one did is rolled back."""


@dataclass(frozen=True, slots=True)
class Job:
    """A claimed job."""

    organisation_id: UUID
    id: UUID
    kind: str
    subject_id: UUID
    fence: int
    attempts: int
    actor: Actor

    async def progress(self, done: int, total: int) -> None:
        """Say how far it is, for the page that waits, and that the worker still lives; raises `Overtaken`."""
        async with begin(system(self.organisation_id)) as work:
            if await work.driver.fetchval(PROGRESS, self.id, self.fence, done, total) is None:
                raise Overtaken


@asynccontextmanager
async def claimed(job_id: UUID) -> AsyncIterator[tuple[Work, Job] | None]:
    """The job with a unit of work for its effect, or None when there is nothing to do (done, taken, not yet due)."""
    job = await _claim(job_id)
    if job is None:
        yield None
        return
    try:
        async with begin(job.actor) as work:
            yield work, job
            await _finish(work, job)
    except Overtaken:
        structlog.get_logger().info("job.overtaken", job=str(job.id), kind=job.kind)
    except Exception as fault:  # noqa: BLE001  whatever it was, the job must learn that it failed
        await _fail(job, fault)
        structlog.get_logger().warning("job.failed", job=str(job.id), kind=job.kind, fault=type(fault).__name__)


async def gather(work: Work, job: Job) -> None:
    """Take over whatever else waits of the same kind for the same subject: this job is about to do all of it.

    Only what the same person asked for: somebody else's is done with their rights, which may reach further.

    Before anything else of the effect is read: what committed with a job that is taken over here is seen from then on.
    They are done when this one is, and wait again when it fails.
    """
    await work.driver.execute(GATHER, job.kind, job.subject_id, job.id)


async def _claim(job_id: UUID) -> Job | None:
    async with pool.current().entered(UUID(PLATFORM), None, PURPOSE) as connection:
        found = await connection.fetchrow(CLAIM, job_id)
        await connection.execute(pool.COMMIT)
    if found is None:
        return None
    actor = _actor(found)
    job = Job(found.organisation_id, found.id, found.kind, found.subject_id, found.fence, found.attempts,
              actor or system(found.organisation_id))  # fmt: skip
    if actor is None:
        await _park(job, "AskerHasLeft")
        return None
    if found.attempts > kind_of(found.kind).attempts:
        await _park(job, "DiedAtWork")
        return None
    return job


def _actor(found: Any) -> Actor | None:
    """Whoever asked, with the roles held now; the system for the schedule's jobs; None when the asker has left."""
    if found.asked_by is None:
        return system(found.organisation_id)
    if found.roles is None:
        return None
    roles = frozenset(Role(role) for role in found.roles)
    answering = None if found.answering is None else frozenset(Role(role) for role in found.answering)
    return Actor(ActorKind.PERSON, found.organisation_id, found.asked_by, roles, found.asker, answering=answering)


async def _finish(work: Work, job: Job) -> None:
    if await work.driver.fetchval(DONE, job.id, job.fence) is None:
        raise Overtaken


async def _fail(job: Job, fault: Exception) -> None:
    if job.attempts >= kind_of(job.kind).attempts:
        await _park(job, type(fault).__name__)
        return
    await _failed(job, type(fault).__name__, parked=False, wait=kind_of(job.kind).patience * 2**job.attempts)


async def _park(job: Job, fault: str) -> None:
    await _failed(job, fault, parked=True, wait=0.0)
    structlog.get_logger().error("job.parked", job=str(job.id), kind=job.kind, fault=fault)


async def _failed(job: Job, fault: str, *, parked: bool, wait: float) -> None:
    async with begin(system(job.organisation_id)) as work:
        await work.driver.execute(FAILED, job.id, job.fence, fault, parked, wait)
