"""One browser for all journeys."""

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser

from tests.journeys.browser import chromium


@pytest.fixture(scope="session")
async def browser(anyio_backend: str) -> AsyncIterator[Browser]:
    """A headless Chromium, started once."""
    async with chromium() as running:
        yield running
