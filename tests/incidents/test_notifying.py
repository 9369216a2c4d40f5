"""Whom outside an incident has to be told to: when the clock runs, what stops it, and where a lead meets it."""

import re
from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from safeguard import clock
from safeguard.access.actors import system
from safeguard.access.roles import Role
from safeguard.incidents.acknowledging import acknowledge
from safeguard.incidents.adding import add_entry
from safeguard.incidents.deadlines import OWED, deadlines, runs_anything
from safeguard.incidents.entering import NewEntry
from safeguard.incidents.entry_kinds import CONTACTS
from safeguard.incidents.notifying import began, missing
from safeguard.incidents.owing import list_owed
from safeguard.incidents.queries import read_incident
from safeguard.incidents.recording import record_incident
from safeguard.incidents.reports import NewIncident, NewPerson
from safeguard.incidents.standing import standing
from safeguard.incidents.story import Entry, Facts, Person, Story
from safeguard.incidents.triaging import Classes, classify
from safeguard.notifications.owing import tell_of_owed
from safeguard.registers.duties.queries import clocks_here
from safeguard.tenancy.calendars.calendar import calendar_of
from safeguard.tenancy.calendars.counting import Limit, State
from safeguard.tenancy.calendars.reading import Clocks
from safeguard.tenancy.nations import Nation
from safeguard.tenancy.profiles import load_profiles, profile_of
from safeguard.work import begin

pytestmark = pytest.mark.anyio

HOME, CARE, CLUB = profile_of("childrens_home"), profile_of("care"), profile_of("club")
OFSTED = HOME.clocks["ofsted_notification"]
MONDAY = datetime(2026, 11, 16, 10, tzinfo=UTC)
FACTS = Facts(
    id=clock.new_id(), reference="K7Q-3MX", state="open", recorded_at=MONDAY, recorded_by=None, recorded_by_name="Sam",
    narrative="So.", last_activity_at=MONDAY,
)  # fmt: skip
CHILD = Person(id=clock.new_id(), position=1, role="affected", kind="child", connection="pupil", name="Ana")
LIMITS = Clocks(
    calendar_of(Nation.ENGLAND, "Europe/London"), HOME.clocks,
    {code: Limit(each.value, each.unit) for code, each in HOME.clocks.items()},
)  # fmt: skip


def entry(kind, minute, **values):
    said = {"id": clock.new_id(), "incident_id": FACTS.id, "author_name": "Sam", "words": "So."}
    return Entry(kind=kind, written_at=MONDAY + timedelta(minutes=minute), **said | values)


def decided(minute, referral, contact="regulator"):
    return entry("decision", minute, referral=referral, contact=contact, reason="Because.")


def rose(minute, before, after):
    return entry("risk_change", minute, risk_before=before, risk_after=after)


def since(*entries, people=(CHILD,), **facts):
    story = Story(msgspec.structs.replace(FACTS, **facts), people, entries)
    at = began(story, standing(story), OFSTED)
    return None if at is None else round((at - MONDAY) / timedelta(minutes=1))


def test_it_begins_with_what_looks_as_if_it_had_to_be_told_and_about_somebody_in_our_care():
    assert since(risk="low") is None
    assert since(risk="high") == 0
    assert since(rose(9, "low", "high"), risk="high") == 9
    assert since(risk="low", issue_types=("exploitation",)) == 0
    assert since(risk="low", risk_areas=("exploitation",), discovered_at=MONDAY - timedelta(hours=1)) == -60
    elsewhere = msgspec.structs.replace(CHILD, connection="child_elsewhere")
    assert since(risk="emergency", people=(elsewhere,)) is None
    assert since(risk="emergency", people=(msgspec.structs.replace(CHILD, connection=None),)) == 0
    carer = Person(id=clock.new_id(), position=2, role="alleged", connection="staff", name="Bo")
    assert since(risk="low", people=(CHILD, carer)) == 0
    assert since(risk="emergency", imported_at=MONDAY) is None


def test_a_contact_or_a_reason_stops_it_and_a_decision_to_tell_begins_it():
    assert since(entry("contact", 5, contact="regulator"), risk="high") is None
    assert since(entry("contact", 5, contact="police"), risk="high") == 0
    assert since(decided(5, "not_made"), risk="high") is None
    assert since(decided(5, "not_made", "social_care"), risk="high") == 0
    assert since(decided(5, "made"), risk="low") == 5
    assert since(decided(5, "not_made"), decided(9, "made"), risk="low") == 9
    assert since(decided(5, "made"), entry("contact", 7, contact="regulator"), decided(9, "made"), risk="low") is None
    assert since(decided(5, "not_made"), rose(9, "low", "high"), risk="high") == 9


KINDS = st.one_of(
    st.tuples(st.just("contact"), st.sampled_from(["regulator", "lado", "police"]), st.none()),
    st.tuples(st.just("decision"), st.sampled_from(["regulator", "lado"]), st.sampled_from(["made", "not_made"])),
    st.tuples(st.just("risk_change"), st.none(), st.sampled_from(["low", "medium", "high", "emergency"])),
    st.tuples(st.just("correct"), st.none(), st.none()),
)


@given(st.lists(KINDS, max_size=12), st.sampled_from(["pupil", "staff", None]), st.booleans())
def test_no_history_makes_a_clock_both_stopped_and_running(acts, connection, staff):
    """Corrections included: what stops it is what stands, and page, list and step all read one function."""
    entries, risk, corrected = [], "unassessed", set()
    for minute, (kind, contact, said) in enumerate(acts, start=1):
        if kind == "correct":
            earlier = next((e for e in reversed(entries) if e.kind == "contact" and e.id not in corrected), None)
            if earlier:
                corrected.add(earlier.id)
                entries.append(entry("contact", minute, contact="other", supersedes_id=earlier.id))
        elif kind == "risk_change":
            entries.append(rose(minute, risk, said))
            risk = said
        else:
            entries.append(entry(kind, minute, contact=contact, referral=said))
    people = [msgspec.structs.replace(CHILD, connection=connection)]
    people += [Person(id=clock.new_id(), position=2, role="alleged", connection="staff", name="Bo")] * staff
    story = Story(msgspec.structs.replace(FACTS, risk=risk), tuple(people), tuple(entries))
    now, stands = MONDAY + timedelta(days=1), standing(story)
    running = {each.code: each for each in deadlines(story, LIMITS, now) if each.code}
    spoken = {each.contact for each in stands.entries if each.kind == "contact"}
    for code, contact in (("ofsted_notification", "regulator"), ("lado_contact", "lado")):
        left = missing(story, stands, HOME.clocks[code])
        assert left in ((), (contact,))
        assert not (code in running and (not left or contact in spoken))
        if code in running:
            assert running[code].asks == left
            assert running[code].when and running[code].when.at > MONDAY - timedelta(minutes=1)
            assert runs_anything(story, MONDAY, HOME.clocks.values())
    assert ("lado_contact" in running) == (staff and bool(missing(story, stands, HOME.clocks["lado_contact"])))


def test_each_contact_that_stops_a_clock_is_one_that_somebody_can_record():
    named = {contact for profile in load_profiles().values() for each in profile.clocks.values()
             for contact in each.contacts}  # fmt: skip
    assert named <= set(CONTACTS)
    assert CLUB.clocks["lado_contact"].contacts == ("lado", "governing_body")
    assert (CARE.word("regulator"), HOME.word("regulator")) == ("the Care Quality Commission", "Ofsted")
    assert profile_of("childrens_home", "wales").word("regulator") == "Care Inspectorate Wales"


async def harmed(lead, profile, connection="pupil"):
    people = (NewPerson(role="affected", kind="child", connection=connection, name="Ana Sample"),)
    async with begin(lead) as work:
        new = NewIncident(narrative="Somebody asks her for pictures.", people=people, danger_now=True)
        return (await record_incident(work, new, profile)).facts


async def test_the_lead_says_in_two_presses_who_was_told_or_why_nobody(sign_in):
    lead = await sign_in(Role.LEAD, kind="childrens_home")
    facts = await harmed(lead.actor, HOME)
    at = f"/incidents/{facts.id}"
    async with begin(lead.actor) as work:
        await acknowledge(work, facts.id, 1)
    shown = (await lead.get(at)).text
    assert "Regulation 40 notification to Ofsted" in shown and f"{at}/outside/ofsted_notification" in shown
    form = (await lead.get(f"{at}/outside/ofsted_notification")).text
    assert "without delay" in form and "Children&#39;s Homes" in form
    assert not re.search(r'name="said"[^>]* checked', form)
    empty = await lead.send(f"{at}/outside/ofsted_notification", {"contact": "regulator"})
    assert empty.status_code == 422 and "Say whether they were told" in empty.text
    refused = await lead.send(f"{at}/outside/ofsted_notification", {"said": "not_needed", "contact": "regulator"})
    assert refused.status_code == 422 and "Give the reason" in refused.text
    assert (
        await lead.send(f"{at}/outside/ofsted_notification", {"said": "told", "contact": "lado"})
    ).status_code == 422
    told = {"said": "told", "contact": "regulator", "reference": "OF-12"}
    assert (await lead.send(f"{at}/outside/ofsted_notification", told)).status_code == 303
    async with begin(lead.actor) as work:
        story = await read_incident(work, facts.id)
    (kept,) = [each for each in story.entries if each.kind == "contact"]
    assert (kept.contact, kept.contact_reference, kept.words) == ("regulator", "OF-12", "Told Ofsted.")
    assert "Regulation 40" not in (await lead.get(at)).text.split('id="deadlines"')[1].split("</section>")[0]
    assert (await lead.get(f"{at}/outside/acknowledgement")).status_code == 404


async def test_what_is_still_owed_to_somebody_outside_is_an_open_end(sign_in):
    lead = await sign_in(Role.LEAD, kind="childrens_home")
    facts = await harmed(lead.actor, HOME)
    at = f"/incidents/{facts.id}/close"
    async with begin(lead.actor) as work:
        await acknowledge(work, facts.id, 1)
        (child,) = (await read_incident(work, facts.id)).people
        await add_entry(
            work, facts.id, NewEntry(kind="person_outcome", person_id=child.id, words="Well.", result="supported")
        )
        version = (await read_incident(work, facts.id)).facts.version
    four = {"summary": "s", "follow_up": "f", "decision": "d", "outcome": "o", "version": str(version)}
    asked = (await lead.get(at)).text
    assert "Regulation 40 notification to Ofsted" in asked and "Why close it" in asked
    refused = await lead.send(at, four)
    assert refused.status_code == 422 and "Something is still open" in refused.text
    told = {"said": "told", "contact": "regulator", "reference": "OF-12"}
    await lead.send(f"/incidents/{facts.id}/outside/ofsted_notification", told)
    assert "Regulation 40" not in (await lead.get(at)).text
    answers = ("social_worker", "placing_authority", "parental_responsibility")
    for each in answers:
        said = {"said": "told", "contact": each, "reference": "Ms Hale"}
        assert (await lead.send(f"/incidents/{facts.id}/outside/looked_after_told", said)).status_code == 303
    assert (await lead.send(at, four, page=at)).status_code == 303


async def test_a_reason_not_to_tell_is_a_decision_and_a_will_to_tell_starts_the_clock(sign_in):
    lead = await sign_in(Role.LEAD, kind="care")
    facts = await harmed(lead.actor, CARE)
    at = f"/incidents/{facts.id}/outside"
    for said, code in (("not_needed", "cqc_notification"), ("will", "adult_referral")):
        contact = CARE.clocks[code].contacts[0]
        typed = {"said": said, "contact": contact, "words": "Weighed with the manager."}
        assert (await lead.send(f"{at}/{code}", typed)).status_code == 303
    async with begin(lead.actor) as work:
        story = await read_incident(work, facts.id)
    stands = standing(story)
    assert began(story, stands, CARE.clocks["cqc_notification"]) is None
    assert began(story, stands, CARE.clocks["adult_referral"])
    assert [(each.referral, each.reason) for each in story.entries if each.kind == "decision"] == [
        ("not_made", "Weighed with the manager."), ("made", "Weighed with the manager."),
    ]  # fmt: skip
    shown = (await lead.get(f"/incidents/{facts.id}")).text
    assert "Not to tell The Care Quality Commission." not in shown
    assert re.search(r"Not to tell the Care Quality Commission", shown)


def test_what_is_due_at_once_is_late_at_once():
    story = Story(msgspec.structs.replace(FACTS, risk="high"), (CHILD,))
    (owed,) = [each for each in deadlines(story, LIMITS, MONDAY) if each.code == "ofsted_notification"]
    assert (owed.state, owed.left) == (State.OVERDUE, "due at once")


async def test_whoever_handles_it_is_told_once_an_hour_later_unless_it_is_said_by_then(someone):
    lead = await someone(Role.LEAD, kind="childrens_home")
    facts = await harmed(lead, HOME)
    quiet = await harmed(lead, HOME, connection="adult_outside")
    for incident in (facts, facts, quiet):
        async with begin(system(lead.organisation_id)) as work:
            await tell_of_owed(work, incident.id)
    asked = "select count(*) from jobs.job where kind = 'notice.outside_owed' and subject_id = $1"
    async with begin(lead) as work:
        await classify(work, quiet.id, 1, Classes(issue_types=("exploitation",)), HOME)
    async with begin(system(lead.organisation_id)) as work:
        told = await work.driver.fetch("select incident_id, event from notices where recipient_id = $1", lead.user_id)
        assert [tuple(row) for row in told] == [(facts.id, "incident.owed")]
        assert await work.driver.fetchval(asked, quiet.id) == 1
    async with begin(lead) as work:
        await add_entry(work, facts.id, NewEntry(kind="contact", words="Told them.", contact="regulator"))
        clocks = await clocks_here(work, HOME)
        assert await list_owed(work, clocks, ids=[facts.id], starts=OWED) == ()


async def test_list_and_inbox_say_whom_outside_nobody_has_told_until_somebody_does(sign_in):
    lead = await sign_in(Role.LEAD, kind="childrens_home")
    untold, _elsewhere = await harmed(lead.actor, HOME), await harmed(lead.actor, HOME, connection="adult_outside")
    overdue = '<span class="sg-tag sg-tag--problem">Tell Ofsted: overdue</span>'
    for address in ("/incidents", "/incidents/inbox?show=new"):
        rows = re.split(r"<tr role|<li class", (await lead.get(address)).text)
        (row,) = [row for row in rows if overdue in row]
        assert untold.reference in row
    async with begin(lead.actor) as work:
        await add_entry(work, untold.id, NewEntry(kind="contact", words="Told them.", contact="regulator"))
    for address in ("/incidents", "/incidents/inbox?show=new"):
        assert "Tell Ofsted" not in (await lead.get(address)).text
