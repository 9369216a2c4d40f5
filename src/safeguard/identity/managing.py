"""Members' roles, and the end of a membership. Both hold from the next request of whoever they concern."""

from collections.abc import Collection
from uuid import UUID

from safeguard.access.policy import Permission
from safeguard.access.roles import Role
from safeguard.errors import FieldError, Forbidden, Invalid, NotFound
from safeguard.identity import granting
from safeguard.work import Work

LOCK_ANSWERING = """
select user_id from memberships where state = 'active' and kind = 'person' and roles && $1 order by user_id for update
"""
ROLES_OF = """
select roles from memberships where user_id = $1 and state = 'active' and kind = 'person' for update
"""
SET_ROLES = "update memberships set roles = $2 where user_id = $1"
END = "update memberships set state = 'ended' where user_id = $1"
END_SESSIONS = "select identity.end_sessions_of($1)"


async def change_roles(work: Work, user_id: UUID, roles: Collection[Role]) -> None:
    """Give a member these roles instead of those that they have."""
    work.require(Permission.USERS_MANAGE)
    if not roles:
        raise Invalid(FieldError("roles", "Choose at least one role, or remove the person."))
    before = await _roles_of(work, user_id)
    await granting.check(work, set(roles) - before, to_self=user_id == work.actor.user_id)
    if before & granting.ANSWERS and granting.ANSWERS.isdisjoint(roles):
        await granting.keep_one(work, user_id)
    if before != frozenset(roles):
        await work.driver.execute(SET_ROLES, user_id, sorted(roles))
        work.record("membership.changed", user_id)


async def remove(work: Work, user_id: UUID) -> None:
    """End a membership and its sessions; what the person recorded stays, under their name."""
    work.require(Permission.USERS_MANAGE)
    if user_id == work.actor.user_id:
        raise Forbidden("You cannot remove yourself. Ask another person who manages accounts here.")
    if await _roles_of(work, user_id) & granting.ANSWERS:
        await granting.keep_one(work, user_id)
    await work.driver.execute(END, user_id)
    await work.driver.execute(END_SESSIONS, user_id)
    work.record("membership.ended", user_id)


async def _roles_of(work: Work, user_id: UUID) -> frozenset[Role]:
    """The member's roles; locks everybody who answers, so that two leads cannot remove each other at once."""
    await work.driver.fetch(LOCK_ANSWERING, sorted(granting.ANSWERS))
    roles: list[str] | None = await work.driver.fetchval(ROLES_OF, user_id)
    if roles is None:
        raise NotFound("This person does not belong to your organisation, or no longer does.")
    return frozenset(map(Role, roles))
