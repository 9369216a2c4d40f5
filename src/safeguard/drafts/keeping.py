"""Keeping what is typed: saved under the version that was seen, opened for whoever typed it, dropped when it was sent.

On the server rather than in the browser: a school's laptop is shared, and what is typed here is about a child. Sealed
with the organisation's key and bound to the draft and its writer, so that neither another member nor a stolen database
reads it. Two windows with the same draft do not overwrite each other: the second to save is told, and shows both.
"""

import zlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import asyncpg
import msgspec

from safeguard.access.policy import Permission
from safeguard.drafts.places import Place, place_of, said
from safeguard.errors import Conflict, NotFound, SignInRequired, TooLarge
from safeguard.keys.wrapping import CannotOpen
from safeguard.strongbox.sealing import seal, unseal
from safeguard.web.fields import Fields
from safeguard.work import Work

LASTS: Final = timedelta(days=7)
MOST: Final = 50
"""Drafts that one person may have in an organisation."""
LARGEST: Final = 512 * 1024
"""Bytes of what is typed: twice the longest story."""
TOO_LONG: Final = "This is longer than a draft can be. Shorten it, and add the rest to the record when it is sent."

ADD: Final = """
insert into public.drafts (organisation_id, id, user_id, place, incident_id, sealed, version, saved_at, expires_at)
values ((select sec.current_organisation()), $1, $2, $3, $4, $5, 1, $6, $7)
on conflict (organisation_id, id) do nothing returning version
"""
SAVE: Final = """
update public.drafts set sealed = $4, version = version + 1, saved_at = $5, expires_at = $6
where organisation_id = (select sec.current_organisation()) and id = $1 and user_id = $2 and version = $3
returning version
"""
FIND: Final = """
select id, place, incident_id, sealed, version, saved_at from public.drafts
where organisation_id = (select sec.current_organisation()) and id = $1 and user_id = $2 and expires_at > $3
"""
LIST: Final = """
select d.id, d.place, d.saved_at, d.expires_at, i.reference
from public.drafts d
left join public.incidents i on i.organisation_id = d.organisation_id and i.id = d.incident_id
where d.organisation_id = (select sec.current_organisation()) and d.user_id = $1 and d.expires_at > $2
order by d.saved_at desc limit 50
"""
COUNT: Final = """
select count(*) from public.drafts
where organisation_id = (select sec.current_organisation()) and user_id = $1 and expires_at > $2
"""
DROP: Final = """
delete from public.drafts
where organisation_id = (select sec.current_organisation()) and id = $1 and user_id = $2 returning id
"""
SWEEP: Final = "select public.sweep_drafts()"


@dataclass(frozen=True, slots=True)
class Draft:
    """A draft, opened."""

    id: UUID
    place: str
    version: int
    saved_at: datetime
    fields: Fields


class Listed(msgspec.Struct, frozen=True):
    """A draft in a list: what it is and when, never what is in it."""

    id: UUID
    place: str
    saved_at: datetime
    expires_at: datetime
    reference: str | None

    @property
    def words(self) -> str:
        """What is drafted."""
        return said(self.place)

    @property
    def href(self) -> str:
        """The form, as it was left."""
        return f"{self.place}?draft={self.id}"


class Changed(Conflict):
    """The same draft was saved from another window."""

    code = "draft-changed"

    def __init__(self, other: Draft) -> None:
        super().__init__("The same draft was changed in another window.")
        self.other = other


class Sent(NotFound):
    """The draft is not there any more: it was sent, or thrown away, or has run out."""

    code = "draft-gone"


async def save(work: Work, draft_id: UUID, version: int, path: str, fields: Fields) -> Draft:
    """Keep what is typed; raises `Changed` with the other version, `Sent`, and `Conflict` when there are too many."""
    place, writer = place_of(path), _writer(work)
    if place.incident_id and not work.may(Permission.INCIDENT_FOLLOW_UP):  # else the list would name what is not theirs
        raise NotFound
    packed = zlib.compress(msgspec.msgpack.encode(fields.content()), 6)
    if sum(len(value) for _, value in fields.content()) > LARGEST:
        raise TooLarge(TOO_LONG)
    sealed = await seal(work, packed, _about(draft_id, writer))
    saved = await _saved(work, draft_id, writer, version, place, sealed)
    if saved is None:
        raise Changed(other) if (other := await find(work, draft_id)) else Sent
    return Draft(draft_id, path, saved, work.now(), fields)


async def find(work: Work, draft_id: UUID) -> Draft | None:
    """One's own draft, opened; None when there is none, or its key is gone."""
    row = await work.driver.fetchrow(FIND, draft_id, _writer(work), work.now())
    if row is None:
        return None
    try:
        packed = await unseal(work, row["sealed"], _about(draft_id, _writer(work)))
    except CannotOpen:
        return None
    pairs = msgspec.msgpack.decode(zlib.decompress(packed), type=tuple[tuple[str, str], ...])
    return Draft(draft_id, row["place"], row["version"], row["saved_at"], Fields.of(pairs))


async def list_drafts(work: Work) -> tuple[Listed, ...]:
    """One's own drafts, the last saved first."""
    if work.actor.user_id is None:
        return ()
    return tuple(Listed(*row) for row in await work.driver.fetch(LIST, work.actor.user_id, work.now()))


async def drop(work: Work, draft_id: UUID) -> bool:
    """Throw a draft of one's own away; whether there was one."""
    return await work.driver.fetchval(DROP, draft_id, _writer(work)) is not None


async def sweep(work: Work) -> int:
    """Throw away whatever has run out, everywhere; how many that were."""
    return int(await work.driver.fetchval(SWEEP) or 0)


async def _saved(work: Work, draft_id: UUID, writer: UUID, version: int, place: Place, sealed: bytes) -> int | None:
    """The version that it has now; None when it was not at `version`."""
    now = work.now()
    if version > 0:
        return await work.driver.fetchval(SAVE, draft_id, writer, version, sealed, now, now + LASTS)
    if int(await work.driver.fetchval(COUNT, writer, now) or 0) >= MOST:
        raise Conflict("You have fifty drafts. Send or throw away some, and then this is kept too.")
    try:
        return await work.driver.fetchval(
            ADD, draft_id, writer, place.path, place.incident_id, sealed, now, now + LASTS
        )
    except (asyncpg.ForeignKeyViolationError, asyncpg.InsufficientPrivilegeError):  # none that the writer may know of
        raise NotFound from None


def _writer(work: Work) -> UUID:
    if work.actor.user_id is None:
        raise SignInRequired
    return work.actor.user_id


def _about(draft_id: UUID, writer: UUID) -> str:
    return f"draft {draft_id} {writer}"
