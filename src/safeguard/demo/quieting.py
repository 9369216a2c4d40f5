"""Nobody else works while an invented past is written.

The service may be up meanwhile. Its workers stamp what they log with today, and a log admits nothing that is older
than its last entry: one alert received, one pack made, and the rest of two years would bear today's date. So
`jobs.claim` gives no job to anybody while this is held. The jobs wait in their table, and the reconciler rings for them
within half a minute of the end; a filler that dies lets go with its connection.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from safeguard.database import pool

HOLD: Final = "select pg_advisory_lock(hashtextextended('an invented past is being written', 35))"
LET_GO: Final = "select pg_advisory_unlock(hashtextextended('an invented past is being written', 35))"


@asynccontextmanager
async def while_nobody_works() -> AsyncIterator[None]:
    """Until this ends no job is claimed, by whatever process."""
    async with pool.current().connection() as connection:
        await connection.execute(HOLD)
        try:
            yield
        finally:
            await connection.execute(LET_GO)
