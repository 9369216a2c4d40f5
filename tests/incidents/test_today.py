"""What needs me today, and the next sensible step with one incident."""

import re
from datetime import UTC, date, datetime, timedelta

import msgspec
import pytest

from safeguard.access.roles import Role
from safeguard.incidents.acknowledging import acknowledge
from safeguard.incidents.adding import add_entry, complete_action
from safeguard.incidents.advising import next_step
from safeguard.incidents.entering import NewEntry
from safeguard.incidents.queries import read_incident
from safeguard.incidents.recording import record_incident
from safeguard.incidents.reports import NewIncident
from safeguard.incidents.today import read_today
from safeguard.incidents.triaging import Classes, assess, classify
from safeguard.standards.frameworks import framework_of
from safeguard.standards.improving import Plan, plan_improvement
from safeguard.standards.queries import get_review
from safeguard.standards.reviewing import begin_review, judge, sign_off
from safeguard.tenancy.profiles import profile_of
from safeguard.work import begin
from tests.factories.incidents import ACTION, IMPERSONATION, SCHOOL, SHORT

pytestmark = pytest.mark.anyio

TODAY = datetime.now(UTC).date()
YESTERDAY = TODAY - timedelta(days=1)
FORTNIGHT = timedelta(days=14)


async def today(actor):
    async with begin(actor) as work:
        return await read_today(work, SCHOOL, TODAY)


async def test_an_emergency_comes_before_what_has_waited_longer(someone):
    lead = await someone(Role.LEAD)
    async with begin(lead) as work:
        await record_incident(work, SHORT, SCHOOL)
        await record_incident(work, NewIncident(narrative="On the roof.", danger_now=True), SCHOOL)
    assert [need.title for need in (await today(lead)).needs] == ["New: On the roof.", f"New: {SHORT.narrative}"]


async def test_an_action_needs_somebody_once_its_day_has_passed_and_until_it_is_done_or_corrected(someone):
    lead = await someone(Role.LEAD)
    async with begin(lead) as work:
        facts = (await record_incident(work, SHORT, SCHOOL)).facts
        await acknowledge(work, facts.id, 1)
        late = msgspec.structs.replace(ACTION, due_on=YESTERDAY)
        done = await add_entry(work, facts.id, late)
        await complete_action(work, facts.id, done.id, "Done.")
        wrong = await add_entry(work, facts.id, late)
        await add_entry(work, facts.id, msgspec.structs.replace(late, words="Ring them.", supersedes_id=wrong.id))
        await add_entry(work, facts.id, msgspec.structs.replace(ACTION, due_on=TODAY + timedelta(days=3)))
    now = await today(lead)
    assert [need.title for need in now.needs] == ["Ring them."]
    assert [count.figure for count in now.counts] == [0, 1, 1, 0]


async def test_what_is_more_than_a_month_late_is_one_line_that_leads_to_its_list(someone):
    lead = await someone(Role.LEAD)
    async with begin(lead) as work:
        for risk, days in (("low", (300, 40)), ("high", (90,)), ("low", (3,))):
            facts = (await record_incident(work, SHORT, SCHOOL)).facts
            facts = await acknowledge(work, facts.id, 1)
            await assess(work, facts.id, facts.version, risk, "As it was told.")
            for late in days:
                await add_entry(work, facts.id, msgspec.structs.replace(ACTION, due_on=TODAY - timedelta(days=late)))
    recent, grouped = (await today(lead)).needs
    assert recent.why.split(" · ")[1] == "overdue 3 days"
    assert grouped.title == "2 incidents have something that is more than a month late"
    assert (grouped.href, grouped.risk) == ("/incidents/inbox?show=overdue", "high")


async def test_what_alone_is_a_month_late_keeps_its_own_words(someone):
    lead = await someone(Role.LEAD)
    async with begin(lead) as work:
        facts = (await record_incident(work, SHORT, SCHOOL)).facts
        await acknowledge(work, facts.id, 1)
        await add_entry(work, facts.id, msgspec.structs.replace(ACTION, due_on=TODAY - timedelta(days=40)))
    [need] = (await today(lead)).needs
    assert need.title == " ".join(ACTION.words.split())


async def test_an_action_may_be_ones_own(someone):
    lead = await someone(Role.LEAD)
    async with begin(lead) as work:
        facts = (await record_incident(work, SHORT, SCHOOL)).facts
        await acknowledge(work, facts.id, 1)
        mine = NewEntry(kind="action", words="Ring them.", owner_id=lead.user_id, due_on=YESTERDAY)
        assert (await add_entry(work, facts.id, mine)).owner_name == lead.name
    assert (await today(lead)).needs[0].why.endswith("yours")


async def test_figures_stop_counting(someone):
    lead = await someone(Role.LEAD)
    async with begin(lead) as work:
        for _ in range(105):
            await record_incident(work, SHORT, SCHOOL)
    assert (await today(lead)).counts[0].figure == 99


async def test_each_figure_leads_to_the_list_that_it_counted_and_the_rest_is_one_click_away(sign_in):
    window = await sign_in(Role.LEAD)
    lead = window.actor
    async with begin(lead) as work:
        for number in range(15):
            facts = (await record_incident(work, SHORT, SCHOOL)).facts
            if number % 3:
                await acknowledge(work, facts.id, 1)
                due = TODAY + timedelta(days=-number if number % 2 else 5)
                await add_entry(work, facts.id, msgspec.structs.replace(ACTION, due_on=due))
        long_ago = datetime.now(UTC) - timedelta(days=99)
        await work.driver.execute("update incidents set last_activity_at = $1 where state = 'open'", long_ago)
    home = await window.get("/")
    figures = re.findall(r'href="(/incidents/inbox[^"]+)"><span class="[^"]+">([0-9]+)', home.text)
    assert len(figures) == 4
    for address, figure in figures:
        listed = (await window.get(address)).text
        assert f'href="{address}" aria-current="page"' in listed
        assert (address, listed.count(" data-row>")) == (address, int(figure))
    assert home.text.count('<li class="sg-need">') < 20
    [(rest, number)] = re.findall(r'href="(/\?show=all)#needs">See the rest: ([0-9]+) more', home.text)
    now = await today(lead)
    assert (len(now.needs), now.more) == (12, int(number))
    whole = (await window.get(rest)).text
    assert whole.count('<div class="sg-need__mark">') - home.text.count('<div class="sg-need__mark">') == now.more


@pytest.mark.parametrize("address", ["/?show=Walrus", "/incidents/inbox?show=Walrus"])
async def test_what_an_address_asks_for_and_no_page_knows_is_said_and_not_passed_over(sign_in, address):
    window = await sign_in(Role.LEAD)
    assert "“Walrus” is nothing that this page can show" in (await window.get(address)).text
    assert "nothing that this page can show" not in (await window.get(address.split("?", maxsplit=1)[0])).text


async def test_the_next_step_is_the_most_urgent_one_and_then_none(someone):
    lead = await someone(Role.LEAD)
    verbs = []

    async def look(later=timedelta()):
        async with begin(lead) as work:
            story = await read_incident(work, facts.id)
        step = next_step(story, SCHOOL, datetime.now(UTC) + later, date.today(), FORTNIGHT)
        verbs.append(step.verb if step else None)

    async with begin(lead) as work:
        facts = (await record_incident(work, SHORT, SCHOOL)).facts
    await look()
    async with begin(lead) as work:
        facts = await acknowledge(work, facts.id, facts.version)
    await look()
    async with begin(lead) as work:
        facts = await assess(work, facts.id, facts.version, "low", "Nobody was hurt.")
    await look()
    async with begin(lead) as work:
        facts = await classify(work, facts.id, facts.version, Classes(four_c=("conduct",)), SCHOOL)
    await look()
    await look(later=timedelta(days=15))
    assert verbs == ["Acknowledge", "Set the risk", "Classify it", None, "Close it, or add to it"]


async def test_whoever_recorded_it_is_not_said_to_wait_for_themselves(someone):
    lead = await someone(Role.LEAD)
    deputy = await someone(Role.DEPUTY, organisation=lead.organisation_id)
    async with begin(lead) as work:
        story = await read_incident(work, (await record_incident(work, SHORT, SCHOOL)).facts.id)
    to_self, to_other = (
        next_step(story, SCHOOL, datetime.now(UTC), TODAY, FORTNIGHT, reader.user_id) for reader in (lead, deputy)
    )
    assert to_self is not None
    assert to_other is not None
    assert lead.name not in to_self.words
    assert to_other.words.startswith(lead.name)
    assert to_self.href == to_other.href


async def test_with_a_child_in_it_somebody_asks_who_knows(someone):
    lead = await someone(Role.LEAD)
    async with begin(lead) as work:
        facts = (await record_incident(work, IMPERSONATION, SCHOOL)).facts
        facts = await assess(work, facts.id, facts.version, "low", "Nobody was hurt.")
        await classify(work, facts.id, facts.version, Classes(four_c=("conduct",)), SCHOOL)
        story = await read_incident(work, facts.id)
    step = next_step(story, SCHOOL, datetime.now(UTC), TODAY, FORTNIGHT)
    assert step is not None
    assert step.href.endswith("/parents")


async def test_an_improvement_stands_on_the_first_page_of_whoever_has_it_and_a_late_one_on_that_of_the_lead(sign_in):
    lead = await sign_in(Role.LEAD)
    teacher = await sign_in(Role.REPORTER, organisation=lead.actor.organisation_id)
    pies = framework_of("pies", SCHOOL)
    plan = Plan(words="Hand out the sheet.", owner=str(teacher.actor.user_id), due_on=YESTERDAY)
    assert "Hand out the sheet." not in (await teacher.get("/")).text
    assert "past its day" not in (await lead.get("/")).text
    async with begin(lead.actor) as work:
        given = await plan_improvement(work, pies, pies.controls[0], plan)
    assert (
        f'<a class="govuk-link" href="/improvements/{given.id}">Hand out the sheet.</a>'
        in (await teacher.get("/")).text
    )
    assert "past its day" not in (await teacher.get("/")).text, "the plan is read by those who review"
    shown = (await lead.get("/")).text
    assert "1 improvement of the action plan is past its day" in shown and f"/improvements/{given.id}" not in shown


async def test_a_review_that_is_whole_waits_on_the_first_page_of_whoever_signs_it(sign_in):
    lead = await sign_in(Role.LEAD)
    head = await sign_in(Role.HEAD, organisation=lead.actor.organisation_id)
    pies = framework_of("pies", profile_of("school"))
    assert pies
    async with begin(lead.actor) as work:
        review = await begin_review(work, pies, "first")
    sign = f'/standards/reviews/{review.id}/sign"'
    assert sign not in (await head.get("/")).text
    async with begin(lead.actor) as work:
        for control in pies.first_controls:
            await judge(work, review, control, 3, "", 0)
    assert sign in (await head.get("/")).text
    assert sign not in (await lead.get("/")).text  # a lead signs none
    async with begin(head.actor) as work:
        stamp = (await get_review(work, review.id)).stamp
        await sign_off(work, review.id, pies, "Agreed.", stamp)
    assert sign not in (await head.get("/")).text
