"""The pages: what each shows to whom, and what a form that needs another look gives back."""

import re
from dataclasses import replace
from html import unescape

import msgspec
import pytest

from safeguard.access.roles import Role
from safeguard.incidents.closing import Closing, close
from safeguard.incidents.listing import shortened
from safeguard.incidents.recording import record_incident
from safeguard.incidents.reports import NewIncident, NewPerson
from safeguard.tenancy.choosing import change_setting
from safeguard.tenancy.organising import change_details
from safeguard.tenancy.queries import get_own
from safeguard.web import patterns
from safeguard.work import begin
from tests.factories.incidents import IMPERSONATION, SCHOOL
from tests.web.browsing import token_of

pytestmark = pytest.mark.anyio

FILLED = {
    "danger_now": "no",
    "narrative": "An account pretends to be Mr Hale.",
    "people-0-name": "Morgan Hale",
    "people-0-role": "affected",
    "people-0-connection": "staff",
    "people-1-name": "Ravi Underhill",
    "people-1-role": "alleged",
    "people-1-connection": "pupil",
    "people-1-group_name": "Year 9",
    "happened_on": "yesterday",
    "happened_at": "2.05pm",
    "place": "online_only",
    "platforms": "tiktok",
    "accounts": "@mr.hale.fanpage",
    "child_words": "He said it was only a joke.",
    "immediate_action": "Told the lead.",
    "lead_told": "yes",
}


async def record(browser, new=IMPERSONATION):
    async with begin(browser.actor) as work:
        return (await record_incident(work, new, SCHOOL)).facts


async def test_a_report_goes_from_the_form_to_its_page(sign_in):
    lead = await sign_in(Role.LEAD)
    answer = await lead.send("/incidents/new", FILLED)
    assert answer.status_code == 303
    shown = await lead.get(answer.headers["location"])
    assert shown.status_code == 200
    for said in ("An account pretends to be Mr Hale.", "Morgan Hale", "Alleged to have harmed", "TikTok", "14:05",
                 "He said it was only a joke.", "Year 9", "Acknowledge"):  # fmt: skip
        assert said in shown.text, said


@pytest.mark.parametrize("role", [Role.REPORTER, Role.PASTORAL, Role.LEAD])
async def test_who_can_read_a_report_is_said_as_it_is(sign_in, role):
    for part, said in (("witness", "can read it now."), ("alleged", "nobody whom you name as having done harm")):
        browser = await sign_in(role)
        answer = await browser.send("/incidents/new", FILLED | {"people-1-role": part})
        shown = (await browser.get(answer.headers["location"])).text
        assert said in shown
        assert ("nobody whom you name" in shown) == (part == "alleged")


async def test_the_words_are_those_of_the_organisation(sign_in):
    coach = await sign_in(Role.REPORTER, kind="club")
    page = (await coach.get("/incidents/new")).text
    assert "welfare officer" in page
    assert "Squad" in page
    assert "pupil" not in page.lower().replace("pupils-", "").replace('value="pupil"', "")


async def test_until_somebody_outside_is_named_the_home_page_says_so_to_whoever_can_name_them(sign_in):
    lead = await sign_in(Role.LEAD)
    reporter = await sign_in(Role.REPORTER, organisation=lead.actor.organisation_id)
    asked = "Name an outside second person"
    assert asked not in (await lead.get("/")).text
    async with begin(lead.actor) as work:
        own = await get_own(work)
        nobody = replace(own.details, second_person_name="", second_person_email="")
        await change_details(work, nobody, seen=own.version)
    assert asked in (await lead.get("/")).text
    assert asked not in (await reporter.get("/")).text


async def test_no_page_of_incidents_has_a_file_input(sign_in):
    lead = await sign_in(Role.LEAD)
    facts = await record(lead)
    for path in ("/incidents/new", f"/incidents/{facts.id}", f"/incidents/{facts.id}/correct"):
        assert 'type="file"' not in (await lead.get(path)).text


async def test_a_form_that_needs_another_look_keeps_everything_that_was_typed(sign_in):
    lead = await sign_in(Role.LEAD)
    wrong = FILLED | {"narrative": " ", "happened_on": "12/11/2099", "people-2-role": "witness"}
    answer = await lead.send("/incidents/new", wrong)
    assert answer.status_code == 422
    for kept in ("Morgan Hale", "Ravi Underhill", "Year 9", "12/11/2099", "@mr.hale.fanpage", "only a joke"):
        assert kept in answer.text, kept
    assert answer.text.count("The date is after today") == 2  # in the summary and beside the field
    assert 'href="#narrative"' in answer.text
    assert "selected" in answer.text


async def test_an_error_about_a_person_stands_at_their_row(sign_in):
    lead = await sign_in(Role.LEAD)
    answer = await lead.send("/incidents/new", FILLED | {"people-4-role": "witness"})
    assert answer.status_code == 422
    assert 'href="#people-4-name"' in answer.text


async def test_add_another_person_without_script_gives_a_row_and_records_nothing(sign_in):
    lead = await sign_in(Role.LEAD)
    answer = await lead.send("/incidents/new", FILLED | {"add": "person", "narrative": ""})
    assert answer.status_code == 200
    assert 'name="people-2-name"' in answer.text
    assert "Ravi Underhill" in answer.text
    async with begin(lead.actor) as work:
        assert await work.driver.fetchval("select count(*) from incidents") == 0


async def test_danger_shows_the_emergency_text_and_never_delays_saving(sign_in):
    lead = await sign_in(Role.LEAD)
    page = (await lead.get("/incidents/new")).text
    assert SCHOOL.emergency.title in page
    answer = await lead.send("/incidents/new", {"danger_now": "yes", "narrative": "He is on the roof."})
    assert answer.status_code == 303
    shown = (await lead.get(answer.headers["location"])).text
    assert SCHOOL.emergency.call in shown
    assert "sg-risk--emergency" in shown


async def test_everything_typed_is_shown_as_text_and_nothing_is_run(sign_in):
    lead = await sign_in(Role.LEAD)
    nasty = "<script>alert(1)</script>{{7*7}}"
    fields = dict.fromkeys(("narrative", "people-0-name", "place_detail", "accounts", "child_words"), nasty)
    answer = await lead.send("/incidents/new", fields)
    for path in (answer.headers["location"], "/incidents", "/"):
        page = (await lead.get(path)).text
        assert "<script>alert" not in page
        assert "{{7*7}}" in page


async def test_the_list_shows_and_filters(sign_in):
    lead = await sign_in(Role.LEAD)
    first = await record(lead)
    second = await record(lead, NewIncident(narrative="A scam text about parcels.", four_c=("commerce",)))
    async with begin(lead.actor) as work:
        await close(work, first.id, 1, Closing(summary="a", follow_up="b", decision="c", outcome="d"))

    async def shown(address):
        page = (await lead.get(address)).text
        return {facts.reference for facts in (first, second) if facts.reference in page}

    assert await shown("/incidents") == {second.reference}
    assert await shown("/incidents?state=closed") == {first.reference}
    assert await shown("/incidents?state=all&area=commerce") == {second.reference}
    assert await shown("/incidents?state=all&q=impersonating OR pretend") == {first.reference}
    assert await shown("/incidents?state=all&q=Underhill") == {first.reference}
    assert await shown(f"/incidents?state=all&q={second.reference.lower()}") == {second.reference}
    assert await shown("/incidents?state=all&until=2020-01-01") == set()
    assert await shown("/incidents?state=all&risk=high") == set()
    page = (await lead.get("/incidents?since=31/31/2026&risk=purple")).text
    assert "was left out" in page


async def test_the_list_says_that_it_shows_open_incidents_and_leads_to_all(sign_in):
    lead = await sign_in(Role.LEAD)
    page = (await lead.client.get("/incidents")).text
    assert '<span class="sg-filters__active">: Open</span>' in page
    assert 'href="/incidents?state=all">Show all' in page


async def test_pages_of_the_list_follow_one_another(sign_in):
    lead = await sign_in(Role.LEAD)
    async with begin(lead.actor) as work:
        for number in range(30):
            await record_incident(work, NewIncident(narrative=f"Incident {number:02}."), SCHOOL)
    first = (await lead.get("/incidents?q=incident")).text
    older = re.search(r'href="(/incidents\?[^"]*after=[^"]*)"', first)
    second = (await lead.get(older[1].replace("&amp;", "&"))).text
    shown = re.sub("</?mark>", "", first + second)
    seen = re.findall(r"Incident (\d\d)\.", shown)
    assert seen == [f"{number:02}" for number in reversed(range(30))]


async def test_htmx_gets_only_the_rows(sign_in):
    lead = await sign_in(Role.LEAD)
    await record(lead)
    answer = await lead.get("/incidents", **{"HX-Request": "true"})
    assert "<table" in answer.text
    assert "<html" not in answer.text


async def test_the_list_kept_ready_for_one_person_is_shown_to_nobody_else(sign_in):
    """Most of the page is rendered once for each viewer: what it says of the viewer, and its token, stay theirs."""
    lead = await sign_in(Role.LEAD)
    colleague = await sign_in(Role.DEPUTY, organisation=lead.actor.organisation_id)
    stranger = await sign_in(Role.LEAD, kind="club")
    pages = [await who.get("/incidents") for who in (lead, colleague, stranger)]
    kept = len(patterns._frames)
    pages += [await who.get("/incidents") for who in (lead, colleague, stranger)]
    assert len(patterns._frames) == kept
    for page, who in zip(pages, (lead, colleague, stranger) * 2, strict=True):
        others = [one.actor.name for one in (lead, colleague, stranger) if one is not who]
        assert who.actor.name in page.text
        assert not any(name in page.text for name in others)
    tokens = [page.text.split('name="csrf_token" value="')[1].split('"')[0] for page in pages]
    assert len(set(tokens)) == len(tokens)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("", ""),
        ("short", "short"),
        ("a" * 20, "a" * 9 + "…"),
        ("one two three", "one two…"),
        ("ten chars!", "ten chars!"),
    ],
)
def test_long_words_are_cut_between_words(text, shown):
    assert shortened(text, 10) == shown


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


async def test_a_correction_starts_with_what_stands_there_and_shows_the_difference(sign_in):
    lead = await sign_in(Role.LEAD)
    at = f"/incidents/{(await record(lead)).id}"
    page = (await lead.get(f"{at}/correct")).text
    assert IMPERSONATION.narrative in page
    ids = re.findall(r'name="(people-\d-id)" value="([^"]+)"', page)
    assert len(ids) == 3
    fields = dict(ids) | {"version": "1", "narrative": "An account in his name.", "happened_words": "last week"}
    for number, person in enumerate(IMPERSONATION.people):
        fields |= {f"people-{number}-{name}": str(getattr(person, name)) for name in ("name", "role", "connection")}
    fields["people-2-removed"] = "yes"
    answer = await lead.send(f"{at}/correct", fields, token=token_of(page))
    assert answer.status_code == 303, answer.text
    page = (await lead.get(at)).text
    assert f"<del>{IMPERSONATION.narrative}</del>" in page
    assert "<ins>An account in his name.</ins>" in page
    assert "Person 3: taken out" in page
    assert IMPERSONATION.narrative in (await lead.get(f"{at}/versions/1")).text
    assert (await lead.get(f"{at}/versions/3")).status_code == 404


async def test_whoever_sets_the_risk_reads_what_was_reported_on_the_same_page(sign_in):
    lead = await sign_in(Role.LEAD)
    long = msgspec.structs.replace(IMPERSONATION, narrative="He was <b>filmed</b>. " + "And again. " * 80 + "The end.")
    short, told = (await record(lead)).id, (await record(lead, long)).id
    page = (await lead.get(f"/incidents/{short}/risk")).text
    assert IMPERSONATION.narrative in page and "Read all of it" not in page
    page = (await lead.get(f"/incidents/{told}/risk")).text
    assert "He was &lt;b&gt;filmed&lt;/b&gt;." in page and "The end." not in page and "Read all of it" in page


async def test_a_stale_form_is_a_conflict_that_gives_back_what_was_typed(sign_in):
    lead = await sign_in(Role.LEAD)
    at = f"/incidents/{(await record(lead)).id}"
    page = (await lead.get(f"{at}/risk")).text
    await lead.send(f"{at}/acknowledge", {"version": "1"}, page=at)
    fields = {"version": "1", "risk": "high", "reason": "My long and careful reason."}
    answer = await lead.send(f"{at}/risk", fields, token=token_of(page))
    assert answer.status_code == 409
    assert "My long and careful reason." in answer.text
    assert "Somebody else changed this incident" in answer.text
    again = re.findall(r'name="version" value="(\d+)"', answer.text)
    assert again == ["2"]
    fields["version"] = again[0]
    assert (await lead.send(f"{at}/risk", fields, token=token_of(answer.text))).status_code == 303


async def test_of_two_corrections_at_once_the_second_sees_both_texts_and_chooses(sign_in):
    lead = await sign_in(Role.LEAD)
    at = f"/incidents/{(await record(lead)).id}"
    page = (await lead.get(f"{at}/correct")).text
    fields = {
        name: unescape(value) for name, value in re.findall(r'name="(people-\d-\w+|version)" value="([^"]*)"', page)
    }
    fields |= {f"people-{number}-role": "other" for number in range(3) if f"people-{number}-name" in fields}
    theirs, mine = (
        {"narrative": "What they wrote."},
        {"narrative": "Mine, as I saw it.", "reason": "I was there."},
    )
    assert (await lead.send(f"{at}/correct", fields | theirs, token=token_of(page))).status_code == 303
    answer = await lead.send(f"{at}/correct", fields | mine, token=token_of(page))
    assert answer.status_code == 409
    for words in ("What they wrote.", "Mine, as I saw it.", "I was there.", "What it says now"):
        assert words in answer.text, words
    fields["version"] = re.findall(r'name="version" value="(\d+)"', answer.text)[0]
    assert (await lead.send(f"{at}/correct", fields | mine, token=token_of(answer.text))).status_code == 303
    shown = (await lead.get(at)).text
    assert "What they wrote." in shown  # the version between stays in the record
    assert "Mine, as I saw it." in shown


async def test_a_double_click_records_once(sign_in):
    lead = await sign_in(Role.LEAD)
    token = await lead.token("/incidents/new")
    first = await lead.send("/incidents/new", FILLED, token=token)
    second = await lead.send("/incidents/new", FILLED, token=token)
    assert first.headers["location"] == second.headers["location"]
    async with begin(lead.actor) as work:
        assert await work.driver.fetchval("select count(*) from incidents") == 1


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


async def test_another_organisations_incident_looks_like_none_at_all(sign_in):
    lead, stranger = await sign_in(Role.LEAD), await sign_in(Role.LEAD)
    facts = await record(lead, NewIncident(narrative="Ours.", people=(NewPerson(name="Kit Marsh"),)))
    there = await stranger.get(f"/incidents/{facts.id}")
    nowhere = await stranger.get("/incidents/018f0000-0000-7000-8000-000000000000")
    assert there.status_code == nowhere.status_code == 404
    assert "Kit Marsh" not in there.text


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


async def test_what_the_organisation_chose_in_its_settings_is_what_the_form_shows(sign_in):
    lead = await sign_in(Role.LEAD)
    async with begin(lead.actor) as work:
        await change_setting(work, "contact.lead", "Room 12, extension 4", 0)
        await change_setting(work, "report.first_platforms", "Roblox", 0)
    page = (await lead.get("/incidents/new")).text
    assert "Room 12, extension 4" in page
    assert page.index('value="roblox"') < page.index('value="facebook"')
