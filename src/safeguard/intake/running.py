"""Running an import: some rows at a time, each batch its own transaction and its own job, so that it can go on.

A record is made once, whoever imports it and however often: its source and its number there are unique. It stands in
lists and figures where it was first recorded, and is marked as imported; how long it waited there is not ours to count.
The log is told that it was imported, dated now. Nobody is notified: these are not new.
"""

from datetime import datetime
from itertools import islice
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

import anyio.to_thread
import asyncpg
import msgspec
from obstore.store import ObjectStore

from safeguard import clock
from safeguard.access.policy import Permission
from safeguard.errors import Unavailable
from safeguard.incidents.documents import incident_document
from safeguard.incidents.recording import RECORD, TRIES, new_person
from safeguard.incidents.recording import _facts as facts_of  # pyright: ignore[reportPrivateUsage]
from safeguard.incidents.recording import _values as values_of  # pyright: ignore[reportPrivateUsage]
from safeguard.incidents.story import Facts, Person
from safeguard.intake.alert_sheet import Problem
from safeguard.intake.earlier import Earlier, Reading, read_rows
from safeguard.intake.imports import Import, file_of, get_import, known_ids
from safeguard.intake.sheets import Sheet, read_sheet
from safeguard.strongbox import objects
from safeguard.tenancy.effective import own_profile
from safeguard.tenancy.profile import Profile
from safeguard.work import Work

BATCH: Final = 500
LONGEST_AUTHOR: Final = 150

ZONE: Final = "select time_zone from public.organisations where id = (select sec.current_organisation())"
TIE: Final = """
insert into public.imported_records (organisation_id, id, import_id, source, original_id, row_number, incident_id,
    author, written)
values ((select sec.current_organisation()), $1, $2, $3, $4, $5, $6, $7, $8)
"""
SETTLE: Final = """
update public.incidents i set state = $2, imported_at = $3, last_activity_at = $3, acknowledged_at = $3,
    acknowledged_by = $4, closed_at = $5, closed_by = $6, closing_summary = $7, closing_follow_up = $8,
    closing_decision = $9, closing_outcome = $10
where i.organisation_id = (select sec.current_organisation()) and i.id = $1
"""
PROBLEM: Final = """
insert into public.import_problems (organisation_id, id, import_id, row_number, field, problem)
values ((select sec.current_organisation()), $1, $2, $3, $4, $5)
"""
COUNT: Final = """
update public.imports m set done_count = $2, made_count = m.made_count + $3, known_count = m.known_count + $4,
    wrong_count = m.wrong_count + $5, row_count = $6
where m.organisation_id = (select sec.current_organisation()) and m.id = $1 and m.state = 'running'
"""
FINISH: Final = """
update public.imports m set state = 'done', finished_at = $2, object_name = null, wrapped_key = null,
    version = m.version + 1
where m.organisation_id = (select sec.current_organisation()) and m.id = $1 and m.state = 'running'
"""


async def run_batch(work: Work, import_id: UUID, store: ObjectStore) -> str | None:
    """Import the next rows. At the end of the file the object's name, for it to be erased once this is committed."""
    work.require(Permission.INCIDENT_TRIAGE)
    found = await get_import(work, import_id)
    if found.state != "running":
        return None
    stored = await file_of(work, import_id)
    content = b"".join([piece async for piece in await objects.read(store, stored.name, stored.key)])
    reading = await reading_of(work, found)
    batch, total = await anyio.to_thread.run_sync(_rows, content, reading, found.done_count)
    made, known, wrong = await _import_all(work, found, batch, reading.profile)
    done = found.done_count + len(batch)
    await work.driver.execute(COUNT, import_id, done, made, known, wrong, total)
    if done < total:
        work.ask("import.run", import_id, key=f"{import_id} {done}")
        return None
    await work.driver.execute(FINISH, import_id, work.now())
    work.record("import.finished", import_id, version=found.version + 1)
    return stored.name


async def reading_of(work: Work, found: Import) -> Reading:
    """How this import's file is read."""
    zone = ZoneInfo(str(await work.driver.fetchval(ZONE)))
    return Reading(found.source, found.chosen, found.day_order, zone, await own_profile(work), work.now())


def _rows(content: bytes, reading: Reading, start: int) -> tuple[list[Earlier | list[Problem]], int]:
    """The rows of this batch, and how many there are in all."""
    sheet: Sheet = read_sheet(content)
    batch = list(islice(read_rows(sheet, reading), start, start + BATCH))
    return batch, sum(1 for row in sheet.rows if any(row))


async def _import_all(
    work: Work, found: Import, batch: list[Earlier | list[Problem]], profile: Profile
) -> tuple[int, int, int]:
    records = [row for row in batch if isinstance(row, Earlier)]
    known = await known_ids(work, found.source, [record.original_id for record in records])
    made = sum([await _import(work, found, record) for record in records if record.original_id not in known])
    problems = [problem for row in batch if not isinstance(row, Earlier) for problem in row]
    for problem in problems:
        await work.driver.execute(PROBLEM, clock.new_id(), found.id, *problem)
    return made, len(records) - made, len(batch) - len(records)


async def _import(work: Work, found: Import, record: Earlier) -> bool:
    """Whether it was new. Another import of the same record at the same moment wins or loses here, whole."""
    people = tuple(new_person(person, position) for position, person in enumerate(record.report.people, start=1))
    facts = _settled(work, found.source, record)
    await work.driver.execute("savepoint record")
    try:
        facts = await _add(work, facts, people)
        await work.driver.execute(
            TIE, clock.new_id(), found.id, found.source, record.original_id, record.number, facts.id,
            record.author, record.written,
        )  # fmt: skip
        await work.driver.execute(SETTLE, facts.id, *_end(facts))
    except asyncpg.UniqueViolationError:
        await work.driver.execute("rollback to savepoint record")
        return False
    await work.driver.execute("release savepoint record")
    work.record("incident.imported", facts.id, document=incident_document(facts, people))
    return True


async def _add(work: Work, facts: Facts, people: tuple[Person, ...]) -> Facts:
    """Record it as new, as the statement of recording does; with another reference where one is taken."""
    new = msgspec.structs.replace(
        facts, state="new", imported_at=None, acknowledged_at=None, acknowledged_by=None, closed_at=None,
        closed_by=None, closing_summary=None, closing_follow_up=None, closing_decision=None, closing_outcome=None,
    )  # fmt: skip
    for _ in range(TRIES):
        if await work.driver.fetchval(RECORD, *values_of(new, people)):
            return msgspec.structs.replace(facts, reference=new.reference)
        new = msgspec.structs.replace(new, reference=clock.new_reference())
    raise Unavailable


def _settled(work: Work, source: str, record: Earlier) -> Facts:
    """The record as an incident that is over, or open where the earlier product said so; never a new report."""
    now: datetime = work.now()
    author = f"{record.author[:LONGEST_AUTHOR]} (imported)" if record.author else f"Imported from {source}"
    facts = msgspec.structs.replace(
        facts_of(work, record.report), recorded_by_name=author, state="open", imported_at=now, acknowledged_at=now,
        acknowledged_by=work.actor.user_id, recorded_at=record.recorded or now,
    )  # fmt: skip
    if record.is_open:
        return facts
    return msgspec.structs.replace(
        facts, state="closed", closed_at=now, closed_by=work.actor.user_id,
        closing_summary=f"Closed in {source} before it was imported.",
        closing_follow_up=record.action or "The earlier record does not say.",
        closing_decision="The earlier record does not say.",
        closing_outcome=record.outcome or "The earlier record does not say.",
    )  # fmt: skip


def _end(facts: Facts) -> tuple[object, ...]:
    return (
        facts.state, facts.imported_at, facts.acknowledged_by, facts.closed_at, facts.closed_by,
        facts.closing_summary, facts.closing_follow_up, facts.closing_decision, facts.closing_outcome,
    )  # fmt: skip
