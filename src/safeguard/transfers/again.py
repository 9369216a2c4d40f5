"""Second tries at a file that was handed over or taken back, as the log has them: when each was, and nothing of whom.

Whoever stands at a link has no account, and what they type proves nothing: only the moment is known.
"""

from datetime import datetime
from typing import Final
from uuid import UUID

from safeguard.transfers.queries import get_sent
from safeguard.work import Work

MOST: Final = 50
TRIED: Final = """
select substr(l.entry, 19, 27)::timestamptz from audit.leaves l
where l.organisation_id = (select sec.current_organisation()) and l.object = (
        select o.handle from audit.objects o
        where o.organisation_id = (select sec.current_organisation()) and o.kind = 'transfer' and o.id = $1)
    and substr(l.entry, 47, 18) = E'transfer.reopened\\n'
order by l.index desc limit $2
"""
"""An entry's first lines stand at fixed places: the time after 18 characters, the event after 46."""


async def list_tries(work: Work, transfer_id: UUID) -> tuple[datetime, ...]:
    """When somebody tried again, the latest first, up to fifty; raises `NotFound`."""
    transfer = await get_sent(work, transfer_id)
    return tuple(row[0] for row in await work.driver.fetch(TRIED, transfer.id, MOST))
