"""Invitations: a link that makes one person a member, once, within three days.

128 random bits, kept as a hash, bound to the organisation, the address and the roles (OWASP ASVS 5.0 §6.4.1). The
link is shown to whoever invites, who hands it over, and mailed where the service sends mail: whoever holds it proves
nothing else. So an address is as it was typed by the inviter; that mail arrives there is proved by nobody. The inviter
is never told whether an address has an account elsewhere.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from safeguard import clock
from safeguard.access.policy import Permission
from safeguard.access.roles import Role
from safeguard.errors import Conflict, FieldError, Invalid, NotFound
from safeguard.identity import addresses, approving, granting, managing
from safeguard.identity.acts import Proposal
from safeguard.identity.secret import new_secret
from safeguard.work import Work

LASTS: Final = timedelta(hours=72)

IS_MEMBER = "select exists (select from memberships where email = $1 and state = 'active')"
WITHDRAW_OPEN = """
update invitations set withdrawn_at = $2
where email = $1 and used_at is null and withdrawn_at is null returning id
"""
WITHDRAW = """
update invitations set withdrawn_at = $2
where id = $1 and used_at is null and withdrawn_at is null returning id
"""
ADD = """
insert into invitations (organisation_id, id, email, roles, token_hash, created_at, created_by, expires_at)
values ($1, $2, $3, $4, $5, $6, $7, $8)
"""


@dataclass(frozen=True, slots=True)
class Invited:
    """An invitation that was just made, with the secret that is shown this once."""

    id: UUID
    email: str
    token: str
    expires_at: datetime
    waits_for: Proposal | None = None
    """What somebody else has to agree to before the person has all the roles; they may join before."""

    @property
    def path(self) -> str:
        """The page that accepts it; put the public address in front."""
        return f"/invitation/{self.token}"


async def invite(work: Work, email: str, roles: Collection[Role], *, reason: str = "", called: str = "") -> Invited:
    """Invite `email` into the actor's organisation. An earlier link to the same address stops working.

    Roles that somebody else has to agree to are asked for, with `reason`; until then the invitation gives the others,
    or lets the person report.
    """
    work.require(Permission.USERS_MANAGE)
    address = addresses.check(email)
    if not roles:
        raise Invalid(FieldError("roles", "Choose at least one role."))
    await granting.check(work, roles, to_self=await _is_self(work, address))
    waiting = await granting.waiting(work, roles)
    if await work.driver.fetchval(IS_MEMBER, address):
        raise Conflict("This person already belongs to your organisation. Change their roles instead.")
    await _withdraw(work, WITHDRAW_OPEN, address)
    invited = await _add(work, address, frozenset(roles) - waiting or {Role.REPORTER})
    if not waiting:
        return invited
    told = f"Give {address} the role: {called or ', '.join(sorted(waiting))}"
    return replace(invited, waits_for=await _ask(work, invited.id, reason, told, waiting, roles))


async def withdraw(work: Work, invitation_id: UUID) -> None:
    """Make a link stop working; raises `NotFound` when it has been used or withdrawn already."""
    work.require(Permission.USERS_MANAGE)
    if not await _withdraw(work, WITHDRAW, invitation_id):
        raise NotFound("That invitation was used or withdrawn already.")


async def _ask(
    work: Work, invitation_id: UUID, reason: str, told: str, waiting: frozenset[Role], roles: Collection[Role]
) -> Proposal:
    dropped = frozenset({Role.REPORTER}) - frozenset(roles) if waiting == frozenset(roles) else frozenset[Role]()
    details = managing.details(waiting, dropped, managing.ALWAYS) | {"invitation": True}
    return await approving.propose(work, managing.GRANT, invitation_id, reason, told=told, details=details)


async def _add(work: Work, address: str, roles: Collection[Role]) -> Invited:
    secret = new_secret(16)
    invited = Invited(clock.new_id(), address, secret.text, work.now() + LASTS)
    await work.driver.execute(
        ADD, work.organisation_id, invited.id, address, sorted(roles), secret.hash, work.now(), work.actor.user_id,
        invited.expires_at,
    )  # fmt: skip
    work.record("invitation.created", invited.id)
    return invited


async def _withdraw(work: Work, statement: str, which: str | UUID) -> bool:
    rows = await work.driver.fetch(statement, which, work.now())
    for row in rows:
        work.record("invitation.withdrawn", row["id"])
    return bool(rows)


async def _is_self(work: Work, address: str) -> bool:
    own = "select exists (select from memberships where email = $1 and user_id = $2)"
    return bool(await work.driver.fetchval(own, address, work.actor.user_id))
