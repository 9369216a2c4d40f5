"""This room's pages, served, for whoever signs in."""

from collections.abc import AsyncIterator

import pytest
from litestar import Litestar

from safeguard.app import build
from safeguard.database import pool
from safeguard.inspection import routes
from safeguard.tenancy.profiles import profile_of
from safeguard.web import assets, surroundings
from safeguard.web.surroundings import Surroundings
from tests.web.conftest import add_templates, show_sign_in, sign_in, surrounded

__all__ = ["service", "sign_in", "surrounded"]


@pytest.fixture(scope="session")
def built() -> Litestar:
    """The room, put together once."""
    app = build([*routes.ROUTES, *assets.ROUTES], ())
    add_templates(app)
    return app


@pytest.fixture
async def service(built: Litestar, database: pool.Database) -> AsyncIterator[Litestar]:
    """The room, served."""
    surroundings.use(
        Surroundings(public_url="https://safeguard.test", sign_in_page=show_sign_in, profile_of=profile_of)
    )
    async with built.lifespan():
        yield built
