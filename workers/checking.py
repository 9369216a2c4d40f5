"""Checking files for viruses before anybody can open them."""

from functools import cache
from uuid import UUID

import dramatiq
from obstore.store import ObjectStore

from safeguard import settings as configuration
from safeguard.attachments.checking import check_file
from safeguard.jobs.claiming import claimed
from safeguard.jobs.kinds import kind_of
from safeguard.registers.policies import checking as policies
from safeguard.standards.files import checking as evidence
from safeguard.strongbox.objects import open_store


@cache
def shelf() -> ObjectStore:
    """This process's store."""
    return open_store(configuration.load().objects_url)


@dramatiq.actor(actor_name="attachment.check", queue_name=kind_of("attachment.check").queue)
async def check(job_id: str) -> None:
    """Have the file that the job is about checked."""
    async with claimed(UUID(job_id)) as taken:
        if taken:
            work, job = taken
            await check_file(work, job.subject_id, shelf(), configuration.load().scanner_url)


@dramatiq.actor(actor_name="proof.check", queue_name=kind_of("proof.check").queue)
async def check_evidence(job_id: str) -> None:
    """Have the file of evidence that the job is about checked."""
    async with claimed(UUID(job_id)) as taken:
        if taken:
            work, job = taken
            await evidence.check_file(work, job.subject_id, shelf(), configuration.load().scanner_url)


@dramatiq.actor(actor_name="policy_file.check", queue_name=kind_of("policy_file.check").queue)
async def check_policy(job_id: str) -> None:
    """Have the file of a policy that the job is about checked."""
    async with claimed(UUID(job_id)) as taken:
        if taken:
            work, job = taken
            await policies.check_file(work, job.subject_id, shelf(), configuration.load().scanner_url)
