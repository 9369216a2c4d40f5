"""Counting everything anew, past the organisations: for the owner of the database, from the command line."""

from typing import Final

import asyncpg

LOCK: Final = "lock table public.incidents, public.incident_people, public.entries in share row exclusive mode"
"""Readers go on; whoever writes waits, so that nothing is counted twice or not at all."""
REBUILD: Final = "select public.rebuild_incident_counts()"


async def rebuild(owner: asyncpg.Connection) -> int:
    """Count every incident of every organisation again; how many there are."""
    async with owner.transaction():
        await owner.execute(LOCK)
        return int(await owner.fetchval(REBUILD) or 0)
