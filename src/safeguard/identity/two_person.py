"""The acts of this room that take two people: a role that answers for records, a program that reads them."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from safeguard.access.policy import ALLOWED, Permission
from safeguard.access.roles import Role
from safeguard.errors import Conflict, NotFound
from safeguard.identity import granting, handing_over, issuing, managing, removing, replacing, scoping
from safeguard.identity.acts import Act, Proposal, Shown
from safeguard.identity.factors import losing
from safeguard.identity.managing import Period
from safeguard.work import Work

INVITATION: Final = "select email, roles, used_at, withdrawn_at from invitations where id = $1 for update"
SET_INVITED: Final = "update invitations set roles = $2 where id = $1"
MEMBER_AT: Final = "select user_id from memberships where email = $1 and kind = 'person' and state = 'active'"


async def _grant(work: Work, proposal: Proposal) -> None:
    details = proposal.details
    granted, dropped = frozenset(map(Role, details["grant"])), frozenset(map(Role, details["drop"]))
    user_id: UUID | None = proposal.subject_id
    if details.get("invitation"):
        user_id = await _grant_invited(work, proposal.subject_id, granted, dropped)
    if user_id is None:
        return
    try:
        held = await managing.get_held(work, user_id)
    except NotFound as gone:
        raise Conflict("This person does not belong to the organisation any more. Decline this.") from gone
    roles = (held.roles | granted) - dropped or frozenset({Role.REPORTER})
    period = _period(details) if Role.DEPUTY in granted else held.period
    await managing.set_roles(work, user_id, roles, period if Role.DEPUTY in roles else managing.ALWAYS)


async def _grant_invited(
    work: Work, invitation_id: UUID, granted: frozenset[Role], dropped: frozenset[Role]
) -> UUID | None:
    """The roles into an invitation that still waits; or whoever has accepted it, to give them to."""
    row = await work.driver.fetchrow(INVITATION, invitation_id)
    if row is None or row["withdrawn_at"]:
        raise Conflict("The invitation was withdrawn, so there is nobody to give the role to. Decline this.")
    if row["used_at"]:
        return await work.driver.fetchval(MEMBER_AT, row["email"])
    roles = (frozenset(map(Role, row["roles"])) | granted) - dropped
    await work.driver.execute(SET_INVITED, invitation_id, sorted(roles))
    return None


def _period(details: Any) -> Period:
    start, end = details.get("from"), details.get("until")
    return Period(start and datetime.fromisoformat(start), end and datetime.fromisoformat(end))


async def _whom_it_concerns(work: Work, proposal: Proposal) -> frozenset[UUID]:
    """Whoever gets the role: nobody agrees to their own."""
    if not proposal.details.get("invitation"):
        return frozenset({proposal.subject_id})
    row = await work.driver.fetchrow(INVITATION, proposal.subject_id)
    member: UUID | None = await work.driver.fetchval(MEMBER_AT, row["email"]) if row else None
    return frozenset({member}) if member else frozenset()


async def _activate(work: Work, proposal: Proposal) -> None:
    await issuing.activate(work, proposal.subject_id)


async def _show_scopes(_work: Work, proposal: Proposal) -> tuple[Shown, ...]:
    codes = proposal.details.get("scopes")
    words = scoping.in_words(codes) if codes else ("Everything that its role may",)
    return (Shown("What it is for", "; ".join(words)),)


async def _drop(work: Work, proposal: Proposal) -> None:
    await issuing.drop(work, proposal.subject_id)


ACTS: Final = (
    Act(
        managing.GRANT,
        "Give or take a role that answers for records",
        proposers=granting.ANSWERS | {Role.ADMINISTRATOR},
        approvers=granting.ANSWERS | {Role.HEAD},
        perform=_grant,
        kept_from=_whom_it_concerns,
    ),
    Act(
        issuing.ACTIVATE,
        "Let another program read records",
        proposers=ALLOWED[Permission.TOKENS_MANAGE],
        approvers=granting.ANSWERS,
        perform=_activate,
        dropped=_drop,
        outside=False,
        shown=_show_scopes,
    ),
    losing.ACT,
    handing_over.ACT,
    replacing.ACT,
    removing.ACT,
)
