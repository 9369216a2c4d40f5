"""This room's pages beside those of incidents and of the vault, behind everything that every route passes through."""

from collections.abc import AsyncIterator

import psycopg
import pytest
from litestar import Litestar

from safeguard.app import build
from safeguard.concerns import routes as concern_routes
from safeguard.database import pool
from safeguard.database.bootstrap import Addresses
from safeguard.incidents import routes as incident_routes
from safeguard.public_reports import routes
from safeguard.tenancy import routes as tenancy_routes
from safeguard.tenancy.profiles import profile_of
from safeguard.web import assets, surroundings
from safeguard.web.surroundings import Surroundings
from tests.web.browsing import Browser, open_browser
from tests.web.conftest import add_templates, show_sign_in, sign_in, surrounded

__all__ = ["service", "sign_in", "surrounded"]


@pytest.fixture(scope="session")
def built() -> Litestar:
    """The rooms, put together once."""
    pages = [*routes.ROUTES, *incident_routes.ROUTES, *concern_routes.ROUTES, *tenancy_routes.ROUTES, *assets.ROUTES]
    app = build(pages, [])
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


@pytest.fixture
async def visitor(service: Litestar) -> AsyncIterator[Browser]:
    """Somebody without an account."""
    async with open_browser(service) as client:
        yield Browser(client)


@pytest.fixture
def slug_of(addresses: Addresses):
    """The address of an organisation's page, by its name."""

    def find(organisation_id) -> str:
        with psycopg.connect(addresses.owner) as owner:
            row = owner.execute("select slug from organisations where id = %s", (organisation_id,)).fetchone()
            assert row
            return str(row[0])

    return find
