"""The rooms of transfers and people served, with a store, and two schools between which envelopes are carried."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from litestar import Litestar

from safeguard.access.actors import system
from safeguard.access.roles import Role
from safeguard.attachments import scanner
from safeguard.channel import receiving
from safeguard.channel.keys import own_keys
from safeguard.database import pool
from safeguard.evidence.sealing import FileKeySigner
from safeguard.identity import acts
from safeguard.incidents import routes as incident_routes
from safeguard.incidents.involvement import IncidentParts
from safeguard.people import involving
from safeguard.people import routes as people_routes
from safeguard.records import disposing
from safeguard.strongbox import objects
from safeguard.transfers import api, routes
from safeguard.transfers.receiving import receive
from safeguard.web import keys
from safeguard.web.keys import ServerKey
from safeguard.work import begin
from tests.channel.conftest import Channel, Kept
from tests.web.conftest import program, sign_in, stranger, surrounded
from tests.web.rooms import put_together, served

__all__ = ["program", "sign_in", "stranger", "surrounded"]


@pytest.fixture(scope="session")
def built() -> Litestar:
    """The rooms, put together once."""
    return put_together([*routes.ROUTES, *people_routes.ROUTES, *incident_routes.ROUTES], api.API_ROUTES)


@pytest.fixture
async def service(built: Litestar, database: pool.Database, shelf: Any, surrounded: None) -> AsyncIterator[Litestar]:
    """The rooms, served."""
    keys.use(ServerKey(b"t" * 32))
    involving.bind(IncidentParts())
    acts.bind(*disposing.ACTS)
    scanner.use(None)
    async with served(built) as app:
        yield app


@pytest.fixture
def shelf(tmp_path: Path) -> Any:
    """The store of this test."""
    store = objects.open_store((tmp_path / "objects").as_uri())
    objects.use(store)
    keys.use(ServerKey(b"t" * 32))
    return store


@pytest.fixture
async def schools(someone, addresses, shelf: Any) -> Channel:
    """Two schools; `all()` carries from the first to the second, `reply_all()` back."""
    first, second = await someone(Role.LEAD), await someone(Role.LEAD)
    receiving.bind(helpline=Kept(), referrer=receive)
    acts.bind(*disposing.ACTS)
    for there in (first, second):
        async with begin(system(there.organisation_id)) as work:
            await own_keys(work)
    return Channel(first, second, FileKeySigner(b"l" * 32, "safeguard.test", addresses.signer), Kept(), Kept())
