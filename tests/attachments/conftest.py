"""The rooms of incidents and files, served with a store of the test's own and no scanner unless one is named."""

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from litestar import Litestar

from safeguard.attachments import api, routes, scanner
from safeguard.database import pool
from safeguard.evidence import api as evidence_api
from safeguard.evidence import routes as evidence_routes
from safeguard.evidence.packs import chapters
from safeguard.incidents import api as incident_api
from safeguard.incidents import routes as incident_routes
from safeguard.incidents.chapter import IncidentChapter
from safeguard.strongbox import objects
from tests.web.conftest import program, sign_in, stranger, surrounded
from tests.web.rooms import put_together, served

__all__ = ["program", "sign_in", "stranger", "surrounded"]

Stored = Callable[[], list[Path]]


@pytest.fixture(scope="session")
def built() -> Litestar:
    """The rooms, put together once."""
    pages: list[Any] = [*incident_routes.ROUTES, *routes.ROUTES, *evidence_routes.ROUTES]
    return put_together(pages, [*incident_api.API_ROUTES, *api.API_ROUTES, *evidence_api.API_ROUTES])


@pytest.fixture
def shelf(tmp_path: Path) -> Any:
    """The store of this test."""
    return objects.open_store((tmp_path / "objects").as_uri())


@pytest.fixture
async def service(built: Litestar, database: pool.Database, shelf: Any) -> AsyncIterator[Litestar]:
    """The rooms, served."""
    objects.use(shelf)
    scanner.use(None)
    chapters.bind(IncidentChapter())
    async with served(built) as app:
        yield app
    objects.use(None)
    chapters.bind(None)


@pytest.fixture
def stored(tmp_path: Path) -> Stored:
    """What lies in the store, down to the last file."""
    return lambda: [file for file in (tmp_path / "objects").rglob("*") if file.is_file()]


Someone = Callable[..., Awaitable[Any]]
