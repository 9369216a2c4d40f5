"""This room's pages and API, with the incidents that fill a chronology, behind everything that every route passes."""

import pytest
from litestar import Litestar

from safeguard.incidents import api as incident_api
from safeguard.incidents import routes as incident_routes
from safeguard.incidents.involvement import IncidentParts
from safeguard.people import api, involving, routes
from tests.web.conftest import program, sign_in, surrounded
from tests.web.rooms import put_together, service

__all__ = ["program", "service", "sign_in", "surrounded"]


@pytest.fixture(scope="session")
def built() -> Litestar:
    """The rooms, put together once."""
    involving.bind(IncidentParts())
    pages = [*routes.ROUTES, *incident_routes.ROUTES]
    return put_together(pages, [*api.API_ROUTES, *incident_api.API_ROUTES])
