"""What whoever compares two worlds begins with."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from litestar import Litestar

from safeguard import settings as environment
from safeguard.app import create_app
from safeguard.database.bootstrap import Addresses
from safeguard.database.context import ContextKey
from tests.isolation.living import Ground, Two, living


@pytest.fixture(scope="module")
def whole_service(data: Path) -> Litestar:
    """The service, put together once: that takes longer than most walks."""
    return create_app(environment.load({"SAFEGUARD_REQUEST_LIMITS": "no"}, data))


@pytest.fixture
def ground(someone: Any, addresses: Addresses, server: Any, key: ContextKey, whole_service: Litestar) -> Ground:
    return someone, addresses, server, key, whole_service


@pytest.fixture
async def two(request: pytest.FixtureRequest, ground: Ground) -> AsyncIterator[Two]:
    """Two worlds for a subject of the role that the test names."""
    async with living(request.param, ground) as made:
        yield made
