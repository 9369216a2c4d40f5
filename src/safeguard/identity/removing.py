"""Taking somebody out by hand: at once, with the reason kept; whoever decides with others, only by two people.

Giving the role of a lead, a deputy or the head takes two people, because they look at what others ask for. Taking them
out alone would undo that: whoever took out the last of them would find nobody here who decides, and would ask outside
for everything. So a lead or an administrator asks, another lead, a deputy or the head agrees, and where none of these
is left the outside second person. Never the one it is about, who reads of it when they are out. The road not taken was
two people for everybody: a reporter who left on Friday would read on until Monday. Where it cannot wait, the directory
switches an account off, or whoever runs the service shuts it: neither gains anything by being alone here.
"""

from typing import Final
from uuid import UUID

from safeguard.access.policy import ALLOWED, Permission
from safeguard.access.roles import Role
from safeguard.errors import Conflict, FieldError, Forbidden, Invalid, NotFound
from safeguard.identity import approving, belonging, granting, managing
from safeguard.identity.acts import Act, Proposal
from safeguard.identity.managing import Held
from safeguard.work import Work

REMOVE: Final = "member.remove"
REASONS: Final = {
    "left": "They left",
    "moved": "They do something else now, and need this no more",
    "mistake": "They should never have been let in",
    "trust": "They should see nothing more, from now on",
}
"""Why, as it is kept and as it is said; codes stand in rows: reword, never reuse."""
KEEP: Final = "update memberships set ended_why = $2 where user_id = $1 and state = 'ended'"
ONESELF: Final = "You cannot remove yourself. Ask another person who manages accounts here."
GONE: Final = "They do not belong to the organisation any more. Decline this."
CHANGED: Final = "What they may do has changed since this was asked. Decline this, and ask again."


def takes_two(work: Work, held: Held) -> bool:
    """Whether somebody else agrees before this member is taken out."""
    return not granting.TAKES_TWO.isdisjoint(held.lasting(work.now()).roles)


async def remove(work: Work, user_id: UUID, why: str, words: str = "") -> Proposal | None:
    """End a membership and its sessions; what the person recorded stays, under their name.

    `why` is one of `REASONS`. Of somebody who decides with others it is asked for, with `words` for whoever agrees, and
    the proposal is given back: until then they stay. Raises `Invalid`, `Forbidden`, `Conflict`.
    """
    work.require(Permission.USERS_MANAGE)
    if user_id == work.actor.user_id:
        raise Forbidden(ONESELF)
    if why not in REASONS:
        raise Invalid(FieldError("why", "Choose why they are taken out."))
    held = await managing.get_held(work, user_id)
    if held.roles & granting.ANSWERS:
        await granting.keep_one(work, user_id)
    if not takes_two(work, held):
        await _take_out(work, user_id, why)
        return None
    told = f"Take {held.name} out of the organisation, who has the role: {managing.called_plainly(held.roles)}"
    details = {"why": why, "roles": sorted(held.roles)}
    return await approving.propose(
        work, REMOVE, user_id, f"{REASONS[why]}. {words.strip()}", told=told, details=details
    )


async def _take_out(work: Work, user_id: UUID, why: str) -> None:
    await belonging.end(work, user_id)
    await work.driver.execute(KEEP, user_id, why)


async def _perform(work: Work, proposal: Proposal) -> None:
    try:
        held = await managing.get_held(work, proposal.subject_id)
    except NotFound as gone:
        raise Conflict(GONE) from gone
    if sorted(held.roles) != proposal.details["roles"]:
        raise Conflict(CHANGED)
    if held.roles & granting.ANSWERS:
        await granting.keep_one(work, proposal.subject_id)
    await _take_out(work, proposal.subject_id, str(proposal.details["why"]))


async def _whom_it_concerns(_work: Work, proposal: Proposal) -> frozenset[UUID]:
    return frozenset({proposal.subject_id})


ACT: Final = Act(
    REMOVE,
    "Take out somebody who decides with others",
    proposers=ALLOWED[Permission.USERS_MANAGE],
    approvers=granting.ANSWERS | {Role.HEAD, Role.DEPUTY},
    perform=_perform,
    kept_from=_whom_it_concerns,
)
