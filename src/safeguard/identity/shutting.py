"""Shutting an account that somebody else has taken over, in every organisation at once: for whoever runs the service.

From the next request on nobody gets in with it, and the tokens that its holder answers for do nothing. The memberships
stay, so that nothing has to be given again; each organisation is told by its log. What its holder was handling waits
for nobody who cannot get in: the organisation's own job gives it on, to nobody, as when they handle incidents no more,
and it stays so when the account is opened again, since somebody else may have it by then.
"""

from typing import Final
from uuid import UUID

from safeguard.access.actors import system
from safeguard.access.roles import Role
from safeguard.database.context import PLATFORM
from safeguard.errors import NotFound
from safeguard.identity import addresses, parting
from safeguard.work import Work, begin

SHUT: Final = "select organisation_id, user_id from identity.shut_account($1, $2)"
CAN_ACT: Final = "select sec.can_act($1)"
GIVE_ON: Final = "account.give_on"


async def shut(email: str, *, again_open: bool = False) -> int:
    """Shut it, or open it again; in how many organisations. Raises `NotFound` for an address that belongs to none."""
    async with begin(system(UUID(PLATFORM)), purpose="provision") as work:
        rows = await work.driver.fetch(SHUT, addresses.check(email), not again_open)
    if not rows:
        raise NotFound(f"Nobody who belongs to an organisation here has the address “{email}”.")
    for row in rows:
        async with begin(system(row["organisation_id"]), purpose="provision") as work:
            work.record("account.opened" if again_open else "account.shut", row["user_id"], kind="membership")
            if not again_open:
                work.ask(GIVE_ON, row["user_id"], key=f"{row['user_id']} {work.now().isoformat()}")
    return len(rows)


async def give_on(work: Work, user_id: UUID) -> None:
    """`account.give_on`: what they were handling is nobody's; nothing where the account was opened again meanwhile."""
    if not await work.driver.fetchval(CAN_ACT, user_id):
        await parting.lay_down(work, user_id, frozenset(Role), frozenset())
