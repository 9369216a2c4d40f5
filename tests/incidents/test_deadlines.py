"""Which limits run in an incident, and where somebody reads of them."""

from datetime import UTC, date, datetime, timedelta

import msgspec
import pytest

from safeguard import clock
from safeguard.access.roles import Role
from safeguard.incidents.acknowledging import acknowledge
from safeguard.incidents.adding import add_entry
from safeguard.incidents.deadlines import deadlines, runs_anything
from safeguard.incidents.entering import NewEntry
from safeguard.incidents.queries import read_incident
from safeguard.incidents.recording import record_incident
from safeguard.incidents.reports import NewIncident, NewPerson
from safeguard.incidents.story import Entry, Facts, Person, Story
from safeguard.incidents.today import read_today
from safeguard.tenancy.calendars.calendar import calendar_of
from safeguard.tenancy.calendars.counting import Limit, State
from safeguard.tenancy.calendars.reading import Clocks
from safeguard.tenancy.choosing import change_setting
from safeguard.tenancy.nations import Nation
from safeguard.work import begin
from tests.factories import organisations
from tests.factories.incidents import SCHOOL
from tests.factories.owning import owning

pytestmark = pytest.mark.anyio

MONDAY = datetime(2026, 11, 16, 10, tzinfo=UTC)
LIMITS = {code: Limit(clock.value, clock.unit) for code, clock in SCHOOL.clocks.items()}
CLOCKS = Clocks(calendar_of(Nation.ENGLAND, "Europe/London"), SCHOOL.clocks, LIMITS)
FACTS = Facts(
    id=clock.new_id(), reference="K7Q-3MX", recorded_at=MONDAY, recorded_by=None, recorded_by_name="Sam",
    narrative="So.", last_activity_at=MONDAY,
)  # fmt: skip
OPEN = msgspec.structs.replace(FACTS, state="open", acknowledged_at=MONDAY)


def entry(kind, **values):
    told = {"id": clock.new_id(), "incident_id": FACTS.id, "written_at": MONDAY, "author_name": "Sam", "words": "Rang."}
    return Entry(kind=kind, **told | values)


def alleged(connection):
    return Person(id=clock.new_id(), position=1, role="alleged", connection=connection, name="Morgan Hale")


def told(story, now):
    return [(each.name.partition(":")[0], each.left, each.state) for each in deadlines(story, CLOCKS, now)]


def test_a_new_report_waits_to_be_read_and_no_longer_once_it_was():
    (waiting,) = deadlines(Story(FACTS), CLOCKS, MONDAY + timedelta(days=1))
    assert (waiting.left, waiting.state, waiting.by) == ("due today", State.AT_RISK, "by the end of today")
    assert told(Story(OPEN), MONDAY)[0][0] == "An open incident with nothing new in it is looked at again"


def test_a_closed_incident_has_no_limits():
    assert deadlines(Story(msgspec.structs.replace(FACTS, state="closed")), CLOCKS, MONDAY) == ()


def test_an_answer_is_waited_for_until_it_comes():
    asked = entry("contact", contact="social_care", awaits_answer=True, took_place_at=MONDAY - timedelta(days=3))
    story = Story(OPEN, entries=(asked,))
    assert ("The local authority's decision on a referral", "due today", State.AT_RISK) in told(story, MONDAY)
    assert told(story, MONDAY + timedelta(days=2))[0][1:] == ("overdue by 2 working days", State.OVERDUE)
    answered = Story(OPEN, entries=(msgspec.structs.replace(asked, done_at=MONDAY),))
    assert "local authority's decision" not in str(told(answered, MONDAY))


def test_an_allegation_about_staff_runs_until_the_designated_officer_has_heard():
    story = Story(OPEN, (alleged("staff"),))
    assert "designated officer" in told(story, MONDAY + timedelta(days=1))[0][0]
    heard = Story(OPEN, (alleged("staff"),), (entry("contact", contact="lado"),))
    assert "designated officer" not in str(told(heard, MONDAY))
    assert "designated officer" not in str(told(Story(OPEN, (alleged("pupil"),)), MONDAY))


def test_actions_and_plans_are_due_on_their_day_the_most_pressing_first():
    late = entry("action", words="Ring home.", due_on=date(2026, 11, 13), owner_name="Sam")
    soon = entry("action", words="Meet.", due_on=date(2026, 11, 17), owner_name="Sam")
    person = alleged("pupil")
    plan = entry("plan", person_id=person.id, due_on=date(2026, 12, 1))
    found = told(Story(OPEN, (person,), (plan, soon, late)), MONDAY)
    assert found[:2] == [
        ("Ring home.", "overdue by 3 days", State.OVERDUE), ("Meet.", "1 day left", State.AT_RISK)
    ]  # fmt: skip
    assert ("Look again at the plan for Morgan Hale", "15 days left", State.DUE) in found


@pytest.mark.parametrize("kind", ["plan", "support"])
def test_what_is_looked_at_again_is_due_on_its_day_until_it_ended(kind):
    person = alleged("pupil")
    given = entry(kind, person_id=person.id, due_on=date(2026, 11, 13))
    story = Story(OPEN, (person,), (given,))
    assert "Morgan Hale" in str(told(story, MONDAY))
    assert runs_anything(story, MONDAY, SCHOOL.clocks.values())
    ended = Story(OPEN, (person,), (msgspec.structs.replace(given, done_at=MONDAY),))
    assert "Morgan Hale" not in str(told(ended, MONDAY))
    assert not runs_anything(ended, MONDAY, SCHOOL.clocks.values())


def test_an_answer_that_was_promised_for_a_day_is_due_on_it():
    promised = entry("contact", contact="health", awaits_answer=True, due_on=date(2026, 11, 13))
    assert ("An answer", "overdue by 3 days", State.OVERDUE) in told(Story(OPEN, entries=(promised,)), MONDAY)


def test_nothing_is_read_for_an_incident_on_which_no_limit_presses():
    limits = SCHOOL.clocks.values()
    assert not runs_anything(Story(OPEN), MONDAY + timedelta(hours=5), limits)
    assert runs_anything(Story(OPEN), MONDAY + timedelta(days=2), limits)
    assert runs_anything(Story(FACTS), MONDAY, limits)
    assert runs_anything(Story(OPEN, (alleged("staff"),)), MONDAY, limits)


async def recorded(lead, **values):
    async with begin(lead) as work:
        return (await record_incident(work, NewIncident(narrative="So.", **values), SCHOOL)).facts


async def long_ago(facts):
    """As if it had been recorded, and followed up, two weeks ago."""
    async with owning(organisations.owner_url) as owner:
        for statement in (
            "update incidents set recorded_at = recorded_at - interval '14 days' where id = %s",
            "update entries set written_at = written_at - interval '14 days' where incident_id = %s",
        ):
            await owner.execute(statement, (facts.id,))


async def needs_of(lead):
    async with begin(lead) as work:
        return (await read_today(work, SCHOOL, clock.now().date())).needs


async def test_today_says_what_is_late_in_the_limits_that_the_organisation_chose(someone):
    lead = await someone(Role.LEAD)
    facts = await recorded(lead)
    assert "overdue" not in (await needs_of(lead))[0].why
    await long_ago(facts)
    (need,) = await needs_of(lead)
    assert need.href == f"/incidents/{facts.id}"
    assert "overdue by" in need.why
    async with begin(lead) as work:
        await change_setting(work, "clocks.acknowledgement", "30", seen=0)
    assert "overdue" not in (await needs_of(lead))[0].why


async def test_today_asks_after_an_answer_that_does_not_come_and_an_officer_who_was_not_told(someone):
    lead = await someone(Role.LEAD)
    staff = NewPerson(name="Morgan Hale", role="alleged", kind="adult", connection="staff")
    facts = await recorded(lead, people=(staff,))
    async with begin(lead) as work:
        await acknowledge(work, facts.id, 1)
        asked = NewEntry(kind="contact", words="Referred.", contact="social_care", awaits_answer=True)
        await add_entry(work, facts.id, asked)
    await long_ago(facts)
    needs = await needs_of(lead)
    async with begin(lead) as work:
        shown = deadlines(await read_incident(work, facts.id), CLOCKS, clock.now())
    assert {need.title for need in needs} == {each.name for each in shown if each.presses}
    assert len(needs) == 2
    assert all("overdue by" in need.why for need in needs)


async def test_the_page_of_an_incident_shows_its_limits(sign_in):
    lead = await sign_in(Role.LEAD)
    facts = await recorded(lead.actor)
    page = (await lead.get(f"/incidents/{facts.id}")).text
    assert "Time limits" in page
    assert "A new report is read by the designated safeguarding lead" in page


async def test_the_inbox_marks_a_report_that_waits_too_long(sign_in):
    lead = await sign_in(Role.LEAD)
    await long_ago(await recorded(lead.actor))
    assert "Overdue by" in (await lead.get("/incidents/inbox")).text
