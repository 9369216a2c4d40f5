"""Rooms of the service: put together once, and served behind everything that every route passes through."""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from litestar import Litestar

from safeguard.app import build
from safeguard.database import pool
from safeguard.tenancy.profiles import load_profiles, profile_of
from safeguard.web import assets, surroundings
from safeguard.web.surroundings import Surroundings
from tests.web.conftest import add_templates, show_sign_in


def put_together(pages: Iterable[Any], api: Iterable[Any] = ()) -> Litestar:
    """An app of these routes alone. For a fixture of the session: it takes longer than most tests."""
    load_profiles()
    app = build([*pages, *assets.ROUTES], [*api])
    add_templates(app)
    return app


@asynccontextmanager
async def served(app: Litestar, **more: Any) -> AsyncIterator[Litestar]:
    """The rooms, as whoever signs in meets them; `more` is what else surrounds them."""
    surroundings.use(
        Surroundings(public_url="https://safeguard.test", sign_in_page=show_sign_in, profile_of=profile_of, **more)
    )
    async with app.lifespan():
        yield app


@pytest.fixture
async def service(built: Litestar, database: pool.Database, surrounded: None) -> AsyncIterator[Litestar]:
    """The rooms of `built`, served."""
    async with served(built) as app:
        yield app
