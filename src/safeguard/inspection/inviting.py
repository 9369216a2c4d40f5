"""Letting an inspector in: for a purpose, with packs chosen for them, and for a few days.

The inspector signs in to an account of their own with the role of an inspector, which by itself opens nothing. What
they may read is one inspection, as long as it lasts; it ends by itself.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final
from uuid import UUID

from safeguard import clock
from safeguard.access.policy import Permission
from safeguard.access.roles import Role
from safeguard.audit.documents import Document
from safeguard.errors import Conflict, FieldError, Invalid, NotFound
from safeguard.evidence.bodies import ANSWERS, EVERY, load_bodies
from safeguard.evidence.queries import get_pack
from safeguard.identity import addresses, inviting
from safeguard.inspection.queries import Inspection, get_inspection, list_offered
from safeguard.work import Work

LONGEST: Final = 30
ONE_ONLY: Final = "Only a pack made for an inspection answers all of them. Which heading does this one belong under?"
ROLES: Final = "select roles from public.memberships where email = $1 and state = 'active'"
ADD: Final = """
insert into public.inspections
    (organisation_id, id, inspector, email, body, purpose, created_at, created_by, expires_at, live_from, live_until)
values ((select sec.current_organisation()), $1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
"""
GIVE: Final = """
insert into public.inspection_packs (organisation_id, inspection_id, pack_id, heading, added_at)
values ((select sec.current_organisation()), $1, $2, $3, $4) on conflict do nothing returning pack_id
"""
TAKE_BACK: Final = """
delete from public.inspection_packs
where organisation_id = (select sec.current_organisation()) and inspection_id = $1 and pack_id = $2 returning pack_id
"""
END: Final = """
update public.inspections set ended_at = $2, ended_by = $3
where organisation_id = (select sec.current_organisation()) and id = $1 and ended_at is null and expires_at > $2
returning id
"""


@dataclass(frozen=True, slots=True)
class NewInspection:
    """Who comes, from whom, what for, and for how many days."""

    inspector: str
    email: str
    body: str
    purpose: str
    days: int = 5
    live: tuple[date, date] | None = None
    """Incidents recorded in these days may be read as they stand, without names."""


@dataclass(frozen=True, slots=True)
class Begun:
    """An inspection, and the way in for somebody who has no account here yet."""

    id: UUID
    path: str | None


async def begin_inspection(work: Work, new: NewInspection) -> Begun:
    """Let an inspector in; raises `Invalid`, `Conflict` for a member of the organisation's own."""
    work.require(Permission.INSPECTION_MANAGE)
    if new.body not in load_bodies():
        raise Invalid(FieldError("body", "Choose whose inspector it is."))
    if not 1 <= new.days <= LONGEST:
        raise Invalid(FieldError("days", f"From 1 to {LONGEST} days. How many?"))
    if new.live and new.live[1] < new.live[0]:
        raise Invalid(FieldError("live_until", "The last day is before the first. Which days do you mean?"))
    email = addresses.check(new.email)
    roles = await work.driver.fetchval(ROLES, email)
    if roles and set(roles) != {Role.INSPECTOR}:
        raise Conflict("This address is a member's of your own. An inspector comes from outside.")
    invited = None if roles else await inviting.invite(work, email, [Role.INSPECTOR])
    inspection_id, now = clock.new_id(), work.now()
    values = (new.inspector, email, new.body, new.purpose, now, work.actor.user_id, now + timedelta(days=new.days))
    await work.driver.execute(ADD, inspection_id, *values, *(new.live or (None, None)))
    fields = {"inspector": new.inspector, "body": new.body, "purpose": new.purpose, "days": new.days}
    if new.live:
        fields |= {"live_from": new.live[0].isoformat(), "live_until": new.live[1].isoformat()}
    work.record("inspection.begun", inspection_id, document=Document("inspection", inspection_id, 1, fields))
    return Begun(inspection_id, invited.path if invited else None)


async def give_pack(work: Work, inspection_id: UUID, pack_id: UUID, heading: str) -> None:
    """Give the inspector a pack, under one of their headings; raises `Invalid`, `Conflict`.

    One that is being made can be given as well: the inspector reads it once it is there.
    """
    work.require(Permission.INSPECTION_MANAGE)
    inspection = await get_inspection(work, inspection_id)
    _refuse_over(inspection)
    kinds = {each.id: each.kind for each in await list_offered(work)}
    if pack_id not in kinds:
        raise Invalid(FieldError("pack", "Choose one of the packs."))
    if heading == EVERY and kinds[pack_id] != "inspection":
        raise Invalid(FieldError("heading", ONE_ONLY))
    if heading not in {EVERY, *(each.code for each in inspection.body.headings)}:
        raise Invalid(FieldError("heading", "Choose the heading that it belongs under."))
    if await work.driver.fetchval(GIVE, inspection_id, pack_id, heading, work.now()) is None:
        raise Invalid(FieldError("pack", "The inspector has this pack already."))
    work.record("inspection.widened", inspection_id)


async def enclose(work: Work, inspection_id: UUID, pack_id: UUID) -> None:
    """Give a pack that is ready together with an answer; one that they have already stays where it is."""
    work.require(Permission.INSPECTION_MANAGE)
    if pack_id not in {each.id for each in await list_offered(work) if each.is_ready}:
        raise Invalid(FieldError("pack", "Choose a pack that is ready."))
    if await work.driver.fetchval(GIVE, inspection_id, pack_id, ANSWERS, work.now()):
        work.record("inspection.widened", inspection_id)


async def take_back(work: Work, inspection_id: UUID, pack_id: UUID) -> None:
    """Take a pack back that was given; raises `NotFound`, `Conflict` when the access is over.

    What they opened of it until then is told to the organisation like every other opening, and what they downloaded
    stays in their hands.
    """
    work.require(Permission.INSPECTION_MANAGE)
    _refuse_over(await get_inspection(work, inspection_id))
    pack = await get_pack(work, pack_id)
    if await work.driver.fetchval(TAKE_BACK, inspection_id, pack_id) is None:
        raise NotFound
    work.record("inspection.narrowed", inspection_id)
    work.record("pack.withdrawn", pack_id, log=pack.log)


async def end_inspection(work: Work, inspection_id: UUID) -> None:
    """End it now; raises `NotFound`, `Conflict` when it is over."""
    work.require(Permission.INSPECTION_MANAGE)
    await get_inspection(work, inspection_id)
    if await work.driver.fetchval(END, inspection_id, work.now(), work.actor.user_id) is None:
        raise Conflict("This access is over already.")
    work.record("inspection.ended", inspection_id)


def _refuse_over(inspection: Inspection) -> None:
    if not inspection.is_open:
        raise Conflict("This access is over. Begin another one to show more.")
