"""Importing earlier records, some rows at a time."""

from functools import cache
from typing import Any
from uuid import UUID

import dramatiq
from obstore.store import ObjectStore

from safeguard import settings as configuration
from safeguard.helpline.importing.cases import CASES
from safeguard.intake.importing.running import run_batch
from safeguard.intake.importing.use import Use
from safeguard.intake.records import RECORDS
from safeguard.jobs.claiming import claimed
from safeguard.jobs.kinds import kind_of
from safeguard.strongbox.objects import erase, open_store


@cache
def shelf() -> ObjectStore:
    """This process's store."""
    return open_store(configuration.load().objects_url)


async def run_next(job_id: str, use: Use[Any]) -> None:
    """Import the next rows of the file that the job is about; its bytes go when the last of them is kept."""
    over: str | None = None
    async with claimed(UUID(job_id)) as taken:
        if taken:
            work, job = taken
            over = await run_batch(work, use, job.subject_id, shelf())
    if over:
        await erase(shelf(), over)


@dramatiq.actor(actor_name="case_import.run", queue_name=kind_of("case_import.run").queue)
async def run_cases(job_id: str) -> None:
    """The next rows of earlier cases."""
    await run_next(job_id, CASES)


@dramatiq.actor(actor_name="import.run", queue_name=kind_of("import.run").queue)
async def run(job_id: str) -> None:
    """The next rows of earlier records."""
    await run_next(job_id, RECORDS)
