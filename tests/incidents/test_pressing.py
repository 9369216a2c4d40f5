"""The list says what is late in an incident, what soon will be, and what came from an earlier product."""

from datetime import UTC, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
import pytest

from safeguard.access.actors import Actor
from safeguard.access.roles import Role
from safeguard.incidents.adding import add_entry, complete_action
from safeguard.incidents.entering import NewEntry
from safeguard.incidents.queries import list_incidents
from safeguard.incidents.recording import record_incident
from safeguard.work import begin
from tests.factories.incidents import ACTION, SCHOOL, SHORT
from tests.web.browsing import Browser
from tests.web.conftest import SignIn

pytestmark = pytest.mark.anyio

TODAY = datetime.now(ZoneInfo("Europe/London")).date()
AWAITED = NewEntry(kind="contact", words="Asked.", contact="social_care", awaits_answer=True)
LONG_AGO = datetime.now(UTC) - timedelta(days=30)


async def recorded(lead: Actor | None, *entries: NewEntry) -> UUID:
    assert lead
    async with begin(lead) as work:
        incident = (await record_incident(work, SHORT, SCHOOL)).facts.id
        for entry in entries:
            await add_entry(work, incident, entry)
    return incident


def due(days: int) -> NewEntry:
    return msgspec.structs.replace(ACTION, due_on=TODAY + timedelta(days=days))


async def list_of(lead: Browser) -> str:
    return (await lead.get("/incidents")).text


@pytest.mark.parametrize(
    ("days", "words", "tone"),
    [(-1, "Overdue", "problem"), (0, "Due today", "attention"), (1, "Due tomorrow", "attention")],
)
async def test_what_was_given_a_day_is_marked_by_how_near_it_is(
    sign_in: SignIn, days: int, words: str, tone: str
) -> None:
    lead = await sign_in(Role.LEAD)
    await recorded(lead.actor, due(days), due(20))
    assert f'<span class="sg-tag sg-tag--{tone}">{words}</span>' in await list_of(lead)


async def test_what_is_due_later_is_said_without_alarm(sign_in: SignIn) -> None:
    lead = await sign_in(Role.LEAD)
    await recorded(lead.actor, due(9))
    assert '<span class="sg-tag">Due ' in await list_of(lead)


async def test_an_answer_that_has_not_come_is_marked_when_its_limit_passes(sign_in: SignIn) -> None:
    lead = await sign_in(Role.LEAD)
    await recorded(lead.actor, msgspec.structs.replace(AWAITED, took_place_at=LONG_AGO))
    assert "Answer overdue</span>" in await list_of(lead)


async def test_what_is_done_is_marked_no_more(someone) -> None:
    lead = await someone(Role.LEAD)
    incident = await recorded(lead, due(2))
    async with begin(lead) as work:
        [row] = await list_incidents(work)
        assert (row.due_on, row.awaits) == (TODAY + timedelta(days=2), False)
    async with begin(lead) as work:
        action = await work.driver.fetchval("select id from entries where incident_id = $1", incident)
        await complete_action(work, incident, action, "It is gone.")
    async with begin(lead) as work:
        [row] = await list_incidents(work)
        assert (row.due_on, row.awaits) == (None, False)


async def test_a_reporter_sees_no_marks_of_what_the_lead_does(someone) -> None:
    lead = await someone(Role.LEAD)
    reporter = await someone(Role.REPORTER, organisation=lead.organisation_id)
    async with begin(reporter) as work:
        incident = (await record_incident(work, SHORT, SCHOOL)).facts.id
    async with begin(lead) as work:
        await add_entry(work, incident, due(0))
        await add_entry(work, incident, AWAITED)
    async with begin(reporter) as work:
        [row] = await list_incidents(work)
    assert (row.due_on, row.awaits) == (None, False)
