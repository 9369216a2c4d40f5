"""Whoever left while their file is still here: on the first page, on their own, and in the calendar, until it goes."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import icalendar
import pytest

from safeguard import clock
from safeguard.access.roles import Role
from safeguard.incidents import leaving
from safeguard.people import departing
from safeguard.people.recording import record_person
from safeguard.records.dating import say_dates
from safeguard.registers.duties.queries import clocks_here
from safeguard.tenancy.choosing import change_setting
from safeguard.tenancy.profiles import profile_of
from safeguard.transfers.unsent import find_unsent, list_unsent
from safeguard.work import begin
from tests.factories.incidents import SCHOOL
from tests.factories.people import called
from tests.transfers.making import filed
from tests.web.browsing import open_browser

pytestmark = pytest.mark.anyio

TODAY = clock.now().astimezone(ZoneInfo("Europe/London")).date()
TERM = f"All year\t{TODAY - timedelta(days=90):%d/%m/%Y}\t{TODAY + timedelta(days=90):%d/%m/%Y}"
PAPER = """
insert into transfers (organisation_id, id, person_id, person_name, way, recipient, recipient_person, basis, policy,
    incident_count, file_count, sent_at, sent_by, sent_by_name, sha256, size)
values ((select sec.current_organisation()), $1, $2, 'A', 'paper', 'Birch', 'Lead', 'Moves', 'keep', 1, 0, $3, $4, 'L',
    decode(repeat('00', 32), 'hex'), 1)
"""


@pytest.fixture(autouse=True)
def bound():
    leaving.bind(list_unsent)
    departing.bind(find_unsent)


async def unsent(lead):
    async with begin(lead) as work:
        return await list_unsent(work, await clocks_here(work, SCHOOL))


async def test_it_runs_from_the_day_they_left_until_the_file_is_sent(someone, shelf):
    lead = await someone(Role.LEAD)
    ana = await filed(lead)
    async with begin(lead) as work:
        nobody = await record_person(work, called("Ben", "Without"), SCHOOL)
    assert await unsent(lead) == ()
    async with begin(lead) as work:
        await say_dates(work, ana.person, TODAY - timedelta(days=30), None)
        await say_dates(work, nobody.id, TODAY - timedelta(days=30), None)
    (file,) = await unsent(lead)
    assert (file.person_id, file.name, file.href) == (ana.person, "Ana Brook", f"/people/{ana.person}/transfer")
    assert file.deadline.state is None, "without term dates it says that it cannot be counted"
    async with begin(lead) as work:
        await change_setting(work, "calendar.terms", TERM, seen=0)
    (file,) = await unsent(lead)
    assert file.deadline.is_overdue
    async with begin(await someone(Role.LEAD)) as work:
        assert await list_unsent(work, await clocks_here(work, SCHOOL)) == ()
    async with begin(await someone(Role.REPORTER, organisation=lead.organisation_id)) as work:
        assert await list_unsent(work, await clocks_here(work, SCHOOL)) == ()
    transfer = clock.new_id()
    async with begin(lead) as work:
        await work.driver.execute(PAPER, transfer, ana.person, work.now(), lead.user_id)
    assert await unsent(lead) == ()
    async with begin(lead) as work:
        await work.driver.execute("update transfers set state = 'declined' where id = $1", transfer)
    assert len(await unsent(lead)) == 1
    async with begin(lead) as work:
        await say_dates(work, ana.person, TODAY - timedelta(days=30), TODAY)
    assert await unsent(lead) == ()


async def test_it_stops_where_no_file_goes_for_a_reason_and_runs_again_when_that_is_taken_back(sign_in, service):
    lead = await sign_in(Role.LEAD)
    ana = await filed(lead.actor)
    at = f"/people/{ana.person}/transfer/none"
    said = {"stays": "no_next", "because": "Moved to <b>Canada</b>."}
    assert "Say when they left" in (await lead.get(at)).text
    assert (await lead.send(at, said)).status_code == 409
    async with begin(lead.actor) as work:
        await say_dates(work, ana.person, TODAY - timedelta(days=30), None)
    assert len(await unsent(lead.actor)) == 1
    missing = await lead.send(at, {"stays": "no_next", "because": " "}, page=at)
    assert (missing.status_code, "whoever inspects the record reads it" in missing.text) == (422, True)
    assert 'value="no_next" checked' in missing.text
    assert (await lead.send(at, {"stays": "because_i_say_so", "because": "x"}, page=at)).status_code == 422
    answer = await lead.send(at, said, page=at)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/people/{ana.person}?done=stays")
    assert await unsent(lead.actor) == ()
    assert "no file goes: they go to no other place" in (await lead.get(f"/people/{ana.person}")).text
    assert "Moved to &lt;b&gt;Canada&lt;/b&gt;." in (await lead.get(at)).text
    assert (await lead.send(f"{at}/undo", {}, page=at)).status_code == 303
    assert len(await unsent(lead.actor)) == 1
    assert (await lead.send(f"{at}/undo", {}, page=at)).status_code == 409
    assert (await lead.send(at, said, page=at)).status_code == 303
    async with begin(lead.actor) as work:
        await say_dates(work, ana.person, TODAY - timedelta(days=3), None)
    assert len(await unsent(lead.actor)) == 1, "it was said of another leaving"
    async with begin(lead.actor) as work:
        leaves = "select split_part(entry, E'\\n', 3) as event from audit.leaves where log = 'general' order by index"
        events = [row["event"] for row in await work.driver.fetch(leaves)]
    assert [event for event in events if event.startswith("file.")] == ["file.stays", "file.goes", "file.stays"]
    stranger = await sign_in(Role.LEAD)
    assert (await stranger.get(at)).status_code == 404
    assert (await stranger.send(at, said, page="/people")).status_code == 404


async def test_the_lead_meets_it_on_the_first_page_on_theirs_and_in_the_calendar_without_a_name(sign_in, service):
    lead = await sign_in(Role.LEAD)
    ana = await filed(lead.actor)
    async with begin(lead.actor) as work:
        await change_setting(work, "calendar.terms", TERM, seen=0)
        await say_dates(work, ana.person, TODAY - timedelta(days=30), None)
    home = (await lead.get("/")).text
    assert "Child protection file to the next school" in home and f"/people/{ana.person}/transfer" in home
    shown = (await lead.get(f"/people/{ana.person}")).text
    assert "their file is still here" in shown
    page = await lead.send("/account/calendar", {})
    address = page.text.partition('value="https://safeguard.test')[2].partition('"')[0]
    async with open_browser(service) as stranger:
        fetched = await stranger.get(address)
    told = {str(event["summary"]) for event in icalendar.Calendar.from_ical(fetched.content).walk("VEVENT")}
    assert "Deadline for a file" in told
    assert b"Ana" not in fetched.content and b"Brook" not in fetched.content


async def test_a_kind_without_that_limit_is_asked_for_nothing(someone):
    club = profile_of("club")
    lead = await someone(Role.LEAD, kind="club")
    async with begin(lead) as work:
        assert await list_unsent(work, await clocks_here(work, club)) == ()
        assert await find_unsent(work, clock.new_id()) is None
