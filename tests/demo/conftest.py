"""The owner's connection, through which an invented past is written."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from safeguard.database import pool
from safeguard.database.bootstrap import Addresses
from safeguard.database.context import ContextKey
from safeguard.database.pool import Database
from safeguard.strongbox import masters, objects


@pytest.fixture
async def as_owner(addresses: Addresses, key: ContextKey, data: Path, tmp_path: Path) -> AsyncIterator[Database]:
    """The database as its owner, who writes the invented past, with the keys and the store of its files."""
    masters.use(masters.Masters(data / "keys"))
    objects.use(objects.open_store((tmp_path / "objects").as_uri()))
    opened = Database(addresses.owner, key, size=3)
    pool.use(opened)
    yield opened
    pool.use(None)
    await opened.close()
