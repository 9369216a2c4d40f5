"""A hold and a disposal at once: each begins while the other has not committed."""

from uuid import UUID

import anyio

from safeguard.access.actors import Actor
from safeguard.errors import Conflict, NotFound
from safeguard.identity import approving
from safeguard.records import holding
from safeguard.records.holding import About
from safeguard.work import begin


async def race(lead: Actor, head: Actor, about: About, proposal_id: UUID, *, hold_first: bool) -> tuple[str, str]:
    """What became of the hold, and of the disposal, when one began while the other had not committed."""
    outcome = ["placed", "done"]
    entered, go_on = anyio.Event(), anyio.Event()

    async def hold() -> None:
        try:
            async with begin(lead) as work:
                await holding.place_hold(work, about, "court", "A letter came.")
                entered.set()
                await go_on.wait()
        except (Conflict, NotFound):
            outcome[0] = "too late"

    async def agree() -> None:
        try:
            async with begin(head) as work:
                await approving.approve(work, proposal_id)
                entered.set()
                await go_on.wait()
        except Conflict:
            outcome[1] = "stopped"

    first, then = (hold, agree) if hold_first else (agree, hold)
    with anyio.fail_after(120):
        async with anyio.create_task_group() as group:
            group.start_soon(first)
            await entered.wait()
            group.start_soon(then)
            await anyio.sleep(0.2)  # so that the second one waits for the first; right either way
            go_on.set()
    return outcome[0], outcome[1]
