"""The board, and the lists that it leads to, served."""

import pytest
from litestar import Litestar

from safeguard.incidents import routes as incident_routes
from safeguard.insights import api, routes
from tests.web.conftest import sign_in, surrounded
from tests.web.rooms import put_together, service

__all__ = ["service", "sign_in", "surrounded"]


@pytest.fixture(scope="session")
def built() -> Litestar:
    """The rooms, put together once."""
    return put_together([*routes.ROUTES, *incident_routes.ROUTES], api.API_ROUTES)
