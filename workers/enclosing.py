"""Files that go with a referral: sealed for the helpline, taken in there, and checked before anybody can open them."""

from uuid import UUID

import dramatiq

from safeguard import settings as configuration
from safeguard.helpline.files.checking import check_file
from safeguard.helpline.files.taking import take_in
from safeguard.jobs.claiming import claimed
from safeguard.jobs.kinds import kind_of
from safeguard.referrals.travelling import seal_file
from workers.checking import shelf


@dramatiq.actor(actor_name="channel.enclose", queue_name=kind_of("channel.enclose").queue)
async def seal_for_helpline(job_id: str) -> None:
    """Seal the file that the job is about and let it go, or keep it back."""
    async with claimed(UUID(job_id)) as taken:
        if taken:
            work, job = taken
            await seal_file(work, job.subject_id, shelf())


@dramatiq.actor(actor_name="channel.take", queue_name=kind_of("channel.take").queue)
async def take_from_referrer(job_id: str) -> None:
    """Take in the file that the job is about."""
    async with claimed(UUID(job_id)) as taken:
        if taken:
            work, job = taken
            await take_in(work, job.subject_id, shelf())


@dramatiq.actor(actor_name="case_file.check", queue_name=kind_of("case_file.check").queue)
async def check(job_id: str) -> None:
    """Have the file that the job is about checked."""
    async with claimed(UUID(job_id)) as taken:
        if taken:
            work, job = taken
            await check_file(work, job.subject_id, shelf(), configuration.load().scanner_url)
