"""Replacing the key that makes contexts, while everything runs.

The database is told the fresh key first, so that it knows what is signed with it from its first moment; then it takes
the other's place in the folder, where every process looks once a second. The former one goes on opening what was signed
with it for as long as a job may run, and then ends by itself: nobody has to come back and finish.
"""

from datetime import timedelta
from pathlib import Path
from typing import Final

import asyncpg

from safeguard import clock
from safeguard.database.context import JOB_LIFETIME, ContextKey
from safeguard.keys.sources import is_given, source_of

OVERLAP: Final = timedelta(seconds=JOB_LIFETIME + 60)
"""How long the former key still opens: the longest context that was signed with it, and a moment."""
AT_ONCE: Final = timedelta(seconds=5)
"""For a key that leaked: until every process has noticed. What jobs were doing by then is done again."""
ADD: Final = """
insert into sec.keys (id, inner_pad, outer_pad) values ($1, $2, $3)
on conflict (id) do update set until = null, created_at = clock_timestamp()
"""
END_OTHERS: Final = """
update sec.keys set until = least(until, clock_timestamp() + $2) where id <> $1
"""
FORGET: Final = "delete from sec.keys where until < clock_timestamp()"


async def replace_context_key(owner: asyncpg.Connection, folder: Path, overlap: timedelta = OVERLAP) -> ContextKey:
    """A fresh key, or the one that the environment hands over now; every other ends after `overlap`."""
    given = is_given("context")
    source = source_of(folder, "context")
    secret = source.current("context") if given else clock.System().random_bytes(32)
    fresh = ContextKey(secret)
    await owner.execute(FORGET)
    await owner.execute(ADD, fresh.id, fresh.inner_pad, fresh.outer_pad)
    if not given:
        source.replace("context", secret, keep=0)
    await owner.execute(END_OTHERS, fresh.id, overlap)
    return fresh
