"""Looking again, for whoever keeps the vault: concerns that would be kept from somebody if they were raised today, and
incidents that may mean each who handles them. Of each it is decided by hand, as in `incidents.hiding.looking_back`.
"""

from collections.abc import Collection
from typing import Final

from safeguard import clock
from safeguard.concerns.handling import Said, locked, received, save, write
from safeguard.concerns.identifying import keep_from
from safeguard.concerns.reading import require_open
from safeguard.incidents.hiding.looking_back import (
    WEIGHED,
    Decision,
    Meant,
    compare,
    list_gathered,
    named_in,
    said_why,
)
from safeguard.work import Work

LIST: Final = "select * from public.list_concerns_to_look_at($1)"
WEIGH: Final = WEIGHED.format(about="concern_id")
KEPT: Final = "It was looked at again: this may be about them."


async def list_concerns(work: Work) -> list[Meant]:
    """The latest that may be about somebody whom they are not kept from; raises `NotFound` without the right."""
    await require_open(work)
    return await compare(work, LIST, await list_gathered(work, "concerns"))


async def decide_concerns(work: Work, ticked: Collection[str], decision: Decision, reason: str) -> int:
    """Keep the ticked concerns from whom they may mean, or write down that another is meant; of how many."""
    reason = said_why(decision, reason, ticked)
    await require_open(work)
    rows = [Meant(*row) for row in await work.driver.fetch(LIST, named_in(ticked))]
    chosen = [row for row in rows if row.key in ticked]
    for row in chosen:
        if decision == "keep":
            await keep_from(work, row.id, row.user_id, reason or KEPT)
        else:
            await _weigh(work, row, reason)
    return len(chosen)


async def _weigh(work: Work, row: Meant, reason: str) -> None:
    record, actor = await locked(work, row.id), work.actor
    await work.driver.execute(
        WEIGH, clock.new_id(), row.id, row.user_id, work.now(), actor.user_id, actor.name, reason
    )  # fmt: skip
    await write(work, row.id, Said(words=f"Not about {row.name}: another is meant", reason=reason))
    facts = await received(work, record.facts)
    await save(work, facts, "concern.followed_up")
    work.record("exclusion.weighed", row.id, kind="concern", version=facts.version + 1)
