"""The one search box, and the rooms that it looks into, behind everything that every route passes."""

import pytest
from litestar import Litestar

from safeguard.incidents import api as incident_api
from safeguard.incidents import routes as incident_routes
from safeguard.incidents.involvement import IncidentParts
from safeguard.people import involving
from safeguard.people import routes as people_routes
from safeguard.searching import routes
from tests.web.conftest import program, sign_in, surrounded
from tests.web.rooms import put_together, service

__all__ = ["program", "service", "sign_in", "surrounded"]


@pytest.fixture(scope="session")
def built() -> Litestar:
    """The rooms, put together once."""
    involving.bind(IncidentParts())
    pages = [*routes.ROUTES, *people_routes.ROUTES, *incident_routes.ROUTES]
    return put_together(pages, incident_api.API_ROUTES)
