"""Locking files of cases for good: one turns out to hold what nobody may look at, here or where it came from.

As at the organisation that sent it, nothing is deleted: it is kept, sealed, until the police say what becomes of it,
and there is no way back. Whoever locks first tells the other, because both hold a copy.
"""

from typing import Final
from uuid import UUID

from safeguard.access.policy import Permission
from safeguard.errors import Conflict, FieldError, Invalid
from safeguard.helpline.case import Case
from safeguard.helpline.files.queries import get_file
from safeguard.helpline.files.telling import tell_stands
from safeguard.helpline.writing import write_entry
from safeguard.work import Work

LOCK: Final = """
update public.helpline_files f set locked_at = $2, locked_why = $3, version = f.version + 1
where f.organisation_id = (select sec.current_organisation()) and f.id = $1 and f.locked_at is null
returning f.sent_id, f.version
"""
OPEN: Final = """
select f.id from public.helpline_files f
where f.organisation_id = (select sec.current_organisation()) and f.case_id = $1 and f.locked_at is null
order by f.id for update
"""
HEADING: Final = "A file was locked for everybody, and is kept until the police say what becomes of it"


async def lock_found(work: Work, case: Case, file_id: UUID, reason: str, police: str, iwf: str) -> None:
    """Lock a file that somebody knows to be what nobody may look at; raises `Invalid`, `NotFound`, `Conflict`."""
    work.require(Permission.HELPLINE_WORK)
    file = await get_file(work, case.id, file_id)
    if not reason:
        raise Invalid(FieldError("reason", "Say how you know, without opening it again."))
    if not await _lock(work, case, file_id, "found", told=True):
        raise Conflict("This file is locked already.")
    told = ((HEADING, file.name), ("How it is known", reason), ("Police reference", police), ("IWF reference", iwf))
    await write_entry(work, case.id, "note", words="\n".join(f"{label}: {words}" for label, words in told if words))


async def lock_sent(work: Work, case: Case, file_id: UUID) -> None:
    """Lock a file that its sender locked."""
    if await _lock(work, case, file_id, "sender", told=False):
        await write_entry(work, case.id, "note", words="Whoever referred locked a file that they had sent: nobody may"
                          " look at it, here or there.")  # fmt: skip


async def lock_all(work: Work, case: Case) -> None:
    """Lock every file of a case that turns out to be about imagery."""
    for row in await work.driver.fetch(OPEN, case.id):
        await _lock(work, case, row["id"], "reclassified", told=True)


async def _lock(work: Work, case: Case, file_id: UUID, why: str, *, told: bool) -> bool:
    row = await work.driver.fetchrow(LOCK, file_id, work.now(), why)
    if row is None:
        return False
    work.record("case_file.locked", file_id, version=row["version"])
    if told:
        await tell_stands(work, case, row["sent_id"], "locked", "locked")
    return True
