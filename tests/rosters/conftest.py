"""The rooms of people and of rosters, served with a store of the test's own."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from litestar import Litestar

from safeguard.app import build
from safeguard.database import pool
from safeguard.people import routes as people_routes
from safeguard.rosters import api, routes
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
    app = build([*routes.ROUTES, *people_routes.ROUTES, *assets.ROUTES], api.API_ROUTES)
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
