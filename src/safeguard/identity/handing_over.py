"""A handover in one act: the successor has every role of whoever leaves, and the predecessor is out at once.

For the day on which a club's welfare officer changes. It takes two people, like every grant of a role that answers for
records: whoever leaves (or manages accounts) asks, another agrees, or the outside second person. Both halves happen in
the transaction of the approval: there is no moment at which nobody answers, and none at which both do.

A deputy for some days hands over those days and no more, and whoever takes over keeps their own as they are: what is
agreed to says the roles and the days, and when it would be something else by then, it does not happen. Besides roles
passes what the work needs (86_handing_over.sql). What one person was trusted with by name does not: `STAYS_BEHIND`.

Whoever only looks in, for a time and at what was put before them, neither takes over nor hands over: their way in would
end with its day, and the work with it.
"""

from collections.abc import Callable, Iterable
from typing import Final
from uuid import UUID

from safeguard.access.policy import Permission
from safeguard.access.roles import Role
from safeguard.errors import Conflict, FieldError, Invalid, NotFound
from safeguard.identity import approving, belonging, granting, managing, periods
from safeguard.identity.acts import Act, Proposal, Shown
from safeguard.identity.managing import ALWAYS, Held, Period
from safeguard.work import Work

HANDOVER: Final = "role.handover"
PASS_ON: Final = "select identity.pass_on($1, $2)"  # noqa: S105  a statement
NOT_ONESELF: Final = "Choose somebody else: nobody hands over to themselves."
GONE: Final = "One of the two does not belong to the organisation any more. Decline this."
CHANGED: Final = "What one of the two may do has changed since this was asked. Decline this, and ask again."
VISITS: Final = "An inspector looks in for some days and does none of the work. Choose somebody who stays."
APART: Final = "Both are deputies, for days that lie apart. Change the days of whoever takes over first."

PASSES: Final = (
    "open incidents and cases that they have, where the successor may: else nobody has them, and others are told",
    "the programs and webhooks that they answer for",
    "their place in the circles of restricted incidents",
    "incidents assigned to their pastoral role",
)
STAYS_BEHIND: Final = (
    "the staff-concern vault: the head names who reads it, by name",
    "tasks that were given to them: whoever gave them is told, and gives them to somebody else",
    "their calendar's address, and a way in that was kept for them by name",
    "their own drafts and notices",
)


async def ask(
    work: Work,
    predecessor: UUID,
    successor: UUID,
    reason: str,
    called: Callable[[Iterable[Role]], str] = managing.called_plainly,
) -> Proposal:
    """Ask that `successor` takes over everything that `predecessor` may do, and `predecessor` leaves.

    `called` says roles in the organisation's words.
    """
    work.require(Permission.USERS_MANAGE)
    if predecessor == successor:
        raise Invalid(FieldError("successor", NOT_ONESELF))
    leaving, taking = await managing.get_held(work, predecessor), await managing.get_held(work, successor)
    then, now = after(leaving, taking, work), taking.lasting(work.now())
    gained = then.roles - now.roles
    if Role.DEPUTY in then.roles and managing.reaches_further(then.period, now):
        gained |= {Role.DEPUTY}
    await granting.check(work, gained, to_self=successor == work.actor.user_id)
    told = f"{taking.name} takes over from {leaving.name}, who leaves at once. {taking.name} is then: "
    return await approving.propose(
        work, HANDOVER, successor, reason, told=told + _said(then, called), details=_details(predecessor, then)
    )


def after(leaving: Held, taking: Held, work: Work) -> Held:
    """What whoever takes over has then; raises `Conflict` where one only looks in, or their days lie apart."""
    if not (may_take_part(leaving.roles) and may_take_part(taking.roles)):
        raise Conflict(VISITS)
    leaving, taking = leaving.lasting(work.now()), taking.lasting(work.now())
    return Held(taking.name, leaving.roles | taking.roles, _joined([leaving, taking]))


def may_take_part(roles: Iterable[Role]) -> bool:
    """Whether somebody with these roles can hand over, or take over: not who has one that is never given by hand."""
    return granting.NEVER_BY_HAND.isdisjoint(roles)


def _joined(both: list[Held]) -> Period:
    """The days of one deputy, or of both where they meet; without a limit where one has none."""
    days = [held.period for held in both if Role.DEPUTY in held.roles]
    starts, ends = [one.start for one in days if one.start], [one.end for one in days]
    if not days or len(starts) < len(days):
        return ALWAYS
    if any(end is not None and end < max(starts) for end in ends):
        raise Conflict(APART)
    lasting = [end for end in ends if end is not None]
    return Period(min(starts), max(lasting) if len(lasting) == len(days) else None)


def _said(then: Held, called: Callable[[Iterable[Role]], str]) -> str:
    days = periods.said(then.period) if Role.DEPUTY in then.roles else ""
    return called(then.roles) + (f" (as deputy {days})" if days else "")


def _details(predecessor: UUID, then: Held) -> dict[str, object]:
    """What was asked for: who leaves, and what exactly whoever takes over has then."""
    given = managing.details(then.roles, (), then.period)
    return {"from": str(predecessor), "roles": given["grant"], "days": [given["from"], given["until"]]}


async def _hand_over(work: Work, proposal: Proposal) -> None:
    predecessor, successor = UUID(proposal.details["from"]), proposal.subject_id
    try:
        leaving, taking = await managing.get_held(work, predecessor), await managing.get_held(work, successor)
    except NotFound as gone:
        raise Conflict(GONE) from gone
    then = after(leaving, taking, work)
    if dict(proposal.details) != _details(predecessor, then):
        raise Conflict(CHANGED)
    await managing.set_roles(work, successor, then.roles, then.period)
    await work.driver.execute(PASS_ON, predecessor, successor)
    await belonging.end(work, predecessor, successor)


async def _shown(_work: Work, _proposal: Proposal) -> tuple[Shown, ...]:
    """What passes besides the roles, and what does not."""
    return (
        Shown("What passes besides", f"{'; '.join(PASSES)}."),
        Shown("What does not pass", f"{'; '.join(STAYS_BEHIND)}."),
    )


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
    shown=_shown,
)
