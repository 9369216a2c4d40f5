"""A duty to tell somebody outside begins when more is known: a carer is named later, or it is decided to tell."""

from datetime import timedelta

import msgspec
import pytest

from safeguard.access.roles import Role
from safeguard.incidents.adding import add_entry
from safeguard.incidents.correcting import correct
from safeguard.incidents.deadlines import ALLEGED, OWED, deadlines
from safeguard.incidents.entering import NewEntry
from safeguard.incidents.notifying import began
from safeguard.incidents.owing import list_owed
from safeguard.incidents.queries import read_incident
from safeguard.incidents.recording import record_incident
from safeguard.incidents.reports import NewIncident, NewPerson
from safeguard.incidents.standing import standing
from safeguard.incidents.story import Change, Person, Story
from safeguard.registers.duties.queries import clocks_here
from safeguard.work import begin
from tests.incidents.test_notifying import CHILD, FACTS, HOME, LIMITS, MONDAY, OFSTED, decided, entry, since

pytestmark = pytest.mark.anyio

OUTSIDE = (*OWED, ALLEGED)
ASKED = "select count(*) from jobs.job where kind = 'notice.outside_owed' and subject_id = $1"
CARER = Person(id=CHILD.id, position=2, role="alleged", connection="staff", name="Bo")


def named(minute, field="role", after="alleged"):
    return entry("correction", minute, changes=(Change(f"people.2.{field}", None, after),))


def test_it_begins_when_a_member_of_staff_is_named_and_again_after_it_was_decided_not_to_tell():
    people = (CHILD, CARER)
    assert since(named(30), people=people, risk="low") == 30
    assert since(named(30, "connection", "staff"), people=people, risk="low") == 30
    assert since(named(30, "name", "Bo"), people=people, risk="low") == 0
    assert since(named(30), people=people, risk="high") == 0
    assert since(decided(5, "not_made"), named(30), people=people, risk="low") == 30
    assert since(named(30), decided(40, "not_made"), people=people, risk="low") is None
    assert since(named(30), people=(CHILD, msgspec.structs.replace(CARER, removed_at=MONDAY)), risk="low") is None
    second = msgspec.structs.replace(CARER, position=3, name="Cy")
    assert since(named(30), people=(*people, second), risk="low") == 0


def test_the_designated_officers_clock_begins_then_too():
    story = Story(msgspec.structs.replace(FACTS, risk="low"), (CHILD, CARER), (named(60 * 24),))
    late = {each.code: each for each in deadlines(story, LIMITS, MONDAY + timedelta(days=1))}["lado_contact"]
    early = {
        each.code: each
        for each in deadlines(msgspec.structs.replace(story, entries=()), LIMITS, MONDAY + timedelta(days=1))
    }["lado_contact"]
    assert late.when and early.when and late.when.at > early.when.at


async def test_what_is_learnt_later_is_owed_on_the_list_and_somebody_looks_again(someone):
    lead = await someone(Role.LEAD, kind="childrens_home")
    child = NewPerson(role="affected", kind="child", connection="pupil", name="Ana Sample")
    async with begin(lead) as work:
        report = NewIncident(narrative="She does not want to go back to her room.", people=(child,))
        story = await record_incident(work, report, HOME)
        assert await list_owed(work, await clocks_here(work, HOME), ids=[story.facts.id], starts=OUTSIDE) == ()
    carer = NewPerson(role="alleged", kind="adult", connection="staff", name="Bo Zulu")
    known = msgspec.structs.replace(child, id=story.people[0].id)
    async with begin(lead) as work:
        await correct(work, story.facts.id, 1, msgspec.structs.replace(report, people=(known, carer)), HOME)
    async with begin(lead) as work:
        owed = {one.deadline.code: one for one in await list_owed(work, await clocks_here(work, HOME), starts=OUTSIDE)}
        corrected = (await read_incident(work, story.facts.id)).entries[-1].written_at
        assert {"ofsted_notification", "lado_contact"} <= owed.keys()
        assert {one.began for one in owed.values()} == {corrected}
        assert await work.driver.fetchval(ASKED, story.facts.id) == 1
        will = NewEntry(kind="decision", words="To tell Ofsted.", reason="Today.", contact="regulator", referral="made")
        await add_entry(work, story.facts.id, will)
        not_so = msgspec.structs.replace(will, words="Not to tell the police.", contact="police", referral="not_made")
        await add_entry(work, story.facts.id, not_so)
    async with begin(lead) as work:
        assert await work.driver.fetchval(ASKED, story.facts.id) == 2


def test_what_a_classification_says_later_is_owed_from_then_and_what_the_report_said_from_the_report():
    kind = msgspec.structs.replace(FACTS, risk="low", issue_types=("exploitation",))
    change = Change("issue_types", [], ["exploitation"])
    late = entry("classification", 60 * 24 * 9, changes=(change,))
    stands = standing(Story(kind, (CHILD,), (late,)))
    assert began(Story(kind, (CHILD,), (late,)), stands, OFSTED) == late.written_at
    more = Change("issue_types", ["exploitation"], ["exploitation", "grooming"])
    again = entry("classification", 60 * 24 * 11, changes=(more,))
    both = Story(kind, (CHILD,), (late, again))
    assert began(both, standing(both), OFSTED) == late.written_at, "it was one of these already"
    said = Story(kind, (CHILD,), ())
    assert began(said, standing(said), OFSTED) == FACTS.recorded_at
