"""Holds: while one stands, a record is not disposed of, whatever its period says and whoever agreed to it.

A hold on a person holds every incident in which they have a part. It refers to these by a foreign key, so that placing
one and disposing of the record wait for each other in the database: whichever commits first, counts. For every other
kind both take the same lock on its id.
"""

from typing import Any, Final, NamedTuple
from uuid import UUID

import asyncpg

from safeguard import clock
from safeguard.audit.documents import Document, JSONValue
from safeguard.errors import Conflict, FieldError, Invalid, NotFound
from safeguard.records.kinds.registry import KINDS, get_kind, require_kind
from safeguard.records.kinds.statements import SOURCES
from safeguard.work import LogName, Work

LONGEST: Final = 2_000
ADD: Final = """
insert into public.record_holds (organisation_id, id, incident_id, person_id, ground, reason, placed_at, placed_by,
    placed_by_name, other_kind, other_id)
values ((select sec.current_organisation()), $1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
"""
LOCK: Final = """
select h.incident_id, h.person_id, h.ground, h.reason, h.placed_by_name, h.lifted_at, h.version, h.other_kind,
    h.other_id
from public.record_holds h where h.organisation_id = (select sec.current_organisation()) and h.id = $1 for update
"""
LIFT: Final = """
update public.record_holds set lifted_at = $2, lifted_by = $3, lifted_by_name = $4, lift_reason = $5, version = $6
where organisation_id = (select sec.current_organisation()) and id = $1
"""
HERE: Final = """
select exists (select from public.incidents i
               where i.organisation_id = (select sec.current_organisation()) and i.id = $1)
    or exists (select from public.people p
               where p.organisation_id = (select sec.current_organisation()) and p.id = $2)
"""
LOCK_OTHER: Final = "select pg_advisory_xact_lock(hashtextextended($1::uuid::text, 47))"
OTHER_HERE: Final = {
    code: f"select exists (select from ({source}) r where r.id = $1)"  # noqa: S608  our own constants
    for code, source in SOURCES.items()
}
LOG: Final = "select sec.log_of_incident($1)"
GONE: Final = "This record was disposed of a moment ago, before the hold was placed. See its certificate."


class About(NamedTuple):
    """Which record: an incident, what is kept of a person, or one of another kind."""

    kind: str
    id: UUID

    @property
    def incident_id(self) -> UUID | None:
        """The incident, if it is one."""
        return self.id if self.kind == "incident" else None

    @property
    def person_id(self) -> UUID | None:
        """The person, if it is one."""
        return self.id if self.kind == "person" else None

    @property
    def other_kind(self) -> str | None:
        """The code of its kind, if it is neither."""
        return self.kind if self.kind in KINDS else None

    @property
    def other_id(self) -> UUID | None:
        """Its id, if it is neither."""
        return self.id if self.kind in KINDS else None


async def place_hold(work: Work, about: About, ground: str, reason: str) -> UUID:
    """Keep this record until the hold is lifted; raises `NotFound`, `Conflict` when it is gone already."""
    await require_kind(work, about.kind)
    why = _read_reason(reason, "Say why it must be kept, and who asked for that.")
    await _require_here(work, about)
    hold_id, actor = clock.new_id(), work.actor
    try:
        await work.driver.execute(
            ADD, hold_id, about.incident_id, about.person_id, ground, why, work.now(), actor.user_id, actor.name,
            about.other_kind, about.other_id,
        )  # fmt: skip
    except asyncpg.ForeignKeyViolationError as gone:
        raise Conflict(GONE) from gone
    fields: dict[str, JSONValue] = {"about": about.kind, "subject": str(about.id), "ground": ground, "reason": why,
                                    "placed_by_name": actor.name}  # fmt: skip
    document = Document("hold", hold_id, 1, fields)
    work.record("hold.placed", hold_id, document=document, log=await log_about(work, about))
    return hold_id


async def _require_here(work: Work, about: About) -> None:
    if about.other_id:
        await work.driver.execute(LOCK_OTHER, about.other_id)
        here = await work.driver.fetchval(OTHER_HERE[about.kind], about.other_id)
    else:
        here = await work.driver.fetchval(HERE, about.incident_id, about.person_id)
    if not here:
        raise NotFound


async def lift_hold(work: Work, hold_id: UUID, reason: str) -> About:
    """Let it go again, and say why; raises `NotFound`, `Conflict` when it was lifted already."""
    why = _read_reason(reason, "Say why it need not be kept any longer, and who said so.")
    row = await work.driver.fetchrow(LOCK, hold_id)
    if row is None:
        raise NotFound
    about = about_of(row)
    await require_kind(work, about.kind)
    if row["lifted_at"]:
        raise Conflict("This hold was lifted already.")
    version, actor = row["version"] + 1, work.actor
    await work.driver.execute(LIFT, hold_id, work.now(), actor.user_id, actor.name, why, version)
    fields: dict[str, JSONValue] = {"ground": row["ground"], "reason": row["reason"], "lift_reason": why,
                                    "lifted_by_name": actor.name}  # fmt: skip
    document = Document("hold", hold_id, version, fields)
    work.record("hold.lifted", hold_id, document=document, log=await log_about(work, about))
    return about


def about_of(row: Any) -> About:
    """What a row of holds is about."""
    if row["other_id"]:
        return About(row["other_kind"], row["other_id"])
    return About("incident", row["incident_id"]) if row["incident_id"] else About("person", row["person_id"])


async def log_about(work: Work, about: About) -> LogName:
    """Which of the organisation's logs hears of this record: of a concern about staff only the restricted one."""
    if about.other_kind:
        return "restricted" if get_kind(about.kind).shelf.in_vault else "general"
    return await log_of(work, about.incident_id)


async def log_of(work: Work, incident_id: UUID | None) -> LogName:
    """Which of the organisation's logs hears of this record."""
    if incident_id is None:
        return "general"
    log: LogName | None = await work.driver.fetchval(LOG, incident_id)
    return log or "general"


def _read_reason(reason: str, missing: str) -> str:
    said = reason.strip()
    if not said:
        raise Invalid(FieldError("reason", missing))
    if len(said) > LONGEST:
        raise Invalid(FieldError("reason", f"The most is {LONGEST:,} characters."))
    return said
