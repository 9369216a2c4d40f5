"""A service with the pages of the desk, and what a caller said."""

import pytest
from litestar import Litestar

from safeguard.helpline import routes
from safeguard.helpline.case import Case
from safeguard.helpline.taking import Facts, Taken, take_case
from safeguard.tenancy.profiles import profile_of
from safeguard.work import Work
from tests.web.conftest import sign_in, surrounded
from tests.web.rooms import put_together, service

__all__ = ["service", "sign_in", "surrounded"]

CALL = Facts(
    summary="An account pretends to be a maths teacher and posts about pupils.", caller="teacher", sector="secondary",
    caller_name="Sam Oakes", caller_organisation="Alder School", caller_contact="01632 960123",
    issues=("impersonation",), platforms=("tiktok",),
)  # fmt: skip


@pytest.fixture(scope="session")
def built() -> Litestar:
    """The rooms, put together once."""
    return put_together(routes.ROUTES)


async def taken(work: Work, facts: Facts = CALL, **how) -> Case:
    return await take_case(work, profile_of("helpline"), facts, Taken(**how))
