"""Disposing: in the unit of work of whoever agrees, the record is deleted, and the certificate is told to the log.

The database deletes it, in a function that asks again for everything that could stand in the way (87_records.sql, and
for other kinds than incidents and people 88_record_kinds.sql):
rows, committed values, salts, keys of files and packs, drafts, notices, what it counted for. The certificate is the
committed document of `record.disposed`: what kind of record, its random reference, how much of what, who asked, who
agreed, on what ground. What lay in the object store is noise from that moment, because its keys are gone; a job takes
the noise away.
"""

import json
from typing import Any, Final
from uuid import UUID

import asyncpg

from safeguard.access.roles import Role
from safeguard.audit.documents import Document, JSONValue
from safeguard.audit.events import EVENTS, noun_of
from safeguard.errors import Conflict, NotFound
from safeguard.identity.acts import Act, Proposal, Shown
from safeguard.records.changed import shown_changes
from safeguard.records.holding import About
from safeguard.records.kinds.queue import any_held
from safeguard.records.kinds.registry import KINDS as KINDS_OF_RECORDS
from safeguard.records.proposing import DISPOSE, find_standing
from safeguard.records.wording import GROUNDS, KINDS, OBSTACLES, TOLD
from safeguard.work import LogName, Work

PURPOSE: Final = "dispose"
SHOWN: Final = 20
"""Of records that go together, so many are named to whoever agrees."""
KINDS_OF_OBJECTS: Final = sorted({noun_of(event) for event in EVENTS} | {"mail", "notice", "exclusion"})
READ: Final = """
select d.id, d.kind, d.subject_id, d.incident_id, d.reference, d.ground, d.rule, d.years, d.due_on, d.asked_at,
    d.asked_by_name, d.restricted, d.version, d.subjects
from public.disposals d where d.organisation_id = (select sec.current_organisation()) and d.id = $1
"""
CALLS: Final = {
    "incident": "select public.dispose_incident($1, $2, $3)::text",
    "person": "select public.dispose_person($1, $2, $3)::text",
}
DONE: Final = """
update public.disposals set state = 'done', version = version + 1, done_at = $2, agreed_by = $3, agreed_by_name = $4,
    erased = $5::jsonb, objects = $6, incident_id = null
where organisation_id = (select sec.current_organisation()) and id = $1 and state = 'asked'
"""
DROP: Final = """
update public.disposals set state = 'dropped', version = version + 1
where organisation_id = (select sec.current_organisation()) and id = $1 and state = 'asked'
"""
OTHERS: Final = "select public.dispose_others($1, $2)::text"
PURPOSE_NOW: Final = "select sec.current_purpose()"


async def dispose(work: Work, disposal_id: UUID) -> None:
    """Delete what this disposal is about; raises `Conflict` with the reason when something holds it back."""
    row = await work.driver.fetchrow(READ, disposal_id)
    if row is None:
        raise NotFound
    before = str(await work.driver.fetchval(PURPOSE_NOW))
    await work.enter(PURPOSE)
    erased = await _delete(work, row)
    await work.enter(before)
    stored = erased.pop("stored")
    restricted = bool(erased.pop("restricted"))
    await work.driver.execute(
        DONE, disposal_id, work.now(), work.actor.user_id, work.actor.name, json.dumps(erased), stored
    )
    log: LogName = "restricted" if restricted else "general"
    work.record("record.disposed", disposal_id, document=_certificate(work, row, erased), log=log)
    work.ask("record.erase", disposal_id, key=str(disposal_id))


async def _delete(work: Work, row: Any) -> dict[str, Any]:
    try:
        if row["kind"] in CALLS:
            text = await work.driver.fetchval(CALLS[row["kind"]], row["id"], row["subject_id"], KINDS_OF_OBJECTS)
        else:
            text = await work.driver.fetchval(OTHERS, row["id"], KINDS_OF_OBJECTS)
    except asyncpg.ObjectNotInPrerequisiteStateError as fault:
        raise Conflict(OBSTACLES.get(str(fault).strip(), OBSTACLES["gone"])) from fault
    return json.loads(str(text))


def _certificate(work: Work, row: Any, erased: dict[str, Any]) -> Document:
    """What is kept for good: numbers, codes, the names of the two who answer for it. No word of the record."""
    fields: dict[str, JSONValue] = {
        "kind": row["kind"], "reference": row["reference"], "ground": row["ground"], "rule": row["rule"],
        "years": row["years"], "due_on": row["due_on"].isoformat() if row["due_on"] else None,
        "asked_by_name": row["asked_by_name"], "asked_on": row["asked_at"].date().isoformat(),
        "agreed_by_name": work.actor.name, **{f"erased.{name}": value for name, value in erased.items()},
    }  # fmt: skip
    return Document("record", row["id"], 1, {name: value for name, value in fields.items() if value not in (None, "")})


async def perform(work: Work, proposal: Proposal) -> None:
    """Somebody else agreed."""
    await dispose(work, proposal.subject_id)


async def dropped(work: Work, proposal: Proposal) -> None:
    """Not agreed to: the record stays, and may be asked about again."""
    await work.driver.execute(DROP, proposal.subject_id)
    work.record("record.kept", proposal.subject_id, log=proposal.log)


async def shown(work: Work, proposal: Proposal) -> tuple[Shown, ...]:
    """What members read before they agree: which records, on what ground, and where to look at them."""
    row = await work.driver.fetchrow(READ, proposal.subject_id)
    if row is None:
        return ()
    gone, kind = proposal.state == "approved", row["kind"]
    page = f"{KINDS_OF_RECORDS[kind].shelf.path}/disposals" if kind in KINDS_OF_RECORDS else "/records/disposals"
    waits = proposal.is_open(work.now())
    lines = (
        *(await _in_the_way(work, row) if waits else ()),
        *(await shown_changes(work, row["subject_id"], row["asked_at"]) if waits and kind in CALLS else ()),
        *(Shown("Record", words, "" if gone else path) for words, path in await _named(work, row)),
        Shown("Ground", GROUNDS[row["ground"]]),
        Shown("Certificate" if gone else "What goes", "What is kept of it" if gone else "See what would be erased",
              f"{page.replace('/kinds', '')}/{row['id']}"),
    )  # fmt: skip
    return tuple(line for line in lines if line.value)


async def _in_the_way(work: Work, row: Any) -> tuple[Shown, ...]:
    """What would stop it, before anybody presses: a hold that was placed after it was asked for, and the like."""
    if (kind := KINDS_OF_RECORDS.get(row["kind"])) is None:
        codes = await find_standing(work, About(row["kind"], row["subject_id"]), row["ground"])
    else:
        codes = ("held",) if await any_held(work, kind, row["subjects"]) else ()
    return tuple(Shown("Cannot go now", OBSTACLES[code]) for code in codes)


async def _named(work: Work, row: Any) -> list[tuple[str, str]]:
    """What each is called, and where it is read: of several that go together the first few."""
    if (kind := KINDS_OF_RECORDS.get(row["kind"])) is None:
        below = "/incidents" if row["kind"] == "incident" else "/people"
        return [(row["reference"] or KINDS[row["kind"]], f"{below}/{row['subject_id']}")]
    subjects, more = row["subjects"][:SHOWN], len(row["subjects"]) - SHOWN
    lines = [(kind.name, f"{kind.shelf.path}/{kind.code}/{each}") for each in subjects]
    return lines + ([(f"and {more} more", "")] if more > 0 else [])


_HANDLE: Final = frozenset({Role.LEAD, Role.DEPUTY})

ACTS: Final = (
    Act(
        DISPOSE,
        TOLD,
        proposers=_HANDLE,
        approvers=_HANDLE | {Role.HEAD},
        perform=perform,
        dropped=dropped,
        shown=shown,
    ),
)
