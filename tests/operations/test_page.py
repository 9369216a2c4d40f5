"""The page of the work in the background, as a lead reads it."""

import psycopg
import pytest

from safeguard.access.actors import system
from safeguard.access.roles import Role
from safeguard.app import build
from safeguard.audit.documents import Document
from safeguard.operations import routes
from safeguard.work import begin
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


async def test_that_the_log_went_on_after_a_restore_says_who_declared_it_why_and_from_where(sign_in):
    lead = await sign_in(Role.LEAD)
    assert "went on after a restore" not in (await lead.get("/operations")).text
    said = {
        "checkpoint": "a note", "missing_from": 1204, "missing_until": 1310, "declared_by": "Asha Sample",
        "agreed_by": "Ben Sample", "reason": "The disk was lost; restored from last night.",
    }  # fmt: skip
    async with begin(system(lead.actor.organisation_id)) as work:
        log = await work.driver.fetchval("select id from audit.logs where log = 'general'")
        work.record("log.continued", log, document=Document("log", log, 2, said))
    shown = (await lead.get("/operations")).text
    for words in ("The log went on after a restore", "Asha Sample", "Ben Sample", said["reason"], "DISCONTINUITY"):
        assert words in shown, words
    assert "1204 entries" in shown.replace(",", "")
    assert "1310 entries" in shown.replace(",", "")
    assert "went on after" not in (await (await sign_in(Role.LEAD)).get("/operations")).text
