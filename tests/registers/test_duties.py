"""Visits and reviews that come round again: each time is kept, the next is counted, somebody is told once."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safeguard import clock
from safeguard.access.actors import system
from safeguard.access.roles import Role
from safeguard.errors import Conflict, Forbidden, Invalid, NotFound
from safeguard.notifications import registers as telling
from safeguard.registers.duties.doing import record_done, strike
from safeguard.registers.duties.duty import Done, NewDone, duties_of
from safeguard.registers.duties.queries import get_done, last_done, list_done, next_look, read_standings, standing
from safeguard.standards.queries import beside
from safeguard.tenancy.calendars.calendar import calendar_of
from safeguard.tenancy.calendars.counting import Limit, State
from safeguard.tenancy.calendars.reading import Clocks
from safeguard.tenancy.choosing import change_setting
from safeguard.tenancy.profiles import profile_of
from safeguard.work import begin

pytestmark = pytest.mark.anyio

HOME, CLUB, SCHOOL = profile_of("childrens_home"), profile_of("club"), profile_of("school")
TODAY = clock.now().date()
BASE = "/standards/registers/duties"
VISIT, REVIEW = "independent_visit", "quality_review"
TOLD = "select event from notices where recipient_id = $1 order by created_at"


def visited(days_ago: int) -> NewDone:
    return NewDone(duty=VISIT, done_on=TODAY - timedelta(days=days_ago), done_by="Ida Visitor", kept_at="Binder 4")


async def test_the_next_visit_is_counted_from_the_last_and_never_from_one_that_was_struck_out(someone):
    lead = await someone(Role.LEAD, kind="childrens_home")
    async with begin(lead) as work:
        assert [(one.clock.code, one.presses) for one in await read_standings(work, HOME)] == [
            (VISIT, True), (REVIEW, True),
        ]  # fmt: skip
        first, second = [await record_done(work, HOME, visited(days), TODAY) for days in (45, 2)]
        stands = (await read_standings(work, HOME))[0]
        assert (stands.last and stands.last.id, stands.state) == (second.id, State.DUE)
        assert [item.title for item in (await beside(work, "pies", ["S5"])).items] == [stands.clock.name] * 2
    async with begin(lead) as work:
        await strike(work, second.id, "It was put off.", TODAY)
        with pytest.raises(Conflict):
            await strike(work, second.id, "Again.", TODAY)
    async with begin(lead) as work:
        stands = (await read_standings(work, HOME))[0]
        assert (stands.last and stands.last.id, stands.is_overdue) == (first.id, True)
        assert [one.struck_reason for one in await list_done(work, VISIT)] == ["It was put off.", ""]
        assert len((await beside(work, "pies", ["S5"])).items) == 1


async def test_who_may_record_it_what_is_missing_and_whose_duty_it_is(someone):
    async with begin(await someone(Role.LEAD, kind="childrens_home")) as work:
        with pytest.raises(Invalid) as refused:
            await record_done(work, HOME, NewDone(duty=VISIT), TODAY)
        assert {error.field for error in refused.value.errors} == {"done_on", "done_by"}
        with pytest.raises(Invalid):
            await record_done(work, HOME, visited(-1), TODAY)
        with pytest.raises(NotFound):
            await record_done(work, HOME, NewDone(duty="filtering_review", done_on=TODAY, done_by="A"), TODAY)
        kept = await record_done(work, HOME, visited(1), TODAY)
        with pytest.raises(Invalid):
            await strike(work, kept.id, "", TODAY)
    async with begin(await someone(Role.LEAD, kind="childrens_home")) as work:
        assert await last_done(work, [VISIT]) == {}
        with pytest.raises(NotFound):
            await get_done(work, kept.id)
    async with begin(await someone(Role.REPORTER, kind="childrens_home")) as work:
        with pytest.raises(Forbidden):
            await record_done(work, HOME, visited(1), TODAY)
    assert [one.code for one in duties_of(CLUB)] == ["code_review"]
    assert duties_of(SCHOOL) == ()


async def test_whoever_leads_is_told_once_when_little_time_is_left_and_once_when_it_is_late(someone):
    lead = await someone(Role.LEAD, kind="childrens_home")
    async with begin(lead) as work:
        last = await record_done(work, HOME, visited(26), TODAY)
    for _ in range(2):
        async with begin(system(lead.organisation_id)) as work:
            await telling.tell_of_duty(work, last.id)
            assert [row["event"] for row in await work.driver.fetch(TOLD, lead.user_id)] == ["duty.due"]
    async with begin(lead) as work:
        late = await record_done(work, HOME, NewDone(duty=REVIEW, done_on=TODAY - timedelta(days=400), done_by="A"),
                                 TODAY)  # fmt: skip
    async with begin(lead) as work:
        fresh = await record_done(work, HOME, visited(0), TODAY)
    for done in (late, last, fresh):
        async with begin(system(lead.organisation_id)) as work:
            await telling.tell_of_duty(work, done.id)
    async with begin(system(lead.organisation_id)) as work:
        told = [row["event"] for row in await work.driver.fetch(TOLD, lead.user_id)]
        asked = "select count(*) from jobs.job where kind = 'notice.duty_due' and subject_id = $1"
        waits = [await work.driver.fetchval(asked, done.id) for done in (late, last, fresh)]
    assert told == ["duty.due", "duty.overdue"]
    assert waits == [1, 2, 2]  # what is late already has no further look


async def test_the_limit_that_the_organisation_set_counts(someone):
    lead = await someone(Role.LEAD, Role.ADMINISTRATOR, kind="club")
    async with begin(lead) as work:
        new = NewDone(duty="code_review", done_on=TODAY - timedelta(days=200), done_by="The committee")
        await record_done(work, CLUB, new, TODAY)
        assert [one.state for one in await read_standings(work, CLUB)] == [State.DUE]
        await change_setting(work, "clocks.code_review", "6", seen=0)
        assert [one.state for one in await read_standings(work, CLUB)] == [State.OVERDUE]


@given(st.dates(date(2024, 1, 1), date(2030, 12, 31)), st.integers(0, 60 * 24 * 400), st.integers(1, 24))
def test_each_look_comes_later_and_the_last_finds_it_late(day: date, minutes: int, months: int):
    duty = HOME.clocks[VISIT]
    calendar = calendar_of("england", "Europe/London", (), ())
    clocks = Clocks(calendar, HOME.clocks, {VISIT: Limit(months, duty.unit)})
    done = Done(id=clock.new_id(), duty=VISIT, done_on=day, done_by="A", recorded_at=clock.now(), recorded_by_name="A")
    now, seen = datetime.combine(day, datetime.min.time(), UTC) + timedelta(hours=12, minutes=minutes), list[State]()
    while (stands := standing(duty, done, clocks, now)).state is not State.OVERDUE:
        seen.append(stands.state or State.DUE)
        look = next_look(stands, calendar, now)
        assert look and look > now
        now = look
    assert next_look(stands, calendar, now) is None
    assert seen in ([], [State.AT_RISK], [State.DUE, State.AT_RISK])


async def test_the_pages_of_visits_and_reviews(sign_in):
    lead = await sign_in(Role.LEAD, kind="childrens_home")
    assert "2 were never recorded." in (await lead.get("/standards/registers")).text
    assert "Regulation 44 independent visit" in (await lead.get(BASE)).text
    refused = await lead.send(f"{BASE}/{VISIT}", {"done_on": "", "done_by": "", "note": "<i>Calm</i>"})
    assert refused.status_code == 422 and "&lt;i&gt;Calm&lt;/i&gt;" in refused.text
    typed = {"done_on": TODAY.isoformat(), "done_by": "Ida Visitor", "kept_at": "Binder 4", "note": "<i>Calm</i>"}
    assert (await lead.send(f"{BASE}/{VISIT}", typed)).status_code == 303
    shown = (await lead.get(f"{BASE}/{VISIT}")).text
    found = re.search(BASE + r"/records/[0-9a-f-]{36}", shown)
    assert found and "Binder 4" in shown and "In date" in shown
    assert (await lead.send(found[0], {"reason": ""})).status_code == 422
    assert (await lead.send(found[0], {"reason": "It was put off."})).status_code == 303
    assert "It was put off." in (await lead.get(f"{BASE}/{VISIT}")).text
    taken = "/standards/registers/tables/duties.csv"
    assert taken in (await lead.get(BASE)).text
    rows = (await lead.get(taken)).text
    day = TODAY.isoformat()
    assert f",{day},Ida Visitor,Binder 4,<i>Calm</i>,{lead.actor.name},{day},It was put off." in rows
    assert (await lead.get(f"{BASE}/code_review")).status_code == 404
    school = await sign_in(Role.LEAD)
    assert "Nothing comes round again here" in (await school.get(BASE)).text
    assert "Visits and reviews" not in (await school.get("/standards/registers")).text
