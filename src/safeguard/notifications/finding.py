"""Whom to tell of what: constant questions, asked with the system's eyes. Who may know of it is asked of each later.

Whoever did it is never told of it, nor whoever cannot get in because their account is shut. A report tells all who
handle incidents; where there is none, or none who may know of it, the head.
"""

from collections.abc import Collection
from datetime import date, datetime
from typing import Final
from uuid import UUID

import msgspec

from safeguard.access.roles import Role
from safeguard.incidents.unowned import OVER
from safeguard.work import Work

HANDLERS: Final = (Role.LEAD, Role.DEPUTY)
ABOVE: Final = (Role.HEAD,)

HOLDING: Final = """
select m.user_id from public.memberships m
where m.organisation_id = (select sec.current_organisation()) and m.state = 'active' and m.kind = 'person'
    and sec.roles_held(m.roles, m.deputy_from, m.deputy_until) && $1::text[] and sec.can_act(m.user_id)
"""
BELONGS: Final = "select sec.can_act($1)"
STILL_DOES: Final = f"""
select sec.can_act($1) and not exists (
    select from public.memberships m
    where m.organisation_id = (select sec.current_organisation()) and m.user_id = $1 and {OVER})
"""  # noqa: S608  our own constant
REPORT: Final = """
select i.id, i.state, i.risk, i.recorded_at, i.recorded_by, i.acknowledged_by, i.assigned_to, i.heard_at,
    i.heard_urgent
from public.incidents i
where i.organisation_id = (select sec.current_organisation()) and i.id = $1
"""
MESSAGES: Final = """
select count(*) from public.entries e
where e.organisation_id = (select sec.current_organisation()) and e.incident_id = $1 and e.kind = 'message'
"""
ASKED_FOR_REPORT: Final = """
select r.asked_by from public.reports r where r.organisation_id = (select sec.current_organisation()) and r.id = $1
"""
CONCERN_MESSAGES: Final = """
select count(*) from public.concern_entries e
where e.organisation_id = (select sec.current_organisation()) and e.concern_id = $1 and e.kind = 'message'
"""
ASSIGNED_BY: Final = """
select e.author_id from public.entries e
where e.organisation_id = (select sec.current_organisation()) and e.incident_id = $1 and e.kind = 'assignment'
order by e.written_at desc, e.id desc limit 1
"""
TASK: Final = """
select e.id, e.incident_id, e.owner_id, e.author_id, e.due_on, e.remind_on,
       e.done_at is null and i.state <> 'closed' and not exists (
           select from public.entries s where s.organisation_id = e.organisation_id and s.supersedes_id = e.id)
from public.entries e join public.incidents i on i.organisation_id = e.organisation_id and i.id = e.incident_id
where e.organisation_id = (select sec.current_organisation()) and e.id = $1 and e.kind in ('action', 'plan', 'support')
"""
HELD: Final = """
select r.id from public.public_reports r
where r.organisation_id = (select sec.current_organisation()) and r.state = 'held' order by r.kept_at, r.id limit 1
"""
STILL_HELD: Final = """
select r.held_words from public.public_reports r
where r.organisation_id = (select sec.current_organisation()) and r.id = $1 and r.state = 'held'
"""
RAISED_BY: Final = """
select c.raised_by from public.concerns c
where c.organisation_id = (select sec.current_organisation()) and c.id = $1
"""
VAULT: Final = """
select v.user_id from public.vault_people v
where v.organisation_id = (select sec.current_organisation()) and v.ended_at is null
"""
BROKE_GLASS: Final = """
select g.user_id from public.broken_glass g
where g.organisation_id = (select sec.current_organisation()) and g.id = $1
"""
INSPECTION_NOTE: Final = """
select n.kind, n.inspection_id, i.created_by as lead, q.written_by as asker
from public.inspection_notes n
join public.inspections i on i.organisation_id = n.organisation_id and i.id = n.inspection_id
left join public.inspection_notes q on q.organisation_id = n.organisation_id and q.id = n.answers
where n.organisation_id = (select sec.current_organisation()) and n.id = $1
"""
ASKED_FOR_PACK: Final = """
select p.requested_by, p.incident_id from public.packs p
where p.organisation_id = (select sec.current_organisation()) and p.id = $1
"""


class Report(msgspec.Struct, frozen=True):
    """How far an incident is."""

    id: UUID
    state: str
    risk: str
    recorded_at: datetime
    recorded_by: UUID | None
    acknowledged_by: UUID | None
    assigned_to: UUID | None
    heard_at: datetime | None = None
    """Since when words of whoever reported it wait to be read."""
    heard_urgent: bool = False


class Task(msgspec.Struct, frozen=True):
    """Something that somebody has to do by a day."""

    id: UUID
    incident_id: UUID
    owner_id: UUID | None
    author_id: UUID | None
    due_on: date | None
    remind_on: date | None
    stands: bool
    """Neither done, nor corrected, nor in a closed incident."""


async def holding(work: Work, roles: Collection[Role], *, without: UUID | None = None) -> frozenset[UUID]:
    """Members who hold one of these roles today and get in."""
    rows = await work.driver.fetch(HOLDING, [str(role) for role in roles])
    return frozenset(row["user_id"] for row in rows) - {without}


async def still_does(work: Work, owner: UUID | None) -> bool:
    """Whether whoever was given a task can still do it; of somebody without an account nobody knows otherwise."""
    return owner is None or bool(await work.driver.fetchval(STILL_DOES, owner))


async def belonging(work: Work, person: UUID | None, *, without: UUID | None = None) -> frozenset[UUID]:
    """This one person, if they still belong here, get in, and did not do it themselves."""
    if person is None or person == without or not await work.driver.fetchval(BELONGS, person):
        return frozenset()
    return frozenset({person})


async def find_report(work: Work, incident_id: UUID) -> Report | None:
    """An incident, as far as telling of it goes."""
    row = await work.driver.fetchrow(REPORT, incident_id)
    return Report(*row) if row else None


async def find_task(work: Work, entry_id: UUID) -> Task | None:
    """An action, a plan, or support to be asked about again."""
    row = await work.driver.fetchrow(TASK, entry_id)
    return Task(*row) if row else None


async def assigned_by(work: Work, incident_id: UUID) -> UUID | None:
    """Who gave an incident to whom it is assigned to."""
    return await work.driver.fetchval(ASSIGNED_BY, incident_id)
