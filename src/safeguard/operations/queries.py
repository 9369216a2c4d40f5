"""What waits, what runs and what stopped, in one organisation: kinds, times and the names of faults, never content."""

from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec

from safeguard.access.policy import Permission
from safeguard.work import Work

STOPPED: Final = """
select j.id, j.kind, j.attempts, j.fault, j.finished_at from jobs.job j
where j.organisation_id = (select sec.current_organisation()) and j.state = 'parked'
order by j.finished_at desc limit 50
"""
WAITING: Final = """
select count(*) filter (where j.state = 'queued' and j.attempts = 0),
       count(*) filter (where j.state = 'queued' and j.attempts > 0),
       count(*) filter (where j.state = 'running'),
       min(j.created_at) filter (where j.state = 'queued' and j.run_at <= sec.clock())
from jobs.job j where j.organisation_id = (select sec.current_organisation()) and j.state in ('queued', 'running')
"""


class Stopped(msgspec.Struct, frozen=True):
    """A job that was tried as often as its kind allows, and waits for a person."""

    id: UUID
    kind: str
    attempts: int
    fault: str
    stopped_at: datetime


class Queue(msgspec.Struct, frozen=True):
    """How much work there is."""

    waiting: int
    trying_again: int
    running: int
    oldest: datetime | None
    """Since when the oldest due job waits."""


async def list_stopped(work: Work) -> tuple[Stopped, ...]:
    """Up to fifty parked jobs, the latest first."""
    work.require(Permission.OPERATIONS_READ)
    return tuple(Stopped(*row) for row in await work.driver.fetch(STOPPED))


async def read_queue(work: Work) -> Queue:
    """The counts of unfinished jobs."""
    work.require(Permission.OPERATIONS_READ)
    [row] = await work.driver.fetch(WAITING)
    return Queue(*row)
