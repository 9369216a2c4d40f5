"""Letting in whom a name shut out: somebody else of that name is meant. One who reads the vault asks, another agrees.

Whom the concern is about by their account stays shut out for good, and sees nothing of what is asked.
"""

from typing import Final
from uuid import UUID

import msgspec

from safeguard.access.policy import ALLOWED, Permission
from safeguard.access.roles import Role
from safeguard.concerns.handling import locked
from safeguard.errors import FieldError, Invalid, NotFound
from safeguard.identity import approving
from safeguard.identity.acts import Act, Proposal, Shown
from safeguard.incidents.hiding.ending import GROUNDS, TOLD, end_exclusion
from safeguard.incidents.reports import tidy
from safeguard.work import Work

ADMIT: Final = "concern.admit"
CHOSEN: Final = "Somebody here chose to keep them from it, and that is taken back"
SHUT_OUT: Final = """
select x.user_id, m.name, x.cause, x.id, (
    select p.id from public.proposals p
    where p.organisation_id = x.organisation_id and p.act = 'concern.admit' and p.subject_id = x.id
        and p.state = 'open' and p.expires_at > $2)
from public.exclusions x
join public.memberships m on m.organisation_id = x.organisation_id and m.user_id = x.user_id
where x.organisation_id = (select sec.current_organisation()) and x.concern_id = $1 and x.lifted_at is null
order by m.name, x.user_id
"""
HEADING: Final = """
select c.reference, c.version, m.name, x.cause from public.concerns c
join public.exclusions x on x.organisation_id = c.organisation_id and x.concern_id = c.id and x.id = $2
join public.memberships m on m.organisation_id = c.organisation_id and m.user_id = x.user_id
where c.organisation_id = (select sec.current_organisation()) and c.id = $1
"""
WHO_NOT: Final = """
select m.user_id from public.memberships m
where m.organisation_id = (select sec.current_organisation()) and m.user_id <> all (sec.handlers_of_concern($1))
"""


class ShutOut(msgspec.Struct, frozen=True):
    """A member who must not know of a concern."""

    user_id: UUID
    name: str
    cause: str
    exclusion_id: UUID
    asked: UUID | None = None
    """The proposal that they may, while it waits for somebody to agree."""


async def list_shut_out(work: Work, concern_id: UUID) -> tuple[ShutOut, ...]:
    """Whom the database keeps from a concern; nobody whom it is about reads this."""
    return tuple(ShutOut(*row) for row in await work.driver.fetch(SHUT_OUT, concern_id, work.now()))


async def ask(work: Work, concern_id: UUID, user_id: UUID, reason: str) -> Proposal:
    """Ask that they may know; raises `Invalid` without a reason, `NotFound` for whom the concern is about."""
    if errors := _wrong(reason := tidy(reason)):
        raise Invalid(*errors)
    record = await locked(work, concern_id)
    out = {each.user_id: each for each in await list_shut_out(work, concern_id)}
    if user_id not in out or record.facts.subject_user_id == user_id:
        raise NotFound
    return await approving.propose(
        work, ADMIT, out[user_id].exclusion_id, reason, told=TOLD, concern_id=concern_id, log="restricted"
    )


def _wrong(reason: str) -> tuple[FieldError, ...]:
    if not reason:
        return (FieldError("reason", "Say how you know that they are not the person meant."),)
    if len(reason) > approving.LONGEST_REASON:
        return (FieldError("reason", f"The most is {approving.LONGEST_REASON:,} characters."),)
    return ()


async def _perform(work: Work, proposal: Proposal) -> None:
    row = await work.driver.fetchrow(HEADING, proposal.concern_id, proposal.subject_id)
    if row is None or proposal.concern_id is None:
        raise NotFound
    await end_exclusion(work, proposal, "mistaken", "")
    work.record("exclusion.lifted", proposal.concern_id, kind="concern", version=row["version"])


async def _kept_from(work: Work, proposal: Proposal) -> frozenset[UUID]:
    """Everybody who could not take care of the concern themselves."""
    return frozenset(row["user_id"] for row in await work.driver.fetch(WHO_NOT, proposal.concern_id))


async def _shown(work: Work, proposal: Proposal) -> tuple[Shown, ...]:
    row = await work.driver.fetchrow(HEADING, proposal.concern_id, proposal.subject_id)
    if row is None:
        return ()
    return (
        Shown("Record", row[0], f"/concerns/{proposal.concern_id}"),
        Shown("Kept from it until now", row[2]),
        Shown("On what ground", _ground(row[3])),
    )


def _ground(cause: str) -> str:
    """Why it may end: of whom somebody chose here no name was mistaken."""
    return CHOSEN if cause == "chosen" else GROUNDS["mistaken"]


ACTS: Final = (
    Act(
        ADMIT,
        TOLD,
        # Whoever reads the vault asks, and of those whoever has the page of approvals agrees: no role opens it alone.
        proposers=frozenset(Role),
        approvers=ALLOWED[Permission.APPROVALS_READ],
        perform=_perform,
        kept_from=_kept_from,
        shown=_shown,
    ),
)
