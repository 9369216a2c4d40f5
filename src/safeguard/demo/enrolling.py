"""Accounts of invented people: with an invented second step, and no password until their past is told (`opening`)."""

from collections.abc import Collection
from typing import Final, cast
from uuid import UUID

from safeguard import clock
from safeguard.access.actors import Actor, ActorKind
from safeguard.access.roles import Role
from safeguard.work import Work

ENROL: Final = "select identity.enrol($1, $2, $3, null, $4)"
INVENTED: Final = "select identity.enrol_invented($1)"


async def enrol(work: Work, email: str, name: str, roles: Collection[Role]) -> Actor:
    """Somebody who belongs to this organisation from now on, and whose account is its own."""
    held = [str(role) for role in roles]
    user_id = cast("UUID", await work.driver.fetchval(ENROL, clock.new_id(), email, name, held))
    await work.driver.execute(INVENTED, user_id)
    work.record("membership.created", user_id)
    return Actor(ActorKind.PERSON, work.organisation_id, user_id, frozenset(roles), name)
