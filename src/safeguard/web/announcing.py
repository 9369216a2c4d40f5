"""What whoever runs the service announces to everybody: asked for twice a minute, and shown at the top of every page.

In the background rather than with each page: no request pays for it, and no page waits for it. When the database does
not answer, what was known stays until it ends.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import asyncpg

from safeguard import clock
from safeguard.database import pool

EVERY: Final = 30.0
"""Seconds between two looks."""
FIND: Final = "select words, until from console.announced()"


@dataclass(frozen=True, slots=True)
class Announcement:
    """A sentence, and when it ends."""

    words: str
    until: datetime


_current: Announcement | None = None


def use(announcement: Announcement | None) -> None:
    """Make this what pages of this process show."""
    global _current  # noqa: PLW0603  one deployment per process
    _current = announcement


def current() -> Announcement | None:
    """What is announced at this moment."""
    return _current if _current and _current.until > clock.now() else None


async def look() -> None:
    """Ask the database once."""
    async with pool.current().connection() as connection:
        row = await connection.fetchrow(FIND)
    use(Announcement(row["words"], row["until"]) if row else None)


@asynccontextmanager
async def looking() -> AsyncIterator[None]:
    """Look now and then for as long as the block lasts."""
    task = asyncio.ensure_future(_look_again_and_again())
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        use(None)


async def _look_again_and_again() -> None:
    while True:
        with suppress(OSError, RuntimeError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError):
            await look()
        await asyncio.sleep(EVERY)
