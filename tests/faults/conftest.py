"""One service for all tests that leave it running, however badly they treat it."""

from collections.abc import Generator

import pytest

from tests.faults.running import Up
from tests.ready import ready


@pytest.fixture(scope="package")
def service(tmp_path_factory: pytest.TempPathFactory) -> Generator[Up]:
    """Everything, on a data directory of its own; ended when these tests are, for it works while nobody asks it."""
    with Up(ready(tmp_path_factory.mktemp("up") / "data")) as up:
        yield up.wait_until_ready()
