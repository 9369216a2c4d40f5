"""Roles by group: what a directory's group stands for here, given and taken as people come and go.

A role that shows no records is given at once. One that opens them is never a directory's to give (SECURITY: SCIM
cannot grant lead): it asks, and somebody who answers for records agrees, or does not. Taking away needs nobody: whoever
leaves the group loses the role with the same request, unless another group of theirs gives it too. So does the last
who answers for records, as when the directory switches them off (`identity.replacing`): refused with a 409, they would
read on until somebody found that in a log of the directory. Those who can ask for another lead are told at once.

An administrator who makes a group stand for something else takes no role away that two people decide about: else one
person would do on this page what takes two on the other.
"""

import json
from typing import Any, Final
from uuid import UUID

from safeguard.access.actors import ActorKind
from safeguard.access.roles import Role
from safeguard.identity import approving, granting, managing, replacing
from safeguard.provisioning.directory.noting import note
from safeguard.provisioning.wordings import name_of
from safeguard.work import Work

NEVER: Final = granting.NEVER_BY_HAND
ROLES_OF: Final = """
select distinct g.role from provisioned_groups g
join provisioned_group_members x on x.organisation_id = g.organisation_id and x.group_id = g.id
where x.user_id = $1 and g.role is not null and g.deleted_at is null
"""
OPEN: Final = """
select id, details->'grant' as asked, details ? 'directory' as is_by_group from proposals
where act = $1 and subject_id = $2 and state = 'open' and expires_at > $3
"""
IS_MEMBER: Final = "select exists (select from memberships where user_id = $1 and state = 'active')"
TOLD: Final = "Give {name} the role: {role}, because of the directory's group “{group}”"
TOLD_MORE: Final = "Give {name} the roles: {roles}, because of the directory's groups"
STILL: Final = "They are in groups of the organisation's directory that stand for these roles here."
WHY: Final = "They are in the group “{group}” of the organisation's directory, which stands for this role here."


async def gain(work: Work, connection_id: UUID, user_id: UUID, group: tuple[UUID, str], role: Role) -> None:
    """Give a role to somebody in the group, or ask for it."""
    if not await work.driver.fetchval(IS_MEMBER, user_id):
        return
    held = await managing.get_held(work, user_id)
    if role in held.roles:
        return
    if role not in granting.OPENS_CASES:
        await managing.set_roles(work, user_id, held.roles | {role}, held.period)
        await note(work, connection_id, "given", user_id=user_id, group_id=group[0], role=role)
        return
    waiting = await work.driver.fetchrow(OPEN, managing.GRANT, user_id, work.now())
    asked = _roles_in(waiting)
    if role in asked or (waiting and not waiting["is_by_group"]):
        return  # what a person asked for is decided first
    told = TOLD.format(name=held.name, role=name_of(role), group=group[1])
    if waiting:  # what is asked for stands in one question, to be decided at once
        await approving.lapse(work, waiting["id"])
        told = TOLD_MORE.format(name=held.name, roles=", ".join(sorted(map(name_of, asked | {role}))))
    await _ask(work, connection_id, user_id, asked | {role}, WHY.format(group=group[1]), told)
    await note(work, connection_id, "asked", user_id=user_id, group_id=group[0], role=role)


async def lose(work: Work, connection_id: UUID, user_id: UUID, group_id: UUID, role: Role) -> None:
    """Take a role from somebody who left the group, or whose group stands for it no more."""
    if role in await roles_of(work, user_id):
        return
    await _withdraw(work, connection_id, user_id, role)
    if not await work.driver.fetchval(IS_MEMBER, user_id):
        return
    held = await managing.get_held(work, user_id)
    if role not in held.roles:
        return
    by_directory = work.actor.kind is ActorKind.PROVISIONER
    if role in granting.TAKES_TWO and not by_directory:
        await note(work, connection_id, "kept", user_id=user_id, group_id=group_id, role=role)
        return
    left = held.roles - {role} or frozenset({Role.REPORTER})
    last = role in granting.ANSWERS and not await granting.count_answering(work, besides=user_id)
    period = held.period if Role.DEPUTY in left else managing.ALWAYS
    await managing.set_roles(work, user_id, left, period, even_last=by_directory)
    await note(work, connection_id, "taken", user_id=user_id, group_id=group_id, role=role)
    if last and granting.ANSWERS.isdisjoint(left):
        await note(work, connection_id, "lead_needed")
        work.ask(replacing.NEEDED, user_id)


async def roles_of(work: Work, user_id: UUID) -> frozenset[Role]:
    """What their groups stand for."""
    return frozenset(Role(row["role"]) for row in await work.driver.fetch(ROLES_OF, user_id))


async def _ask(work: Work, connection_id: UUID, user_id: UUID, roles: frozenset[Role], reason: str, told: str) -> None:
    details = managing.details(roles, (), managing.ALWAYS) | {"directory": str(connection_id)}
    await approving.propose(work, managing.GRANT, user_id, reason, told=told, details=details)


async def _withdraw(work: Work, connection_id: UUID, user_id: UUID, role: Role) -> None:
    """Take back what this directory asked for, when nobody has decided it."""
    waiting = await work.driver.fetchrow(OPEN, managing.GRANT, user_id, work.now())
    asked = _roles_in(waiting)
    if waiting is None or role not in asked or not waiting["is_by_group"]:
        return
    await approving.lapse(work, waiting["id"])
    left = asked - {role}
    if left and await work.driver.fetchval(IS_MEMBER, user_id):
        held = await managing.get_held(work, user_id)
        told = TOLD_MORE.format(name=held.name, roles=", ".join(sorted(map(name_of, left))))
        await _ask(work, connection_id, user_id, left, STILL, told)


def _roles_in(waiting: Any) -> frozenset[Role]:
    """What is asked for in a row of `OPEN`; nothing where there is none."""
    return frozenset(map(Role, json.loads(waiting["asked"]))) if waiting else frozenset()
