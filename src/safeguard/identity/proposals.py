"""What the approvals pages show."""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from safeguard.access.policy import Permission
from safeguard.errors import NotFound
from safeguard.identity import acts, approving
from safeguard.identity.acts import Proposal, Shown
from safeguard.identity.approving import COLUMNS
from safeguard.identity.deciding import list_deciders
from safeguard.work import Work

MOST: Final = 100
LOOKED_AT: Final = 30
MOST_COUNTED: Final = 10
"""So many at the top of a page: "9+". Each costs a look at whom it is about, at every page that is opened."""
LIST: Final = f"select {COLUMNS} from proposals order by proposed_at desc, id desc limit {MOST}"  # noqa: S608  our own
OPEN: Final = f"""
select {COLUMNS} from proposals
where proposed_at > $1::timestamptz - $4::interval and expires_at > $1 and state = 'open'
    and proposed_by is distinct from $2 and act = any ($3)
order by proposed_at desc, id desc limit {LOOKED_AT}
"""  # noqa: S608  our own constants
GET: Final = f"select {COLUMNS} from proposals where id = $1"  # noqa: S608  our own constants
SECOND_PERSON: Final = """
select coalesce(second_person_name, '') from organisations where id = $1 and second_person_email is not null
"""


@dataclass(frozen=True, slots=True)
class Approvals:
    """What waits for the reader, what they asked for, and what was decided lately."""

    waiting: tuple[Proposal, ...]
    asked: tuple[Proposal, ...]
    others: tuple[Proposal, ...]
    """Decided or run out, or asked by somebody else and decided by nobody yet."""


@dataclass(frozen=True, slots=True)
class Detail:
    """One proposal, and who can decide it."""

    proposal: Proposal
    name: str
    may_decide: bool
    is_own: bool
    is_open: bool
    members: tuple[str, ...]
    """Names of the members who can."""
    second_person: str
    """Who can by a link; empty when nobody outside is named, or this is not theirs to decide."""
    lines: tuple[Shown, ...] = ()
    """What it is about, for members who may know."""


async def list_approvals(work: Work) -> Approvals:
    """Everything that the actor may know of, the latest first."""
    work.require(Permission.APPROVALS_READ)
    seen = [one for one in map(approving.proposal_of, await work.driver.fetch(LIST)) if await _is_shown(work, one)]
    own = tuple(one for one in seen if one.proposed_by == work.actor.user_id)
    waiting = tuple([one for one in seen if one.is_open(work.now()) and await _can_decide(work, one)])
    return Approvals(waiting, own, tuple(one for one in seen if one not in own and one not in waiting))


async def count_waiting(work: Work) -> int:
    """How many proposals wait for the actor, up to `MOST_COUNTED`: asked at every page, so no more is looked at.

    Of those that may be theirs by their role, the latest `LOOKED_AT`; the page of approvals shows all.
    """
    if not work.may(Permission.APPROVALS_READ):
        return 0
    theirs = acts.codes_for(work.actor.roles)
    rows = await work.driver.fetch(OPEN, work.now(), work.actor.user_id, theirs, acts.longest())
    found = 0
    for one in map(approving.proposal_of, rows):
        found += await _can_decide(work, one)
        if found == MOST_COUNTED:
            break
    return found


async def get_detail(work: Work, proposal_id: UUID) -> Detail:
    """One proposal; raises `NotFound` for one that the actor may not know of."""
    work.require(Permission.APPROVALS_READ)
    row = await work.driver.fetchrow(GET, proposal_id)
    if row is None or not await approving.may_see(work, proposal := approving.proposal_of(row)):
        raise NotFound
    act, is_open = acts.get(proposal.act), proposal.is_open(work.now())
    outside: str | None = await work.driver.fetchval(SECOND_PERSON, work.organisation_id) if act.outside else ""
    return Detail(
        proposal, act.name, is_open and await _can_decide(work, proposal), proposal.proposed_by == work.actor.user_id,
        is_open, await list_deciders(work, act, proposal), outside or "", await act.shown(work, proposal),
    )  # fmt: skip


async def _is_shown(work: Work, proposal: Proposal) -> bool:
    return await approving.may_see(work, proposal)


async def _can_decide(work: Work, proposal: Proposal) -> bool:
    act = acts.find(proposal.act)
    return act is not None and await approving.may_decide(work, act, proposal)
