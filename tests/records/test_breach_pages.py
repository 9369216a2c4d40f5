"""The page on which a breach is written down: what was seen on a clock is taken as it was, and what no clock showed is
asked about.
"""

from datetime import UTC, datetime

import pytest
from litestar import Litestar

from safeguard.access.roles import Role
from safeguard.records.logs import routes
from safeguard.records.logs.breaching import list_breaches
from safeguard.work import begin
from tests.web.conftest import SignIn, sign_in, surrounded
from tests.web.rooms import put_together, service

__all__ = ["service", "sign_in", "surrounded"]

pytestmark = pytest.mark.anyio

FOUND = {"words": "A letter went astray.", "risk": "some", "discovered_on": "29/3/2026"}
SETTLED = {"risk": "some", "reported": "yes", "report_reference": "IC-0001"}
SKIPPED = "There was no 01:30 on 29 March 2026: the clocks went forward. Was it 02:30?"


@pytest.fixture(scope="session")
def built() -> Litestar:
    """The room, put together once."""
    return put_together(routes.ROUTES)


async def test_an_hour_that_the_clocks_skipped_is_asked_about_and_the_72_hours_run_through_the_change(
    sign_in: SignIn,
) -> None:
    lead = await sign_in(Role.LEAD)
    at = "/records/breaches"
    skipped = await lead.send(at, FOUND | {"discovered_time": "01:30"}, page=at)
    assert skipped.status_code == 422
    assert f'href="#discovered_time">{SKIPPED}' in skipped.text
    assert "A letter went astray." in skipped.text, "what was typed stays"
    async with begin(lead.actor) as work:
        assert await list_breaches(work) == ()
    kept = await lead.send(at, FOUND | {"discovered_time": "00:30"}, page=at)
    assert kept.status_code == 303
    async with begin(lead.actor) as work:
        (breach,) = await list_breaches(work)
    assert breach.discovered_at == datetime(2026, 3, 29, 0, 30, tzinfo=UTC)
    assert breach.due_at == datetime(2026, 4, 1, 0, 30, tzinfo=UTC), "72 hours, and not three days of the clock"
    page = (await lead.get(f"{at}/{breach.id}")).text
    assert "01:30" in page, "by the clock on the wall it is an hour later"


async def test_when_it_was_reported_is_asked_about_too_and_an_hour_that_came_twice_is_the_first(
    sign_in: SignIn,
) -> None:
    lead = await sign_in(Role.LEAD)
    at = "/records/breaches"
    twice = FOUND | {"discovered_on": "26/10/2025", "discovered_time": "01:30"}
    made = (await lead.send(at, twice, page=at)).headers["location"]
    async with begin(lead.actor) as work:
        (breach,) = await list_breaches(work)
    assert breach.discovered_at == datetime(2025, 10, 26, 0, 30, tzinfo=UTC)
    skipped = SETTLED | {"reported_on": "29/3/2026", "reported_time": "01:30"}
    answer = await lead.send(made, skipped, page=made)
    assert (answer.status_code, f'href="#reported_time">{SKIPPED}' in answer.text) == (422, True)
    done = await lead.send(made, skipped | {"reported_time": "02:30"}, page=made)
    assert done.status_code == 303
    async with begin(lead.actor) as work:
        (breach,) = await list_breaches(work)
    assert breach.reported_at == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
