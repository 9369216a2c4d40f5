"""One night: on the second of August at 22:40 a child names the lead by the public page."""

from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest

from safeguard.access.actors import Actor
from safeguard.access.roles import Role
from safeguard.evidence.packs.chapters import Scope
from safeguard.incidents.chapter import IncidentChapter
from safeguard.notifications.rules import said
from safeguard.work import begin
from tests.isolation.test_two_worlds import STARTS, Two, nearly, told_by_a_child, two  # noqa: F401  a fixture
from tests.isolation.worlds import NOON, World, seeded
from tests.post.working import work_off

pytestmark = pytest.mark.anyio

ALSO = [
    "/insights", "/search?q=zebras", "/people?q=zebras", "/people/duplicates", "/incidents/inbox",
    "/incidents/list.csv", "/people/list.csv", "/alerts", "/imports", "/standards/plan", "/api/v1/insights/pies",
]  # fmt: skip
MOMENT = datetime(NOON.year if (NOON.month, NOON.day) > (8, 2) else NOON.year - 1, 8, 2, 21, 40, tzinfo=UTC)
"""The last second of August at 22:40 where the school is: in the holidays, at night."""
OWN_NOTICES = "select event from notices where recipient_id = $1 order by created_at, id"
MAILS = "select o.template from outbox o join notices n on n.id = o.notice_id where n.recipient_id = $1"
LOG_ROWS = "select index, entry, hash from audit.leaves where log = 'general' order by index"


async def stay_awake(world: World) -> None:
    """The subject's session is in use at that moment."""
    async with await psycopg.AsyncConnection.connect(world.owner) as owner:
        await owner.execute("update sessions set created_at = sec.clock(), last_seen_at = sec.clock()")
        await owner.execute("update tokens set created_at = sec.clock(), expires_at = sec.clock() + interval '1 day'")


async def packed(world: World, lead: Actor) -> list[str]:
    """What a pack of all the year's incidents would be made of, for the lead."""
    async with world.entered(), begin(lead, purpose="session") as work:
        bundles = await IncidentChapter().gather(work, Scope(None, MOMENT - timedelta(days=500), None))
        return [repr(bundle) for bundle in bundles]


@pytest.mark.parametrize("two", [Role.LEAD], indirect=True)
async def test_on_a_night_in_the_holidays_a_child_names_the_lead(two: Two) -> None:  # noqa: F811
    """The head gets a notice that says nothing; the lead's pages, log and packs are those of a world without it."""
    lead, head = two.people.subject, two.people.head
    for world in (two.plain, two.other):
        world.hold_still(MOMENT)
        await stay_awake(world)
    with seeded("night", MOMENT):
        async with two.other.entered():
            await told_by_a_child(two.people)
            await work_off(lead.organisation_id, None)
            async with begin(head, purpose="session") as work:
                told = [row["event"] for row in await work.driver.fetch(OWN_NOTICES, head.user_id)]
                mails = {row["template"] for row in await work.driver.fetch(MAILS, head.user_id)}
                [concern] = await work.driver.fetch("select id, subject_name, reference from concerns")
            assert told[0] == "concern.raised"
            assert mails <= {"something_new"}
            assert said("concern.raised") == "Something new waits for you to read"
            async with begin(lead, purpose="session") as work:
                assert await work.driver.fetch(OWN_NOTICES, lead.user_id) == []
    two.hidden[:] = [str(concern["id"])] * 3
    plain, other = await two.walks([*STARTS, *ALSO, *nearly(two)], int((MOMENT - NOON).total_seconds() // 60) + 10)
    assert plain.differences(other) == []
    assert plain.answers["/incidents"][0] == 200
    logs: list[list[Any]] = []
    for world in (two.plain, two.other):
        async with world.entered(), begin(lead, purpose="session") as work:
            logs.append([tuple(row) for row in await work.driver.fetch(LOG_ROWS)])
    assert logs[0] == logs[1]
    assert await packed(two.plain, lead) == await packed(two.other, lead)
