"""Invitations: a link that makes one person a member, once, within three days.

128 random bits, kept as a hash, bound to the organisation, the address and the roles (OWASP ASVS 5.0 §6.4.1). The
link is shown to whoever invites, who hands it over, and mailed where the service sends mail: whoever holds it proves
nothing else. So an address is as it was typed by the inviter; that mail arrives there is proved by nobody. The inviter
is never told whether an address has an account elsewhere.

A link that was lost is not shown again, because only its hash is kept: another invitation takes its place, with the
same roles, and the link that was there stops working. Roles that somebody else agrees to are asked for anew then:
whoever sends a link again holds it, as whoever invited did.
"""

import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from safeguard import clock
from safeguard.access.policy import Permission
from safeguard.access.roles import Role
from safeguard.errors import Conflict, DomainError, FieldError, Invalid, NotFound
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
STANDS = """
select i.email, i.roles, p.reason, p.details from invitations i
left join proposals p on p.organisation_id = i.organisation_id and p.act = $2 and p.subject_id = i.id
    and p.state = 'open' and p.expires_at > $3
where i.id = $1 and i.used_at is null and i.withdrawn_at is null
"""
WAITING = "select id from proposals where act = $1 and subject_id = $2 and state = 'open' and expires_at > $3"
OPEN_OF = "select id from invitations where email = any($1) and used_at is null and withdrawn_at is null order by email"
RAN_OUT = """
select id from invitations where used_at is null and withdrawn_at is null and expires_at <= $1
order by created_at desc, id limit $2
"""
MOST_AGAIN: Final = 200
"""Links that are made again at once."""
WHY_AGAIN: Final = "They were invited before, and their link was lost or has run out."
NOT_OPEN: Final = "That invitation was used or withdrawn already."
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


@dataclass(frozen=True, slots=True)
class Again:
    """What became of invitations that were sent again."""

    invited: tuple[Invited, ...]
    left_out: tuple[tuple[str, str], ...]
    """Whose address, and why they got no other link."""


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


async def invite_again(work: Work, ids: Iterable[UUID]) -> Again:
    """Another link for each of these invitations, with its roles; the one before stops working.

    One that cannot be is left out with the reason, and the others are made all the same.
    """
    work.require(Permission.USERS_MANAGE)
    invited: list[Invited] = []
    left_out: list[tuple[str, str]] = []
    for invitation_id in list(dict.fromkeys(ids))[:MOST_AGAIN]:
        row = await work.driver.fetchrow(STANDS, invitation_id, managing.GRANT, work.now())
        try:
            if row is None:
                raise NotFound(NOT_OPEN)
            asked = json.loads(row["details"]) if row["details"] else {"grant": [], "drop": []}
            roles = frozenset(map(Role, (set(row["roles"]) | set(asked["grant"])) - set(asked["drop"])))
            invited.append(await invite(work, row["email"], roles, reason=row["reason"] or WHY_AGAIN))
        except DomainError as refusal:
            left_out.append((row["email"] if row else "", refusal.detail))
    return Again(tuple(invited), tuple(left_out))


async def list_open(work: Work, emails: Collection[str]) -> list[UUID]:
    """The invitations to these addresses that nobody has accepted."""
    return [row["id"] for row in await work.driver.fetch(OPEN_OF, list(emails))]


async def list_run_out(work: Work) -> list[UUID]:
    """The invitations whose links have run out, the newest, as many as are made again at once."""
    return [row["id"] for row in await work.driver.fetch(RAN_OUT, work.now(), MOST_AGAIN)]


async def withdraw(work: Work, invitation_id: UUID) -> None:
    """Make a link stop working; raises `NotFound` when it has been used or withdrawn already."""
    work.require(Permission.USERS_MANAGE)
    if not await _withdraw(work, WITHDRAW, invitation_id):
        raise NotFound(NOT_OPEN)


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
        for asked in await work.driver.fetch(WAITING, managing.GRANT, row["id"], work.now()):
            await approving.lapse(work, asked["id"])  # there is nobody any more to whom it could be given
    return bool(rows)


async def _is_self(work: Work, address: str) -> bool:
    own = "select exists (select from memberships where email = $1 and user_id = $2)"
    return bool(await work.driver.fetchval(own, address, work.actor.user_id))
