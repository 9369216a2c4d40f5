"""Who may give which role. The one table beside `access/policy.py`, because it compares two people.

A role that opens cases is given by somebody who answers for all of them. An administrator manages accounts and never
cases: they may name the first lead, when there is none, but never themselves. An organisation that has a lead keeps
one.

Roles that answer for records, or that agree to such a grant, take two people (`approving`): else one lead could make
a second of themselves. Only the first of all, named while the organisation is set up, does not.
"""

from collections.abc import Collection
from typing import Final

from safeguard.access.actors import Actor, ActorKind
from safeguard.access.roles import Role
from safeguard.errors import Conflict, Forbidden
from safeguard.work import Work

OPENS_CASES: Final = frozenset(
    {Role.LEAD, Role.DEPUTY, Role.HEAD, Role.PASTORAL, Role.PRACTITIONER, Role.SUPERVISOR, Role.INSPECTOR}
)
"""Roles that show what a record says, or part of it."""
ANSWERS: Final = frozenset({Role.LEAD, Role.SUPERVISOR})
"""Roles that answer for every case of the organisation."""
TAKES_TWO: Final = frozenset({Role.LEAD, Role.DEPUTY, Role.SUPERVISOR, Role.HEAD})
"""Roles that somebody else has to agree to."""
NEVER_BY_HAND: Final = frozenset({Role.OPERATOR, Role.INSPECTOR})
"""The platform's own role, and one that comes with an end: neither is given on the people page."""

COUNT_ANSWERING = """
select count(*) from memberships
where state = 'active' and kind = 'person' and roles && $1 and user_id is distinct from $2
"""

IS_BEGINNING = """
select exists (select from organisations where id = $1 and state = 'setting_up')
    and not exists (select from memberships where state = 'active' and kind = 'person' and roles && $2)
"""


async def check(work: Work, granted: Collection[Role], *, to_self: bool = False) -> None:
    """Raise `Forbidden` unless the actor may give these roles."""
    if not _needs_answering(work.actor, granted):
        return
    if to_self:
        raise Forbidden(
            "You cannot give yourself a role that opens cases. Ask your safeguarding lead to give it to you."
        )
    if await count_answering(work):
        raise Forbidden(
            "Only a safeguarding lead can give a role that opens cases. Ask yours to do it. Where that cannot be, ask"
            " for another lead under Settings, Another lead."
        )


async def waiting(work: Work, granted: Collection[Role]) -> frozenset[Role]:
    """Which of these roles somebody else has to agree to before they are given."""
    held_back = TAKES_TWO & frozenset(granted)
    if not held_back or work.actor.kind in {ActorKind.SYSTEM, ActorKind.OPERATOR}:
        return frozenset()
    beginning = await work.driver.fetchval(IS_BEGINNING, work.organisation_id, sorted(ANSWERS))
    return frozenset() if beginning else held_back


async def keep_one(work: Work, leaving: object) -> None:
    """Raise `Conflict` when nobody would answer for the cases without the member `leaving`."""
    if not await count_answering(work, besides=leaving):
        raise Conflict(
            "Nobody else here answers for the cases. Give somebody else the lead first: then this can be changed."
            " Without them, an administrator, a deputy or the head asks for another lead under Settings, Another lead."
        )


async def count_answering(work: Work, besides: object = None) -> int:
    """How many people answer for every case, not counting one."""
    return await work.driver.fetchval(COUNT_ANSWERING, sorted(ANSWERS), besides) or 0


def _needs_answering(actor: Actor, granted: Collection[Role]) -> bool:
    if actor.kind in {ActorKind.SYSTEM, ActorKind.OPERATOR}:
        return False
    return not OPENS_CASES.isdisjoint(granted) and ANSWERS.isdisjoint(actor.roles)
