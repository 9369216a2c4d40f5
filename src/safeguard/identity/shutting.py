"""Shutting an account that somebody else has taken over, in every organisation at once: for whoever runs the service.

From the next request on nobody gets in with it, and the tokens that its holder answers for do nothing. The memberships
stay, so that nothing has to be given again; each organisation is told by its log.
"""

from typing import Final
from uuid import UUID

from safeguard.access.actors import system
from safeguard.database.context import PLATFORM
from safeguard.errors import NotFound
from safeguard.identity import addresses
from safeguard.work import begin

SHUT: Final = "select organisation_id, user_id from identity.shut_account($1, $2)"


async def shut(email: str, *, again_open: bool = False) -> int:
    """Shut it, or open it again; in how many organisations. Raises `NotFound` for an address that belongs to none."""
    async with begin(system(UUID(PLATFORM)), purpose="provision") as work:
        rows = await work.driver.fetch(SHUT, addresses.check(email), not again_open)
    if not rows:
        raise NotFound(f"Nobody who belongs to an organisation here has the address “{email}”.")
    for row in rows:
        async with begin(system(row["organisation_id"]), purpose="provision") as work:
            work.record("account.opened" if again_open else "account.shut", row["user_id"], kind="membership")
    return len(rows)
