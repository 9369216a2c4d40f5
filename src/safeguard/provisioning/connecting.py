"""A directory's connection: made by whoever looks after accounts, with a token that is shown once and runs out.

What its groups stand for is said here, by a person, and never by the directory: else whoever runs it could write
themselves any role by naming a group.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple
from uuid import UUID

from safeguard import clock
from safeguard.access.policy import Permission
from safeguard.access.roles import Role
from safeguard.errors import Conflict, FieldError, Invalid, NotFound
from safeguard.identity import belonging
from safeguard.identity.secret import new_secret
from safeguard.provisioning.directory import giving
from safeguard.work import Work

PREFIX: Final = "sgd_"
"""So that a scanner of repositories and logs knows a directory's token when it sees one."""
DAYS: Final = 180
MOST_DAYS: Final = 366
MOST: Final = 5

ADD_SERVICE: Final = "select identity.add_service($1, $2, $3)"
ADD: Final = """
insert into provisioning_connections
    (organisation_id, id, user_id, label, sign_on_id, token_hash, made_at, made_by, expires_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
"""
ROTATE: Final = "select identity.rotate_provisioning($1, $2, $3)"
END: Final = """
update provisioning_connections set ended_at = $2 where id = $1 and ended_at is null returning user_id
"""
COUNT: Final = "select count(*) from provisioning_connections where ended_at is null"
LIST: Final = """
select c.id, c.label, c.sign_on_id, s.label as sign_on, c.made_at, c.expires_at, c.earlier_until, c.last_used_at,
       c.ended_at, c.expires_at <= $1 as expired,
       (select count(*) from provisioned_people p where p.connection_id = c.id and p.deleted_at is null) as people
from provisioning_connections c
left join sign_on_connections s on s.organisation_id = c.organisation_id and s.id = c.sign_on_id
where c.ended_at is null order by c.made_at, c.id
"""
GET: Final = LIST.replace("where c.ended_at is null", "where c.ended_at is null and c.id = $2")
SIGN_ON: Final = "select id, label from sign_on_connections where state <> 'off' order by made_at, id"
GROUPS: Final = """
select g.id, g.display_name, g.role, count(x.user_id) as people from provisioned_groups g
left join provisioned_group_members x on x.organisation_id = g.organisation_id and x.group_id = g.id
where g.deleted_at is null and g.connection_id = $1
group by g.organisation_id, g.id order by lower(g.display_name), g.id limit 500
"""
GROUP: Final = """
select g.connection_id, g.display_name, g.role from provisioned_groups g
where g.id = $1 and g.deleted_at is null for update
"""
SET_ROLE: Final = "update provisioned_groups set role = $2 where id = $1"
MEMBERS: Final = "select user_id from provisioned_group_members where group_id = $1 order by user_id"


@dataclass(frozen=True, slots=True)
class Connection:
    """A directory that says who joins and who leaves."""

    id: UUID
    label: str
    sign_on_id: UUID | None
    sign_on: str | None
    """What the account at its provider is called."""
    made_at: datetime
    expires_at: datetime
    earlier_until: datetime | None
    """Until when the token before this one works."""
    last_used_at: datetime | None
    ended_at: datetime | None
    expired: bool
    people: int


@dataclass(frozen=True, slots=True)
class GroupLine:
    """A group, and what it stands for."""

    id: UUID
    name: str
    role: Role | None
    people: int


class Made(NamedTuple):
    """A connection that was just made, or its new token: its text is shown this once."""

    id: UUID
    text: str


async def connect(work: Work, label: str, sign_on_id: UUID | None, days: int = DAYS) -> Made:
    """Let a directory in; raises `Invalid`, `Conflict`."""
    work.require(Permission.USERS_MANAGE)
    _check(days)
    if (await work.driver.fetchval(COUNT) or 0) >= MOST:
        raise Conflict(f"There are {MOST} directories already. Disconnect one that is not used.")
    if sign_on_id and sign_on_id not in [one[0] for one in await list_providers(work)]:
        raise Invalid(FieldError("sign_on", "Choose from the connections on the page."))
    secret, connection_id, service = new_secret(prefix=PREFIX), clock.new_id(), clock.new_id()
    await work.driver.execute(ADD_SERVICE, service, label, [Role.ADMINISTRATOR])
    await work.driver.execute(
        ADD, work.organisation_id, connection_id, service, label, sign_on_id, secret.hash, work.now(),
        work.actor.user_id, work.now() + timedelta(days=days),
    )  # fmt: skip
    work.record("membership.created", service)
    work.record("provisioning.begun", connection_id)
    return Made(connection_id, secret.text)


async def rotate(work: Work, connection_id: UUID, days: int = DAYS) -> Made:
    """Another token; the one before works for another day."""
    await get_connection(work, connection_id)
    _check(days)
    secret = new_secret(prefix=PREFIX)
    if not await work.driver.fetchval(ROTATE, connection_id, secret.hash, work.now() + timedelta(days=days)):
        raise NotFound
    work.record("provisioning.rotated", connection_id)
    return Made(connection_id, secret.text)


async def disconnect(work: Work, connection_id: UUID) -> None:
    """The directory says nothing here any more; whom it brought stays, to be looked after by hand."""
    work.require(Permission.USERS_MANAGE)
    service: UUID | None = await work.driver.fetchval(END, connection_id, work.now())
    if service is None:
        raise NotFound
    work.record("provisioning.ended", connection_id)
    await belonging.end(work, service)


async def list_connections(work: Work) -> tuple[Connection, ...]:
    """Every directory that may come in, the oldest first."""
    work.require(Permission.USERS_MANAGE)
    return tuple(Connection(**row) for row in await work.driver.fetch(LIST, work.now()))


async def get_connection(work: Work, connection_id: UUID) -> Connection:
    """One; raises `NotFound`."""
    work.require(Permission.USERS_MANAGE)
    row = await work.driver.fetchrow(GET, work.now(), connection_id)
    if row is None:
        raise NotFound
    return Connection(**row)


async def list_providers(work: Work) -> tuple[tuple[UUID, str], ...]:
    """The providers at which a directory's people may sign in."""
    work.require(Permission.USERS_MANAGE)
    return tuple((row["id"], row["label"]) for row in await work.driver.fetch(SIGN_ON))


async def list_groups(work: Work, connection_id: UUID) -> tuple[GroupLine, ...]:
    """The directory's groups, by name."""
    work.require(Permission.USERS_MANAGE)
    return tuple(_line(row) for row in await work.driver.fetch(GROUPS, connection_id))


async def stand_for(work: Work, connection_id: UUID, group_id: UUID, role: Role | None) -> int:
    """Say what a group stands for, and bring its people up to that; how many that were.

    Whoever says so may have to ask: a role that opens records waits for each of them until somebody agrees.
    """
    work.require(Permission.USERS_MANAGE)
    row = await work.driver.fetchrow(GROUP, group_id)
    if row is None or row["connection_id"] != connection_id:
        raise NotFound
    if role in giving.NEVER:
        raise Invalid(FieldError("role", "No group can stand for this role."))
    before = Role(row["role"]) if row["role"] else None
    if before is role:
        return 0
    members: list[UUID] = [one["user_id"] for one in await work.driver.fetch(MEMBERS, group_id)]
    await work.driver.execute(SET_ROLE, group_id, role)
    for user_id in members:
        if role:
            await giving.gain(work, connection_id, user_id, (group_id, row["display_name"]), role)
        if before:
            await giving.lose(work, connection_id, user_id, group_id, before)
    work.record("provisioning.changed", connection_id)
    return len(members)


def _line(row: Any) -> GroupLine:
    return GroupLine(row["id"], row["display_name"], Role(row["role"]) if row["role"] else None, row["people"])


def _check(days: int) -> None:
    if not 1 <= days <= MOST_DAYS:
        raise Invalid(FieldError("days", f"Choose between 1 and {MOST_DAYS} days."))
