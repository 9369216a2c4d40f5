"""One pool of connections per process, as one of the four database roles.

The driver's own pool, without SQLAlchemy between: its session machinery cost more of a page than the page's statements
(240 against 80 microseconds for begin, one statement and commit). Models and migrations stay SQLAlchemy's.

The first statement of every transaction sets the context, transaction-locally, also when it is empty. So a setting
that some statement left on a pooled connection is never seen, and no RESET is sent when a connection goes back: only an
open transaction is rolled back.

What outlives a transaction is a statement that was prepared by hand, under the name by which the driver calls one of
its own: it would be given what we send next, and the hash of a session or a signed context is as good as a key. So a
transaction begins with the question whether there is one, in a message that is called by no name and holds no secret;
a connection that has one is cut off.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, TypeAlias, cast
from uuid import UUID

import asyncpg

from safeguard.database import passwords
from safeguard.database.context import LIFETIME, ContextKey, ContextRing

Connection: TypeAlias = asyncpg.Connection

ENTER = "select set_config('safeguard.context', $1, true)"
BEGIN = "begin; select sec.refuse_planted_statements()"
COMMIT = "commit"
ROLLBACK = "rollback"
PATIENCE = 10.0
"""Seconds that somebody waits for a connection when all are in use."""


class Row(asyncpg.Record):
    """A row whose columns are read by name as well: `row.name`, `row["name"]`, `row[0]`."""

    def __getattr__(self, name: str) -> Any:
        """A column's value."""
        try:
            return self[name]
        except KeyError:
            raise AttributeError(name) from None


class Database:
    """An open pool, and the key with which this process makes contexts."""

    def __init__(self, url: str, key: ContextKey | ContextRing, *, size: int = 10, overflow: int = 10) -> None:
        self.key = key
        self._url = url
        self._size = size + overflow
        self._pool: asyncpg.Pool | None = None
        self._opening = asyncio.Lock()
        self.on_open: Callable[[Connection], Awaitable[None]] | None = None
        """Called with each new connection: for those who measure."""

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[Connection]:
        """A connection in a transaction of its own, which is rolled back unless it was committed."""
        free = self._pool or await self._open()
        async with free.acquire(timeout=PATIENCE) as proxy:
            connection = cast("Connection", proxy)
            await _begin(connection)
            try:
                yield connection
            finally:
                if connection.is_in_transaction():
                    await _roll_back(connection)

    @asynccontextmanager
    async def entered(
        self, organisation_id: UUID, user_id: UUID | None, purpose: str, lifetime: int = LIFETIME
    ) -> AsyncIterator[Connection]:
        """A connection whose transaction begins in this signed context."""
        async with self.connection() as connection:
            await connection.fetchval(ENTER, self.key.sign(organisation_id, user_id, purpose, lifetime))
            yield connection

    async def forget(self) -> None:
        """Close every connection as it comes back; the next one asked for is new."""
        if self._pool is not None:
            await self._pool.expire_connections()

    async def close(self) -> None:
        """Close every connection; one that does not come back in time is cut off."""
        if self._pool is None:
            return
        try:
            await asyncio.wait_for(self._pool.close(), PATIENCE)
        except TimeoutError:
            self._pool.terminate()
        self._pool = None

    async def _open(self) -> asyncpg.Pool:
        async with self._opening:
            if self._pool is None:
                self._pool = await asyncpg.create_pool(
                    self._url,  # the driver reads the address itself, as libpq would
                    connect=passwords.connect,
                    min_size=0,
                    max_size=self._size,
                    max_inactive_connection_lifetime=0,
                    statement_cache_size=500,
                    record_class=Row,
                    init=self._opened,
                    reset=_as_it_is,
                    server_settings={"application_name": "safeguard"},
                )
            return self._pool

    async def _opened(self, connection: Connection) -> None:
        if self.on_open:
            await self.on_open(connection)


async def _begin(connection: Connection) -> None:
    """Open a transaction; a connection on which somebody planted a statement is never used again."""
    try:
        await connection.execute(BEGIN)
    except asyncpg.InsufficientPrivilegeError:
        connection.terminate()
        raise


async def _roll_back(connection: Connection) -> None:
    """End the transaction; a connection that cannot is cut off. Cut short here, the pool rolls back itself."""
    try:
        await connection.execute(ROLLBACK)
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
        connection.terminate()


async def _as_it_is(_: Any) -> None:
    """Nothing is sent when a connection goes back."""


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
