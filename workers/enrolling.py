"""Rosters: looking at a file, taking it over and taking it back, some rows at a time."""

from uuid import UUID

import dramatiq

from safeguard.jobs.claiming import claimed
from safeguard.jobs.kinds import kind_of
from safeguard.rosters.applying import apply_next
from safeguard.rosters.looking import look_on
from safeguard.rosters.undoing import undo_next
from safeguard.strongbox.objects import erase
from workers.importing import shelf


@dramatiq.actor(actor_name="roster.look", queue_name=kind_of("roster.look").queue)
async def look(job_id: str) -> None:
    """Find out what the next rows would change; the file goes when the last of them was read."""
    over: str | None = None
    async with claimed(UUID(job_id)) as taken:
        if taken:
            work, job = taken
            over = await look_on(work, job.subject_id, shelf())
    if over:
        await erase(shelf(), over)


@dramatiq.actor(actor_name="roster.apply", queue_name=kind_of("roster.apply").queue)
async def apply(job_id: str) -> None:
    """Make the next differences."""
    async with claimed(UUID(job_id)) as taken:
        if taken:
            work, job = taken
            await apply_next(work, job.subject_id)


@dramatiq.actor(actor_name="roster.undo", queue_name=kind_of("roster.undo").queue)
async def undo(job_id: str) -> None:
    """Take the next differences back."""
    async with claimed(UUID(job_id)) as taken:
        if taken:
            work, job = taken
            await undo_next(work, job.subject_id)
