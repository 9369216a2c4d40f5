"""The rooms of incidents and of what comes in, served with a store of the test's own."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from litestar import Litestar

from safeguard.app import build
from safeguard.database import pool
from safeguard.incidents import api as incident_api
from safeguard.incidents import routes as incident_routes
from safeguard.intake import alert_routes, api
from safeguard.intake.importing.routes import routes_of
from safeguard.intake.records import RECORDS
from safeguard.strongbox import objects
from safeguard.tenancy.profiles import load_profiles, profile_of
from safeguard.web import assets, surroundings
from safeguard.web.surroundings import Surroundings
from tests.web.conftest import add_templates, program, show_sign_in, sign_in, stranger, surrounded

__all__ = ["program", "sign_in", "stranger", "surrounded"]


@pytest.fixture(scope="session")
def built() -> Litestar:
    """The rooms, put together once."""
    load_profiles()
    pages: list[Any] = [*incident_routes.ROUTES, *alert_routes.ROUTES, *routes_of(RECORDS), *assets.ROUTES]
    app = build(pages, [*incident_api.API_ROUTES, *api.API_ROUTES])
    add_templates(app)
    return app


@pytest.fixture
async def service(built: Litestar, database: pool.Database, tmp_path: Path) -> AsyncIterator[Litestar]:
    """The rooms, served."""
    surroundings.use(
        Surroundings(public_url="https://safeguard.test", sign_in_page=show_sign_in, profile_of=profile_of)
    )
    objects.use(objects.open_store((tmp_path / "objects").as_uri()))
    async with built.lifespan():
        yield built
    objects.use(None)
