"""What whoever compares two worlds begins with."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from litestar import Litestar

from safeguard.database.bootstrap import Addresses
from safeguard.database.context import ContextKey
from tests.isolation.living import Ground, Two, living
from tests.web import whole


@pytest.fixture(scope="module")
def whole_service(data: Path) -> Litestar:
    """The service, bound for the tests of this file: those before them may have bound something else."""
    return whole.whole_service(data, SAFEGUARD_REQUEST_LIMITS="no")


@pytest.fixture
def ground(someone: Any, addresses: Addresses, server: Any, key: ContextKey, whole_service: Litestar) -> Ground:
    return someone, addresses, server, key, whole_service


@pytest.fixture
async def two(request: pytest.FixtureRequest, ground: Ground) -> AsyncIterator[Two]:
    """Two worlds for a subject of the role that the test names."""
    async with living(request.param, ground) as made:
        yield made
