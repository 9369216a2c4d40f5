"""Groups of the directory: kept as they are sent, and giving the roles that our own page says they stand for."""

from collections.abc import Iterable
from typing import Final
from uuid import UUID

from safeguard import clock
from safeguard.access.roles import Role
from safeguard.provisioning.directory import giving
from safeguard.provisioning.directory.joining import LONGEST, ours
from safeguard.provisioning.directory.noting import note
from safeguard.provisioning.directory.people import GROUPS_BY_NAME, HeldGroup, get_group
from safeguard.provisioning.directory.refusals import InvalidValue, Uniqueness
from safeguard.provisioning.directory.resources import Group
from safeguard.work import Work

ADD: Final = """
insert into provisioned_groups (organisation_id, id, connection_id, display_name, external_id, added_at, changed_at)
values ($1, $2, $3, $4, $5, $6, $6)
"""
CHANGE: Final = """
update provisioned_groups set display_name = $2, external_id = $3, version = version + 1, changed_at = $4 where id = $1
"""
FORGET: Final = """
update provisioned_groups set deleted_at = $2, changed_at = $2, version = version + 1 where id = $1
"""
KNOWN: Final = "select user_id from provisioned_people where user_id = any($1) and deleted_at is null"
ENTER: Final = """
insert into provisioned_group_members (organisation_id, group_id, user_id)
select $1, $2, unnest($3::uuid[]) on conflict do nothing
"""
LEAVE: Final = "delete from provisioned_group_members where group_id = $1 and user_id = any($2)"


async def add_group(work: Work, group: Group) -> HeldGroup:
    """Keep a group; it stands for nothing here until somebody says so."""
    connection, group_id = await ours(work), clock.new_id()
    await _check(work, group, None)
    wanted = await _members(work, group)
    await work.driver.execute(
        ADD, work.organisation_id, group_id, connection.id, group.display_name, group.external_id, work.now()
    )
    await note(work, connection.id, "group_added", group_id=group_id)
    await _enter(work, group_id, wanted)
    return await get_group(work, str(group_id))


async def change_group(work: Work, held: HeldGroup, group: Group) -> HeldGroup:
    """Make the group what the directory says, and its people's roles with it."""
    connection = await ours(work)
    await _check(work, group, held.id)
    wanted = await _members(work, group)
    await work.driver.execute(CHANGE, held.id, group.display_name, group.external_id, work.now())
    if group.display_name != held.resource.display_name:
        await note(work, connection.id, "group_changed", group_id=held.id)
    await _leave(work, connection.id, held, held.members - wanted)
    await _enter(work, held.id, wanted - held.members)
    if held.role:
        for user_id in sorted(wanted - held.members):
            await giving.gain(work, connection.id, user_id, (held.id, group.display_name or ""), Role(held.role))
    return await get_group(work, str(held.id))


async def remove_group(work: Work, held: HeldGroup) -> None:
    """The group is no more, nor what it gave."""
    connection = await ours(work)
    await _leave(work, connection.id, held, held.members)
    await work.driver.execute(FORGET, held.id, work.now())
    await note(work, connection.id, "group_removed", group_id=held.id)


async def _enter(work: Work, group_id: UUID, who: Iterable[UUID]) -> None:
    await work.driver.execute(ENTER, work.organisation_id, group_id, list(who))


async def _leave(work: Work, connection_id: UUID, held: HeldGroup, who: Iterable[UUID]) -> None:
    leaving = sorted(who)
    await work.driver.execute(LEAVE, held.id, leaving)
    if held.role:
        for user_id in leaving:
            await giving.lose(work, connection_id, user_id, held.id, Role(held.role))


async def _members(work: Work, group: Group) -> frozenset[UUID]:
    """Who is in it; raises `InvalidValue` for somebody whom the directory does not keep here, or another group."""
    try:
        asked = frozenset(UUID(member.value or "") for member in group.members or [])
    except ValueError as fault:
        raise InvalidValue("A member is named by the id of somebody under /Users.") from fault
    known = {row["user_id"] for row in await work.driver.fetch(KNOWN, list(asked))}
    if asked - known:
        raise InvalidValue("A member is nobody under /Users. Groups within groups are not kept: send their people.")
    return asked


async def _check(work: Work, group: Group, own: UUID | None) -> None:
    name = group.display_name
    if not name or not name.strip() or len(name) > LONGEST or len(group.external_id or "") > LONGEST:
        raise InvalidValue(f"displayName has 1 to {LONGEST} characters, and externalId no more.")
    row = await work.driver.fetchrow(GROUPS_BY_NAME, name)
    if row is not None and row["id"] != own:
        raise Uniqueness("Another group here has this displayName.")
