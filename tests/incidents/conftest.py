"""This room's pages and API behind everything that every route passes through."""

import pytest
from litestar import Litestar

from safeguard.incidents import api, routes
from safeguard.incidents.hiding import looking_back_routes
from safeguard.incidents.hiding import routes as hiding_routes
from tests.web.conftest import program, sign_in, surrounded
from tests.web.rooms import put_together, service

__all__ = ["program", "service", "sign_in", "surrounded"]


@pytest.fixture(scope="session")
def built() -> Litestar:
    """The room, put together once."""
    return put_together([*routes.ROUTES, *hiding_routes.ROUTES, *looking_back_routes.ROUTES], api.API_ROUTES)
