"""Whoever leaves leaves no incident under their name: a successor has it, or nobody, and others are told."""

from datetime import timedelta
from uuid import UUID

import msgspec
import pytest

from safeguard.access.actors import system
from safeguard.access.roles import Role
from safeguard.database.context import PLATFORM
from safeguard.errors import Invalid
from safeguard.identity import (
    acts,
    approving,
    belonging,
    handing_over,
    managing,
    parting,
    relieving,
    removing,
    two_person,
)
from safeguard.incidents import handing_on
from safeguard.incidents.assigning import assign
from safeguard.incidents.reports import NewPerson
from safeguard.incidents.today import read_today
from safeguard.jobs.claiming import claimed
from safeguard.notifications.handling import TELLERS
from safeguard.work import begin
from tests.factories.charges import in_hand
from tests.factories.incidents import IMPERSONATION, SCHOOL, SHORT
from tests.incidents.casework import SOON, add, read, recorded

pytestmark = pytest.mark.anyio

ASKED = "select id from jobs.job where kind = $1 and state = 'queued' order by created_at"
NOTICED = "select recipient_id from public.notices where recipient_id = $1 and event = $2"


@pytest.fixture(autouse=True)
def bound():
    """As the application binds it."""
    acts.bind(*two_person.ACTS)
    with in_hand(*handing_on.IN_HAND):
        yield


DAYS = """
update memberships set roles = '{deputy}', deputy_from = now() + $2::interval, deputy_until = now() + $3::interval
where user_id = $1
"""


async def deputised(lead, user_id, start, end):
    """Somebody who is a deputy for a time, counted in days from now."""
    async with begin(lead) as work:
        await work.driver.execute(DAYS, user_id, timedelta(days=start), timedelta(days=end))


async def looked():
    """The schedule's job, and then those that it asked for; of whom they were."""
    async with begin(system(UUID(PLATFORM)), purpose="job") as work:
        await relieving.find_all(work)


async def relieved(lead):
    """What the look asked for in this organisation, done; of whom."""
    await looked()
    async with begin(lead) as work:
        jobs = [row["id"] for row in await work.driver.fetch(ASKED, relieving.RELIEVE)]
    whom = []
    for job_id in jobs:
        async with claimed(job_id) as found:
            work, job = found
            await relieving.relieve(work, job.subject_id)
            whom.append(job.subject_id)
    return whom


async def given(lead, handler, *new):
    """Incidents that `handler` handles."""
    stories = [await recorded(lead, one) for one in new]
    async with begin(lead) as work:
        for story in stories:
            await assign(work, story.facts.id, story.facts.version, handler.user_id)
    return [story.facts.id for story in stories]


async def entries_of(lead):
    """How many entries each log holds."""
    async with begin(lead) as work:
        rows = await work.driver.fetch("select log, count(*) from audit.leaves group by log")
        return {row["log"]: row["count"] for row in rows}


async def noticed(*people, of="handler.left", asked=handing_on.NOTICE):
    """Who is told, after the jobs that were asked for are done; one notice each."""
    told = {}
    async with begin(people[0]) as work:
        jobs = [row["id"] for row in await work.driver.fetch(ASKED, asked)]
    for job_id in jobs:
        async with claimed(job_id) as found:
            work, job = found
            await TELLERS[job.kind](work, job.subject_id)
    for person in people:
        async with begin(person) as work:
            told[person.user_id] = len(await work.driver.fetch(NOTICED, person.user_id, of))
    return told


async def test_incidents_of_whoever_is_taken_out_are_nobodys_in_the_same_moment_and_the_others_are_told_once(someone):
    lead = await someone(Role.LEAD)
    here = lead.organisation_id
    head, second = await someone(Role.HEAD, organisation=here), await someone(Role.DEPUTY, organisation=here)
    leaving = await someone(Role.DEPUTY, organisation=here)
    ids = await given(lead, leaving, IMPERSONATION, SHORT)
    async with begin(lead) as work:
        [said] = await parting.say_what_is_in_hand(work, leaving.user_id)
        proposal = await removing.remove(work, leaving.user_id, "moved", "They teach elsewhere.")
    assert said.startswith("2 open incidents")
    assert (await read(lead, ids[0])).facts.assigned_to == leaving.user_id
    async with begin(head) as work:
        await approving.approve(work, proposal.id)
    for incident_id in ids:
        story = await read(lead, incident_id)
        assert (story.facts.assigned_to, story.facts.assigned_name) == (None, "")
        last = max(story.entries, key=lambda entry: entry.written_at)
        assert (last.kind, last.author_id, last.owner_id) == ("assignment", head.user_id, None)
        assert leaving.name in last.words
    assert await noticed(lead, second, head) == {lead.user_id: 1, second.user_id: 1, head.user_id: 0}


async def test_an_administrator_who_takes_somebody_out_reads_no_incident_by_it_and_hears_of_none_that_is_hidden(
    someone,
):
    lead = await someone(Role.LEAD)
    administrator = await someone(Role.ADMINISTRATOR, organisation=lead.organisation_id)
    leaving = await someone(Role.DEPUTY, organisation=lead.organisation_id)
    alleged = NewPerson(name=administrator.name, role="alleged", kind="adult", connection="staff")
    [hidden] = await given(lead, leaving, msgspec.structs.replace(SHORT, people=(alleged,)))
    before = await entries_of(lead)
    async with begin(administrator) as work:
        assert await parting.say_what_is_in_hand(work, leaving.user_id) == ()
        await belonging.end(work, leaving.user_id)
        assert await work.driver.fetchval("select count(*) from public.incidents where id = $1", hidden) == 0
    after = await entries_of(lead)  # that they left stands in the general log, and nothing else does
    assert (after["general"] - before["general"], after["restricted"] - before["restricted"]) == (1, 2)
    assert (await read(lead, hidden)).facts.assigned_to is None
    assert await noticed(administrator, lead) == {administrator.user_id: 0, lead.user_id: 1}


async def test_at_a_handover_the_successor_has_them_and_whoever_handles_none_any_more_has_none(someone):
    lead = await someone(Role.LEAD)
    here = lead.organisation_id
    head, deputy = await someone(Role.HEAD, organisation=here), await someone(Role.DEPUTY, organisation=here)
    successor = await someone(Role.REPORTER, organisation=here)
    [first] = await given(lead, lead, IMPERSONATION)
    [second] = await given(lead, deputy, SHORT)
    async with begin(deputy) as work:
        await managing.change_roles(work, deputy.user_id, [Role.REPORTER])  # one's own role one may lay down
    assert (await read(lead, second)).facts.assigned_to is None
    async with begin(lead) as work:
        proposal = await handing_over.ask(work, lead.user_id, successor.user_id, "A new lead.")
    async with begin(head) as work:
        await approving.approve(work, proposal.id)
    async with begin(successor) as work:
        row = await work.driver.fetchrow("select assigned_to, assigned_name from incidents where id = $1", first)
    assert tuple(row) == (successor.user_id, successor.name)


HELD = "Held by "


async def held(actor):
    """What their home page says is held by somebody who left, and where that leads."""
    async with begin(actor, purpose="session") as work:
        needs = (await read_today(work, SCHOOL, SOON)).needs
    return {need.title: need.href for need in needs if need.title.startswith(HELD)}


async def test_a_task_of_whoever_left_is_told_of_at_once_and_stands_on_the_leads_home_page_until_somebody_has_it(
    someone,
):
    lead = await someone(Role.LEAD)
    here = lead.organisation_id
    second, reporter = await someone(Role.DEPUTY, organisation=here), await someone(Role.REPORTER, organisation=here)
    leaving = await someone(Role.DEPUTY, organisation=here)
    incident_id = (await recorded(lead)).facts.id
    theirs = {"kind": "action", "owner_id": leaving.user_id, "owner_name": leaving.name}
    task = await add(second, incident_id, **theirs, words="Ring the family.", due_on=SOON)
    await add(second, incident_id, kind="action", words="Write it down.", owner_id=lead.user_id, owner_name=lead.name,
              due_on=SOON)  # fmt: skip
    assert await held(lead) == {}
    async with begin(lead) as work:
        await belonging.end(work, leaving.user_id)
    for actor in (lead, second):
        assert await held(actor) == {
            "Held by somebody who has left: Ring the family.": f"/incidents/{incident_id}?show=actions#entry-{task.id}"
        }
    assert await held(reporter) == {}
    told = await noticed(second, lead, of="task.unowned", asked=handing_on.LEFT)
    assert told == {second.user_id: 1, lead.user_id: 0}, "whoever gave it hears of it before its day"
    again = {"kind": "action", "owner_id": second.user_id, "owner_name": second.name}
    await add(lead, incident_id, **again, words="Ring the family.", due_on=SOON, supersedes_id=task.id)
    assert await held(lead) == {}


async def test_a_task_of_a_deputy_whose_days_are_over_is_told_of_once_and_stands_there_too(someone):
    lead = await someone(Role.LEAD)
    here = lead.organisation_id
    deputy, stays = await someone(Role.DEPUTY, organisation=here), await someone(Role.DEPUTY, organisation=here)
    incident_id = (await recorded(lead)).facts.id
    for one in (deputy, stays):
        words = {"kind": "action", "owner_id": one.user_id, "owner_name": one.name, "due_on": SOON}
        await add(lead, incident_id, words=f"Ask {one.name}.", **words)
        await deputised(lead, one.user_id, -9, 1)
    assert (await held(lead), await relieved(lead)) == ({}, [])
    await deputised(lead, deputy.user_id, -9, -1)
    assert list(await held(lead)) == [f"Held by a deputy whose days are over: Ask {deputy.name}."]
    assert await relieved(lead) == [deputy.user_id]
    told = await noticed(lead, deputy, of="task.unowned", asked=handing_on.LEFT)
    assert told == {lead.user_id: 1, deputy.user_id: 0}
    assert await relieved(lead) == []


async def test_when_a_deputys_days_are_over_what_they_had_is_nobodys_once_and_the_others_are_told(someone):
    lead = await someone(Role.LEAD)
    here = lead.organisation_id
    deputy, stays = await someone(Role.DEPUTY, organisation=here), await someone(Role.DEPUTY, organisation=here)
    [theirs] = await given(lead, deputy, IMPERSONATION)
    [kept] = await given(lead, stays, SHORT)
    await deputised(lead, deputy.user_id, -9, 1)
    await deputised(lead, stays.user_id, -9, 1)
    assert await relieved(lead) == []
    await deputised(lead, deputy.user_id, -9, -1)
    assert await relieved(lead) == [deputy.user_id]
    story = await read(lead, theirs)
    last = max(story.entries, key=lambda entry: entry.written_at)
    assert (story.facts.assigned_to, last.kind, last.author_id) == (None, "assignment", None)
    assert deputy.name in last.words
    assert (await read(lead, kept)).facts.assigned_to == stays.user_id
    assert await noticed(lead, stays) == {lead.user_id: 1, stays.user_id: 1}
    assert await relieved(lead) == []
    with pytest.raises(Invalid):
        async with begin(lead) as work:
            await assign(work, theirs, story.facts.version, deputy.user_id)


async def test_a_deputy_whose_days_were_made_longer_meanwhile_keeps_what_they_have(someone):
    lead = await someone(Role.LEAD)
    deputy = await someone(Role.DEPUTY, organisation=lead.organisation_id)
    [theirs] = await given(lead, deputy, SHORT)
    await deputised(lead, deputy.user_id, -9, -1)
    await looked()
    await deputised(lead, deputy.user_id, -9, 9)
    assert await relieved(lead) == [deputy.user_id]
    assert (await read(lead, theirs)).facts.assigned_to == deputy.user_id
    await deputised(lead, deputy.user_id, 3, 9)  # put off: until then they handle nothing
    assert await relieved(lead) == [deputy.user_id]
    assert (await read(lead, theirs)).facts.assigned_to is None
