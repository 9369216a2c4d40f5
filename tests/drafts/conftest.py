"""Drafts behind the forms that keep them."""

from collections.abc import AsyncIterator

import pytest
from litestar import Litestar

from safeguard.concerns import routes as concern_routes
from safeguard.database import pool
from safeguard.drafts import routes
from safeguard.drafts.lending import KeptDrafts
from safeguard.incidents import routes as incident_routes
from safeguard.referrals import routes as referral_routes
from tests.web.conftest import sign_in, surrounded
from tests.web.rooms import put_together, served

__all__ = ["service", "sign_in", "surrounded"]


@pytest.fixture(scope="session")
def built() -> Litestar:
    """The rooms, put together once."""
    return put_together([*routes.ROUTES, *incident_routes.ROUTES, *concern_routes.ROUTES, *referral_routes.ROUTES])


@pytest.fixture
async def service(built: Litestar, database: pool.Database) -> AsyncIterator[Litestar]:
    """The rooms, served."""
    async with served(built, drafts=KeptDrafts()) as app:
        yield app
