"""A service with the pages of this room and what they lead to, bound as the application binds it."""

from collections.abc import AsyncIterator

import pytest
from litestar import Litestar

from safeguard.database import pool
from safeguard.insights.measuring import count_between
from safeguard.registers import api, routes
from safeguard.registers.overview import lines_of
from safeguard.registers.voice import figures
from safeguard.standards import panels
from safeguard.standards import routes as standards_routes
from safeguard.tenancy.profile import Profile
from safeguard.tenancy.profiles import profile_of
from tests.web.conftest import program, sign_in, stranger, surrounded
from tests.web.rooms import put_together, served

__all__ = ["program", "sign_in", "stranger", "surrounded"]


@pytest.fixture
def school() -> Profile:
    return profile_of("school")


@pytest.fixture(scope="session")
def built() -> Litestar:
    """The rooms, put together once."""
    return put_together([*routes.ROUTES, *standards_routes.ROUTES], api.API_ROUTES)


@pytest.fixture
async def service(built: Litestar, database: pool.Database, surrounded: None) -> AsyncIterator[Litestar]:
    """The rooms, served, with what the application binds."""
    panels.bind_registers(lines_of)
    figures.bind(count_between)
    async with served(built) as app:
        yield app
