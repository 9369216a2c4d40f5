"""Open actions that nobody has: whoever was to do them belongs here no more, has an account that is shut, or may not
know of the incident any more.

The page says that, and not which of the two: who is kept from an incident, and why, stands on a page of its own.
Whoever reads it gives the action to somebody else by correcting it. (The road not taken: to take it from its owner as
the incident itself is taken from its handler, `letting_go`. An entry says what was agreed then, and is never changed.)
"""

from typing import Final
from uuid import UUID

from safeguard.access.policy import Permission
from safeguard.incidents.standing import standing
from safeguard.incidents.story import Story
from safeguard.work import Work

GONE: Final = """
select o.id from unnest($2::uuid[]) o (id)
where o.id <> all ((select sec.who_may_know($1, array(
    select p from unnest($2::uuid[]) p where sec.can_act(p))))::uuid[])
"""


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
