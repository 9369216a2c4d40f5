"""Locking files for good: when an incident turns out to be about imagery, or a file turns out to hold some.

A locked file is opened by nobody, and neither is a pack that was made before and may hold a copy. Nothing is deleted:
the police say when. There is no way back in the service, on purpose.
"""

from typing import Final
from uuid import UUID

import asyncpg

from safeguard.access.policy import Permission
from safeguard.attachments.queries import get_file, get_place
from safeguard.attachments.withholding import withhold
from safeguard.errors import Conflict
from safeguard.work import LogName, Work

LOCK_ALL: Final = """
update public.attachments a set locked_at = $2, locked_why = 'reclassified', version = a.version + 1
where a.organisation_id = (select sec.current_organisation()) and a.incident_id = $1 and a.locked_at is null
returning a.id, a.version
"""
LOCK_ONE: Final = """
update public.attachments a set locked_at = $2, locked_why = 'found', version = a.version + 1
where a.organisation_id = (select sec.current_organisation()) and a.id = $1 and a.locked_at is null
returning a.id, a.version
"""
LOCK_PACKS: Final = """
update public.packs p set locked_at = $2
from public.incidents i join public.organisations o on o.id = i.organisation_id
where p.organisation_id = (select sec.current_organisation()) and p.locked_at is null
    and i.organisation_id = p.organisation_id and i.id = $1 and (
        p.incident_id = i.id
        or p.files and (i.recorded_at at time zone o.time_zone)::date between p.from_on and p.until_on)
returning p.id
"""
LOG: Final = "select sec.log_of_incident($1)"


async def lock_files_of(work: Work, incident_id: UUID) -> int:
    """Lock every file of an incident and every pack that may hold one, before its type changes; how many files."""
    rows = await work.driver.fetch(LOCK_ALL, incident_id, work.now())
    await _tell(work, incident_id, rows)
    await lock_packs(work, incident_id)
    return len(rows)


async def lock_file(work: Work, incident_id: UUID, file_id: UUID) -> None:
    """Lock one file, and the packs that may hold it; raises `NotFound`, and `Conflict` when it is locked."""
    work.require(Permission.ATTACHMENT_ADD)
    await get_place(work, incident_id)
    await get_file(work, incident_id, file_id)
    rows = await work.driver.fetch(LOCK_ONE, file_id, work.now())
    if not rows:
        raise Conflict("This file is locked already.")
    await _tell(work, incident_id, rows)
    await lock_packs(work, incident_id)


async def lock_found_elsewhere(work: Work, incident_id: UUID, file_id: UUID) -> None:
    """Lock a file, and the packs that may hold it, whose copy somebody else found to be what nobody may look at."""
    rows = await work.driver.fetch(LOCK_ONE, file_id, work.now())
    await _tell(work, incident_id, rows)
    await lock_packs(work, incident_id)


async def lock_packs(work: Work, incident_id: UUID) -> None:
    """Lock every pack that was asked for until now and may hold a copy: those of the incident, and of its period.

    Copies that are on their way to somebody else are kept back by whoever sends them.
    """
    log = await log_of(work, incident_id)
    for row in await work.driver.fetch(LOCK_PACKS, incident_id, work.now()):
        work.record("pack.locked", row["id"], log=log)
    await withhold(work, incident_id)


async def _tell(work: Work, incident_id: UUID, rows: list[asyncpg.Record]) -> None:
    log = await log_of(work, incident_id)
    for row in rows:
        work.record("attachment.locked", row["id"], version=row["version"], log=log)


async def log_of(work: Work, incident_id: UUID) -> LogName:
    """Which of the organisation's logs hears of this incident."""
    log: LogName | None = await work.driver.fetchval(LOG, incident_id)
    return log or "general"
