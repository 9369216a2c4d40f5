"""Somebody's own sessions: switching, listing, ending."""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from safeguard.access.roles import Role
from safeguard.errors import NotFound
from safeguard.identity.secret import Secret, new_secret
from safeguard.work import Work

ROTATE = "select * from identity.rotate_session($1, $2, $3)"
LIST = "select * from identity.list_sessions()"
END = "select identity.end_session($1)"
END_OTHERS = "select identity.end_other_sessions($1)"

NOT_THERE = (
    "You do not belong to that organisation any more, or you came in by another organisation's provider, which speaks"
    " for nobody there. Sign in again with your password or a passkey."
)


@dataclass(frozen=True, slots=True)
class OpenSession:
    """One browser that is signed in."""

    id: UUID
    organisation_name: str
    created_at: datetime
    last_seen_at: datetime
    browser: str


async def list_sessions(work: Work) -> list[OpenSession]:
    """The actor's sessions, the one last used first."""
    return [OpenSession(**row) for row in await work.driver.fetch(LIST)]


async def switch(work: Work, session_hash: bytes, organisation_id: UUID) -> Secret:
    """Go on in another organisation of the same person, under a fresh session id; the new organisation logs it."""
    fresh = new_secret()
    row = await work.driver.fetchrow(ROTATE, session_hash, fresh.hash, organisation_id)
    if row is None:
        raise NotFound(NOT_THERE)
    roles = frozenset(map(Role, row["roles"]))
    work.actor = replace(work.actor, organisation_id=organisation_id, roles=roles, name=row["name"])
    work.record("session.started", row["session_id"])
    return fresh


async def rotate(work: Work, session_hash: bytes) -> Secret:
    """The same session under a fresh id."""
    fresh = new_secret()
    if await work.driver.fetchrow(ROTATE, session_hash, fresh.hash, work.organisation_id) is None:
        raise NotFound
    return fresh


async def end(work: Work, session_id: UUID) -> None:
    """End one of the actor's sessions; raises `NotFound` when it is not theirs, or has ended."""
    if not await work.driver.fetchval(END, session_id):
        raise NotFound("That session has already ended.")
    work.record("session.ended", session_id)


async def end_others(work: Work, keep: UUID) -> int:
    """End all of the actor's sessions but one, and tell how many that were."""
    ended: list[UUID] = await work.driver.fetchval(END_OTHERS, keep) or []
    for session_id in ended:
        work.record("session.ended", session_id)
    return len(ended)
