"""The inbox: what waits, by risk and then by age; and what is done with several at once."""

import json
import re
from datetime import UTC, datetime, timedelta
from html import unescape

import anyio
import msgspec
import pytest

from safeguard.access.roles import Role
from safeguard.errors import Conflict, Forbidden, Invalid
from safeguard.incidents import inbox
from safeguard.incidents.acknowledging import acknowledge
from safeguard.incidents.adding import add_entry
from safeguard.incidents.assigning import assign
from safeguard.incidents.bulk import MOST, Picked, acknowledge_all, assign_all, close_false_alerts
from safeguard.incidents.entering import NewEntry
from safeguard.incidents.inbox import FIRST, TABS, count_waiting, list_waiting, place_of
from safeguard.incidents.queries import read_incident
from safeguard.incidents.recording import record_incident
from safeguard.incidents.reports import NewIncident, NewPerson
from safeguard.incidents.triaging import assess
from safeguard.work import begin
from tests.factories import organisations
from tests.factories.incidents import ACTION, IMPERSONATION, SCHOOL, SHORT
from tests.factories.organisations import owning

pytestmark = pytest.mark.anyio

TODAY = datetime.now(UTC).date()
YESTERDAY = TODAY - timedelta(days=1)


async def recorded(actor, new=SHORT):
    async with begin(actor) as work:
        return (await record_incident(work, new, SCHOOL)).facts


async def opened(actor, risk=None):
    facts = await recorded(actor)
    async with begin(actor) as work:
        facts = await acknowledge(work, facts.id, 1)
        return await assess(work, facts.id, facts.version, risk, "Because.") if risk else facts


async def waiting(actor, tab):
    async with begin(actor) as work:
        return [row.id for row in await list_waiting(work, tab, TODAY)]


async def read(actor, incident_id):
    async with begin(actor) as work:
        return await read_incident(work, incident_id)


async def test_the_gravest_comes_first_and_of_those_the_oldest(someone):
    lead = await someone(Role.LEAD)
    made = {}
    for name, risk in (("low", "low"), ("medium", "medium"), ("none", None), ("high", "high"), ("high2", "high"),
                       ("emergency", "emergency"), ("none2", None)):  # fmt: skip
        made[name] = (await opened(lead, risk)).id
    order = ["emergency", "high", "high2", "none", "none2", "medium", "low"]
    assert await waiting(lead, "unassigned") == [made[name] for name in order]


async def test_each_incident_stands_under_the_tab_that_says_what_it_needs(someone):
    lead = await someone(Role.LEAD)
    deputy = await someone(Role.DEPUTY, organisation=lead.organisation_id)
    new, unassigned, mine, theirs = await recorded(lead), await opened(lead), await opened(lead), await opened(lead)
    async with begin(lead) as work:
        await assign(work, mine.id, mine.version, lead.user_id)
        await assign(work, theirs.id, theirs.version, deputy.user_id)
        await add_entry(work, theirs.id, msgspec.structs.replace(ACTION, due_on=YESTERDAY))
        await add_entry(
            work, mine.id,
            NewEntry(kind="contact", words="Asked.", contact="police", awaits_answer=True, due_on=YESTERDAY),
        )  # fmt: skip
    assert await waiting(lead, "new") == [new.id]
    assert await waiting(lead, "unassigned") == [unassigned.id]
    assert await waiting(lead, "mine") == [mine.id]
    assert await waiting(deputy, "mine") == [theirs.id]
    assert set(await waiting(lead, "overdue")) == {mine.id, theirs.id}
    async with begin(lead) as work:
        assert await count_waiting(work, TODAY) == {
            "new": 1, "heard": 0, "unassigned": 1, "mine": 1, "overdue": 2, "due": 0, "quiet": 0,
        }  # fmt: skip


async def test_a_plan_that_was_revised_is_overdue_no_more(someone):
    lead = await someone(Role.LEAD)
    async with begin(lead) as work:
        story = await record_incident(work, IMPERSONATION, SCHOOL)
        about = {"kind": "plan", "words": "A tutor.", "person_id": story.people[0].id}
        plan = await add_entry(work, story.facts.id, NewEntry(due_on=YESTERDAY, **about))
    assert await waiting(lead, "overdue") == [story.facts.id]
    async with begin(lead) as work:
        new = NewEntry(due_on=TODAY + timedelta(days=9), supersedes_id=plan.id, **about)
        await add_entry(work, story.facts.id, new)
    assert await waiting(lead, "overdue") == []


@pytest.mark.parametrize("kind", ["plan", "support"])
async def test_a_day_given_to_a_plan_or_to_support_ends_with_words_or_with_the_next_one(someone, kind):
    lead = await someone(Role.LEAD)
    async with begin(lead) as work:
        story = await record_incident(work, IMPERSONATION, SCHOOL)
        about = {"kind": kind, "words": "A tutor.", "person_id": story.people[0].id}
        await add_entry(work, story.facts.id, NewEntry(due_on=YESTERDAY, **about))
    assert await waiting(lead, "overdue") == [story.facts.id]
    async with begin(lead) as work:
        later = await add_entry(work, story.facts.id, NewEntry(due_on=TODAY, **about))
    assert (await waiting(lead, "overdue"), await waiting(lead, "due")) == ([], [story.facts.id])
    async with begin(lead) as work:
        said = await add_entry(
            work, story.facts.id, NewEntry(kind="completion", action_id=later.id, words="Well again.", shared=True)
        )
    assert await waiting(lead, "due") == []
    assert (said.person_name, said.shared) == (story.people[0].name, False), "it is about one person: never shared"
    with pytest.raises(Conflict):
        async with begin(lead) as work:
            await add_entry(work, story.facts.id, NewEntry(kind="completion", action_id=later.id, words="Twice."))


async def put_under(lead, tab, facts, number):
    async with begin(lead) as work:
        match tab:
            case "mine":
                await assign(work, facts.id, facts.version, lead.user_id)
            case "overdue" | "due":
                day = YESTERDAY if tab == "overdue" else TODAY
                await add_entry(work, facts.id, msgspec.structs.replace(ACTION, due_on=day))
            case "heard":
                await work.driver.execute(WRITTEN, facts.id, number % 2 == 0)
            case "quiet":
                await work.driver.execute(AGED, facts.id, number)


@pytest.mark.parametrize("tab", TABS)
async def test_pages_follow_one_another_and_miss_nothing(someone, tab):
    lead = await someone(Role.LEAD)
    made = set()
    for number in range(12):
        facts = await opened(lead, (None, "low", "high")[number % 3]) if tab != "new" else await recorded(lead)
        made.add(facts.id)
        await put_under(lead, tab, facts, number)
    seen, place = [], FIRST
    for _ in range(10):
        async with begin(lead) as work:
            rows = await list_waiting(work, tab, TODAY, place, limit=5)
        if not rows:
            break
        seen += [row.id for row in rows]
        place = place_of(rows[-1], tab)
    assert len(seen) == 12
    assert set(seen) == made


async def test_a_reporter_has_no_inbox_and_another_organisation_sees_nothing(someone):
    reporter, stranger = await someone(Role.REPORTER), await someone(Role.LEAD)
    await recorded(reporter)
    async with begin(reporter) as work:
        with pytest.raises(Forbidden):
            await list_waiting(work, "new", TODAY)
    assert await waiting(stranger, "new") == []


WRITTEN = "update incidents set heard_at = now(), heard_urgent = $2 where id = $1"
AGED = "update incidents set last_activity_at = now() - make_interval(days => 15 + $2 / 3) where id = $1"
FILL = """
insert into incidents (organisation_id, id, reference, state, risk, recorded_at, recorded_by_name, narrative,
    acknowledged_at, last_activity_at)
select $1, gen_random_uuid(), 'CCC-' || translate(lpad(n::text, 3, '0'), '0123456789', 'CFGHJKMPQR'),
    case when n % 20 = 0 then 'new' else 'open' end, 'low', now() - n * interval '1 hour', 'Sample', 'Words.',
    case when n % 20 = 0 then null else now() end, now()
from generate_series(1, 900) n
"""


@pytest.mark.parametrize(
    ("tab", "index"),
    [("unassigned", "incidents_unassigned"), ("mine", "incidents_assigned"), ("new", "incidents_unread")],
)
async def test_a_tab_walks_its_own_index_under_row_security(someone, tab, index):
    lead = await someone(Role.LEAD)
    async with owning(organisations.owner_url) as owner:  # as it is kept while the service runs
        await owner.execute("analyze public.incidents")
    more = {"mine": (lead.user_id,), "overdue": (TODAY,)}.get(tab, ())
    async with begin(lead) as work:
        await work.driver.execute(FILL, lead.organisation_id)
        await work.driver.execute("set local enable_seqscan = off")
        await work.driver.execute("set local enable_bitmapscan = off")
        values = (FIRST.rank, FIRST.at, FIRST.id, 26, *more)
        found = await work.driver.fetchval(f"explain (format json) {inbox.LIST[tab]}", *values)
    plan = found if isinstance(found, str) else json.dumps(found)
    assert index in plan
    assert "Incremental Sort" in plan or '"Sort"' not in plan


def pick(*facts):
    return tuple(Picked(each.id, each.version) for each in facts)


async def test_several_are_acknowledged_at_once_and_what_moved_on_is_left(someone):
    lead = await someone(Role.LEAD)
    first, second, moved = await recorded(lead), await recorded(lead), await recorded(lead)
    async with begin(lead) as work:
        await acknowledge(work, moved.id, 1)
    async with begin(lead) as work:
        done = await acknowledge_all(work, pick(first, second, moved))
    assert (done.done, done.left) == (2, 1)
    assert {(await read(lead, each.id)).facts.state for each in (first, second, moved)} == {"open"}


async def test_several_are_given_to_somebody_at_once(someone):
    lead = await someone(Role.LEAD)
    deputy = await someone(Role.DEPUTY, organisation=lead.organisation_id)
    facts = [await recorded(lead), await opened(lead)]
    async with begin(lead) as work:
        with pytest.raises(Invalid):
            await assign_all(work, pick(*facts), None)
        with pytest.raises(Invalid):
            await assign_all(work, (), deputy.user_id)
        assert (await assign_all(work, pick(*facts), deputy.user_id)).done == 2
    assert set(await waiting(deputy, "mine")) == {each.id for each in facts}


async def test_only_what_is_safely_a_false_alert_is_closed_as_one(someone):
    lead = await someone(Role.LEAD)
    safe = await recorded(lead)
    grave = await opened(lead, "high")
    danger = await recorded(lead, NewIncident(narrative="On the roof.", danger_now=True))
    alleged = await recorded(lead, IMPERSONATION)
    hurt = NewIncident(narrative="She cried all night.", people=(NewPerson(name="Ana Brook", role="affected"),))
    harmed = await recorded(lead, hurt)
    begun = await recorded(lead)
    async with begin(lead) as work:
        await add_entry(work, begun.id, NewEntry(words="Rang home."))
    everything = (safe, grave, danger, alleged, harmed, begun)
    async with begin(lead) as work:
        with pytest.raises(Invalid):
            await close_false_alerts(work, pick(*everything), " ")
        done = await close_false_alerts(work, pick(*everything), "The filter was being tested.")
    assert (done.done, done.left) == (1, 5)
    closed = (await read(lead, safe.id)).facts
    assert (closed.state, closed.closing_decision) == ("closed", "The filter was being tested.")
    assert {(await read(lead, each.id)).facts.state for each in everything[1:]} <= {"new", "open"}


async def test_more_than_a_page_at_once_is_refused(someone):
    lead = await someone(Role.LEAD)
    facts = await recorded(lead)
    async with begin(lead) as work:
        with pytest.raises(Invalid):
            await acknowledge_all(work, tuple(Picked(facts.id, number) for number in range(MOST + 1)))


async def test_two_who_acknowledge_the_same_twenty_at_once_do_not_wait_for_ever(someone):
    lead = await someone(Role.LEAD)
    facts = [await recorded(lead) for _ in range(20)]
    outcomes = []

    async def attempt(ones):
        async with begin(lead) as work:
            outcomes.append((await acknowledge_all(work, pick(*ones))).done)

    async with anyio.create_task_group() as group:
        group.start_soon(attempt, facts)
        group.start_soon(attempt, facts[::-1])
    assert sorted(outcomes) == [0, 20]


async def test_the_inbox_begins_where_something_waits_and_does_what_was_ticked(sign_in):
    lead = await sign_in(Role.LEAD)
    facts = [await recorded(lead.actor) for _ in range(3)]
    page = (await lead.get("/incidents/inbox")).text
    assert 'aria-current="page">New (3)' in page
    values = re.findall(r'name="picked"[^>]* value="([^"]+)"', page)
    assert [value.split(":")[0] for value in values] == [str(each.id) for each in facts]
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)[1]
    sent = {"csrf_token": unescape(token), "show": "new", "act": "acknowledge", "picked": values[:2]}
    answer = await lead.client.post("/incidents/inbox", data=sent, headers={"sec-fetch-site": "same-origin"})
    assert answer.status_code == 303
    page = (await lead.get(answer.headers["location"])).text
    assert "2 acknowledged" in page
    assert "New (1)" in page


async def test_one_is_acknowledged_from_its_row_whatever_else_is_ticked(sign_in):
    lead = await sign_in(Role.LEAD)
    facts = [await recorded(lead.actor) for _ in range(2)]
    fields = {"show": "new", "only": f"{facts[1].id}:1", "picked": f"{facts[0].id}:1"}
    assert (await lead.send("/incidents/inbox", fields)).status_code == 303
    assert (await read(lead.actor, facts[0].id)).facts.state == "new"
    assert (await read(lead.actor, facts[1].id)).facts.state == "open"


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"act": "acknowledge"}, "Tick at least one incident."),
        ({"act": "acknowledge", "picked": "nonsense"}, "could not be read"),
        ({"act": "assign", "picked": "{one}"}, "Choose who will handle them."),
        ({"act": "close", "picked": "{one}"}, "Say how you know"),
        ({"picked": "{one}"}, "Choose what to do"),
    ],
)
async def test_what_cannot_be_done_is_said_and_the_ticks_stay(sign_in, fields, sentence):
    lead = await sign_in(Role.LEAD)
    one = f"{(await recorded(lead.actor)).id}:1"
    sent = {name: value.format(one=one) for name, value in fields.items()} | {"show": "new"}
    answer = await lead.send("/incidents/inbox", sent)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert (" checked>" in answer.text) == (sent.get("picked") == one)


async def test_the_inbox_has_older_pages(sign_in):
    lead = await sign_in(Role.LEAD)
    facts = [await recorded(lead.actor) for _ in range(28)]
    page = (await lead.get("/incidents/inbox?show=new")).text
    older = unescape(re.search(r'href="(/incidents/inbox\?[^"]*after=[^"]*)"', page)[1])
    second = (await lead.get(older)).text
    shown = re.findall(r'name="picked"[^>]* value="([^":]+):', page + second)
    assert shown == [str(each.id) for each in facts]
    assert (await lead.get(older.replace("rank=2", "rank=1"))).status_code == 400


async def test_whoever_sets_a_risk_from_the_inbox_comes_back_to_it(sign_in):
    window = await sign_in(Role.LEAD)
    facts = await opened(window.actor)
    await opened(window.actor)
    listed = (await window.get("/incidents/inbox?show=unassigned")).text
    [address] = re.findall(rf'href="(/incidents/{facts.id}/risk[^"]*)"', listed)
    form = (await window.get(address)).text
    assert '<input type="hidden" name="came" value="unassigned">' in form
    assert form.count('href="/incidents/inbox?show=unassigned"') >= 2
    typed = {"risk": "high", "reason": "", "version": str(facts.version), "came": "unassigned"}
    wrong = await window.send(f"/incidents/{facts.id}/risk", typed, page=address)
    assert (wrong.status_code, 'name="came" value="unassigned"' in wrong.text) == (422, True)
    done = await window.send(f"/incidents/{facts.id}/risk", typed | {"reason": "A child is alone."}, page=address)
    assert (done.status_code, done.headers["location"]) == (303, "/incidents/inbox?show=unassigned&did=risk&done=1")
    assert "The risk is set" in (await window.get(done.headers["location"])).text
    elsewhere = typed | {"reason": "Again.", "version": str(facts.version + 1), "came": "//example.org"}
    done = await window.send(f"/incidents/{facts.id}/risk", elsewhere, page=address)
    assert done.headers["location"] == f"/incidents/{facts.id}?changed=risk"
