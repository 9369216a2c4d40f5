"""The rooms whose lists and records leave, behind everything that every route passes."""

import pytest
from litestar import Litestar

from safeguard.exports import routes
from safeguard.incidents import routes as incident_routes
from safeguard.incidents.involvement import IncidentParts
from safeguard.people import involving
from safeguard.people import routes as people_routes
from tests.web.conftest import program, sign_in, surrounded
from tests.web.rooms import put_together, service

__all__ = ["program", "service", "sign_in", "surrounded"]


@pytest.fixture(scope="session")
def built() -> Litestar:
    """The rooms, put together once."""
    involving.bind(IncidentParts())
    return put_together([*routes.ROUTES, *people_routes.ROUTES, *incident_routes.ROUTES])
