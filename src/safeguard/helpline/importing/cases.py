"""Earlier cases: the use of importing that belongs to the helpline's supervisors.

A case is made once, whoever imports it and however often: its origin is unique. It stands where it stood there, closed
or triaged, dated as it came.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Final
from zoneinfo import ZoneInfo

from safeguard import clock
from safeguard.access.policy import Permission
from safeguard.channel.addresses import read_addresses
from safeguard.helpline.case import AHEAD, Case, case_document
from safeguard.helpline.desk import load_desk
from safeguard.helpline.importing.columns import DATES, FIELDS
from safeguard.helpline.importing.earlier import EarlierCase, read_rows
from safeguard.helpline.states import State
from safeguard.helpline.takedown import list_addresses
from safeguard.helpline.writing import write_entry
from safeguard.intake.importing.use import Import, Use, statements_of
from safeguard.intake.sources import LONGEST_NAME
from safeguard.tenancy.profile import Profile
from safeguard.web.forms import Text
from safeguard.web.languages import gettext
from safeguard.work import Work

ADD: Final = """
insert into public.helpline_cases (organisation_id, id, reference, channel, state, caller, sector, caller_name,
    caller_organisation, caller_contact, gender, summary, issues, platforms, origin, received_at, queued_at,
    received_by, received_by_name, answered_at, ended_at, outcome, ending)
values ((select sec.current_organisation()), $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16,
    $17, $18, $19, $20, $21, $22)
on conflict do nothing
"""
KNOWN: Final = """
select c.origin from public.helpline_cases c
where c.organisation_id = (select sec.current_organisation()) and c.origin = any ($1)
"""


@dataclass(frozen=True, slots=True)
class FileForm:
    """A file of earlier cases."""

    source: Annotated[str, Text(longest=LONGEST_NAME, required="Say which system the cases come from.")]


def origin_of(source: str, original_id: str) -> str:
    """By what an imported case is known, so that it is imported once."""
    return f"import/{source}/{original_id}"


async def known_ids(work: Work, source: str, ids: Sequence[str]) -> set[str]:
    """Which of these cases are here already."""
    origins = {origin_of(source, each): each for each in ids}
    return {origins[row[0]] for row in await work.driver.fetch(KNOWN, list(origins))}


async def make(work: Work, found: Import, row: EarlierCase, profile: Profile) -> bool:
    """Make the case; whether it was not there before."""
    facts, ended = row.facts, row.ended_at
    case = Case(
        id=clock.new_id(), reference=clock.new_reference(), channel=row.channel,
        state=State.CLOSED if ended else State.TRIAGED, origin=origin_of(found.source, row.original_id),
        caller=facts.caller, sector=facts.sector, caller_name=facts.caller_name,
        caller_organisation=facts.caller_organisation, caller_contact=facts.caller_contact, gender=facts.gender,
        summary=facts.summary, issues=facts.issues, platforms=facts.platforms, received_at=row.received_at,
        received_by_name=f"Imported from {found.source}", ended_at=ended, outcome=row.outcome if ended else "",
        ending=row.ending if ended else "",
    )  # fmt: skip
    done = await work.driver.execute(
        ADD, case.id, case.reference, case.channel, case.state, case.caller, case.sector, case.caller_name,
        case.caller_organisation, case.caller_contact, case.gender, case.summary, list(case.issues),
        list(case.platforms), case.origin, case.received_at, case.received_at - AHEAD["usual"], work.actor.user_id,
        case.received_by_name, None, case.ended_at, case.outcome, case.ending,
    )  # fmt: skip
    if done != "INSERT 0 1":
        return False
    work.record("case.imported", case.id, document=case_document(case))
    if row.outcome and not ended:
        await write_entry(work, case.id, "note", words=row.outcome)
    if read_addresses(row.addresses).addresses:
        await list_addresses(work, case, row.addresses, named_at=case.received_at)
    return True


def told(row: EarlierCase, _zone: ZoneInfo) -> dict[str, str | date | datetime | None]:
    """What the case would hold; what has a place of its own at the desk, in the desk's words."""
    facts, desk = row.facts, load_desk()
    return {
        "summary": facts.summary, "received": row.received_at, "closed": row.ended_at,
        "caller": desk.callers.get(facts.caller, ""), "sector": desk.sectors.get(facts.sector, ""),
        "caller_name": facts.caller_name, "caller_organisation": facts.caller_organisation,
        "caller_contact": facts.caller_contact, "addresses": row.addresses, "outcome": row.outcome,
        "status": gettext("Open" if row.is_open else "Closed"),
    }  # fmt: skip


CASES: Final = Use(
    noun="case_import", at="/helpline/imports", templates="helpline", permission=Permission.HELPLINE_SUPERVISE,
    form=FileForm, fields=FIELDS, dates=DATES,
    needed={
        "summary": "Choose the column that says what it was about.",
        "received": "Choose the column that says when it came.",
    },
    statements=statements_of("helpline_imports", "helpline_import_problems"), rows=read_rows, known=known_ids,
    make=make, told=told,
)  # fmt: skip
"""Earlier cases."""
