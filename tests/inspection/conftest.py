"""This room's pages, served, for whoever signs in."""

import pytest
from litestar import Litestar

from safeguard.inspection import routes
from tests.evidence.conftest import shop
from tests.web.conftest import sign_in, surrounded
from tests.web.rooms import put_together, service

__all__ = ["service", "shop", "sign_in", "surrounded"]


@pytest.fixture(scope="session")
def built() -> Litestar:
    """The room, put together once."""
    return put_together(routes.ROUTES)
