"""A service with the pages of the desk, and what a caller said."""

import pytest

from safeguard.app import build
from safeguard.helpline import routes
from safeguard.helpline.case import Case
from safeguard.helpline.taking import Facts, Taken, take_case
from safeguard.tenancy.profiles import profile_of
from safeguard.web import assets, keys, surroundings
from safeguard.web.keys import ServerKey
from safeguard.web.surroundings import Surroundings
from safeguard.work import Work
from tests.web.conftest import sign_in, surrounded

__all__ = ["sign_in", "surrounded"]

CALL = Facts(
    summary="An account pretends to be a maths teacher and posts about pupils.", caller="teacher", sector="secondary",
    caller_name="Sam Oakes", caller_organisation="Alder School", caller_contact="01632 960123",
    issues=("impersonation",), platforms=("tiktok",),
)  # fmt: skip


@pytest.fixture
async def service(database, surrounded):
    keys.use(ServerKey(b"t" * 32))
    surroundings.use(Surroundings(public_url="https://safeguard.test", profile_of=profile_of))
    app = build([*routes.ROUTES, *assets.ROUTES], [])
    async with app.lifespan():
        yield app


async def taken(work: Work, facts: Facts = CALL, **how) -> Case:
    return await take_case(work, profile_of("helpline"), facts, Taken(**how))
