"""Tokens for the JSON API: made, shown once, and revoked.

A token stands for a service member of its own, so that the log tells what a program did from what a person did; a
named person answers for it, and it stops when they leave. It may do what it was made for (its scopes) of that which its
role may: `access/policy.py` holds both tables. What it was made for never changes; another is made in its place.

It may do nothing that whoever answers for it may not do themselves at that moment (51_identity_entering.sql): a lead
who is one no longer leaves no program behind that reads. So one that may do more than whoever asks for it is a lead's
to make. Asked for by anybody else - an administrator, or the operator on the command line - it opens nothing until a
lead agrees (`approving`), who answers for it from then on. Nobody outside can: they could answer for nothing here.
Only where no lead has ever signed in does the operator's token work at once: an organisation has to be set up, and
there is nothing to read.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final, NamedTuple, TypeAlias
from uuid import UUID

from safeguard import clock
from safeguard.access import policy
from safeguard.access.actors import Actor, ActorKind
from safeguard.access.policy import Permission
from safeguard.access.roles import Role
from safeguard.access.scopes import Scope
from safeguard.errors import Conflict, FieldError, Forbidden, Invalid, NotFound
from safeguard.identity import approving, belonging, granting, scoping
from safeguard.identity.acts import Proposal
from safeguard.identity.secret import API_PREFIX, new_secret
from safeguard.work import Work

DAYS: Final = 90
MOST_DAYS: Final = 366

ADD_SERVICE = "select identity.add_service($1, $2, $3)"
ADD = """
insert into tokens
    (organisation_id, id, user_id, name, token_hash, sponsor_id, sponsor_name, created_at, expires_at, waits_for,
     scopes)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
"""
ACTIVATE: Final = "token.activate"
LET_IN: Final = """
update tokens set waits_for = null, sponsor_id = coalesce($3, sponsor_id),
    sponsor_name = case when $3::uuid is null then sponsor_name else $4 end
where id = $1 and waits_for is not null and revoked_at is null and expires_at > $2 returning id
"""
LEAD_IS_ACTIVE: Final = """
select exists (select from memberships
               where state = 'active' and kind = 'person' and roles && $1 and signed_in_at is not null)
"""
REVOKE = """
update tokens set revoked_at = $2
where revoked_at is null and user_id = (select user_id from tokens where id = $1 and revoked_at is null)
returning user_id
"""
"""The one that took its place as well: they stand for the same service."""
HELD: Final = """
select m.roles, t.expires_at - t.created_at as lasts
from tokens t join memberships m on m.organisation_id = t.organisation_id and m.user_id = t.user_id
where t.id = $1 and t.revoked_at is null
"""
ROTATE: Final = "select identity.rotate_token($1, $2, $3, $4)"
FIRST_ANSWERING = """
select user_id, name from memberships
where state = 'active' and kind = 'person' and roles && $1 order by created_at, user_id limit 1
"""

Scopes: TypeAlias = frozenset[Scope] | None
"""What a token is for; None: everything that its role may."""


@dataclass(frozen=True, slots=True)
class Sponsor:
    """Whoever answers for a token. Without an id it is the operator, in an organisation that nobody has joined yet."""

    user_id: UUID | None
    name: str


class Issued(NamedTuple):
    """A token that was just made: its text, shown this once, and the approval without which it opens nothing."""

    text: str
    waits_for: Proposal | None


async def issue(work: Work, name: str, role: Role, scopes: Scopes, *, days: int = DAYS, reason: str = "") -> Issued:
    """A token for `scopes`, within what `role` may, for so many days. Its text is in the answer and nowhere else."""
    work.require(Permission.TOKENS_MANAGE)
    scoping.check(role, scopes)
    if not 1 <= days <= MOST_DAYS:
        raise Invalid(FieldError("days", f"Choose between 1 and {MOST_DAYS} days."))
    token_id = clock.new_id()
    proposal = await _ask(work, token_id, name, role, scopes, days, reason) if await _needs_a_lead(work, role) else None
    return Issued(await _add(work, token_id, name, role, scopes, days, await _sponsor(work), proposal), proposal)


async def rotate(work: Work, token_id: UUID) -> Issued:
    """Another token in its place, for the same and for as long; the one before works for another day.

    Whoever rotates a token holds one afterwards, so one that reads records is a lead's to rotate: raises `Forbidden`.
    """
    work.require(Permission.TOKENS_MANAGE)
    row = await work.driver.fetchrow(HELD, token_id)
    if row is None:
        raise NotFound("That token was revoked already.")
    if granting.ANSWERS.isdisjoint(work.actor.roles) and any(
        _reaches_further(work.actor, Role(role)) for role in row["roles"]
    ):
        raise Forbidden(
            "This token reads records, or may do more than you: a lead makes another in its place. Ask yours to do it."
        )
    secret, fresh = new_secret(prefix=API_PREFIX), clock.new_id()
    if not await work.driver.fetchval(ROTATE, token_id, fresh, secret.hash, work.now() + row["lasts"]):
        raise Conflict("This token has run out, or waits for approval. Make a new one.")
    work.record("token.created", fresh)
    return Issued(secret.text, None)


async def activate(work: Work, token_id: UUID) -> None:
    """Let a token in that was waiting for approval: whoever agrees answers for it."""
    if await work.driver.fetchval(LET_IN, token_id, work.now(), work.actor.user_id, work.actor.name) is None:
        raise Conflict("This token was revoked or has run out, so there is nothing to approve. Decline this.")
    work.record("token.activated", token_id)


async def drop(work: Work, token_id: UUID) -> None:
    """End a token that was not approved, unless somebody revoked it before."""
    await _revoke(work, token_id)


async def revoke(work: Work, token_id: UUID) -> None:
    """Make a token useless from the next request on."""
    work.require(Permission.TOKENS_MANAGE)
    if not await _revoke(work, token_id):
        raise NotFound("That token was revoked already.")


async def _revoke(work: Work, token_id: UUID) -> bool:
    service: UUID | None = await work.driver.fetchval(REVOKE, token_id, work.now())
    if service is None:
        return False
    work.record("token.revoked", token_id)
    await belonging.end(work, service)
    return True


async def _needs_a_lead(work: Work, role: Role) -> bool:
    """Whether a lead has to agree: to one that reads records or may do more than whoever asks, unless a lead does."""
    if not granting.ANSWERS.isdisjoint(work.actor.roles):
        return False
    if work.actor.kind is ActorKind.SYSTEM:
        lead: bool | None = await work.driver.fetchval(LEAD_IS_ACTIVE, sorted(granting.ANSWERS))
        return role in granting.OPENS_CASES and bool(lead)
    return _reaches_further(work.actor, role)


def _reaches_further(actor: Actor, role: Role) -> bool:
    return role in granting.OPENS_CASES or not policy.is_covered(role, actor.roles)


async def _ask(work: Work, token_id: UUID, name: str, role: Role, scopes: Scopes, days: int, reason: str) -> Proposal:
    length = "1 day" if days == 1 else f"{days} days"
    what = "read records" if role in granting.OPENS_CASES else "work here"
    told = f"Let the program “{name}” {what} through the API, for {length}"
    details = {} if scopes is None else {"scopes": sorted(scopes)}
    return await approving.propose(work, ACTIVATE, token_id, reason, told=told, details=details)


async def _add(
    work: Work, token_id: UUID, name: str, role: Role, scopes: Scopes, days: int, sponsor: Sponsor,
    proposal: Proposal | None,
) -> str:  # fmt: skip
    secret, service = new_secret(prefix=API_PREFIX), clock.new_id()
    await work.driver.execute(ADD_SERVICE, service, name, [role])
    await work.driver.execute(
        ADD, work.organisation_id, token_id, service, name, secret.hash, sponsor.user_id, sponsor.name,
        work.now(), work.now() + timedelta(days=days), proposal and proposal.id,
        None if scopes is None else sorted(scopes),
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
