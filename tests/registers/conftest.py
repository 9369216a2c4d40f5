"""A service with the pages of this room and what they lead to, bound as the application binds it."""

import pytest

from safeguard.app import build
from safeguard.insights.measuring import count_between
from safeguard.registers import api, routes
from safeguard.registers.overview import lines_of
from safeguard.registers.voice import figures
from safeguard.standards import panels
from safeguard.standards import routes as standards_routes
from safeguard.tenancy.profile import Profile
from safeguard.tenancy.profiles import profile_of
from safeguard.web import assets, keys, surroundings
from safeguard.web.keys import ServerKey
from safeguard.web.surroundings import Surroundings


@pytest.fixture
def school() -> Profile:
    return profile_of("school")


@pytest.fixture
async def service(database, surrounded):
    keys.use(ServerKey(b"t" * 32))
    surroundings.use(Surroundings(public_url="https://safeguard.test", profile_of=profile_of))
    panels.bind_registers(lines_of)
    figures.bind(count_between)
    app = build([*routes.ROUTES, *standards_routes.ROUTES, *assets.ROUTES], api.API_ROUTES)
    async with app.lifespan():
        yield app
