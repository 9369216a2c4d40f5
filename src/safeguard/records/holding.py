"""Holds: while one stands, a record is not disposed of, whatever its period says and whoever agreed to it.

A hold on a person holds every incident in which they have a part. It refers to its record by a foreign key, so that
placing one and disposing of the record wait for each other in the database: whichever commits first, counts.
"""

from typing import Final, NamedTuple
from uuid import UUID

import asyncpg

from safeguard import clock
from safeguard.access.policy import Permission
from safeguard.audit.documents import Document, JSONValue
from safeguard.errors import Conflict, FieldError, Invalid, NotFound
from safeguard.work import LogName, Work

LONGEST: Final = 2_000
ADD: Final = """
insert into public.record_holds (organisation_id, id, incident_id, person_id, ground, reason, placed_at, placed_by,
    placed_by_name)
values ((select sec.current_organisation()), $1, $2, $3, $4, $5, $6, $7, $8)
"""
LOCK: Final = """
select h.incident_id, h.person_id, h.ground, h.reason, h.placed_by_name, h.lifted_at, h.version
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
LOG: Final = "select sec.log_of_incident($1)"
GONE: Final = "This record was disposed of a moment ago, before the hold was placed. See its certificate."


class About(NamedTuple):
    """Which record: an incident, or what is kept of a person."""

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


async def place_hold(work: Work, about: About, ground: str, reason: str) -> UUID:
    """Keep this record until the hold is lifted; raises `NotFound`, `Conflict` when it is gone already."""
    work.require(Permission.RECORDS_MANAGE)
    why = _read_reason(reason, "Say why it must be kept, and who asked for that.")
    if not await work.driver.fetchval(HERE, about.incident_id, about.person_id):
        raise NotFound
    hold_id, actor = clock.new_id(), work.actor
    try:
        await work.driver.execute(
            ADD, hold_id, about.incident_id, about.person_id, ground, why, work.now(), actor.user_id, actor.name
        )
    except asyncpg.ForeignKeyViolationError as gone:
        raise Conflict(GONE) from gone
    fields: dict[str, JSONValue] = {"about": about.kind, "subject": str(about.id), "ground": ground, "reason": why,
                                    "placed_by_name": actor.name}  # fmt: skip
    document = Document("hold", hold_id, 1, fields)
    work.record("hold.placed", hold_id, document=document, log=await log_of(work, about.incident_id))
    return hold_id


async def lift_hold(work: Work, hold_id: UUID, reason: str) -> About:
    """Let it go again, and say why; raises `NotFound`, `Conflict` when it was lifted already."""
    work.require(Permission.RECORDS_MANAGE)
    why = _read_reason(reason, "Say why it need not be kept any longer, and who said so.")
    row = await work.driver.fetchrow(LOCK, hold_id)
    if row is None:
        raise NotFound
    if row["lifted_at"]:
        raise Conflict("This hold was lifted already.")
    version, actor = row["version"] + 1, work.actor
    await work.driver.execute(LIFT, hold_id, work.now(), actor.user_id, actor.name, why, version)
    fields: dict[str, JSONValue] = {"ground": row["ground"], "reason": row["reason"], "lift_reason": why,
                                    "lifted_by_name": actor.name}  # fmt: skip
    document = Document("hold", hold_id, version, fields)
    work.record("hold.lifted", hold_id, document=document, log=await log_of(work, row["incident_id"]))
    return About("incident", row["incident_id"]) if row["incident_id"] else About("person", row["person_id"])


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
