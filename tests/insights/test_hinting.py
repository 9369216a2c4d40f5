"""What stands out is on the home page of those who may see figures."""

from datetime import date

import pytest

from safeguard.access.roles import Role
from safeguard.insights.hinting import what_stands_out
from safeguard.tenancy.profiles import profile_of
from safeguard.work import begin

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(("role", "told"), [(Role.LEAD, True), (Role.GOVERNOR, True), (Role.REPORTER, False)])
async def test_figures_are_for_those_who_may_see_them(someone, role, told):
    async with begin(await someone(role)) as work:
        hint = await what_stands_out(work, profile_of("school"), date(2026, 11, 22))
    assert bool(hint) is told


async def test_a_helpline_does_not_measure_itself(someone):
    async with begin(await someone(Role.LEAD, kind="helpline")) as work:
        assert await what_stands_out(work, profile_of("helpline"), date(2026, 11, 22)) is None
