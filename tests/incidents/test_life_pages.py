"""One incident through its pages: read, followed up, assessed and closed, each seen by whom it is for."""

import re

import msgspec
import pytest

from safeguard.access.roles import Role
from safeguard.incidents.chapter import IncidentChapter
from safeguard.incidents.reports import NewIncident
from safeguard.insights.lessons import read_lessons
from safeguard.standards.adding import add_control, end_control
from safeguard.standards.frameworks import BUILT_IN, framework_of
from safeguard.standards.owning import list_added
from safeguard.work import begin
from tests.factories.incidents import IMPERSONATION, SCHOOL
from tests.incidents.sending import record
from tests.web.browsing import token_of

pytestmark = pytest.mark.anyio


async def test_a_reporter_sees_their_own_report_and_no_word_of_the_follow_up(sign_in):
    reporter = await sign_in(Role.REPORTER)
    lead = await sign_in(Role.LEAD, organisation=reporter.actor.organisation_id)
    facts = await record(reporter)
    at = f"/incidents/{facts.id}"
    assert "Sent, not yet read" in (await reporter.get(at)).text
    await lead.send(f"{at}/acknowledge", {"version": "1"}, page=at)
    await lead.send(f"{at}/risk", {"version": "2", "risk": "high", "reason": "It spreads."})
    await lead.send(f"{at}/entries", {"kind": "note", "words": "Private thoughts."}, page=at)
    await lead.send(f"{at}/entries", {"kind": "note", "words": "Thank you.", "shared": "yes"}, page=at)
    page = (await reporter.get(at)).text
    assert "Received" in page
    assert "Thank you." in page
    assert "Private thoughts." not in page
    assert "It spreads." not in page
    assert "sg-risk--high" not in page
    assert facts.reference in (await reporter.get("/incidents")).text
    for path in (f"{at}/risk", f"{at}/correct", f"{at}/close", f"{at}/versions/1", f"{at}/entries/new"):
        assert (await reporter.get(path)).status_code == 403, path


@pytest.mark.parametrize("kind", ["note", "decision", "action", "contact"])
async def test_each_kind_of_entry_has_a_form_and_comes_back_with_what_is_missing(sign_in, kind):
    lead = await sign_in(Role.LEAD)
    facts = await record(lead)
    at = f"/incidents/{facts.id}"
    page = await lead.get(f"{at}/entries/new?kind={kind}")
    assert page.status_code == 200
    answer = await lead.send(f"{at}/entries", {"kind": kind, "words": ""}, token=token_of(page.text))
    assert answer.status_code == 422
    assert 'href="#words"' in answer.text
    made_up = await lead.send(f"{at}/entries", {"kind": f"{kind}/../x", "words": "Kept."}, token=token_of(page.text))
    assert (made_up.status_code, "Kept." in made_up.text) == (422, True)
    if kind == "contact":
        never = {"kind": kind, "words": "Rang.", "contact": "police", "on": "29/3/2026", "at": "01:30"}
        skipped = await lead.send(f"{at}/entries", never, token=token_of(page.text))
        assert (skipped.status_code, "the clocks went forward" in skipped.text) == (422, True)


async def test_a_whole_life_through_the_pages(sign_in):
    lead = await sign_in(Role.LEAD)
    at = f"/incidents/{(await record(lead)).id}"

    async def send(path, fields, page=None):
        answer = await lead.send(at + path, fields, page=at + path if page is None else page)
        assert answer.status_code == 303, answer.text[:3000]

    await send("/acknowledge", {"version": "1"}, page=at)
    await send("/risk", {"version": "2", "risk": "medium", "reason": "A teacher is upset."})
    await send("/classes", {"version": "3", "four_c": "conduct", "issue_types": "impersonation"})
    knower = {"knowers-0-contact": "parents", "knowers-0-informed": "yes", "knowers-0-reason": "Rang Ravi's mother."}
    await send("/parents", {"version": "4", **knower})
    await send("/entries", {"kind": "action", "words": "Report it.", "owner": "Sam", "due_on": "today"}, page=at)
    page = (await lead.get(at)).text
    action = re.search(r'href="([^"]+)/done"', page)[1]
    await send(action.removeprefix(at) + "/done", {"words": "Reported."})
    correction = re.search(r'href="([^"]+/correct)">Correct<', (await send_note(lead, at)))[1]
    assert "The earlier entry stays" in (await lead.get(correction)).text
    closing = {"summary": "s", "follow_up": "f", "decision": "d", "outcome": "It ended well."}
    await send("/close", {"version": "5", **closing, "left_open": "Both families will tell us how it goes."})
    page = (await lead.get(at)).text
    assert "It ended well." in page
    assert (await lead.get(f"{at}/risk")).status_code == 409
    await send("/reopen", {"version": "6", "reason": "It is back."})
    page = (await lead.get(at)).text
    assert "It is back." in page
    assert "Who has looked" in page
    assert lead.actor.name in page


async def send_note(lead, at):
    await lead.send(f"{at}/entries", {"kind": "note", "words": "Spoke with him."}, page=at)
    return (await lead.get(at)).text


async def test_htmx_adds_to_the_story_and_swaps_only_it_or_only_the_form_when_something_is_missing(sign_in):
    lead = await sign_in(Role.LEAD)
    at = f"/incidents/{(await record(lead)).id}"
    htmx = {"HX-Request": "true"}
    answer = await lead.send(f"{at}/entries", {"kind": "note", "words": "Rang him."}, page=at, **htmx)
    story = (await lead.get(answer.headers["location"], **htmx)).text
    assert "Rang him." in story
    assert "data-announce" in story
    assert "<html" not in story
    answer = await lead.send(f"{at}/entries", {"kind": "decision", "words": "Wait."}, page=at, **htmx)
    assert answer.status_code == 422
    assert answer.headers["hx-retarget"] == "#add"
    assert "Give the reason" in answer.text
    assert "<html" not in answer.text


async def test_home_says_what_needs_a_lead_and_what_became_of_a_report(sign_in):
    reporter = await sign_in(Role.REPORTER)
    lead = await sign_in(Role.LEAD, organisation=reporter.actor.organisation_id)
    facts = await record(reporter, NewIncident(narrative="He is on the roof.", danger_now=True))
    page = (await lead.get("/")).text
    assert "New: He is on the roof." in page
    assert facts.reference in page
    page = (await reporter.get("/")).text
    assert facts.reference in page
    assert "Sent" in page
    governor = await sign_in(Role.GOVERNOR, organisation=reporter.actor.organisation_id)
    page = (await governor.get("/")).text
    assert facts.reference not in page
    assert "roof" not in page


async def test_whoever_sets_the_risk_reads_what_was_reported_on_the_same_page(sign_in):
    lead = await sign_in(Role.LEAD)
    long = msgspec.structs.replace(IMPERSONATION, narrative="He was <b>filmed</b>. " + "And again. " * 80 + "The end.")
    short, told = (await record(lead)).id, (await record(lead, long)).id
    page = (await lead.get(f"/incidents/{short}/risk")).text
    assert IMPERSONATION.narrative in page and "Read all of it" not in page
    page = (await lead.get(f"/incidents/{told}/risk")).text
    assert "He was &lt;b&gt;filmed&lt;/b&gt;." in page and "The end." not in page and "Read all of it" in page


async def test_a_lesson_names_a_control_that_the_organisation_added_also_once_it_is_asked_no_more(sign_in):
    lead = await sign_in(Role.LEAD)
    at, pies = f"/incidents/{(await record(lead)).id}", framework_of(BUILT_IN, SCHOOL)
    async with begin(lead.actor) as work:
        own = await add_control(work, pies, "access", "Wearables", [f"Level {each.number}." for each in pies.levels])
    form = (await lead.get(f"{at}/entries/new?kind=lesson")).text
    places = [form.index(name) for name in
              ("Safer Management", "Safer Access", "Wearables", "Safer Learning", "Safer Standards")]  # fmt: skip
    assert places == sorted(places)
    typed = {"kind": "lesson", "words": "We asked for watches.", "controls": own}
    wrong = await lead.send(f"{at}/entries", typed | {"controls": "OWN9"}, token=token_of(form))
    assert (wrong.status_code, "is not a control of the standards" in wrong.text) == (422, True)
    assert (await lead.send(f"{at}/entries", typed, token=token_of(form))).status_code == 303
    async with begin(lead.actor) as work:
        await end_control(work, (await list_added(work))[0].id)
        written = await work.driver.fetchval("select max(to_char(written_at, 'YYYY-MM')) from entries")
        found = await read_lessons(work, SCHOOL, own, written)
        assert (await IncidentChapter().telling(work)).own_controls == {own: "Wearables"}
    assert (found.control, [row.words for row in found.rows]) == ("Wearables", ["We asked for watches."])
    shown = (await lead.get(at)).text
    assert "OWN1 Wearables" in shown
    assert "Wearables" not in (await lead.get(f"{at}/entries/new?kind=lesson")).text
    correction = re.search(r'href="([^"]+/correct)">Correct<', shown)[1]
    assert re.search(r'value="OWN1"[^>]*checked', (await lead.get(correction)).text)
