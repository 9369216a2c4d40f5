"""The secret address of somebody's calendar: made, shown once, taken back. Only its hash is kept."""

from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec

from safeguard import clock
from safeguard.access.policy import Permission
from safeguard.errors import Forbidden, NotFound
from safeguard.web.cookies import hash_of
from safeguard.work import Work

LIST: Final = """
select f.id, f.made_at from public.calendar_feeds f
where f.organisation_id = (select sec.current_organisation()) and f.user_id = $1 and f.revoked_at is null
order by f.made_at
"""
INSERT: Final = """
insert into public.calendar_feeds (organisation_id, id, user_id, token_hash, made_at)
values ((select sec.current_organisation()), $1, $2, $3, $4)
"""
REVOKE: Final = """
update public.calendar_feeds f set revoked_at = $3
where f.organisation_id = (select sec.current_organisation()) and f.user_id = $1 and f.revoked_at is null
    and ($2::uuid is null or f.id = $2)
returning f.id
"""


class Feed(msgspec.Struct, frozen=True):
    """A calendar's address that works."""

    id: UUID
    made_at: datetime


async def list_feeds(work: Work) -> tuple[Feed, ...]:
    """One's own."""
    return tuple(Feed(*row) for row in await work.driver.fetch(LIST, _self(work)))


async def make_feed(work: Work) -> str:
    """A new address in place of the one before; its secret part, which nobody can be shown again."""
    person = _self(work)
    await _revoke(work, person, None)
    token, feed_id = clock.new_token(), clock.new_id()
    await work.driver.execute(INSERT, feed_id, person, hash_of(token), work.now())
    work.record("calendar.opened", feed_id)
    return token


async def revoke_feed(work: Work, feed_id: UUID) -> None:
    """Take an address back; raises `NotFound` for another's, or one that is taken back already."""
    if not await _revoke(work, _self(work), feed_id):
        raise NotFound


async def _revoke(work: Work, person: UUID, feed_id: UUID | None) -> int:
    rows = await work.driver.fetch(REVOKE, person, feed_id, work.now())
    for row in rows:
        work.record("calendar.closed", row["id"])
    return len(rows)


def _self(work: Work) -> UUID:
    work.require(Permission.HOME_READ)
    if work.actor.user_id is None:
        raise Forbidden
    return work.actor.user_id
