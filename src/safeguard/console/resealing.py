"""Sealing the secrets of operators' apps anew, when the console's key was replaced."""

from typing import Final

import asyncpg

from safeguard.console.entering import SEAL
from safeguard.web.keys import ServerKey

SEALED: Final = "select id, sealed from console.operators where sealed is not null for update"
KEEP: Final = "update console.operators set sealed = $2 where id = $1"


async def reseal(owner: asyncpg.Connection, key: ServerKey) -> int:
    """Every operator's, with the key as it is now; how many. Raises `Tampered` for one that no key here opens."""
    async with owner.transaction():
        rows = await owner.fetch(SEALED)
        for row in rows:
            secret = key.open(SEAL, bytes(row["sealed"]).decode(), row["id"].bytes)
            await owner.execute(KEEP, row["id"], key.seal(SEAL, secret, row["id"].bytes).encode())
    return len(rows)
