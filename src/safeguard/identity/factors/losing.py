"""Somebody has lost what they sign in with: two people of the organisation let them begin anew, never mail alone.

One asks, another agrees - or the outside second person, where nobody else here can. Then every second step,
recovery code, remembered browser and session of theirs is gone; they sign in with the password that they still have,
and set up a new one. Not for somebody who belongs to another organisation too: its records would open with them.
"""

from typing import Final
from uuid import UUID

from safeguard.access.policy import Permission
from safeguard.access.roles import Role
from safeguard.errors import Conflict, Forbidden
from safeguard.identity import approving, granting, managing
from safeguard.identity.acts import Act, Proposal
from safeguard.work import Work

RESET: Final = "factors.reset"
PURPOSE: Final = "factors"
CLEAR: Final = "select identity.clear_factors($1, $2)"

OWN: Final = "You cannot ask this for yourself. Ask another person who manages accounts here."
ELSEWHERE: Final = (
    "This person left, or belongs to another organisation too, so this cannot be decided here alone. Whoever runs the "
    "service can help."
)


async def ask(work: Work, user_id: UUID, reason: str) -> Proposal:
    """Ask that this member may set up their second step anew."""
    work.require(Permission.USERS_MANAGE)
    if user_id == work.actor.user_id:
        raise Forbidden(OWN)
    held = await managing.get_held(work, user_id)
    return await approving.propose(work, RESET, user_id, reason, told=f"Let {held.name} set up their second step anew")


async def _clear(work: Work, proposal: Proposal) -> None:
    await work.enter(PURPOSE)
    if not await work.driver.fetchval(CLEAR, proposal.subject_id, proposal.id):
        raise Conflict(ELSEWHERE)
    work.record("factors.reset", proposal.subject_id, kind="membership")


async def _whom_it_concerns(_work: Work, proposal: Proposal) -> frozenset[UUID]:
    return frozenset({proposal.subject_id})


ACT: Final = Act(
    RESET,
    "Let somebody set up their second step anew",
    proposers=granting.ANSWERS | {Role.DEPUTY, Role.ADMINISTRATOR},
    approvers=granting.ANSWERS | {Role.HEAD},
    perform=_clear,
    kept_from=_whom_it_concerns,
)
