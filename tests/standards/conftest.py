"""A service with the pages of this room, and PIES as a school reads it."""

import pytest

from safeguard.app import build
from safeguard.standards import routes
from safeguard.standards.framework import Framework
from safeguard.standards.frameworks import framework_of
from safeguard.tenancy.profiles import profile_of
from safeguard.web import assets, keys, surroundings
from safeguard.web.keys import ServerKey
from safeguard.web.surroundings import Surroundings


@pytest.fixture
def pies() -> Framework:
    found = framework_of("pies", profile_of("school"))
    assert found
    return found


@pytest.fixture
async def service(database, surrounded):
    keys.use(ServerKey(b"t" * 32))
    surroundings.use(Surroundings(public_url="https://safeguard.test", profile_of=profile_of))
    app = build([*routes.ROUTES, *assets.ROUTES], [])
    async with app.lifespan():
        yield app
