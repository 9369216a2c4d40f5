"""Files of people: whoever sent one hears what becomes of it; whoever handles incidents hears when one comes.

Notices and their mail name nobody. What holds a record that somebody must not know of is not there for them, so they
are not told of it either.
"""

from collections.abc import Awaitable, Callable
from datetime import UTC
from typing import Final
from uuid import UUID

from safeguard.notifications.finding import ABOVE, HANDLERS, belonging, holding
from safeguard.notifications.telling import News, tell
from safeguard.work import Work

EVENTS: Final = (
    "transfer.received", "transfer.declined", "transfer.locked", "transfer.reopened", "transfer.unreceived",
    "transfer.withheld", "incoming.received", "incoming.withdrawn",
)  # fmt: skip
SENT: Final = """
select t.sent_by from public.transfers t
where t.organisation_id = (select sec.current_organisation()) and t.id = $1
"""
CAME: Final = """
select t.opened_by from public.incoming_transfers t
where t.organisation_id = (select sec.current_organisation()) and t.id = $1
"""


def teller_of(event: str) -> Callable[[Work, UUID], Awaitable[None]]:
    """The verb that answers one event."""
    return _teller(event, _tell_sender if event.startswith("transfer.") else _tell_handlers)


def _teller(event: str, verb: Callable[[Work, UUID, str], Awaitable[bool]]) -> Callable[[Work, UUID], Awaitable[None]]:
    async def tell_of(work: Work, subject_id: UUID) -> None:
        await verb(work, subject_id, event)

    return tell_of


async def tell_undelivered(work: Work, transfer_id: UUID, day: str) -> bool:
    """An envelope without a receipt: once a day. Whether it was about a file."""
    return await _tell_sender(work, transfer_id, "transfer.undelivered", day)


async def _tell_sender(work: Work, transfer_id: UUID, event: str, key: str = "") -> bool:
    """Whoever sent it, while they belong here; else everybody who handles incidents. Once a day for each event."""
    row = await work.driver.fetchrow(SENT, transfer_id)
    if row is None:
        return False
    news = News(event, transfer_id, None, key or work.now().astimezone(UTC).date().isoformat())
    own = await belonging(work, row["sent_by"])
    await tell(work, own or await holding(work, HANDLERS), news)
    return True


async def _tell_handlers(work: Work, incoming_id: UUID, event: str) -> bool:
    if await work.driver.fetchrow(CAME, incoming_id) is None:
        return False
    news = News(event, incoming_id, None)
    if not await tell(work, await holding(work, HANDLERS), news):
        await tell(work, await holding(work, ABOVE), news)
    return True
