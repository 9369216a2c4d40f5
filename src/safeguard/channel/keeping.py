"""Keeping the channel: what waits too long is taken up again; what has no receipt in ten minutes is an alarm."""

from datetime import timedelta
from typing import Final
from uuid import UUID

import msgspec
import structlog

from safeguard.work import Work

WAITING: Final = "select organisation_id, other_id, what from public.list_channel_waiting()"
PATIENCE: Final = timedelta(minutes=10)
"""Without a receipt for so long, the page of the sender says: telephone."""
ALARM: Final = """
update public.channel_outbox set alarmed_at = $2
where organisation_id = (select sec.current_organisation()) and other_id = $1 and delivered_at is null
    and alarmed_at is null and put_at < $3
returning id, log
"""


class Waiting(msgspec.Struct, frozen=True):
    """A pair with something to do."""

    organisation_id: UUID
    other_id: UUID
    job: str


async def list_waiting(work: Work) -> tuple[Waiting, ...]:
    """What was left lying, in every organisation; says aloud how many pairs have something undelivered."""
    await work.enter("carry")
    rows = await work.driver.fetch(WAITING)
    await work.enter("job")
    late = sum(row["what"] == "undelivered" for row in rows)
    if late:
        structlog.get_logger().error("channel.undelivered", pairs=late)
    return tuple(
        Waiting(row["organisation_id"], row["other_id"], f"channel.{row['what']}")
        for row in rows
        if row["what"] != "undelivered"
    )


async def raise_alarm(work: Work, other_id: UUID) -> int:
    """Tell whoever sent it, once, of everything to that organisation that has waited too long; how much that was."""
    rows = await work.driver.fetch(ALARM, other_id, work.now(), work.now() - PATIENCE)
    for row in rows:
        work.record("envelope.undelivered", row["id"], version=1, log=row["log"])
    return len(rows)
