"""Running an import: some rows at a time, each batch its own transaction and its own job, so that it can go on.

What was made is made once, whoever imports it and however often. The log is told that it was imported, dated now.
Nobody is notified: these are not new.
"""

from itertools import islice
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

import anyio.to_thread
from obstore.store import ObjectStore

from safeguard import clock
from safeguard.intake.alert_sheet import Problem
from safeguard.intake.importing.files import file_of, get_import
from safeguard.intake.importing.use import Import, R, Reading, Use
from safeguard.intake.sheets import read_sheet
from safeguard.strongbox import objects
from safeguard.tenancy.effective import own_profile
from safeguard.tenancy.profile import Profile
from safeguard.work import Work

BATCH: Final = 500
ZONE: Final = "select time_zone from public.organisations where id = (select sec.current_organisation())"


async def run_batch(work: Work, use: Use[Any], import_id: UUID, store: ObjectStore) -> str | None:
    """Import the next rows. At the end of the file the object's name, for it to be erased once this is committed."""
    work.require(use.permission)
    found = await get_import(work, use, import_id)
    if found.state != "running":
        return None
    stored = await file_of(work, use, import_id)
    content = b"".join([piece async for piece in await objects.read(store, stored.name, stored.key)])
    reading = await reading_of(work, found)
    batch, total = await anyio.to_thread.run_sync(_rows, use, content, reading, found.done_count)
    made, known, wrong = await _make_all(work, use, found, batch, reading.profile)
    done = found.done_count + len(batch)
    await work.driver.execute(use.statements.count, import_id, done, made, known, wrong, total)
    if done < total:
        work.ask(f"{use.noun}.run", import_id, key=f"{import_id} {done}")
        return None
    await work.driver.execute(use.statements.finish, import_id, work.now())
    work.record(f"{use.noun}.finished", import_id, version=found.version + 1)
    return stored.name


async def reading_of(work: Work, found: Import) -> Reading:
    """How this import's file is read."""
    zone = ZoneInfo(str(await work.driver.fetchval(ZONE)))
    return Reading(found.source, found.chosen, found.day_order, zone, await own_profile(work), work.now())


def _rows(use: Use[R], content: bytes, reading: Reading, start: int) -> tuple[list[R | list[Problem]], int]:
    """The rows of this batch, and how many there are in all."""
    sheet = read_sheet(content)
    batch = list(islice(use.rows(sheet, reading), start, start + BATCH))
    return batch, sum(1 for row in sheet.rows if any(row))


async def _make_all(
    work: Work, use: Use[R], found: Import, batch: list[R | list[Problem]], profile: Profile
) -> tuple[int, int, int]:
    records = [row for row in batch if not isinstance(row, list)]
    known = await use.known(work, found.source, [record.original_id for record in records])
    made = sum([await use.make(work, found, one, profile) for one in records if one.original_id not in known])
    for problem in (problem for row in batch if isinstance(row, list) for problem in row):
        await work.driver.execute(use.statements.add_problem, clock.new_id(), found.id, *problem)
    return made, len(records) - made, len(batch) - len(records)
