"""Trying a parked job again: a person looked, mended what was in the way, and says so."""

from typing import Final
from uuid import UUID

from safeguard.access.policy import Permission
from safeguard.errors import NotFound
from safeguard.work import Work

AGAIN: Final = """
update jobs.job set state = 'queued', attempts = 0, run_at = sec.clock(), finished_at = null, rung_at = null
where organisation_id = (select sec.current_organisation()) and id = $1 and state = 'parked' returning kind
"""


async def retry(work: Work, job_id: UUID) -> None:
    """Put a parked job back into the queue; the reconciler rings for it. Raises `NotFound` unless it is parked."""
    work.require(Permission.OPERATIONS_READ)
    if await work.driver.fetchval(AGAIN, job_id) is None:
        raise NotFound
    work.record("job.retried", job_id)
