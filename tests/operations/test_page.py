"""The page of the work in the background, as a lead reads it."""

import psycopg
import pytest

from safeguard.access.roles import Role
from safeguard.app import build
from safeguard.operations import routes
from tests.web.conftest import sign_in, surrounded

__all__ = ["sign_in", "surrounded"]

pytestmark = pytest.mark.anyio
ALARM = "insert into audit.alarms (organisation_id, log, kind, raised_at) values (%s, 'general', 'log', now())"


@pytest.fixture
async def service(database):
    return build(routes.ROUTES, [])


async def test_while_an_alarm_stands_the_page_does_not_say_that_all_is_well(sign_in, addresses):
    lead = await sign_in(Role.LEAD)
    assert "Nothing has stopped" in (await lead.get("/operations")).text
    with psycopg.connect(addresses.owner) as owner:
        owner.execute(ALARM, (lead.actor.organisation_id,))
    shown = (await lead.get("/operations")).text
    assert "The audit log is not signed any more" in shown
    assert "Nothing has stopped" not in shown
