"""Joiners, movers and leavers: what follows here from what a directory says of somebody.

Somebody new gets an account of this organisation's own, which only its provider lets in, and may report. Somebody who
has an account here already is looked after by the directory from then on, and keeps their way in, their name and their
roles. Whoever leaves is out with the next request, also when nobody answers for records then: those who can see to that
are told at once (`identity.replacing`).
"""

from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from safeguard import clock
from safeguard.access.roles import Role
from safeguard.errors import Invalid
from safeguard.identity import addresses, belonging, replacing
from safeguard.provisioning.directory import giving
from safeguard.provisioning.directory.noting import note
from safeguard.provisioning.directory.people import (
    BY_NAME,
    GROUPS,
    HeldPerson,
    get_person,
    group_of,
)
from safeguard.provisioning.directory.refusals import InvalidValue, Uniqueness
from safeguard.provisioning.directory.resources import User
from safeguard.web.kinds import as_name
from safeguard.work import Work

LONGEST: Final = 200
OURS: Final = "select id, sign_on_id from provisioning_connections where user_id = $1"
KNOWN: Final = """
select m.user_id from memberships m
where m.email = $1 and m.kind = 'person' and m.state = 'active' and not exists (
    select from provisioned_people p where p.user_id = m.user_id and p.deleted_at is null)
"""
MAKE: Final = "select identity.provision_member($1, $2, $3, $4)"
RENAME: Final = "select identity.rename_provisioned($1, $2, $3)"
IS_OWN: Final = "select identity.is_provisioned($1)"
EXPECT: Final = "select identity.expect_sign_on($1, $2, $3)"
ADD: Final = """
insert into provisioned_people as p
    (organisation_id, user_id, connection_id, user_name, external_id, document, added_at, changed_at)
values ($1, $2, $3, $4, $5, $6, $7, $7)
on conflict (organisation_id, user_id) do update
    set connection_id = excluded.connection_id, user_name = excluded.user_name, external_id = excluded.external_id,
        document = excluded.document, version = p.version + 1, added_at = excluded.added_at,
        changed_at = excluded.changed_at, deleted_at = null
"""
CHANGE: Final = """
update provisioned_people set user_name = $2, external_id = $3, document = $4, version = version + 1, changed_at = $5
where user_id = $1
"""
FORGET: Final = """
update provisioned_people set user_name = user_id::text, external_id = null, document = '{}', version = version + 1,
    changed_at = $2, deleted_at = $2
where user_id = $1
"""
LEAVE_GROUPS: Final = "delete from provisioned_group_members where user_id = $1 returning group_id"
MOST_GROUPS: Final = 1_000


@dataclass(frozen=True, slots=True)
class Ours:
    """The connection that the directory came by."""

    id: UUID
    sign_on_id: UUID | None


async def ours(work: Work) -> Ours:
    """The connection of whoever acts."""
    row = await work.driver.fetchrow(OURS, work.actor.user_id)
    if row is None:
        raise TypeError("only a directory provisions")
    return Ours(row["id"], row["sign_on_id"])


async def join(work: Work, user: User) -> HeldPerson:
    """Take somebody in; raises `Uniqueness`, `InvalidValue`."""
    connection = await ours(work)
    await _check_name(work, user, None)
    user_id, act = await _account(work, user)
    await work.driver.execute(
        ADD, work.organisation_id, user_id, connection.id, user.user_name, user.external_id, _document(user), work.now()
    )
    await note(work, connection.id, act, user_id=user_id)
    await _expect(work, connection, user_id, user.external_id)
    if user.active is False:
        await _leave(work, connection, user_id)
    return await get_person(work, str(user_id))


async def change(work: Work, held: HeldPerson, user: User) -> HeldPerson:
    """Make what the directory says of somebody the truth here."""
    connection = await ours(work)
    await _check_name(work, user, held.id)
    await work.driver.execute(CHANGE, held.id, user.user_name, user.external_id, _document(user), work.now())
    address, name = address_of(user, held.id), name_of(user)
    renamed = (address, name) != (address_of(held.resource, held.id), name_of(held.resource))
    if renamed and await work.driver.fetchval(RENAME, held.id, address, name):
        await note(work, connection.id, "changed", user_id=held.id)
        work.record("membership.changed", held.id)
    if user.external_id != held.external_id:
        await _expect(work, connection, held.id, user.external_id)
    if held.is_active and user.active is False:
        await _leave(work, connection, held.id)
    elif not held.is_active and (user.active or (user.active is None and held.was_switched_off)):
        # What is taken back stands as if it had never been said (RFC 7643 §2.5).
        await _return(work, connection, held.id)
    return await get_person(work, str(held.id))


async def remove(work: Work, held: HeldPerson) -> None:
    """The directory knows them no more: out, and forgotten but for what records name."""
    connection = await ours(work)
    if held.is_active:
        await _leave(work, connection, held.id)
    await work.driver.fetch(LEAVE_GROUPS, held.id)
    await work.driver.execute(FORGET, held.id, work.now())
    await note(work, connection.id, "removed", user_id=held.id)


def name_of(user: User) -> str:
    """What they are called here: the first that has a letter in it."""
    name = user.name
    parts = (name.given_name, name.family_name) if name else ()
    said = (user.display_name, name.formatted if name else None, " ".join(part for part in parts if part))
    names = (as_name(text or "") for text in (*said, user.user_name))
    return next((name for name in names if any(map(str.isalpha, name))), "?")[:LONGEST]


def address_of(user: User, user_id: UUID) -> str:
    """Where mail reaches them: the address that is marked, or the first, or their name where that is one."""
    listed = sorted(user.emails or [], key=lambda one: not one.primary)
    for typed in (*(one.value for one in listed), user.user_name):
        try:
            return addresses.check(typed or "")
        except Invalid:
            continue
    return f"{user_id}@provisioned.invalid"


async def _account(work: Work, user: User) -> tuple[UUID, str]:
    """Who they are here: somebody who has that address already, or somebody new."""
    known = await work.driver.fetch(KNOWN, address_of(user, clock.new_id()))
    if len(known) == 1:
        return known[0]["user_id"], "adopted"
    user_id = clock.new_id()
    await work.driver.execute(MAKE, user_id, address_of(user, user_id), name_of(user), [Role.REPORTER])
    work.record("membership.created", user_id)
    return user_id, "joined"


async def _expect(work: Work, connection: Ours, user_id: UUID, external_id: str | None) -> None:
    """Let them in by the provider, by the id that never changes: accounts that the directory made, and no other."""
    if connection.sign_on_id and external_id and await work.driver.fetchval(IS_OWN, user_id):
        await work.driver.fetchval(EXPECT, connection.sign_on_id, user_id, external_id)


async def _leave(work: Work, connection: Ours, user_id: UUID) -> None:
    await replacing.take_out(work, user_id)
    await note(work, connection.id, "left", user_id=user_id)


async def _return(work: Work, connection: Ours, user_id: UUID) -> None:
    """Back, to report: what they were once is given anew by whoever gives it now."""
    await belonging.resume(work, user_id)
    await note(work, connection.id, "returned", user_id=user_id)
    for row in await work.driver.fetch(GROUPS, MOST_GROUPS, 0):
        group = group_of(row)
        if group.role and user_id in group.members:
            called = (group.id, group.resource.display_name or "")
            await giving.gain(work, connection.id, user_id, called, Role(group.role))


async def _check_name(work: Work, user: User, own: UUID | None) -> None:
    if not user.user_name or not user.user_name.strip() or len(user.user_name) > LONGEST:
        raise InvalidValue(f"userName has 1 to {LONGEST} characters.")
    if user.external_id and len(user.external_id) > LONGEST:
        raise InvalidValue(f"externalId has up to {LONGEST} characters.")
    row: Any = await work.driver.fetchrow(BY_NAME, user.user_name)
    if row is not None and row["id"] != own:
        raise Uniqueness("Somebody else here has this userName.")


def _document(user: User) -> str:
    said = user.model_dump_json(exclude={"id", "meta", "groups", "user_name", "external_id"})
    if len(said) > LONGEST * LONGEST:
        raise InvalidValue("This says more of one person than is kept.")
    return said
