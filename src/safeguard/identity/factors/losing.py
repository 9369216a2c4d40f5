"""Somebody has lost what they sign in with: two people of the organisation let them begin anew, never mail alone.

One asks, another agrees - or the outside second person, where nobody else here can. Then every second step,
recovery code, remembered browser and session of theirs is gone; they sign in with the password that they still have,
and set up a new one. Where they belong to other organisations too, two people of each have to agree, within 14 days,
and it happens with the last: the records of all of them open with what is set up anew.
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
WAITS: Final = "select identity.waits_elsewhere($1)"

OWN: Final = "You cannot ask this for yourself. Ask another person who manages accounts here."
LEFT: Final = "This person left, so there is nothing to decide any more. Decline this."
ELSEWHERE: Final = "once the other organisations that they belong to have agreed as well, within 14 days"


async def ask(work: Work, user_id: UUID, reason: str) -> Proposal:
    """Ask that this member may set up their second step anew."""
    work.require(Permission.USERS_MANAGE)
    if user_id == work.actor.user_id:
        raise Forbidden(OWN)
    held = await managing.get_held(work, user_id)
    told = f"Let {held.name} set up their second step anew"
    if await work.driver.fetchval(WAITS, user_id):
        told = f"{told}, {ELSEWHERE}"
    return await approving.propose(work, RESET, user_id, reason, told=told)


async def _clear(work: Work, proposal: Proposal) -> None:
    await work.enter(PURPOSE)
    if await work.driver.fetchval(CLEAR, proposal.subject_id, proposal.id):
        work.record("factors.reset", proposal.subject_id, kind="membership")
    elif await work.driver.fetchval(WAITS, proposal.subject_id):
        work.record("factors.reset_agreed", proposal.subject_id, kind="membership")
    else:
        raise Conflict(LEFT)


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
