"""A handover in one act: the successor has every role of whoever leaves, and the predecessor is out at once.

For the day on which a club's welfare officer changes. It takes two people, like every grant of a role that answers for
records: whoever leaves (or manages accounts) asks, another agrees, or the outside second person. Both halves happen in
the transaction of the approval: there is no moment at which nobody answers, and none at which both do.
"""

from typing import Final
from uuid import UUID

from safeguard.access.policy import Permission
from safeguard.access.roles import Role
from safeguard.errors import Conflict, FieldError, Invalid, NotFound
from safeguard.identity import approving, granting, managing
from safeguard.identity.acts import Act, Proposal
from safeguard.work import Work

HANDOVER: Final = "role.handover"
NOT_ONESELF: Final = "Choose somebody else: nobody hands over to themselves."
GONE: Final = "One of the two does not belong to the organisation any more. Decline this."


async def ask(work: Work, predecessor: UUID, successor: UUID, reason: str) -> Proposal:
    """Ask that `successor` takes over everything that `predecessor` may do, and `predecessor` leaves."""
    work.require(Permission.USERS_MANAGE)
    if predecessor == successor:
        raise Invalid(FieldError("successor", NOT_ONESELF))
    leaving, taking = await managing.get_held(work, predecessor), await managing.get_held(work, successor)
    await granting.check(work, leaving.roles - taking.roles, to_self=successor == work.actor.user_id)
    told = f"{taking.name} takes over from {leaving.name}, who leaves at once"
    return await approving.propose(work, HANDOVER, successor, reason, told=told, details={"from": str(predecessor)})


async def _hand_over(work: Work, proposal: Proposal) -> None:
    predecessor = UUID(proposal.details["from"])
    try:
        leaving, taking = await managing.get_held(work, predecessor), await managing.get_held(work, proposal.subject_id)
    except NotFound as gone:
        raise Conflict(GONE) from gone
    await managing.set_roles(work, proposal.subject_id, leaving.roles | taking.roles)
    await managing.end(work, predecessor)


async def _whom_it_concerns(_work: Work, proposal: Proposal) -> frozenset[UUID]:
    """Whoever would take over agrees to nothing; whoever leaves may have asked, and agrees to nothing either."""
    return frozenset({proposal.subject_id, UUID(proposal.details["from"])})


ACT: Final = Act(
    HANDOVER,
    "Hand everything over to a successor, and leave",
    proposers=granting.ANSWERS | {Role.ADMINISTRATOR},
    approvers=granting.ANSWERS | {Role.HEAD},
    perform=_hand_over,
    kept_from=_whom_it_concerns,
)
