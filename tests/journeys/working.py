"""What the house's own workers would do, done by the process of the tests."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from safeguard import settings
from safeguard.database import pool
from safeguard.database.bootstrap import Addresses
from safeguard.database.context import ContextKey
from safeguard.strongbox import masters, objects


@asynccontextmanager
async def at_work(addresses: Addresses, key: ContextKey, data: Path) -> AsyncIterator[None]:
    """The database and the store of the house, in this process."""
    opened = pool.Database(addresses.app, key)
    pool.use(opened)
    masters.use(masters.Masters(data / "keys"))
    objects.use(objects.open_store(settings.load({}, data).objects_url))
    try:
        yield
    finally:
        objects.use(None)
        pool.use(None)
        await opened.close()
