"""The whole service around a directory."""

from pathlib import Path
from typing import Any

import pytest
from litestar import Litestar

from safeguard import settings as environment
from safeguard.app import create_app


@pytest.fixture(scope="module")
def built(addresses: Any, data: Path) -> Litestar:
    """The service, put together once: that takes longer than most tests."""
    return create_app(environment.load({"SAFEGUARD_PUBLIC_URL": "https://safeguard.test"}, data))


@pytest.fixture
def app(built: Litestar, database: Any) -> Litestar:
    """The service on this test's own pool: its lifespan would close the one that the fixtures use."""
    return built
