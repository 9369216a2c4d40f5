"""The board, and the lists that it leads to, served."""

from collections.abc import AsyncIterator

import pytest
from litestar import Litestar

from safeguard.database import pool
from safeguard.database.bootstrap import Addresses
from safeguard.database.context import ContextKey
from safeguard.database.embedded import EmbeddedPostgres
from safeguard.incidents import routes as incident_routes
from safeguard.insights import api, routes
from tests.factories import organisations
from tests.factories.owning import forget
from tests.isolation.worlds import World, copied
from tests.ready import EMPTY
from tests.web.conftest import sign_in, surrounded
from tests.web.rooms import put_together, service

__all__ = ["service", "sign_in", "surrounded"]


@pytest.fixture(scope="session")
def built() -> Litestar:
    """The rooms, put together once."""
    return put_together([*routes.ROUTES, *incident_routes.ROUTES], api.API_ROUTES)


@pytest.fixture
async def alone(
    database: pool.Database, addresses: Addresses, server: EmbeddedPostgres, key: ContextKey
) -> AsyncIterator[World]:
    """A database with nobody in it but whom the test makes: to count everything takes as long as there is to count."""
    with copied("alone", addresses, server, key, of=EMPTY) as world:
        organisations.owner_url = world.owner
        try:
            async with world.entered():
                yield world
        finally:
            organisations.owner_url = addresses.owner
            forget(world.owner)
