"""The check of a file for viruses, by a worker, before anybody can open it. It fails closed.

While no scanner answers the job fails, is tried again with longer pauses, and is parked at last with an alarm on the
operations page; the file stays shut all the while.
"""

from typing import Final
from uuid import UUID

from obstore.store import ObjectStore

from safeguard.access.policy import Permission
from safeguard.attachments import clamd
from safeguard.attachments.opening import bytes_of
from safeguard.attachments.queries import get_file, get_place
from safeguard.errors import Conflict, OnlyRead
from safeguard.work import LogName, Work

WAITING: Final = """
select a.state, a.locked_at from public.attachments a
where a.organisation_id = (select sec.current_organisation()) and a.id = $1
"""
ONLY_READ: Final = "select $1 = any (sec.only_read_incidents())"
FOUND: Final = """
update public.attachments a
set state = $2, finding = $3, scanner = $4, scanned_at = sec.clock(), version = a.version + 1
where a.organisation_id = (select sec.current_organisation()) and a.id = $1 and a.state = 'waiting'
returning a.version, sec.log_of_incident(a.incident_id) as log
"""


async def check_file(work: Work, file_id: UUID, shelf: ObjectStore, scanner_url: str | None) -> None:
    """Have a file checked, and keep what was found; raises `ScannerAway`. A locked file is not even read."""
    row = await work.driver.fetchrow(WAITING, file_id)
    if row is None or row["state"] != "waiting" or row["locked_at"]:
        return
    await keep_verdict(work, file_id, await clamd.scan(scanner_url, await bytes_of(work, shelf, file_id)))


async def keep_verdict(work: Work, file_id: UUID, verdict: clamd.Verdict) -> None:
    """Keep what was found in a file that waits for it; in any other state nothing changes."""
    state = "clean" if verdict.clean else "infected"
    row = await work.driver.fetchrow(FOUND, file_id, state, verdict.finding, verdict.scanner)
    if row is not None:
        log: LogName = row["log"]
        work.record("attachment.checked", file_id, version=row["version"], log=log)


async def ask_again(work: Work, incident_id: UUID, file_id: UUID) -> None:
    """Ask for the check of a file that still waits; raises `NotFound`, and `Conflict` when it was checked.

    Raises `OnlyRead` for whoever sees the incident in an emergency alone.
    """
    work.require(Permission.ATTACHMENT_ADD)
    await get_place(work, incident_id)
    if await work.driver.fetchval(ONLY_READ, incident_id):
        raise OnlyRead
    file = await get_file(work, incident_id, file_id)
    if file.state != "waiting" or file.locked_at:
        raise Conflict("This file does not wait for a check.")
    work.ask("attachment.check", file_id)
