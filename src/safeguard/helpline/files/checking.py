"""The check of a file for viruses, by a worker, before anybody at the desk can open it. It fails closed.

The place where its sender had sealed it is cleared first: what came of it is kept for good by then.
"""

from typing import Final
from uuid import UUID

from obstore.store import ObjectStore

from safeguard.attachments import clamd
from safeguard.channel.enclosures import object_name_of
from safeguard.helpline.files.opening import bytes_of
from safeguard.helpline.files.telling import tell_stands
from safeguard.helpline.queries import get_case
from safeguard.strongbox import objects
from safeguard.work import Work

WAITING: Final = """
select f.sent_id, f.state, f.locked_at from public.helpline_files f
where f.organisation_id = (select sec.current_organisation()) and f.id = $1
"""
FOUND: Final = """
update public.helpline_files f
set state = $2, finding = $3, scanner = $4, scanned_at = sec.clock(), version = f.version + 1
where f.organisation_id = (select sec.current_organisation()) and f.id = $1 and f.state = 'waiting'
returning f.version, f.case_id, f.sent_id
"""


async def check_file(work: Work, file_id: UUID, shelf: ObjectStore, scanner_url: str | None) -> None:
    """Have a file checked, and keep what was found; raises `ScannerAway`. A locked file is not even read."""
    row = await work.driver.fetchrow(WAITING, file_id)
    if row is None or row["state"] in {"expected", "arriving"}:
        return
    await objects.erase(shelf, object_name_of(row["sent_id"]))
    if row["state"] != "waiting" or row["locked_at"]:
        return
    await keep_verdict(work, file_id, await clamd.scan(scanner_url, await bytes_of(work, shelf, file_id)))


async def keep_verdict(work: Work, file_id: UUID, verdict: clamd.Verdict) -> None:
    """Keep what was found in a file that waits for it; in any other state nothing changes."""
    state = "clean" if verdict.clean else "infected"
    row = await work.driver.fetchrow(FOUND, file_id, state, verdict.finding, verdict.scanner)
    if row is None:
        return
    work.record("case_file.checked" if verdict.clean else "case_file.infected", file_id, version=row["version"])
    if not verdict.clean:
        await tell_stands(work, await get_case(work, row["case_id"]), row["sent_id"], "refused", "infected")
