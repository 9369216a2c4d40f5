"""The check of a file of evidence for viruses, by a worker, before anybody can open it. It fails closed."""

from typing import Final
from uuid import UUID

from obstore.store import ObjectStore

from safeguard.access.policy import Permission
from safeguard.attachments import clamd
from safeguard.errors import Conflict
from safeguard.standards.files.opening import bytes_of
from safeguard.standards.files.queries import get_file
from safeguard.work import Work

WAITING: Final = """
select a.id from public.evidence_files a
where a.organisation_id = (select sec.current_organisation()) and a.id = $1 and a.state = 'waiting'
    and a.locked_at is null
"""
FOUND: Final = """
update public.evidence_files a
set state = $2, finding = $3, scanner = $4, scanned_at = sec.clock(), version = a.version + 1
where a.organisation_id = (select sec.current_organisation()) and a.id = $1 and a.state = 'waiting'
returning a.version
"""


async def check_file(work: Work, file_id: UUID, shelf: ObjectStore, scanner_url: str | None) -> None:
    """Have a file checked, and keep what was found; raises `ScannerAway`. A locked file is not even read."""
    if await work.driver.fetchval(WAITING, file_id) is None:
        return
    verdict = await clamd.scan(scanner_url, await bytes_of(work, shelf, file_id))
    state = "clean" if verdict.clean else "infected"
    version = await work.driver.fetchval(FOUND, file_id, state, verdict.finding, verdict.scanner)
    if version is not None:
        work.record("proof.checked", file_id, version=version)


async def ask_again(work: Work, item_id: UUID, file_id: UUID) -> None:
    """Ask for the check of a file that still waits; raises `NotFound`, and `Conflict` when it was checked."""
    work.require(Permission.STANDARDS_REVIEW)
    file = await get_file(work, item_id, file_id)
    if file.state != "waiting" or file.locked_at:
        raise Conflict("This file does not wait for a check.")
    work.ask("proof.check", file_id)
