"""Breaking the glass: for an hour one person reads what is kept to lists and to the vault, and two answer for it.

One asks with a reason, another who may agrees (or the outside second person), and everybody who may read the log sees
that it happened. It never shows anybody a record from which they are excluded because they are alleged.
"""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import msgspec

from safeguard import clock
from safeguard.access.policy import Permission
from safeguard.access.roles import Role
from safeguard.errors import Conflict, NotFound
from safeguard.identity import approving
from safeguard.identity.acts import Act, Proposal, Shown
from safeguard.work import Work

BREAK: Final = "glass.break"
LASTS: Final = timedelta(minutes=60)

GIVES: Final = (
    "For 60 minutes from your approval, every incident that is kept to a few people and every concern about staff: to"
    " read. Other leads and the head are told."
)
WITHHOLDS: Final = (
    "They add, decide, print and pack nothing of it, and read no record that is kept from them because it is about"
    " them."
)

OPEN: Final = """
insert into public.broken_glass (organisation_id, id, user_id, reason, approval_id, opened_at, until)
values ((select sec.current_organisation()), $1, $2, $3, $4, $5, $6)
"""
MINE: Final = """
select g.id, g.until, g.reason from public.broken_glass g
where g.organisation_id = (select sec.current_organisation()) and g.user_id = $1 and g.until > $2 and g.ended_at is null
order by g.until desc limit 1
"""
WAITING: Final = """
select exists (select from public.proposals p
               where p.organisation_id = (select sec.current_organisation()) and p.act = 'glass.break'
                   and p.subject_id = $1 and p.state = 'open' and p.expires_at > $2)
"""
END: Final = """
update public.broken_glass g set ended_at = $2
where g.organisation_id = (select sec.current_organisation()) and g.user_id = $1 and g.until > $2 and g.ended_at is null
"""


class Glass(msgspec.Struct, frozen=True):
    """That somebody reads what is restricted, and until when."""

    id: UUID
    until: datetime
    reason: str


async def ask(work: Work, reason: str) -> Proposal:
    """Ask to read what is restricted, for an hour; raises `Conflict` when one asked already."""
    work.require(Permission.GLASS_BREAK)
    if work.actor.user_id is None:
        raise NotFound
    return await approving.propose(
        work, BREAK, work.actor.user_id, reason, told="Read restricted records for 60 minutes, in an emergency"
    )


async def find_mine(work: Work) -> Glass | None:
    """What the actor's own broken glass still shows, if anything."""
    row = await work.driver.fetchrow(MINE, work.actor.user_id, clock.now())
    return Glass(*row) if row else None


async def is_waiting(work: Work) -> bool:
    """Whether the actor asked, and nobody has answered yet."""
    return bool(await work.driver.fetchval(WAITING, work.actor.user_id, clock.now()))


async def end(work: Work) -> None:
    """Stop before the hour is over."""
    if (glass := await find_mine(work)) is None:
        raise Conflict("Nothing is open: the hour is over.")
    await work.driver.execute(END, work.actor.user_id, work.now())
    work.record("glass.mended", glass.id, version=2)


async def _perform(work: Work, proposal: Proposal) -> None:
    """Open it for whoever asked, from now."""
    opened, now = clock.new_id(), work.now()
    await work.driver.execute(OPEN, opened, proposal.subject_id, proposal.reason, proposal.id, now, now + LASTS)
    work.record("glass.broken", opened)


async def _shown(work: Work, proposal: Proposal) -> tuple[Shown, ...]:
    return (Shown("What it opens to them", GIVES), Shown("What it does not", WITHHOLDS))


_WHO: Final = frozenset({Role.LEAD, Role.DEPUTY, Role.HEAD})

ACTS: Final = (
    Act(
        BREAK,
        "Let somebody read restricted records for an hour",
        proposers=_WHO,
        approvers=_WHO,
        perform=_perform,
        shown=_shown,
        lasts=timedelta(hours=4),
    ),
)
