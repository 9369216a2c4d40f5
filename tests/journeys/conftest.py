"""One browser, one running service and one town for all journeys."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.async_api import Browser

from safeguard import settings
from safeguard.access.roles import Role
from safeguard.database import pool
from safeguard.database.bootstrap import Addresses
from safeguard.database.context import ContextKey
from safeguard.strongbox import masters, objects
from tests.journeys import town as building
from tests.journeys.browser import chromium
from tests.journeys.house import House, running
from tests.journeys.inspected import let_in
from tests.journeys.town import Town


@pytest.fixture(scope="session")
async def browser(anyio_backend: str) -> AsyncIterator[Browser]:
    """A headless Chromium, started once."""
    async with chromium() as opened:
        yield opened


@pytest.fixture(scope="session")
def house(addresses: Addresses, data: Path) -> Iterator[House]:
    """The service in a process of its own, on the database of the tests."""
    with running(data, addresses.owner) as served:
        yield served


@pytest.fixture(scope="session")
async def town(addresses: Addresses, key: ContextKey, data: Path, anyio_backend: str) -> Town:
    """People and incidents of every kind."""
    opened = pool.Database(addresses.app, key)
    pool.use(opened)
    masters.use(masters.Masters(data / "keys"))
    objects.use(objects.open_store(settings.load({}, data).objects_url))
    try:
        settled = await building.settle()
        return replace(settled, inspected=await let_in(settled.people[Role.LEAD], addresses, data))
    finally:
        objects.use(None)
        pool.use(None)
        await opened.close()
