"""Deadlines in somebody's own calendar: an address that is a secret, and nothing in it that is one."""

import re
from datetime import UTC, datetime, timedelta

import icalendar
import pytest

from safeguard.access.roles import Role
from safeguard.incidents.acknowledging import acknowledge
from safeguard.incidents.adding import add_entry
from safeguard.incidents.closing import Closing, close
from safeguard.incidents.entering import NewEntry
from safeguard.incidents.hiding.circle import exclude
from safeguard.incidents.recording import record_incident
from safeguard.incidents.reports import NewIncident, NewPerson
from safeguard.incidents.teaching import incidents_that_taught
from safeguard.standards import origins
from safeguard.standards.frameworks import framework_of
from safeguard.standards.improving import Plan, change_improvement, plan_improvement
from safeguard.tenancy.calendars.calendar import calendar_of
from safeguard.tenancy.calendars.counting import Limit, due
from safeguard.tenancy.limits import Unit
from safeguard.tenancy.profiles import profile_of
from safeguard.work import begin
from tests.factories.incidents import IMPERSONATION, SCHOOL
from tests.web.browsing import open_browser

pytestmark = pytest.mark.anyio

IN_A_WEEK = datetime.now(UTC).date() + timedelta(days=9)


def next_working_day(facts):
    return due(calendar_of("england", "Europe/London"), Limit(1, Unit.WORKING_DAYS), facts.recorded_at).day


async def record(actor):
    async with begin(actor) as work:
        return (await record_incident(work, IMPERSONATION, SCHOOL)).facts


async def follow(actor, facts):
    """Acknowledged, referred, and an action that the actor took on."""
    async with begin(actor) as work:
        await acknowledge(work, facts.id, 1)
        await add_entry(
            work, facts.id, NewEntry(kind="contact", words="Rang.", contact="social_care", awaits_answer=True)
        )
        action = NewEntry(kind="action", words="Ring Morgan Hale.", owner_id=actor.user_id, due_on=IN_A_WEEK)
        await add_entry(work, facts.id, action)


async def address(browser):
    page = await browser.send("/account/calendar", {})
    return page.text.partition('value="https://safeguard.test')[2].partition('"')[0]


def uids(answer):
    return [str(event["uid"]) for event in icalendar.Calendar.from_ical(answer.content).walk("VEVENT")]


def addresses_in(answer):
    return {str(event["url"]) for event in icalendar.Calendar.from_ical(answer.content).walk("VEVENT")}


async def fetched(service, path):
    async with open_browser(service) as stranger:
        return await stranger.get(path)


async def test_a_calendar_shows_when_and_for_which_reference(sign_in, service):
    lead = await sign_in(Role.LEAD)
    facts = await record(lead.actor)
    answer = await fetched(service, await address(lead))
    assert answer.headers["content-type"].startswith("text/calendar")
    (event,) = icalendar.Calendar.from_ical(answer.content).walk("VEVENT")
    assert str(event["summary"]) == f"Deadline for {facts.reference}"
    assert event["dtstart"].dt == next_working_day(facts)
    assert str(event["url"]) == f"https://safeguard.test/incidents/{facts.id}"


async def test_a_calendar_tells_no_name_and_not_what_it_is_about(sign_in, service):
    lead = await sign_in(Role.LEAD)
    facts = await record(lead.actor)
    await follow(lead.actor, facts)
    answer = await fetched(service, await address(lead))
    events = icalendar.Calendar.from_ical(answer.content).walk("VEVENT")
    assert {event["dtstart"].dt for event in events} == {next_working_day(facts), IN_A_WEEK}
    assert {str(event["summary"]) for event in events} == {f"Deadline for {facts.reference}"}
    for secret in (
        "Morgan",
        "Hale",
        "Ravi",
        "TikTok",
        "tiktok",
        "referral",
        "social",
        "Ring",
        "Sample",
        lead.actor.name,
    ):
        assert secret not in answer.text


async def test_identifiers_stay_the_same_so_that_calendars_move_events_and_do_not_double_them(sign_in, service):
    lead = await sign_in(Role.LEAD)
    await record(lead.actor)
    path = await address(lead)
    first, second = [uids(await fetched(service, path)) for _ in range(2)]
    assert first == second != []


async def test_what_is_over_is_gone(sign_in, service):
    lead = await sign_in(Role.LEAD)
    facts = await record(lead.actor)
    path = await address(lead)
    async with begin(lead.actor) as work:
        await acknowledge(work, facts.id, 1)
    assert "BEGIN:VEVENT" not in (await fetched(service, path)).text
    async with begin(lead.actor) as work:
        await add_entry(work, facts.id, NewEntry(kind="action", words="Go.", owner_id=lead.actor.user_id,
                                                 due_on=datetime.now(UTC).date() + timedelta(days=2)))  # fmt: skip
    assert "BEGIN:VEVENT" in (await fetched(service, path)).text
    async with begin(lead.actor) as work:
        await close(work, facts.id, 2, Closing(summary="a", follow_up="b", decision="c", outcome="d"))
    assert "BEGIN:VEVENT" not in (await fetched(service, path)).text


async def test_an_address_that_was_taken_back_or_never_was_is_not_found(sign_in, service):
    lead = await sign_in(Role.LEAD)
    path = await address(lead)
    page = (await lead.get("/account/calendar")).text
    end = re.search(r'action="(/account/calendar/[^"]+/end)"', page)[1]
    assert (await lead.send(end, {}, page="/account/calendar")).status_code == 303
    gone, never = await fetched(service, path), await fetched(service, "/calendar/nothing.ics")
    assert (gone.status_code, never.status_code) == (404, 404)


async def test_a_new_address_takes_the_place_of_the_one_before(sign_in, service):
    lead = await sign_in(Role.LEAD)
    first, second = await address(lead), await address(lead)
    assert (await fetched(service, first)).status_code == 404
    assert (await fetched(service, second)).status_code == 200


async def test_who_loses_the_right_to_read_incidents_finds_an_empty_calendar_and_who_leaves_none(
    sign_in, service, someone
):
    lead = await sign_in(Role.LEAD)
    await record(lead.actor)
    path = await address(lead)
    roles = "update memberships set roles = '{reporter}' where user_id = $1"
    async with begin(lead.actor) as work:
        await work.driver.execute(roles, lead.actor.user_id)
    assert "BEGIN:VEVENT" not in (await fetched(service, path)).text
    async with begin(lead.actor) as work:
        await work.driver.execute("update memberships set state = 'ended' where user_id = $1", lead.actor.user_id)
    assert (await fetched(service, path)).status_code == 404


async def test_whoever_is_kept_from_an_incident_finds_nothing_of_it_in_their_calendar(sign_in, service, someone):
    lead = await sign_in(Role.LEAD)
    other = await sign_in(Role.LEAD, organisation=lead.actor.organisation_id)
    seen, kept = await record(lead.actor), await record(lead.actor)
    path, theirs = await address(other), await address(lead)
    await follow(lead.actor, kept)
    both = (await fetched(service, path)).text
    assert kept.reference in both and seen.reference in both
    without = await record(lead.actor)
    async with begin(lead.actor) as work:
        for incident in (kept, without):
            await exclude(work, incident.id, other.actor.user_id)
    after = await fetched(service, path)
    for secret in (kept.reference, str(kept.id), without.reference, str(without.id), "Morgan"):
        assert secret not in after.text
    assert len(uids(after)) == 1 and seen.reference in after.text
    assert kept.reference in (await fetched(service, theirs)).text


async def test_somebody_alleged_never_had_it_in_their_calendar(sign_in, service):
    lead = await sign_in(Role.LEAD)
    alleged = await sign_in(Role.LEAD, organisation=lead.actor.organisation_id)
    path = await address(alleged)
    before = (await fetched(service, path)).content
    people = (NewPerson(name=alleged.actor.name, role="alleged", kind="adult", connection="staff"),)
    async with begin(lead.actor) as work:
        new = NewIncident(narrative="Messages at night.", people=people)
        facts = (await record_incident(work, new, SCHOOL)).facts
        await add_entry(work, facts.id, NewEntry(kind="action", words="Ask.", owner_id=lead.actor.user_id,
                                                 due_on=IN_A_WEEK))  # fmt: skip
    assert unstamped((await fetched(service, path)).content) == unstamped(before)


def unstamped(calendar):
    """Without the moment at which it was made."""
    return re.sub(rb"(DTSTAMP|LAST-MODIFIED)[^\r\n]*", b"", calendar)


async def test_a_deputys_calendar_ends_with_the_time_as_a_deputy(sign_in, service):
    deputy = await sign_in(Role.DEPUTY)
    await record(deputy.actor)
    path = await address(deputy)
    assert "BEGIN:VEVENT" in (await fetched(service, path)).text
    over = "update memberships set deputy_from = now() - interval '2 days', deputy_until = now() - interval '1 day'"
    async with begin(deputy.actor) as work:
        await work.driver.execute(over)
    assert "BEGIN:VEVENT" not in (await fetched(service, path)).text


async def test_another_organisation_and_whoever_must_not_know_find_nothing(sign_in, service):
    lead = await sign_in(Role.LEAD)
    stranger = await sign_in(Role.LEAD)
    await record(lead.actor)
    path = await address(stranger)
    assert "BEGIN:VEVENT" not in (await fetched(service, path)).text


PIES = framework_of("pies", profile_of("school"))


async def plan(lead, owner, *, origin_id=None):
    """An improvement by the day in a week, in words that belong in no calendar."""
    words = Plan(words="Ask Ravi about TikTok with Morgan Hale.", owner=owner, due_on=IN_A_WEEK)
    async with begin(lead) as work:
        made = await plan_improvement(
            work, PIES, PIES.control("M1"), words, "incident" if origin_id else "review", origin_id
        )
    assert made.origin_id == origin_id
    return made.id


async def done(lead, improvement_id):
    async with begin(lead) as work:
        words = Plan(words="Done.", owner="Morgan Hale", due_on=IN_A_WEEK)
        await change_improvement(work, improvement_id, words, "done", "", "They know now.", 1)


async def test_an_improvement_is_in_the_calendar_of_its_owner_and_of_those_who_review_and_in_no_other(sign_in, service):
    lead = await sign_in(Role.LEAD)
    here = lead.actor.organisation_id
    head = await sign_in(Role.HEAD, organisation=here)
    owner, other = [await sign_in(Role.REPORTER, organisation=here) for _ in range(2)]
    stranger = await sign_in(Role.LEAD)
    found, outside = await plan(lead.actor, str(owner.actor.user_id)), await plan(lead.actor, "Morgan Hale")
    people = (lead, head, owner, other, stranger)
    paths = [await address(browser) for browser in people]
    theirs = {f"https://safeguard.test/improvements/{found}"}
    plans = {f"https://safeguard.test/standards/plan/{each}" for each in (found, outside)}
    for path, expected in zip(paths, (plans, plans, theirs, set(), set()), strict=True):
        answer = await fetched(service, path)
        events = icalendar.Calendar.from_ical(answer.content).walk("VEVENT")
        assert addresses_in(answer) == expected
        assert {(str(event["summary"]), event["dtstart"].dt) for event in events} <= {
            ("Deadline for an improvement", IN_A_WEEK)
        }
        for secret in ("Morgan", "Hale", "Ravi", "TikTok", "PIES", "M1", "pies", PIES.control("M1").name, "Ask",
                       *(each.actor.name for each in people)):  # fmt: skip
            assert secret not in answer.text.replace("\r\n ", ""), secret
    await done(lead.actor, found)
    assert "BEGIN:VEVENT" not in (await fetched(service, paths[people.index(owner)])).text


async def test_an_improvement_from_an_incident_is_in_no_calendar_of_whoever_is_kept_from_it(
    sign_in, service, monkeypatch
):
    monkeypatch.setattr(origins, "_bound", {})
    origins.bind({"incident": incidents_that_taught})
    lead = await sign_in(Role.LEAD)
    other = await sign_in(Role.LEAD, organisation=lead.actor.organisation_id)
    incident = await record(lead.actor)
    made = await plan(lead.actor, str(other.actor.user_id), origin_id=incident.id)
    mine, theirs = await address(lead), await address(other)
    assert f"https://safeguard.test/improvements/{made}" in addresses_in(await fetched(service, theirs))
    async with begin(lead.actor) as work:
        await exclude(work, incident.id, other.actor.user_id)
    assert addresses_in(await fetched(service, theirs)) == set()
    assert f"https://safeguard.test/standards/plan/{made}" in addresses_in(await fetched(service, mine))


async def test_whoever_reads_no_incidents_is_told_what_their_calendar_holds(sign_in):
    reporter = await sign_in(Role.REPORTER)
    page = (await reporter.get("/account/calendar")).text
    assert "Deadline for an improvement" in page and "new reports to acknowledge" not in page
