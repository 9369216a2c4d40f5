"""A service with the pages of this room, and PIES as a school reads it."""

import pytest
from litestar import Litestar

from safeguard.standards import routes
from safeguard.standards.framework import Framework
from safeguard.standards.frameworks import framework_of
from safeguard.tenancy.profiles import profile_of
from tests.web.conftest import sign_in, surrounded
from tests.web.rooms import put_together, service

__all__ = ["service", "sign_in", "surrounded"]


@pytest.fixture
def pies() -> Framework:
    found = framework_of("pies", profile_of("school"))
    assert found
    return found


@pytest.fixture(scope="session")
def built() -> Litestar:
    """The rooms, put together once."""
    return put_together(routes.ROUTES)
