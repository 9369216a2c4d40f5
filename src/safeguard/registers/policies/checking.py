"""The check of a policy's file for viruses, by a worker. Nobody opens it before it is clean."""

from typing import Final
from uuid import UUID

from obstore.store import ObjectStore

from safeguard.attachments import clamd
from safeguard.registers.policies.filing import about
from safeguard.strongbox import objects
from safeguard.strongbox.sealing import open_object_key
from safeguard.work import Work

WAITING: Final = """
select f.object_name, f.wrapped_key from public.policy_files f
where f.organisation_id = (select sec.current_organisation()) and f.id = $1 and f.state = 'waiting'
"""
FOUND: Final = """
update public.policy_files f
set state = $2, finding = $3, scanner = $4, scanned_at = sec.clock(), version = f.version + 1
where f.organisation_id = (select sec.current_organisation()) and f.id = $1 and f.state = 'waiting'
returning f.version
"""


async def check_file(work: Work, file_id: UUID, shelf: ObjectStore, scanner_url: str | None) -> None:
    """Have a file that waits checked, and keep what was found; raises `ScannerAway`."""
    row = await work.driver.fetchrow(WAITING, file_id)
    if row is None:
        return
    key = await open_object_key(work, row["wrapped_key"], about(file_id))
    pieces = await objects.read(shelf, row["object_name"], key)
    await keep_verdict(work, file_id, await clamd.scan(scanner_url, pieces))


async def keep_verdict(work: Work, file_id: UUID, verdict: clamd.Verdict) -> None:
    """Keep what was found in a file that waits for it; in any other state nothing changes."""
    state = "clean" if verdict.clean else "infected"
    version = await work.driver.fetchval(FOUND, file_id, state, verdict.finding, verdict.scanner)
    if version is not None:
        work.record("policy.checked", file_id, version=version)
