"""Telling the operations page what the signer refuses, where the signer may write it and nothing else.

The sentence names no size and no entry: what a log's growth would give away, its alarm must not.
"""

from typing import Final

import asyncpg

from safeguard import clock
from safeguard.evidence.signing.memory import Place

LOG: Final = "log"
"""The log is not the one that was signed before: somebody has to look, and it stays unsigned."""
GONE: Final = "gone"
"""The log is not there at all: somebody has to look."""
CLOCK: Final = "clock"
"""The signer's clock was set back."""
MEMORY: Final = "memory"
"""The signer cannot write down what it would sign."""

RAISE: Final = """
insert into audit.alarms (organisation_id, log, kind, raised_at) values ($1, $2, $3, $4)
on conflict (organisation_id, log, kind)
    do update set raised_at = case when audit.alarms.ended_at is null then audit.alarms.raised_at
                                   else excluded.raised_at end, ended_at = null
"""
END: Final = """
update audit.alarms set ended_at = $3 where organisation_id = $1 and log = $2 and ended_at is null
"""


async def alarm(connection: asyncpg.Connection, place: Place, kind: str) -> None:
    """Say that this log is not signed, and of what kind the reason is."""
    await connection.execute(RAISE, *place, kind, clock.now())


async def all_clear(connection: asyncpg.Connection, place: Place) -> None:
    """It is signed again, or somebody answered for its end."""
    await connection.execute(END, *place, clock.now())
