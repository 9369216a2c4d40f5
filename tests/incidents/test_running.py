"""Limits of the profile in the inbox and on Today: beside days that were given, for as long as they run."""

import json
import re
from datetime import UTC, datetime, timedelta
from html import unescape

import msgspec
import pytest

from safeguard.access.roles import Role
from safeguard.incidents import owing, unanswered
from safeguard.incidents.adding import add_entry
from safeguard.incidents.closing import close
from safeguard.incidents.entering import NewEntry
from safeguard.incidents.inbox import count_waiting, list_waiting
from safeguard.incidents.reports import NewIncident, NewPerson
from safeguard.incidents.running import read_running
from safeguard.registers.duties.queries import clocks_here
from safeguard.tenancy.choosing import change_setting
from safeguard.work import begin
from tests.factories.incidents import SCHOOL
from tests.factories.owning import owning
from tests.incidents.casework import CLOSING, add, recorded
from tests.notifications.telling import hide

pytestmark = pytest.mark.anyio

TODAY = datetime.now(UTC).date()
LONG_AGO = datetime.now(UTC) - timedelta(days=30)
REFERRED = NewEntry(
    kind="contact", words="Referred.", contact="social_care", awaits_answer=True, took_place_at=LONG_AGO
)
SHORT = NewIncident(narrative="A group chat.")
STAFF = NewPerson(name="A coach", role="alleged", kind="adult", connection="staff")


async def parts(actor):
    """How many the tabs hold, and which incidents stand under them."""
    async with begin(actor) as work:
        running = await read_running(work, await clocks_here(work, SCHOOL))
        counts = await count_waiting(work, TODAY, running=running)
        listed = {tab: {row.id for row in await list_waiting(work, tab, TODAY, running=running)}
                  for tab in ("overdue", "due")}  # fmt: skip
    assert {tab: len(ids) for tab, ids in listed.items()} == {tab: counts[tab] for tab in listed}
    return listed["overdue"], listed["due"]


async def test_an_answer_that_is_late_is_overdue_until_it_comes(someone):
    lead = await someone(Role.LEAD)
    story = await recorded(lead, SHORT)
    asked = await add(lead, story.facts.id, **msgspec.structs.asdict(REFERRED))
    assert await parts(lead) == ({story.facts.id}, set())
    await add(lead, story.facts.id, kind="answer", action_id=asked.id, words="They take it on.")
    assert await parts(lead) == (set(), set())


async def test_an_answer_that_was_just_asked_for_is_due_this_week_and_one_that_is_withdrawn_is_not(someone):
    lead = await someone(Role.LEAD)
    story = await recorded(lead, SHORT)
    now = msgspec.structs.replace(REFERRED, took_place_at=datetime.now(UTC))
    asked = await add(lead, story.facts.id, **msgspec.structs.asdict(now))
    assert await parts(lead) == (set(), {story.facts.id})
    instead = msgspec.structs.replace(now, words="Not sent after all.", awaits_answer=False, supersedes_id=asked.id)
    await add(lead, story.facts.id, **msgspec.structs.asdict(instead))
    assert await parts(lead) == (set(), set())


async def test_what_is_closed_runs_no_more(someone):
    lead = await someone(Role.LEAD)
    story = await recorded(lead, SHORT)
    await add(lead, story.facts.id, **msgspec.structs.asdict(REFERRED))
    async with begin(lead) as work:
        await close(work, story.facts.id, 1, CLOSING)
    assert await parts(lead) == (set(), set())


async def test_an_allegation_that_nobody_outside_has_heard_of_is_due_until_they_have(someone):
    lead = await someone(Role.LEAD)
    story = await recorded(lead, NewIncident(narrative="A coach wrote to a child.", people=(STAFF,)))
    assert story.facts.id in set.union(*await parts(lead))
    await add(lead, story.facts.id, kind="contact", words="Rang them.", contact="lado")
    assert await parts(lead) == (set(), set())


async def test_a_limit_that_an_organisation_chose_itself_holds_from_then_on(someone):
    lead = await someone(Role.LEAD)
    administrator = await someone(Role.ADMINISTRATOR, organisation=lead.organisation_id)
    story = await recorded(lead, SHORT)
    await add(lead, story.facts.id, **msgspec.structs.asdict(REFERRED))
    assert await parts(lead) == ({story.facts.id}, set())
    async with begin(administrator) as work:
        await change_setting(work, "clocks.referral_decision", "60", 0)
    assert await parts(lead) == (set(), set())


async def test_what_is_hidden_from_somebody_is_in_none_of_their_figures(someone):
    lead = await someone(Role.LEAD)
    deputy = await someone(Role.DEPUTY, organisation=lead.organisation_id)
    story = await recorded(lead, SHORT)
    await add(lead, story.facts.id, **msgspec.structs.asdict(REFERRED))
    assert (await parts(deputy))[0] == {story.facts.id}
    await hide(story.facts.id, deputy)
    assert await parts(deputy) == (set(), set())
    assert await parts(await someone(Role.LEAD)) == (set(), set())


async def test_the_tab_says_which_limit_it_is_and_today_counts_the_same(sign_in):
    lead = await sign_in(Role.LEAD)
    story = await recorded(lead.actor, SHORT)
    async with begin(lead.actor) as work:
        await add_entry(work, story.facts.id, REFERRED)
    page = unescape((await lead.get("/incidents/inbox?show=overdue")).text)
    assert "Overdue (1)" in page
    assert f'href="/incidents/{story.facts.id}" data-open' in page
    assert SCHOOL.clocks["referral_decision"].name in page
    assert re.search(r">Overdue by \d+ working days<", page)
    assert re.search(r">1</[^>]+>\s*(<[^>]+>\s*)*with something overdue", (await lead.get("/")).text)


MANY = """
insert into incidents (organisation_id, id, reference, state, risk, recorded_at, recorded_by_name, narrative,
    acknowledged_at, last_activity_at, closed_at, closing_summary, closing_follow_up, closing_decision, closing_outcome)
select $1, gen_random_uuid(), 'CCC-' || translate(lpad(n::text, 3, '0'), '0123456789', 'CFGHJKMPQR'),
    case when n % 100 = 0 then 'open' else 'closed' end, 'low', now() - n * interval '1 hour', 'Sample', 'Words.',
    now(), now(), closed.at, closed.words, closed.words, closed.words, closed.words
from generate_series(1, 900) n
cross join lateral (
    select case when n % 100 <> 0 then now() end as at, case when n % 100 <> 0 then 'x' end as words) closed
"""


async def test_both_statements_walk_what_is_open_and_none_of_what_was_closed(someone, addresses):
    lead = await someone(Role.LEAD)
    async with begin(lead) as work:
        await work.driver.execute(MANY, lead.organisation_id)
    async with owning(addresses.owner) as owner:
        await owner.execute("analyze incidents")  # what others wrote before must not say how many are open
    async with begin(lead) as work:
        await work.driver.execute("set local enable_seqscan = off")
        owed = (None, ["high"], [], [], [], [], [], *owing.FIRST)
        for statement, values in ((unanswered.AWAITED, (None, ["social_care"])), (owing.CANDIDATES, owed)):
            found = await work.driver.fetchval(f"explain (format json) {statement}", *values)
            assert "incidents_open" in (found if isinstance(found, str) else json.dumps(found))


async def test_what_is_oldest_is_counted_however_much_is_open_and_what_is_not_is_said(sign_in, monkeypatch):
    browser = await sign_in(Role.LEAD)
    lead = browser.actor
    stories = [await recorded(lead, SHORT) for _ in range(3)]
    for story in stories:
        await add(lead, story.facts.id, **msgspec.structs.asdict(REFERRED))
    monkeypatch.setattr(unanswered, "AWAITED", unanswered.AWAITED.replace(str(owing.LATEST), "1"))
    assert await parts(lead) == ({stories[0].facts.id, stories[2].facts.id}, set())
    assert "More is open than can be counted" not in (await browser.get("/incidents/inbox")).text
    monkeypatch.setattr(owing, "BETWEEN", owing.BETWEEN.replace(str(2 * owing.LATEST), "2"))
    for page in ("/incidents/inbox", "/"):
        assert "More is open than can be counted" in unescape((await browser.get(page)).text)


async def test_somebody_outside_is_owed_it_of_the_last_report_however_many_before_it_were_told(someone, monkeypatch):
    lead = await someone(Role.LEAD)
    monkeypatch.setattr(owing, "AT_A_TIME", 2)
    monkeypatch.setattr(owing, "CANDIDATES", re.sub(r"limit 500$", "limit 2", owing.CANDIDATES.strip()))
    stories = [await recorded(lead, NewIncident(narrative="A coach.", people=(STAFF,))) for _ in range(5)]
    for story in stories[:4]:
        await add(lead, story.facts.id, kind="contact", words="Rang them.", contact="lado")
    assert set.union(*await parts(lead)) == {stories[4].facts.id}
