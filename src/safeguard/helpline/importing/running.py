"""Running an import of cases: some rows at a time, each batch its own transaction and its own job.

A case is made once, whoever imports it and however often: its origin is unique. It stands where it stood there, closed
or triaged, dated as it came; what the log is told is dated now. Nobody is notified: these are not new.
"""

from itertools import islice
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

import anyio.to_thread
from obstore.store import ObjectStore

from safeguard import clock
from safeguard.access.policy import Permission
from safeguard.helpline.addresses import read_addresses
from safeguard.helpline.case import AHEAD, Case, case_document
from safeguard.helpline.importing.earlier import EarlierCase, Reading, read_rows
from safeguard.helpline.importing.imports import file_of, get_import, known_ids, origin_of
from safeguard.helpline.states import State
from safeguard.helpline.takedown import list_addresses
from safeguard.helpline.writing import write_entry
from safeguard.intake.alert_sheet import Problem
from safeguard.intake.imports import Import
from safeguard.intake.sheets import Sheet, read_sheet
from safeguard.strongbox import objects
from safeguard.tenancy.effective import own_profile
from safeguard.work import Work

BATCH: Final = 200
ZONE: Final = "select time_zone from public.organisations where id = (select sec.current_organisation())"
ADD: Final = """
insert into public.helpline_cases (organisation_id, id, reference, channel, state, caller, sector, caller_name,
    caller_organisation, caller_contact, gender, summary, issues, platforms, origin, received_at, queued_at,
    received_by, received_by_name, answered_at, ended_at, outcome)
values ((select sec.current_organisation()), $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16,
    $17, $18, $19, $20, $21)
on conflict do nothing
"""
PROBLEM: Final = """
insert into public.helpline_import_problems (organisation_id, id, import_id, row_number, field, problem)
values ((select sec.current_organisation()), $1, $2, $3, $4, $5)
"""
COUNT: Final = """
update public.helpline_imports m set done_count = $2, made_count = m.made_count + $3,
    known_count = m.known_count + $4, wrong_count = m.wrong_count + $5, row_count = $6
where m.organisation_id = (select sec.current_organisation()) and m.id = $1 and m.state = 'running'
"""
FINISH: Final = """
update public.helpline_imports m set state = 'done', finished_at = $2, object_name = null, wrapped_key = null,
    version = m.version + 1
where m.organisation_id = (select sec.current_organisation()) and m.id = $1 and m.state = 'running'
"""


async def run_batch(work: Work, import_id: UUID, store: ObjectStore) -> str | None:
    """Import the next rows. At the end of the file the object's name, for it to be erased once this is committed."""
    work.require(Permission.HELPLINE_SUPERVISE)
    found = await get_import(work, import_id)
    if found.state != "running":
        return None
    stored = await file_of(work, import_id)
    content = b"".join([piece async for piece in await objects.read(store, stored.name, stored.key)])
    reading = await reading_of(work, found)
    batch, total = await anyio.to_thread.run_sync(_rows, content, reading, found.done_count)
    made, known, wrong = await _import_all(work, found, batch)
    done = found.done_count + len(batch)
    await work.driver.execute(COUNT, import_id, done, made, known, wrong, total)
    if done < total:
        work.ask("case_import.run", import_id, key=f"{import_id} {done}")
        return None
    await work.driver.execute(FINISH, import_id, work.now())
    work.record("case_import.finished", import_id, version=found.version + 1)
    return stored.name


async def reading_of(work: Work, found: Import) -> Reading:
    """How this import's file is read."""
    zone = ZoneInfo(str(await work.driver.fetchval(ZONE)))
    return Reading(found.source, found.chosen, found.day_order, zone, await own_profile(work), work.now())


def _rows(content: bytes, reading: Reading, done: int) -> tuple[list[EarlierCase | list[Problem]], int]:
    sheet: Sheet = read_sheet(content)
    rows = list(read_rows(sheet, reading))
    return list(islice(rows, done, done + BATCH)), len(rows)


async def _import_all(work: Work, found: Import, batch: list[EarlierCase | list[Problem]]) -> tuple[int, int, int]:
    known = await known_ids(work, found.source, [row.original_id for row in batch if isinstance(row, EarlierCase)])
    made = here = wrong = 0
    for row in batch:
        if not isinstance(row, EarlierCase):
            wrong += 1
            for problem in row:
                values = (clock.new_id(), found.id, problem.number, problem.field, problem.words)
                await work.driver.execute(PROBLEM, *values)
        elif row.original_id in known or not await _import(work, found, row):
            here += 1
        else:
            made += 1
    return made, here, wrong


async def _import(work: Work, found: Import, row: EarlierCase) -> bool:
    """Make the case; whether it was not there before."""
    facts, ended = row.facts, row.ended_at
    case = Case(
        id=clock.new_id(), reference=clock.new_reference(), channel=row.channel,
        state=State.CLOSED if ended else State.TRIAGED, origin=origin_of(found.source, row.original_id),
        caller=facts.caller, sector=facts.sector, caller_name=facts.caller_name,
        caller_organisation=facts.caller_organisation, caller_contact=facts.caller_contact, gender=facts.gender,
        summary=facts.summary, issues=facts.issues, platforms=facts.platforms, received_at=row.received_at,
        received_by_name=f"Imported from {found.source}", ended_at=ended, outcome=row.outcome if ended else "",
    )  # fmt: skip
    done = await work.driver.execute(
        ADD, case.id, case.reference, case.channel, case.state, case.caller, case.sector, case.caller_name,
        case.caller_organisation, case.caller_contact, case.gender, case.summary, list(case.issues),
        list(case.platforms), case.origin, case.received_at, case.received_at - AHEAD["usual"], work.actor.user_id,
        case.received_by_name, None, case.ended_at, case.outcome,
    )  # fmt: skip
    if done != "INSERT 0 1":
        return False
    work.record("case.imported", case.id, document=case_document(case))
    if row.outcome and not ended:
        await write_entry(work, case.id, "note", words=row.outcome)
    if read_addresses(row.addresses).addresses:
        await list_addresses(work, case, row.addresses)
    return True
