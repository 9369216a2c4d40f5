"""The whole service around a directory."""

from pathlib import Path
from typing import Any

import pytest
from litestar import Litestar

from tests.web.whole import whole_service


@pytest.fixture(scope="module")
def built(addresses: Any, data: Path) -> Litestar:
    """The service, bound for the tests of this file: those before them may have bound something else."""
    return whole_service(data, SAFEGUARD_PUBLIC_URL="https://safeguard.test")


@pytest.fixture
def app(built: Litestar, database: Any) -> Litestar:
    """The service on this test's own pool: its lifespan would close the one that the fixtures use."""
    return built
