"""The rooms of people and of rosters, served with a store of the test's own."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from litestar import Litestar

from safeguard.database import pool
from safeguard.people import routes as people_routes
from safeguard.rosters import api, routes
from safeguard.strongbox import objects
from tests.web.conftest import program, sign_in, stranger, surrounded
from tests.web.rooms import put_together, served

__all__ = ["program", "sign_in", "stranger", "surrounded"]


@pytest.fixture(scope="session")
def built() -> Litestar:
    """The rooms, put together once."""
    return put_together([*routes.ROUTES, *people_routes.ROUTES], api.API_ROUTES)


@pytest.fixture
async def service(built: Litestar, database: pool.Database, tmp_path: Path) -> AsyncIterator[Litestar]:
    """The rooms, served."""
    objects.use(objects.open_store((tmp_path / "objects").as_uri()))
    async with served(built) as app:
        yield app
    objects.use(None)
