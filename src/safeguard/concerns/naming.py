"""Whom the head lets into the vault, and whom no longer.

Only the head names somebody: whoever is named may read, and may not let in others. What excludes a person stays: a
named person about whom there is a concern sees all the others. Nobody is named who only looks in for a time.
"""

from datetime import datetime
from typing import Final
from uuid import UUID

import asyncpg
import msgspec

from safeguard import clock
from safeguard.access.policy import Permission
from safeguard.concerns.reading import require_open
from safeguard.errors import Conflict, FieldError, Invalid, NotFound
from safeguard.identity.choosing import Staff, find_staff
from safeguard.incidents.entering import too_long
from safeguard.incidents.reports import tidy
from safeguard.work import Work

LIST: Final = """
select v.id, m.name, v.since, v.reason from public.vault_people v
join public.memberships m on m.organisation_id = v.organisation_id and m.user_id = v.user_id
where v.organisation_id = (select sec.current_organisation()) and v.ended_at is null and m.state = 'active'
order by m.name, v.id
"""
HEADS: Final = """
select m.name from public.memberships m
where m.organisation_id = (select sec.current_organisation()) and m.state = 'active' and 'head' = any (m.roles)
order by m.name
"""
ALREADY: Final = """
select m.user_id from public.memberships m
where m.organisation_id = (select sec.current_organisation()) and m.roles && array['head', 'inspector']
union
select v.user_id from public.vault_people v
where v.organisation_id = (select sec.current_organisation()) and v.ended_at is null
"""
NAME: Final = """
insert into public.vault_people (organisation_id, id, user_id, since, named_by, reason)
select m.organisation_id, $1, m.user_id, $3, $4, $5 from public.memberships m
where m.organisation_id = (select sec.current_organisation()) and m.user_id = $2 and m.state = 'active'
    and m.kind = 'person' and not 'inspector' = any (m.roles)
"""
END: Final = """
update public.vault_people v set ended_at = $2, ended_by = $3
where v.organisation_id = (select sec.current_organisation()) and v.id = $1 and v.ended_at is null
"""


class Named(msgspec.Struct, frozen=True):
    """Somebody whom the head let in."""

    id: UUID
    name: str
    since: datetime
    reason: str


async def list_named(work: Work) -> tuple[Named, ...]:
    """Those who were named; raises `NotFound` for whom the vault is closed to."""
    await require_open(work)
    return tuple(Named(*row) for row in await work.driver.fetch(LIST))


async def list_heads(work: Work) -> tuple[str, ...]:
    """Those who read it by their role."""
    return tuple(row["name"] for row in await work.driver.fetch(HEADS))


async def find_candidates(work: Work, typed: str, chosen: UUID | None = None) -> Staff:
    """Members who could be named: those who read it by their role, are named or only look in are left out."""
    already = [row["user_id"] for row in await work.driver.fetch(ALREADY)]
    return await find_staff(work, typed, but=already, chosen=chosen)


async def name(work: Work, user_id: UUID | None, reason: str) -> None:
    """Let somebody in, with a reason."""
    work.require(Permission.CONCERN_NAME)
    reason = tidy(reason)
    errors = list(too_long({"reason": reason}))
    if user_id is None:
        errors.append(FieldError("person", "Choose somebody."))
    if not reason:
        errors.append(FieldError("reason", "Say why they need to read it."))
    if errors:
        raise Invalid(*errors)
    named_id = clock.new_id()
    try:
        done = await work.driver.execute(NAME, named_id, user_id, work.now(), work.actor.user_id, reason)
    except asyncpg.UniqueViolationError:
        raise Conflict("They are on the list already.") from None
    if done != "INSERT 0 1":
        raise Invalid(FieldError("person", "Choose somebody who works in this organisation."))
    work.restrict()
    work.record("concern_reader.named", named_id)


async def end(work: Work, named_id: UUID) -> None:
    """Take somebody from the list; raises `NotFound` when they are not on it."""
    work.require(Permission.CONCERN_NAME)
    if await work.driver.execute(END, named_id, work.now(), work.actor.user_id) != "UPDATE 1":
        raise NotFound
    work.restrict()
    work.record("concern_reader.ended", named_id, version=2)
