"""This room's pages beside those of incidents and of the vault, behind everything that every route passes through."""

from collections.abc import AsyncIterator
from datetime import timedelta

import psycopg
import pytest
from litestar import Litestar

from safeguard.concerns import routes as concern_routes
from safeguard.database.bootstrap import Addresses
from safeguard.incidents import routes as incident_routes
from safeguard.public_reports import arriving, routes
from safeguard.tenancy import routes as tenancy_routes
from tests.web.browsing import Browser, open_browser
from tests.web.conftest import sign_in, surrounded
from tests.web.rooms import put_together, service

__all__ = ["service", "sign_in", "surrounded"]


@pytest.fixture(scope="session")
def built() -> Litestar:
    """The rooms, put together once."""
    pages = [*routes.ROUTES, *incident_routes.ROUTES, *concern_routes.ROUTES, *tenancy_routes.ROUTES]
    return put_together(pages)


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


@pytest.fixture
def unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests type quicker than anybody."""
    monkeypatch.setattr(arriving, "FASTEST", timedelta(0))
