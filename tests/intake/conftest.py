"""The rooms of incidents and of what comes in, served with a store of the test's own."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from litestar import Litestar

from safeguard.database import pool
from safeguard.incidents import api as incident_api
from safeguard.incidents import routes as incident_routes
from safeguard.intake import alert_routes, api
from safeguard.intake.importing.routes import routes_of
from safeguard.intake.records import RECORDS
from safeguard.strongbox import objects
from tests.web.conftest import program, sign_in, stranger, surrounded
from tests.web.rooms import put_together, served

__all__ = ["program", "sign_in", "stranger", "surrounded"]


@pytest.fixture(scope="session")
def built() -> Litestar:
    """The rooms, put together once."""
    pages: list[Any] = [*incident_routes.ROUTES, *alert_routes.ROUTES, *routes_of(RECORDS)]
    return put_together(pages, [*incident_api.API_ROUTES, *api.API_ROUTES])


@pytest.fixture
async def service(built: Litestar, database: pool.Database, tmp_path: Path) -> AsyncIterator[Litestar]:
    """The rooms, served."""
    objects.use(objects.open_store((tmp_path / "objects").as_uri()))
    async with served(built) as app:
        yield app
    objects.use(None)
