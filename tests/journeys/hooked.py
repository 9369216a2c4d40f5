"""An address that is told of what happens at the school of the browser tests."""

from uuid import UUID

from safeguard.access.actors import Actor, system
from safeguard.webhooks import hooking, telling
from safeguard.work import begin

SETTLE = "update webhook_deliveries set state = $2, attempts = $3, answer = $4, tried_at = now() where id = $1"
ENDS = (("delivered", 1, "Answered 204"), ("failed", 10, "Answered 503"), ("waiting", 2, "Answered 500"))


async def tell_a_program(lead: Actor) -> UUID:
    """One delivery of each end, and one that waits."""
    async with begin(lead) as work:
        made = await hooking.make_hook(
            work, "The school's dashboard", "https://dashboard.example/hooks/safeguarding/4f1c", list(hooking.EVENTS)
        )
        tried = [await telling.try_hook(work, made.id) for _ in range(4)]
    async with begin(system(lead.organisation_id)) as work:
        for which, end in zip(tried, ENDS, strict=False):
            await work.driver.execute(SETTLE, which, *end)
    return made.id
