"""The outside second person: somebody without an account, who decides one thing by a one-time link.

They see who asks for what kind of act, in which organisation, and nothing else. The link is used up by the decision,
in the same transaction.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from safeguard.access.actors import Actor, ActorKind
from safeguard.database import pool
from safeguard.errors import Gone, NotFound
from safeguard.identity import approving
from safeguard.work import Work, begin

FIND: Final = "select * from identity.find_approval($1)"
USE: Final = "select identity.use_approval_link($1)"
PURPOSE: Final = "approval"


@dataclass(frozen=True, slots=True)
class Asked:
    """What a link tells whoever holds it."""

    organisation_id: UUID
    organisation_name: str
    organisation_kind: str
    organisation_nation: str
    organisation_time_zone: str
    proposal_id: UUID
    act: str
    told: str
    proposed_by_name: str
    proposed_at: datetime
    expires_at: datetime
    second_person_name: str
    state: str
    """open, used, replaced, expired, approved, declined or withdrawn"""


async def find_asked(token: str) -> Asked:
    """What the link is about; raises `NotFound` for one that nobody made."""
    async with pool.current().connection() as connection:
        row = await connection.fetchrow(FIND, token)
    if row is None:
        raise NotFound("There is no such link. Check that the whole address was copied.")
    facts: dict[str, Any] = dict(row)
    return Asked(**facts)


async def approve(asked: Asked, token: str, request_id: UUID) -> None:
    """Agree: the act happens now."""
    async with _deciding(asked, token, request_id) as work:
        await approving.approve(work, asked.proposal_id)


async def decline(asked: Asked, token: str, reason: str, request_id: UUID) -> None:
    """Do not agree, and say why."""
    async with _deciding(asked, token, request_id) as work:
        await approving.decline(work, asked.proposal_id, reason)


@asynccontextmanager
async def _deciding(asked: Asked, token: str, request_id: UUID) -> AsyncIterator[Work]:
    who = asked.second_person_name or "The outside second person"
    actor = Actor(ActorKind.OUTSIDE, asked.organisation_id, None, frozenset(), who)
    async with begin(actor, purpose=PURPOSE, request_id=request_id) as work:
        if await work.driver.fetchval(USE, token) is None:
            raise Gone
        yield work
