"""Who may know of an incident: read, narrowed and widened, each act with a reason on record.

Whoever is alleged is kept out by the database itself (migrations/sql/45_restricted_excluding.sql). What is done here
by hand is to keep out somebody more, and to keep an incident to those who need to know. How an exclusion ends:
`ending`.
"""

from datetime import datetime
from typing import Final
from uuid import UUID

import asyncpg
import msgspec

from safeguard import clock
from safeguard.access.policy import Permission
from safeguard.errors import Conflict, FieldError, Invalid, NotFound
from safeguard.incidents.entering import too_long
from safeguard.incidents.hiding.alone import heed_incident
from safeguard.incidents.hiding.ending import Ground
from safeguard.incidents.hiding.retelling import RETELL
from safeguard.incidents.letting_go import let_go
from safeguard.incidents.reports import tidy
from safeguard.work import Work

EXCLUDED: Final = """
select x.user_id, m.name, x.cause, x.since, x.lifted_at, x.lifted_by_name, x.ground, x.told_how, x.reason,
    coalesce(d.decided_by_name, ''),
    (select p.id from public.proposals p
     where p.organisation_id = x.organisation_id and p.act = 'exclusion.lift' and p.subject_id = x.id
         and p.state = 'open' and p.expires_at > $2)
from public.exclusions x
join public.memberships m on m.organisation_id = x.organisation_id and m.user_id = x.user_id
left join public.proposals d on d.organisation_id = x.organisation_id and d.id = x.approval_id
where x.organisation_id = (select sec.current_organisation()) and x.incident_id = $1 order by x.since, m.name
"""
CONFINED: Final = """
select c.confined_at, coalesce(m.name, ''), c.reason from public.confinements c
left join public.memberships m on m.organisation_id = c.organisation_id and m.user_id = c.confined_by
where c.organisation_id = (select sec.current_organisation()) and c.incident_id = $1 and c.ended_at is null
"""
HANDLERS: Final = """
select m.user_id, m.name from public.memberships m
where m.organisation_id = (select sec.current_organisation()) and m.user_id = any (sec.handlers_of_incident($1))
order by m.name, m.user_id
"""
COULD: Final = """
select m.user_id, m.name from public.memberships m
where m.organisation_id = (select sec.current_organisation()) and m.state = 'active' and m.kind = 'person'
    and sec.roles_held(m.roles, m.deputy_from, m.deputy_until) && array['lead', 'deputy']
order by m.name, m.user_id
"""
HEADING: Final = """
select i.version from public.incidents i
where i.organisation_id = (select sec.current_organisation()) and i.id = $1 for update
"""
EXCLUDE: Final = """
insert into public.exclusions (organisation_id, id, incident_id, user_id, cause, since)
select m.organisation_id, $1, $2, m.user_id, 'chosen', $4 from public.memberships m
where m.organisation_id = (select sec.current_organisation()) and m.user_id = $3 and m.kind = 'person'
"""
CONFINE: Final = """
insert into public.confinements (organisation_id, id, incident_id, confined_at, confined_by, reason)
values ((select sec.current_organisation()), $1, $2, $3, $4, $5)
"""
CONFIDE: Final = """
insert into public.confidants (organisation_id, id, incident_id, user_id, since, added_by)
select m.organisation_id, $1, $2, m.user_id, $4, $5 from public.memberships m
where m.organisation_id = (select sec.current_organisation()) and m.user_id = $3 and m.state = 'active'
    and m.kind = 'person'
"""
RELEASE: Final = """
update public.confinements c set ended_at = $2, ended_by = $3, end_reason = $4
where c.organisation_id = (select sec.current_organisation()) and c.incident_id = $1 and c.ended_at is null
"""
END_LIST: Final = """
update public.confidants k set ended_at = $2
where k.organisation_id = (select sec.current_organisation()) and k.incident_id = $1 and k.ended_at is null
"""


class Excluded(msgspec.Struct, frozen=True):
    """A member who must not know of it, or who had not to."""

    user_id: UUID
    name: str
    cause: str
    since: datetime
    lifted_at: datetime | None
    lifted_by_name: str
    """Who asked that it ends."""
    ground: Ground | None
    told_how: str
    reason: str
    agreed_by_name: str = ""
    asked: UUID | None = None
    """The proposal that it ends, while it waits for somebody to agree."""


class Confined(msgspec.Struct, frozen=True):
    """That it is kept to a list."""

    at: datetime
    by: str
    reason: str


class Member(msgspec.Struct, frozen=True):
    """Somebody who belongs here."""

    user_id: UUID
    name: str


class Circle(msgspec.Struct, frozen=True):
    """Who may know of an incident, and who may not."""

    handlers: tuple[Member, ...]
    excluded: tuple[Excluded, ...]
    lifted: tuple[Excluded, ...]
    confined: Confined | None


async def read_circle(work: Work, incident_id: UUID) -> Circle:
    """Who may know; raises `NotFound` for whom it is hidden from."""
    work.require(Permission.INCIDENT_RESTRICT)
    await _locked(work, incident_id)
    all_of_them = [Excluded(*row) for row in await work.driver.fetch(EXCLUDED, incident_id, work.now())]
    kept = await work.driver.fetchrow(CONFINED, incident_id)
    return Circle(
        tuple(Member(*row) for row in await work.driver.fetch(HANDLERS, incident_id)),
        tuple(each for each in all_of_them if each.lifted_at is None),
        tuple(each for each in all_of_them if each.lifted_at is not None),
        Confined(*kept) if kept else None,
    )


async def list_confidants(work: Work) -> tuple[Member, ...]:
    """Everybody who handles incidents here, to whom one can be kept: a handful in the largest place."""
    work.require(Permission.INCIDENT_RESTRICT)
    return tuple(Member(*row) for row in await work.driver.fetch(COULD))


async def exclude(work: Work, incident_id: UUID, user_id: UUID | None) -> None:
    """Keep somebody more from it, or anew; raises `Conflict` for whom it is kept from. Whoever says so keeps it."""
    work.require(Permission.INCIDENT_RESTRICT)
    if user_id is None or user_id == work.actor.user_id:
        raise Invalid(FieldError("person", "Choose somebody else than yourself."))
    version = await _locked(work, incident_id)
    try:
        done = await work.driver.execute(EXCLUDE, clock.new_id(), incident_id, user_id, work.now())
    except asyncpg.UniqueViolationError:
        raise Conflict("They are kept from it already.") from None
    if done != "INSERT 0 1":
        raise Invalid(FieldError("person", "Choose somebody who belongs to this organisation."))
    work.record("exclusion.made", incident_id, kind="incident", version=version)
    heed_incident(work, incident_id)
    await let_go(work, incident_id)


async def confine(work: Work, incident_id: UUID, people: tuple[UUID, ...], reason: str) -> None:
    """Keep it to these people and to whoever says so; to everybody else it is not there."""
    work.require(Permission.INCIDENT_RESTRICT)
    reason = _reason(reason, "Say why it is kept to a few.")
    version = await _locked(work, incident_id)
    try:
        await work.driver.execute(
            CONFINE, clock.new_id(), incident_id, work.now(), work.actor.user_id, reason
        )  # fmt: skip
    except asyncpg.UniqueViolationError:
        raise Conflict("It is kept to a few already. Open it to all first, then choose again.") from None
    # Oneself first: from the first name on, it is hidden from whoever is not on the list.
    for user_id in dict.fromkeys(user_id for user_id in (work.actor.user_id, *people) if user_id):
        await work.driver.execute(CONFIDE, clock.new_id(), incident_id, user_id, work.now(), work.actor.user_id)
    work.record("incident.confined", incident_id, version=version)
    heed_incident(work, incident_id)
    await let_go(work, incident_id)


async def release(work: Work, incident_id: UUID, reason: str) -> None:
    """Open it again to everybody who handles incidents; exclusions stay. Without any it is then as every other."""
    work.require(Permission.INCIDENT_RESTRICT)
    reason = _reason(reason, "Say why everybody who handles incidents may know of it now.")
    version = await _locked(work, incident_id)
    work.restrict()  # that it was kept to a few is for whoever read that it was, also once it is restricted no more
    if await work.driver.execute(RELEASE, incident_id, work.now(), work.actor.user_id, reason) != "UPDATE 1":
        raise Conflict("It is not kept to a few.")
    await work.driver.execute(END_LIST, incident_id, work.now())
    work.record("incident.released", incident_id, version=version)
    work.ask(RETELL, incident_id)


async def _locked(work: Work, incident_id: UUID) -> int:
    version: int | None = await work.driver.fetchval(HEADING, incident_id)
    if version is None:
        raise NotFound
    return version


def _reason(words: str, sentence: str) -> str:
    said = tidy(words)
    if errors := too_long({"reason": said}) if said else [FieldError("reason", sentence)]:
        raise Invalid(*errors)
    return said
