"""Earlier records as incidents: the use of importing that belongs to leads.

A record is made once, whoever imports it and however often: its source and its number there are unique. It stands in
lists and figures where it was first recorded, and is marked as imported; how long it waited there is not ours to count.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Final
from uuid import UUID
from zoneinfo import ZoneInfo

import asyncpg
import msgspec

from safeguard import clock
from safeguard.access.policy import Permission
from safeguard.errors import Unavailable
from safeguard.incidents.documents import incident_document
from safeguard.incidents.recording import RECORD, TRIES, facts_of, new_person, values_of
from safeguard.incidents.restricting import writing_of
from safeguard.incidents.story import Facts, Person
from safeguard.intake.columns import DATES, FIELDS
from safeguard.intake.earlier import Earlier, read_rows
from safeguard.intake.importing.use import Import, Use, statements_of
from safeguard.intake.sources import LONGEST_NAME
from safeguard.tenancy.profile import Profile
from safeguard.web.forms import Text
from safeguard.web.languages import gettext
from safeguard.work import Work

ROLES: Final = ("affected", "alleged")
LONGEST_AUTHOR: Final = 150

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
KNOWN: Final = """
select r.original_id from public.imported_records r
where r.organisation_id = (select sec.current_organisation()) and r.source = $1 and r.original_id = any ($2)
"""
HIDDEN: Final = "select h.import_id, h.made, h.known from public.list_hidden_of_imports($1) h"


@dataclass(frozen=True, slots=True)
class FileForm:
    """A file of earlier records."""

    source: Annotated[str, Text(longest=LONGEST_NAME, required="Say which product the records come from.")]


async def known_ids(work: Work, source: str, ids: Sequence[str]) -> set[str]:
    """Which of these records are here already, as far as the actor may know."""
    return {row[0] for row in await work.driver.fetch(KNOWN, source, list(ids))}


async def hidden_of(work: Work, imports: Sequence[UUID]) -> dict[UUID, tuple[int, int]]:
    """Of each import what is kept from the reader: records that it made, and earlier ones of the same product."""
    return {row[0]: (row[1], row[2]) for row in await work.driver.fetch(HIDDEN, list(imports))}


async def make(work: Work, found: Import, record: Earlier, profile: Profile) -> bool:
    """Whether it was new. Another import of the same record at the same moment wins or loses here, whole."""
    people = tuple(new_person(person, position) for position, person in enumerate(record.report.people, start=1))
    facts = _settled(work, found.source, record)
    async with writing_of(work, people):
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
    """The record as an incident that is over, or open where the earlier product said so; never a new report.

    Nor the report of whoever imports it: what one reported oneself one reads on, whatever one's role is later.
    """
    now: datetime = work.now()
    author = f"{record.author[:LONGEST_AUTHOR]} (imported)" if record.author else f"Imported from {source}"
    facts = msgspec.structs.replace(
        facts_of(work, record.report), recorded_by=None, recorded_by_name=author, state="open", imported_at=now,
        acknowledged_at=now, acknowledged_by=work.actor.user_id, recorded_at=record.recorded or now,
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


def told(record: Earlier, zone: ZoneInfo) -> dict[str, str | date | datetime | None]:
    """What the record would hold."""
    report, happened = record.report, record.report.happened
    people = {role: "; ".join(each.name for each in report.people if each.role == role) for role in ROLES}
    groups = dict.fromkeys(each.group_name for each in report.people if each.group_name)
    at = happened.from_
    return people | {
        "narrative": report.narrative,
        "original_id": "" if record.original_id.startswith("row ") else record.original_id,
        "happened": at.astimezone(zone).date() if at and happened.precision == "day" else at,
        "written": record.written, "author": record.author, "group": "; ".join(groups), "place": report.place_detail,
        "action": record.action, "outcome": record.outcome, "status": gettext("Open" if record.is_open else "Closed"),
    }  # fmt: skip


RECORDS: Final = Use(
    noun="import", at="/imports", templates="intake", permission=Permission.INCIDENT_TRIAGE, form=FileForm,
    fields=FIELDS, dates=DATES, needed={"narrative": "Choose the column that says what happened."},
    statements=statements_of("imports", "import_problems"), rows=read_rows, known=known_ids, make=make,
    told=told, hidden=hidden_of,
)  # fmt: skip
"""Earlier records."""
