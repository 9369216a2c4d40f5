"""Giving on what people have in hand who handle incidents no more, or one of them no more."""

from uuid import UUID

import dramatiq

from safeguard.helpline import handing_on as cases
from safeguard.identity import parting, programs, relieving, shutting
from safeguard.incidents import handing_on, letting_go
from safeguard.jobs.claiming import claimed
from safeguard.jobs.kinds import kind_of
from safeguard.referrals import in_hand as sent
from safeguard.sign_on import worst_day
from safeguard.webhooks import in_hand as webhooks

parting.bind(*handing_on.IN_HAND, cases.IN_HAND, sent.IN_HAND, programs.IN_HAND, webhooks.IN_HAND, worst_day.IN_HAND)
"""Deputies' days end, and a roster takes people out: what they had in hand goes on as when somebody does it by hand."""


@dramatiq.actor(actor_name="deputies.due", queue_name=kind_of("deputies.due").queue)
async def look_for_deputies(job_id: str) -> None:
    """Look in every organisation for deputies whose days are over."""
    async with claimed(UUID(job_id)) as taken:
        if taken:
            work, _ = taken
            await relieving.find_all(work)


@dramatiq.actor(actor_name=relieving.RELIEVE, queue_name=kind_of(relieving.RELIEVE).queue)
async def relieve(job_id: str) -> None:
    """Give on what the deputy had in hand whom the job is about."""
    async with claimed(UUID(job_id)) as taken:
        if taken:
            work, job = taken
            await relieving.relieve(work, job.subject_id)


@dramatiq.actor(actor_name=shutting.GIVE_ON, queue_name=kind_of(shutting.GIVE_ON).queue)
async def give_on(job_id: str) -> None:
    """Give on what somebody had in hand whose account was shut."""
    async with claimed(UUID(job_id)) as taken:
        if taken:
            work, job = taken
            await shutting.give_on(work, job.subject_id)


@dramatiq.actor(actor_name=letting_go.TAKEN, queue_name=kind_of(letting_go.TAKEN).queue)
async def note_taken(job_id: str) -> None:
    """Write down that nobody handles the incident any more that the job is about."""
    async with claimed(UUID(job_id)) as taken:
        if taken:
            work, job = taken
            await letting_go.note_taken(work, job.subject_id)
