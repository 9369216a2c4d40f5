"""Reading the vault: the list, one concern, and who could take care of it. Each reading is told to the log.

Whether the vault is open to somebody, and what in it, is asked of the database alone: policies decide, and what they
hide is not found.
"""

from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec

from safeguard.access.policy import Permission
from safeguard.concerns.record import ENTRY_COLUMNS, FACT_COLUMNS, HOUSE, Level, Record, State, decode_record
from safeguard.errors import NotFound
from safeguard.incidents.story import columns
from safeguard.work import Work

OPEN: Final = "select sec.reads_vault()"
READ: Final = f"""
select json_build_object('facts', (select row_to_json(f) from (select {columns(FACT_COLUMNS, "c")}) f),
    'entries', coalesce((select json_agg(e order by e.written_at, e.id) from (
        select {columns(ENTRY_COLUMNS, "n")} from public.concern_entries n
        where n.organisation_id = c.organisation_id and n.concern_id = c.id) e), '[]'::json))::text
from public.concerns c
where c.organisation_id = (select sec.current_organisation()) and c.id = $1
"""  # noqa: S608  our own constants
HEARD: Final = f"""exists (
        select from public.concern_entries n
        where n.organisation_id = c.organisation_id and n.concern_id = c.id and n.kind = 'message'
            and n.author_id is null and n.author_name <> '{HOUSE}'
            and not exists (
                select from public.concern_entries s
                where s.organisation_id = n.organisation_id and s.concern_id = n.concern_id
                    and s.author_id is not null and s.written_at >= n.written_at))"""  # noqa: S608  our own constant
"""Whether whoever raised it by the public page wrote again, and nobody here has written since: `Record.heard_at`."""
FLOODS: Final = "(c.state = 'new' and c.id = any ((select public.list_flooding_concerns())::uuid[]))"
"""Whether it came in a flood by the public page and nobody has received it: on a list of its own, hiding no other."""
IN_DANGER: Final = """(c.child_at_risk is true or exists (
        select from public.public_reports r
        where r.organisation_id = c.organisation_id and r.concern_id = c.id and r.urgent))"""
"""Whether somebody may be in danger: as it was raised, or by what whoever raised it wrote since."""
LIST: Final = f"""
select c.id, c.reference, c.state, c.raised_at, c.raised_by_name, c.subject_name, left(c.narrative, 160), c.level,
    {IN_DANGER} as in_danger, c.incident_id, {HEARD} as heard
from public.concerns c
where c.organisation_id = (select sec.current_organisation())
    and ($1 = 'all' or ($1 = 'heard' and {HEARD}) or ($1 = 'flood' and {FLOODS})
         or ((c.state = $1 or ($1 = 'open' and c.state = 'new')) and not {FLOODS}))
    and (c.raised_at, c.id) < ($2, $3)
order by c.raised_at desc, c.id desc limit $4
"""  # noqa: S608  our own constants
FLOOD: Final = f"""
select count(*) from (
    select from public.concerns c
    where c.organisation_id = (select sec.current_organisation()) and {FLOODS} limit 99) n
"""  # noqa: S608  our own constant
STILL: Final = """
select exists (
    select from public.concerns c where c.organisation_id = (select sec.current_organisation()) and c.id = $1)
"""
RAISED: Final = "select * from public.list_concerns_raised()"
HANDLERS: Final = """
select m.name from public.memberships m
where m.organisation_id = (select sec.current_organisation()) and m.user_id = any (sec.handlers_of_concern($1))
order by m.name
"""
UNSEEN: Final = """
select i.id, i.reference, i.recorded_at, i.recorded_by_name, left(i.narrative, 160),
    sec.handlers_of_incident(i.id) <> '{}'
from public.incidents i
where i.organisation_id = (select sec.current_organisation()) and i.restricted_at is not null and i.state <> 'closed'
    and exists (select from public.exclusions x
                where x.organisation_id = i.organisation_id and x.incident_id = i.id and x.lifted_at is null)
    and not exists (select from public.concerns c where c.organisation_id = i.organisation_id and c.incident_id = i.id)
order by i.recorded_at desc, i.id desc limit 50
"""


BECAME: Final = """
select i.id, i.reference, i.recorded_at, i.recorded_at = c.raised_at and i.narrative = c.narrative, i.acknowledged_at,
    i.closed_at, sec.handlers_of_incident(i.id) = '{}' or exists (
        select from public.exclusions x
        where x.organisation_id = i.organisation_id and x.incident_id = i.id and x.since is distinct from x.lifted_at)
from public.concerns c
join public.incidents i on i.organisation_id = c.organisation_id and i.id = c.incident_id
where c.organisation_id = (select sec.current_organisation()) and c.id = $1
"""


class Beside(msgspec.Struct, frozen=True):
    """The incident that belongs to a concern: it came from it, or became it."""

    id: UUID
    reference: str
    recorded_at: datetime
    was_given: bool
    """Whether the concern became it: it was given to the lead."""
    acknowledged_at: datetime | None
    closed_at: datetime | None
    in_vault: bool
    """Whether whoever reads the vault reads it there: it excludes somebody, or nobody else is left."""


class Row(msgspec.Struct, frozen=True):
    """One line of the vault's list."""

    id: UUID
    reference: str
    state: State
    raised_at: datetime
    raised_by_name: str
    subject_name: str
    beginning: str
    level: Level | None
    in_danger: bool
    incident_id: UUID | None
    heard: bool
    """Whether words of whoever raised it wait to be read."""


class Receipt(msgspec.Struct, frozen=True):
    """What somebody may know of a concern that they raised."""

    reference: str
    raised_at: datetime
    received_at: datetime | None
    has_handler: bool


class Waiting(msgspec.Struct, frozen=True):
    """An incident that excludes a member of staff, and has no concern here yet."""

    id: UUID
    reference: str
    recorded_at: datetime
    recorded_by_name: str
    beginning: str
    has_lead: bool
    """Whether a lead or deputy is left who may read it."""


async def is_open(work: Work) -> bool:
    """Whether the actor reads the vault at all."""
    work.require(Permission.CONCERN_RAISE)
    return bool(await work.driver.fetchval(OPEN))


async def is_kept(work: Work) -> bool:
    """Whether anybody has an account here who takes care of the vault."""
    return bool(await work.driver.fetchval("select sec.vault_is_kept()"))


async def require_open(work: Work) -> None:
    """Raise `NotFound` for everybody to whom the vault is not open."""
    if not await is_open(work):
        raise NotFound


async def read_concern(work: Work, concern_id: UUID) -> Record:
    """Everything of one concern, told to the log; raises `NotFound`."""
    work.require(Permission.CONCERN_RAISE)
    text = await work.driver.fetchval(READ, concern_id)
    if text is None:
        raise NotFound
    record = decode_record(text)
    work.restrict()
    work.record("concern.viewed", concern_id, version=record.facts.version)
    return record


async def still_reads(work: Work, concern_id: UUID) -> bool:
    """Whether whoever has just changed a concern reads it on: not when they named themselves."""
    return bool(await work.driver.fetchval(STILL, concern_id))


async def list_concerns(
    work: Work, state: str = "open", *, after: tuple[datetime, UUID], limit: int = 25
) -> tuple[Row, ...]:
    """Up to `limit` concerns that are new, open (new ones too), heard, closed or any ("all"), newest first.

    What came in a flood is neither new nor open until somebody received it: it is asked for as "flood".
    Raises `NotFound` without the right.
    """
    await require_open(work)
    return tuple(Row(*row) for row in await work.driver.fetch(LIST, state, *after, limit))


async def count_flood(work: Work) -> int:
    """How many came in a flood and were not received, as far as the actor may know; 99 means that many or more."""
    return int(await work.driver.fetchval(FLOOD) or 0)


async def list_raised(work: Work) -> tuple[Receipt, ...]:
    """What the actor raised, as far as they may know, newest first, up to fifty."""
    work.require(Permission.CONCERN_RAISE)
    return tuple(Receipt(*row) for row in await work.driver.fetch(RAISED))


async def list_handlers(work: Work, concern_id: UUID) -> tuple[str, ...]:
    """The names of those who could take care of it now."""
    return tuple(row["name"] for row in await work.driver.fetch(HANDLERS, concern_id))


async def find_incident(work: Work, concern_id: UUID) -> Beside | None:
    """The incident that belongs to it, so far as the actor may know of that: where it stands, and none of its words."""
    row = await work.driver.fetchrow(BECAME, concern_id)
    return Beside(*row) if row else None


async def list_waiting(work: Work) -> tuple[Waiting, ...]:
    """Incidents in which a member is alleged, which nobody has taken into the vault yet."""
    await require_open(work)
    return tuple(Waiting(*row) for row in await work.driver.fetch(UNSEEN))
