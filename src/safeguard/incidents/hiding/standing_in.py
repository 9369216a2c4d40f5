"""Standing in: when no lead or deputy is left who may know of an incident, whoever reads the vault takes care of it.

They do for this one incident what a lead would, under their own role in the log. Where a lead is left it is theirs, and
the verbs refuse everybody else. (The road not taken: to make the head a lead for that time, who then reads every
incident.)
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, fields
from typing import Any, Final
from uuid import UUID

from safeguard.access.actors import Actor
from safeguard.access.roles import Role
from safeguard.errors import Conflict, NotFound
from safeguard.incidents.hiding.reading import EXCLUDES
from safeguard.work import Work

LED: Final = "select sec.handlers_of_incident($1) <> '{}'"
REACH: Final = "select sec.is_in_reach($1)"
THEIRS: Final = "Somebody is there who handles incidents and may know of this one: it is theirs."


@dataclass(frozen=True, slots=True)
class StandIn(Actor):
    """Somebody with a lead's rights for one incident; the log names the role that they hold."""

    acts_as: str = ""

    @property
    def role(self) -> str:
        """Their own."""
        return self.acts_as


async def is_led(work: Work, incident_id: UUID) -> bool:
    """Whether a lead or deputy is left who may know of it."""
    return bool(await work.driver.fetchval(LED, incident_id))


async def is_in_reach(work: Work, incident_id: UUID) -> bool:
    """Whether anybody here could take care of it: a lead, a deputy, or who reads the vault; none of them alleged."""
    return bool(await work.driver.fetchval(REACH, incident_id))


@asynccontextmanager
async def standing_in(work: Work, incident_id: UUID) -> AsyncIterator[None]:
    """What is done in here to this incident is done as a lead would.

    Raises `NotFound` for whom the vault is closed to or from whom this is hidden, `Conflict` while it has a lead.
    """
    if not await work.driver.fetchval(EXCLUDES, incident_id):
        raise NotFound
    if await is_led(work, incident_id):
        raise Conflict(THEIRS)
    acting = work.actor
    held: dict[str, Any] = {field.name: getattr(acting, field.name) for field in fields(Actor)}
    held |= {"roles": acting.roles | {Role.LEAD}, "acts_as": acting.role}
    work.actor = StandIn(**held)
    work.restrict()
    try:
        yield
    finally:
        work.actor = acting
