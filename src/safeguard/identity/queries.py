"""What the people and token pages show."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar
from uuid import UUID

import asyncpg

from safeguard.access import policy
from safeguard.access.policy import Permission
from safeguard.access.roles import Role
from safeguard.errors import NotFound
from safeguard.work import Work

MEMBERS = """
select user_id, name, email, roles, created_at, deputy_from, deputy_until from memberships
where state = 'active' and kind = 'person' order by lower(name), user_id
"""
FIND_MEMBERS = """
select user_id, name, email, roles, created_at, deputy_from, deputy_until from memberships
where state = 'active' and kind = 'person' and (name ilike $1 or email ilike $1)
    and ($2::uuid is null or (lower(name), user_id) >
         (select lower(m.name), m.user_id from memberships m where m.user_id = $2))
order by lower(name), user_id limit $3
"""
MEMBER = """
select user_id, name, email, roles, created_at, deputy_from, deputy_until, former_names from memberships
where state = 'active' and kind = 'person' and user_id = $1
"""
INVITATIONS = """
select i.id, i.email, i.roles, i.created_at, i.expires_at, i.expires_at <= $1 as expired, m.name as invited_by
from invitations i
left join memberships m on m.organisation_id = i.organisation_id and m.user_id = i.created_by
where i.used_at is null and i.withdrawn_at is null and i.email ilike $2 order by i.created_at desc, i.id limit $3
"""
FORMER = """
select user_id, name, email, ended_at, ended_why from memberships
where state = 'ended' and kind = 'person' and (name ilike $1 or email ilike $1)
order by ended_at desc nulls last, user_id limit $2
"""
SHOWN = 50
"""Rows of a list on one page."""
TOKENS = """
select t.id, t.name, m.roles, t.sponsor_name, t.created_at, t.expires_at, t.last_used_at, t.expires_at <= $1 as expired,
       t.waits_for, t.scopes, exists (
           select from tokens n where n.organisation_id = t.organisation_id and n.user_id = t.user_id
               and n.revoked_at is null and (n.created_at, n.id) > (t.created_at, t.id)) as replaced,
       sec.roles_held(s.roles, s.deputy_from, s.deputy_until) as answering
from tokens t
join memberships m on m.organisation_id = t.organisation_id and m.user_id = t.user_id
left join memberships s on s.organisation_id = t.organisation_id and s.user_id = t.sponsor_id
where t.revoked_at is null order by t.created_at desc, t.id
"""


T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Member:
    """A person who belongs here."""

    user_id: UUID
    name: str
    email: str
    roles: tuple[Role, ...]
    created_at: datetime
    deputy_from: datetime | None = None
    deputy_until: datetime | None = None
    former_names: tuple[str, ...] = ()
    """What they were called here before, the earliest first; only read with one member."""

    @property
    def deputy_last(self) -> datetime | None:
        """The last moment as a deputy, on the last day that was given; None without a limit."""
        return self.deputy_until - timedelta(seconds=1) if self.deputy_until else None


@dataclass(frozen=True, slots=True)
class Former:
    """Somebody who belonged here and does not any more. What they recorded stays under their name."""

    user_id: UUID
    name: str
    email: str
    ended_at: datetime | None
    """None for whoever left before that was written down."""
    ended_why: str | None
    """One of `removing.REASONS`; None where nobody took them out by hand."""


@dataclass(frozen=True, slots=True)
class OpenInvitation:
    """An invitation that nobody has accepted."""

    id: UUID
    email: str
    roles: tuple[Role, ...]
    created_at: datetime
    expires_at: datetime
    expired: bool
    invited_by: str | None


@dataclass(frozen=True, slots=True)
class ApiToken:
    """A token that works, or did until it ran out."""

    id: UUID
    name: str
    roles: tuple[Role, ...]
    sponsor_name: str
    created_at: datetime
    expires_at: datetime
    last_used_at: datetime | None
    expired: bool
    waits_for: UUID | None
    """The proposal without whose approval it opens nothing."""
    scopes: list[str] | None
    """What it is for; None: everything that its roles may."""
    replaced: bool
    """Whether another was made in its place: it works for a day more at most."""
    answering: list[str] | None
    """What whoever answers for it holds now; None where nobody who belongs here does."""

    @property
    def is_held_back(self) -> bool:
        """Whether it may do less than its roles say, because whoever answers for it may not do all of that."""
        if self.answering is None:
            return False
        held = frozenset(map(Role, self.answering))
        return not all(policy.is_covered(role, held) for role in self.roles)


async def list_members(work: Work) -> list[Member]:
    """Everybody who belongs to the organisation, by name."""
    work.require(Permission.USERS_MANAGE)
    return [_made(Member, row) for row in await work.driver.fetch(MEMBERS)]


async def get_member(work: Work, user_id: UUID) -> Member:
    """One member; raises `NotFound`."""
    work.require(Permission.USERS_MANAGE)
    row = await work.driver.fetchrow(MEMBER, user_id)
    if row is None:
        raise NotFound
    return _made(Member, row)


async def find_members(work: Work, words: str, after: UUID | None) -> tuple[list[Member], UUID | None]:
    """Whose name or address holds these words, by name; and after whom the next page begins, if there is one."""
    work.require(Permission.USERS_MANAGE)
    rows = await work.driver.fetch(FIND_MEMBERS, _holding(words), after, SHOWN + 1)
    found = [_made(Member, row) for row in rows[:SHOWN]]
    return found, found[-1].user_id if len(rows) > SHOWN else None


async def list_invitations(work: Work, words: str = "") -> tuple[list[OpenInvitation], bool]:
    """Invitations that wait to be accepted and those that ran out, the newest; and whether there are more."""
    work.require(Permission.USERS_MANAGE)
    rows = await work.driver.fetch(INVITATIONS, work.now(), _holding(words), SHOWN + 1)
    return [_made(OpenInvitation, row) for row in rows[:SHOWN]], len(rows) > SHOWN


async def list_former(work: Work, words: str = "") -> tuple[list[Former], bool]:
    """Who belonged here once, those who left last first; and whether there are more."""
    work.require(Permission.USERS_MANAGE)
    rows = await work.driver.fetch(FORMER, _holding(words), SHOWN + 1)
    return [Former(**dict(row)) for row in rows[:SHOWN]], len(rows) > SHOWN


def _holding(words: str) -> str:
    """A pattern of LIKE for whatever holds these words."""
    literal = words.strip().replace("\\", "\\\\").replace("%", r"\%").replace("_", r"\_")
    return f"%{literal}%"


async def list_tokens(work: Work) -> list[ApiToken]:
    """Tokens that were not revoked, the newest first."""
    work.require(Permission.TOKENS_MANAGE)
    return [_made(ApiToken, row) for row in await work.driver.fetch(TOKENS, work.now())]


def _made(kind: type[T], row: asyncpg.Record) -> T:
    fields = dict(row)
    return kind(**{**fields, "roles": tuple(map(Role, fields["roles"]))})
