"""Open actions that nobody has: whoever was to do them belongs here no more, has an account that is shut, or may not
know of the incident any more.

The page says that, and not which of the two: who is kept from an incident, and why, stands on a page of its own.
Whoever reads it gives the action to somebody else by correcting it; until then it stands on the home page of everybody
who handles incidents and may know of it, also where it has no day. (The road not taken: to take it from its owner as
the incident itself is taken from its handler, `letting_go`. An entry says what was agreed then, and is never changed.)
"""

from datetime import date
from typing import Final
from uuid import UUID

import msgspec

from safeguard.access.policy import Permission
from safeguard.incidents.standing import standing
from safeguard.incidents.story import Story
from safeguard.work import Work

OVER: Final = """'deputy' = any (m.roles) and m.deputy_until <= sec.clock()
    and not sec.roles_held(m.roles, m.deputy_from, m.deputy_until) && array['lead', 'deputy']"""
"""Whether somebody was a deputy, and their days are over: they belong here, and read no more what they were to do."""
GONE: Final = f"""
select o.id from unnest($2::uuid[]) o (id)
where o.id <> all ((select sec.who_may_know($1, array(
    select p from unnest($2::uuid[]) p where sec.can_act(p) and not exists (
        select from public.memberships m
        where m.organisation_id = (select sec.current_organisation()) and m.user_id = p and {OVER}))))::uuid[])
"""  # noqa: S608  our own constant
HELD: Final = f"""
with owners as materialized (  -- asked of those few who have anything open, and not of everybody who ever belonged here
    select m.user_id, {OVER} as is_over from public.memberships m
    where m.organisation_id = (select sec.current_organisation()) and exists (
        select from public.entries e
        where e.organisation_id = m.organisation_id and e.owner_id = m.user_id and e.done_at is null
            and e.kind in ('action', 'plan'))
), gone as materialized (
    select o.user_id, a.acts from owners o cross join lateral (select sec.can_act(o.user_id) as acts offset 0) a
    where o.is_over or not a.acts
)
select e.id, e.incident_id, e.kind, i.reference, i.risk, left(e.words, 90) as words, e.due_on, e.owner_name, g.acts
from public.entries e
join gone g on g.user_id = e.owner_id
join public.incidents i on i.organisation_id = e.organisation_id and i.id = e.incident_id and i.state <> 'closed'
where e.organisation_id = (select sec.current_organisation()) and e.done_at is null and e.kind in ('action', 'plan')
    and not exists (select from public.entries s where s.organisation_id = e.organisation_id and s.supersedes_id = e.id)
order by case i.risk when 'emergency' then 0 when 'high' then 1 else 2 end, e.due_on nulls last, e.id
limit $1
"""  # noqa: S608  our own constant


class Held(msgspec.Struct, frozen=True):
    """Something that is not done, of somebody who belongs here no more, cannot get in, or whose days are over."""

    id: UUID
    incident_id: UUID
    kind: str
    reference: str
    risk: str
    words: str
    due_on: date | None
    owner_name: str
    stays: bool
    """Whether they still belong here: a deputy whose days are over."""


async def list_held_by_the_gone(work: Work, most: int) -> list[Held]:
    """The gravest first; none to whoever may not give it to somebody else."""
    if not work.may(Permission.INCIDENT_RESTRICT):
        return []
    return [Held(*row) for row in await work.driver.fetch(HELD, most)]


async def list_unowned(work: Work, story: Story) -> frozenset[UUID]:
    """The open actions that nobody has, by id; none to whoever may not read from whom the incident is kept."""
    if story.facts.state == "closed" or not work.may(Permission.INCIDENT_RESTRICT):
        return frozenset()
    owners = {entry.id: entry.owner_id for entry in standing(story).open_actions}
    others = {owner for owner in owners.values() if owner and owner != work.actor.user_id}
    if not others:
        return frozenset()
    gone = {row["id"] for row in await work.driver.fetch(GONE, story.facts.id, list(others))}
    return frozenset(entry for entry, owner in owners.items() if owner in gone)
