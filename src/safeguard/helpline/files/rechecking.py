"""Asking for a file's check again: no scanner answered for so long that the check was given up, and now one does."""

from typing import Final
from uuid import UUID

from safeguard.access.policy import Permission
from safeguard.errors import Conflict
from safeguard.helpline.files.queries import get_file
from safeguard.helpline.queries import get_case
from safeguard.work import Work

DONE: Final = "This file does not wait for a check."
SOON: Final = """
update jobs.job set state = 'queued', attempts = 0, run_at = sec.clock(), finished_at = null, rung_at = null
where organisation_id = (select sec.current_organisation()) and kind = 'case_file.check' and subject_id = $1
    and state in ('parked', 'queued')
"""
ASKED: Final = """
select exists (select from jobs.job where organisation_id = (select sec.current_organisation())
               and kind = 'case_file.check' and subject_id = $1 and state in ('queued', 'running'))
"""


async def check_again(work: Work, case_id: UUID, file_id: UUID) -> None:
    """Have a file checked now, however often that was tried; raises `NotFound`, `Conflict` for one that is checked."""
    work.require(Permission.HELPLINE_WORK)
    await get_case(work, case_id)
    file = await get_file(work, case_id, file_id)
    if file.state != "waiting" or file.locked_at:
        raise Conflict(DONE)
    await work.driver.execute(SOON, file_id)
    if not await work.driver.fetchval(ASKED, file_id):
        work.ask("case_file.check", file_id)
    work.record("case_file.awaited", file_id, version=file.version)
