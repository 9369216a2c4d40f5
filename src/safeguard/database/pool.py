"""One pool of connections per process, as one of the four database roles.

The first statement of every transaction sets the context, transaction-locally, also when it is empty. So a setting
that some statement left on a pooled connection is never seen, and no RESET is sent when a connection goes back.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from safeguard.database.context import LIFETIME, ContextKey

ENTER = "select set_config('safeguard.context', $1, true)"


class Database:
    """An open pool, and the key with which this process makes contexts."""

    def __init__(self, url: str, key: ContextKey, *, size: int = 10, overflow: int = 10) -> None:
        self.engine: AsyncEngine = create_async_engine(
            "postgresql+asyncpg://",  # the driver reads the address itself: SQLAlchemy would stumble over `sslmode`
            pool_size=size,
            max_overflow=overflow,
            pool_timeout=10,
            hide_parameters=True,  # else the text of an error quotes contexts, hashes and people's words
            connect_args={
                "dsn": url,
                "prepared_statement_cache_size": 500,
                "server_settings": {"application_name": "safeguard"},
            },
        )
        self.key = key

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[AsyncConnection]:
        """A connection of the pool; whatever it did not commit is rolled back."""
        async with self.engine.connect() as connection:
            yield connection

    @asynccontextmanager
    async def entered(
        self, organisation_id: UUID, user_id: UUID | None, purpose: str, lifetime: int = LIFETIME
    ) -> AsyncIterator[AsyncConnection]:
        """A connection whose transaction begins in this signed context."""
        async with self.connection() as connection:
            await connection.exec_driver_sql(ENTER, (self.key.sign(organisation_id, user_id, purpose, lifetime),))
            yield connection

    async def close(self) -> None:
        """Close every connection."""
        await self.engine.dispose()


_current: Database | None = None


def use(database: Database | None) -> None:
    """Make `database` the one that this process works with."""
    global _current  # noqa: PLW0603  one pool per process is the point
    _current = database


def current() -> Database:
    """The database of this process; raises `RuntimeError` before `use`."""
    if _current is None:
        raise RuntimeError("no database is open in this process")
    return _current
