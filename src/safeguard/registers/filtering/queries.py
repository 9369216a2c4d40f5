"""Reading the filtering and monitoring register."""

from datetime import date
from typing import Final
from uuid import UUID

import msgspec

from safeguard.access.policy import Permission
from safeguard.registers import by_day
from safeguard.registers.filtering.keeping import Block, Check, Duty, Review, System
from safeguard.registers.rows import HERE, fetch, shown
from safeguard.web.paging import Key
from safeguard.work import Work

MOST: Final = 500
SYSTEMS: Final = f"""
select {shown(System, "s")}::text from public.filtering_systems s where s.{HERE}
order by s.ended_on nulls first, s.kind, s.name, s.id limit {MOST}
"""  # noqa: S608  our own constants
BLOCKS: Final = f"""
select {shown(Block, "b")}::text from public.filtering_blocks b
where b.{HERE} and b.struck_on is null and (b.ended_on is not null) = $1
order by b.what, b.id limit {MOST}
"""  # noqa: S608  our own constants
CHECKS: Final = f"""
select {shown(Check, "c")}::text from public.filtering_checks c
where c.{HERE} and c.struck_on is null and (c.checked_on, c.id) < ($1, $2)
order by c.checked_on desc, c.id desc limit $3
"""  # noqa: S608  our own constants
DUTIES: Final = f"""
select {shown(Duty, "p")}::text from (
    select distinct on (q.part) q.* from public.filtering_people q where q.{HERE}
    order by q.part, q.recorded_at desc, q.id desc) p order by p.part desc
"""  # noqa: S608  our own constants
REVIEWS: Final = f"""
select {shown(Review, "r")}::text from public.filtering_reviews r
where r.{HERE} and r.struck_on is null order by r.reviewed_on desc, r.id desc limit 20
"""  # noqa: S608  our own constants
STATE: Final = f"""
select json_build_object('last_check', (select max(c.checked_on) from public.filtering_checks c
        where c.{HERE} and c.struck_on is null),
    'failed', (select count(*) from public.filtering_checks c
        where c.{HERE} and c.struck_on is null and c.result <> 'passed' and c.checked_on > $1::date - 90),
    'due_on', (select r.due_on from public.filtering_reviews r where r.{HERE} and r.struck_on is null
        order by r.reviewed_on desc, r.id desc limit 1),
    'systems', (select count(*) from public.filtering_systems s where s.{HERE} and s.ended_on is null),
    'blocks', (select count(*) from public.filtering_blocks b
        where b.{HERE} and b.struck_on is null and b.ended_on is null),
    'named', (select count(distinct p.part) from public.filtering_people p where p.{HERE}))::text
"""  # noqa: S608  our own constants


class State(msgspec.Struct, frozen=True):
    """Where the register stands, in figures."""

    last_check: date | None
    failed: int
    due_on: date | None
    systems: int
    blocks: int
    named: int


async def list_systems(work: Work) -> tuple[System, ...]:
    """Every way of filtering or monitoring, those in use first."""
    work.require(Permission.FILTERING_READ)
    return await fetch(work, System, SYSTEMS)


async def list_blocks(work: Work, *, ended: bool = False) -> tuple[Block, ...]:
    """What is blocked; or what was."""
    work.require(Permission.FILTERING_READ)
    return await fetch(work, Block, BLOCKS, ended)


async def list_checks(work: Work, after: tuple[date, UUID], limit: int) -> tuple[Check, ...]:
    """Checks, the latest first."""
    work.require(Permission.FILTERING_READ)
    return await fetch(work, Check, CHECKS, *after, limit)


def key_of(check: Check) -> Key:
    """Where a page of checks ends: they come by the day they were made on."""
    return by_day.key_of(check.checked_on, check.id)


async def list_duties(work: Work) -> tuple[Duty, ...]:
    """Who answers for it now: the senior lead, then who governs."""
    work.require(Permission.FILTERING_READ)
    return await fetch(work, Duty, DUTIES)


async def list_reviews(work: Work) -> tuple[Review, ...]:
    """Reviews, the latest first."""
    work.require(Permission.FILTERING_READ)
    return await fetch(work, Review, REVIEWS)


async def read_state(work: Work, today: date) -> State:
    """Where the register stands."""
    work.require(Permission.FILTERING_READ)
    return msgspec.json.decode(str(await work.driver.fetchval(STATE, today)), type=State)
