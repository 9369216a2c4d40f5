"""The one search box, and the rooms that it looks into, behind everything that every route passes."""

from collections.abc import AsyncIterator

import pytest
from litestar import Litestar

from safeguard.app import build
from safeguard.database import pool
from safeguard.incidents import api as incident_api
from safeguard.incidents import routes as incident_routes
from safeguard.incidents.involvement import IncidentParts
from safeguard.people import involving
from safeguard.people import routes as people_routes
from safeguard.searching import routes
from safeguard.tenancy.profiles import profile_of
from safeguard.web import assets, surroundings
from safeguard.web.surroundings import Surroundings
from tests.web.conftest import add_templates, program, show_sign_in, sign_in, surrounded

__all__ = ["program", "service", "sign_in", "surrounded"]


@pytest.fixture(scope="session")
def built() -> Litestar:
    """The rooms, put together once."""
    involving.bind(IncidentParts())
    pages = [*routes.ROUTES, *people_routes.ROUTES, *incident_routes.ROUTES, *assets.ROUTES]
    app = build(pages, incident_api.API_ROUTES)
    add_templates(app)
    return app


@pytest.fixture
async def service(built: Litestar, database: pool.Database) -> AsyncIterator[Litestar]:
    """The rooms, served."""
    surroundings.use(
        Surroundings(public_url="https://safeguard.test", sign_in_page=show_sign_in, profile_of=profile_of)
    )
    async with built.lifespan():
        yield built
