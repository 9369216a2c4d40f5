"""Tokens for the JSON API: made, shown once, and revoked.

A token stands for a service member of its own, so that the log tells what a program did from what a person did; a
named person answers for it, and it stops when they leave. Its scope is its role: `access/policy.py` says the rest.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import UUID

from safeguard import clock
from safeguard.access.policy import Permission
from safeguard.access.roles import Role
from safeguard.errors import FieldError, Invalid, NotFound
from safeguard.identity import granting
from safeguard.identity.secret import API_PREFIX, new_secret
from safeguard.work import Work

DAYS: Final = 90
MOST_DAYS: Final = 366

ADD_SERVICE = "select identity.add_service($1, $2, $3)"
ADD = """
insert into tokens (organisation_id, id, user_id, name, token_hash, sponsor_id, sponsor_name, created_at, expires_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
"""
REVOKE = "update tokens set revoked_at = $2 where id = $1 and revoked_at is null returning user_id"
END_SERVICE = "update memberships set state = 'ended' where user_id = $1 and kind = 'service'"
FIRST_ANSWERING = """
select user_id, name from memberships
where state = 'active' and kind = 'person' and roles && $1 order by created_at, user_id limit 1
"""


@dataclass(frozen=True, slots=True)
class Sponsor:
    """Whoever answers for a token. Without an id it is the operator, in an organisation that nobody has joined yet."""

    user_id: UUID | None
    name: str


async def issue(work: Work, name: str, role: Role, *, days: int = DAYS) -> str:
    """A token that may do what `role` may, for so many days. It is in the answer and nowhere else."""
    work.require(Permission.TOKENS_MANAGE)
    if not 1 <= days <= MOST_DAYS:
        raise Invalid(FieldError("days", f"Choose between 1 and {MOST_DAYS} days."))
    await granting.check(work, {role})
    return await _add(work, name, role, days, await _sponsor(work))


async def revoke(work: Work, token_id: UUID) -> None:
    """Make a token useless from the next request on."""
    work.require(Permission.TOKENS_MANAGE)
    service: UUID | None = await work.driver.fetchval(REVOKE, token_id, work.now())
    if service is None:
        raise NotFound("That token was revoked already.")
    await work.driver.execute(END_SERVICE, service)
    work.record("token.revoked", token_id)
    work.record("membership.ended", service)


async def _add(work: Work, name: str, role: Role, days: int, sponsor: Sponsor) -> str:
    secret, service, token_id = new_secret(prefix=API_PREFIX), clock.new_id(), clock.new_id()
    await work.driver.execute(ADD_SERVICE, service, name, [role])
    await work.driver.execute(
        ADD, work.organisation_id, token_id, service, name, secret.hash, sponsor.user_id, sponsor.name,
        work.now(), work.now() + timedelta(days=days),
    )  # fmt: skip
    work.record("membership.created", service)
    work.record("token.created", token_id)
    return secret.text


async def _sponsor(work: Work) -> Sponsor:
    """The actor, or for the operator the person who has answered here for longest."""
    if work.actor.user_id:
        return Sponsor(work.actor.user_id, work.actor.name)
    row = await work.driver.fetchrow(FIRST_ANSWERING, sorted(granting.ANSWERS))
    return Sponsor(row["user_id"], row["name"]) if row else Sponsor(None, "The operator")
