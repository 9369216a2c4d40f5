"""The pages of the vault, as the head, as somebody who raises a concern, and as whom it is about."""

import re
from datetime import timedelta

import msgspec
import pytest

from safeguard import clock
from safeguard.access.roles import Role
from safeguard.incidents.adding import add_entry
from safeguard.incidents.recording import record_incident
from safeguard.incidents.reports import NewIncident, NewPerson
from safeguard.work import begin
from tests.factories.incidents import ACTION, SCHOOL, SHORT
from tests.notifications.telling import hide

pytestmark = pytest.mark.anyio

FILLED = {
    "subject_name": "Somebody Else",
    "subject_work": "Coach",
    "narrative": "Gives one pupil lifts home, <script>alone</script>.",
    "child_at_risk": "unsure",
}


async def raise_one(browser, **fields) -> None:
    answer = await browser.send("/concerns/new", FILLED | fields)
    assert answer.status_code == 303
    assert "Your concern was kept" in (await browser.get(answer.headers["location"])).text


async def first_of(head) -> str:
    found = re.search(r'href="(/concerns/[0-9a-f-]{36})"', (await head.get("/concerns")).text)
    assert found
    return found[1]


async def test_a_concern_goes_from_the_form_to_its_end(sign_in):
    head = await sign_in(Role.HEAD)
    reporter = await sign_in(Role.REPORTER, organisation=head.actor.organisation_id)
    await raise_one(reporter)
    at = await first_of(head)
    page = (await head.get(at)).text
    for said in ("Gives one pupil lifts home, &lt;script&gt;", "Coach", "Say that it was received"):
        assert said in page, said
    assert (await head.send(f"{at}/receive", {"version": "1"}, page=at)).status_code == 303
    assert "Received" in (await reporter.get("/concerns")).text
    decided = {"version": "2", "level": "allegation", "reason": "May have harmed."}
    assert (await head.send(f"{at}/decide", decided)).status_code == 303
    page = (await head.get(at)).text
    assert "due" in page or "working day" in page
    assert "before anyone is questioned" in page
    contact = {"kind": "contact", "words": "Advice taken.", "contact": "lado", "on": "today"}
    assert (await head.send(f"{at}/entries", contact, page=at)).status_code == 303
    assert "before anyone is questioned" not in (await head.get(at)).text
    told = {"version": "4", "words": "By the head, in her office, with a colleague."}
    assert (await head.send(f"{at}/tell", told)).status_code == 303
    closed = {"version": "5", "outcome": "unfounded", "words": "Asked both families.", "reason": "They all agree."}
    assert (await head.send(f"{at}/close", closed)).status_code == 303
    page = (await head.get(at)).text
    assert "Unfounded" in page
    assert "Open it again" in page
    assert (await head.send(f"{at}/reopen", {"version": "6", "reason": "A new witness."})).status_code == 303


@pytest.mark.parametrize("heard", [True, False], ids=["told", "not-told"])
async def test_in_a_club_the_governing_body_hears_of_an_allegation_too_or_why_not_is_written_down(sign_in, heard):
    head = await sign_in(Role.HEAD, kind="club")
    await raise_one(await sign_in(Role.REPORTER, organisation=head.actor.organisation_id, kind="club"))
    at = await first_of(head)
    assert (await head.send(f"{at}/receive", {"version": "1"}, page=at)).status_code == 303
    decided = {"version": "2", "level": "allegation", "reason": "May have harmed."}
    assert (await head.send(f"{at}/decide", decided)).status_code == 303
    for contact in ("lado", *(["governing_body"] if heard else [])):
        spoken = {"kind": "contact", "words": "Advice taken.", "contact": contact, "on": "today"}
        assert (await head.send(f"{at}/entries", spoken, page=at)).status_code == 303
    assert ("Tell both" in (await head.get(at)).text) is not heard
    closed = {"version": "5" if heard else "4", "outcome": "unfounded", "words": "Asked both.", "reason": "They agree."}
    if not heard:
        refused = await head.send(f"{at}/close", closed)
        assert refused.status_code == 422 and "Asked both." in refused.text
        assert "Say here why not" in refused.text
        closed |= {"untold": "It has none in this country."}
    assert (await head.send(f"{at}/close", closed)).status_code == 303
    assert ("It has none in this country." in (await head.get(at)).text) is not heard


async def test_a_homes_regulator_and_a_care_providers_two_have_a_clock_of_their_own_in_the_vault(sign_in):
    for kind, told, owed, said in (
        ("childrens_home", ("lado",), "Ofsted", "Regulation 40 notification to Ofsted: due at once"),
        ("care", ("social_care",), "The Care Quality Commission", "to the Care Quality Commission: due at once"),
    ):
        head = await sign_in(Role.HEAD, kind=kind)
        await raise_one(await sign_in(Role.REPORTER, organisation=head.actor.organisation_id, kind=kind))
        at = await first_of(head)
        decided = {"version": "1", "level": "allegation", "reason": "May have harmed."}
        assert said not in (await head.get(at)).text
        assert (await head.send(f"{at}/decide", decided)).status_code == 303
        spoken = {"kind": "contact", "words": "Advice taken.", "on": "today"}
        for contact in told:
            assert (await head.send(f"{at}/entries", spoken | {"contact": contact}, page=at)).status_code == 303
        page = (await head.get(at)).text
        assert said in page and f"Not told yet: {owed}." in page, kind
        closed = {"version": "3", "outcome": "unfounded", "words": "Asked all.", "reason": "They agree."}
        refused = await head.send(f"{at}/close", closed)
        assert refused.status_code == 422 and f"these were told: {owed}. Say here why not" in refused.text, kind
        assert (await head.send(f"{at}/entries", spoken | {"contact": "regulator"}, page=at)).status_code == 303
        assert said not in (await head.get(at)).text
        assert (await head.send(f"{at}/close", closed | {"version": "4"})).status_code == 303


async def test_what_needs_another_look_keeps_what_was_typed(sign_in):
    reporter = await sign_in(Role.REPORTER)
    answer = await reporter.send("/concerns/new", {**FILLED, "subject_name": ""})
    assert answer.status_code == 422
    assert "Say whom it is about" in answer.text
    assert "lifts home" in answer.text
    head = await sign_in(Role.HEAD, organisation=reporter.actor.organisation_id)
    await raise_one(reporter)
    at = await first_of(head)
    answer = await head.send(f"{at}/entries", {"kind": "contact", "words": "Rang them."}, page=at)
    assert answer.status_code == 422
    assert "Say with whom." in answer.text
    assert "Rang them." in answer.text
    answer = await head.send(f"{at}/decide", {"version": "1", "level": "low_level", "reason": ""})
    assert answer.status_code == 422
    assert "Say why" in answer.text


async def test_its_address_is_nothings_address_to_everybody_else(sign_in):
    head = await sign_in(Role.HEAD)
    here = head.actor.organisation_id
    lead = await sign_in(Role.LEAD, organisation=here)
    await raise_one(await sign_in(Role.REPORTER, organisation=here), subject_name=lead.actor.name)
    at = await first_of(head)
    nothing = at[:-4] + "0000"
    for path in ("", "/decide", "/tell", "/close", "/reopen"):
        there, nowhere = await lead.get(at + path), await lead.get(nothing + path)
        assert there.status_code == nowhere.status_code == 404
        assert strip(there.text) == strip(nowhere.text)
    for path in ("/receive", "/entries", "/decide"):
        answer = await lead.send(
            at + path, {"version": "1", "words": "x", "level": "low_level", "reason": "y"}, page="/concerns/new"
        )
        assert answer.status_code == 404


def strip(page: str) -> str:
    """A page without what differs between any two renderings."""
    return re.sub(r'"csrf_token" value="[^"]+"|X-CSRF-Token[^}]+|/concerns/[0-9a-f-]{36}|[0-9a-f-]{36}', "", page)


async def test_a_head_who_reads_alone_is_told_to_name_somebody(sign_in):
    head = await sign_in(Role.HEAD)
    assert "Nobody but you reads this" in (await head.get("/concerns")).text
    lead = await sign_in(Role.LEAD, organisation=head.actor.organisation_id)
    named = {"person": str(lead.actor.user_id), "reason": "Vice chair."}
    assert (await head.send("/concerns/people", named)).status_code == 303
    assert "Nobody but you" not in (await head.get("/concerns")).text
    assert "Vice chair." in (await lead.get("/concerns/people")).text
    assert (await lead.send("/concerns/people", named, page="/concerns/new")).status_code == 403


async def test_the_vault_is_given_and_taken_away_in_words_and_never_to_whoever_only_looks_in(sign_in):
    head = await sign_in(Role.HEAD)
    inspector, chair = [
        await sign_in(role, organisation=head.actor.organisation_id) for role in (Role.INSPECTOR, Role.GOVERNOR)
    ]
    at, ids = "/concerns/people", [str(each.actor.user_id) for each in (inspector, chair)]
    offered = (await head.get(at)).text
    assert [f'value="{one}"' in offered for one in ids] == [False, True]
    refused = await head.send(at, {"person": ids[0], "reason": "They inspect us."})
    assert (refused.status_code, "They inspect us." in refused.text) == (422, True)
    for _ in range(2):  # given, taken away, and given back
        let_in = await head.send(at, {"person": ids[1], "reason": "Vice chair."})
        shown = (await head.get(let_in.headers["location"])).text
        assert "They are let in" in shown
        end = re.search(rf"{at}/[0-9a-f-]+/end", shown)
        assert end
        taken = await head.send(end[0], {}, page=at)
        assert "They are taken from the list" in (await head.get(taken.headers["location"])).text
        assert (await chair.get(at)).status_code == 404


async def test_whoever_raises_a_concern_about_a_lone_head_hears_where_to_go(sign_in):
    head = await sign_in(Role.HEAD)
    reporter = await sign_in(Role.REPORTER, organisation=head.actor.organisation_id)
    await raise_one(reporter, subject_name=head.actor.name)
    page = (await reporter.get("/concerns")).text
    assert "Nobody here can receive it" in page
    assert "Sample Chair" in page


async def test_where_nobody_could_receive_a_concern_the_form_says_so_before_it_is_written(sign_in):
    reporter = await sign_in(Role.REPORTER)
    for at in ("/concerns", "/concerns/new"):
        page = (await reporter.get(at)).text
        assert "Nobody here can receive a concern yet" in page, at
        assert "tell the local authority" in page
        assert "Sample Chair" in page
    await sign_in(Role.HEAD, organisation=reporter.actor.organisation_id)
    for at in ("/concerns", "/concerns/new"):
        assert "Nobody here can receive a concern yet" not in (await reporter.get(at)).text, at


async def test_the_back_button_fills_no_field_of_a_concern_again(sign_in):
    page = (await (await sign_in(Role.REPORTER)).get("/concerns/new")).text
    (form,) = re.findall(r'<form method="post" action="/concerns/new"[^>]*>', page)
    assert 'autocomplete="off"' in form


async def test_the_head_handles_an_incident_that_no_lead_is_left_for(sign_in):
    lead = await sign_in(Role.LEAD)
    here = lead.actor.organisation_id
    head, reporter = await sign_in(Role.HEAD, organisation=here), await sign_in(Role.REPORTER, organisation=here)
    async with begin(reporter.actor, purpose="session") as work:
        person = NewPerson(name=lead.actor.name, role="alleged", kind="adult")
        new = NewIncident(narrative="Writes to pupils at night.", people=(person,))
        at = f"/concerns/incidents/{(await record_incident(work, new, SCHOOL)).facts.id}"
    page = (await head.get(at)).text
    for said in ("Nobody else is left to handle this", "Writes to pupils at night.", "Say that it was received"):
        assert said in page, said
    assert (await head.send(f"{at}/acknowledge", {"version": "1"}, page=at)).status_code == 303
    wrong = await head.send(f"{at}/entries", {"kind": "decision", "words": "Rang the LADO.", "reason": ""}, page=at)
    assert wrong.status_code == 422
    assert "Rang the LADO." in wrong.text
    sent = {"kind": "decision", "words": "Rang the LADO.", "reason": "Before anybody is asked."}
    assert (await head.send(f"{at}/entries", sent, page=at)).status_code == 303
    shut = await head.get(f"{at}/close")
    version = re.search(r'name="version" value="(\d+)"', shut.text)
    assert version
    four = {"version": version[1], "summary": "s", "follow_up": "f", "decision": "d", "outcome": ""}
    missing = await head.send(f"{at}/close", four)
    assert missing.status_code == 422
    assert "Say how it ended" in missing.text
    four |= {"outcome": "It is with the LADO.", "left_open": "The LADO decides."}
    assert (await head.send(f"{at}/close", four)).status_code == 303
    assert "Nobody else is left" not in (await head.get(at)).text
    for path in ("", "/close"):
        assert (await lead.get(at + path)).status_code == 404
    assert (await lead.send(f"{at}/entries", sent, page="/concerns/new")).status_code == 404


async def test_each_filter_says_how_many_there_are_of_what_the_reader_may_know(sign_in):
    head = await sign_in(Role.HEAD)
    here = head.actor.organisation_id
    named = await sign_in(Role.HEAD, organisation=here)
    reporter = await sign_in(Role.REPORTER, organisation=here)
    for subject in ("Somebody Else", "Sam Elsewhere", named.actor.name):
        await raise_one(reporter, subject_name=subject)
    at = await first_of(named)
    await named.send(f"{at}/receive", {"version": "1"}, page=at)
    for reader, new, standing in ((head, 2, 3), (named, 1, 2)):
        page = (await reader.get("/concerns")).text
        figures = re.findall(r'href="/concerns\?state=(\w+)"[^>]*>[^<(]+\((\d+)\)', page)
        assert dict(figures) == {"new": f"{new}", "open": f"{standing}", "heard": "0", "closed": "0",
                                 "all": f"{standing}"}  # fmt: skip


async def test_whoever_stands_in_sees_which_action_nobody_has_any_more(sign_in):
    lead = await sign_in(Role.LEAD)
    head = await sign_in(Role.HEAD, organisation=lead.actor.organisation_id)
    async with begin(lead.actor, purpose="session") as work:
        incident_id = (await record_incident(work, SHORT, SCHOOL)).facts.id
        await add_entry(work, incident_id, ACTION)
        await add_entry(work, incident_id, msgspec.structs.replace(ACTION, owner_name=lead.actor.name))
    await hide(incident_id, lead.actor)
    page = (await head.get(f"/concerns/incidents/{incident_id}")).text
    assert page.count("Nobody has it") == 1
    assert f"{lead.actor.name} cannot do it any more." in page


async def test_whoever_stands_in_gives_an_action_to_somebody_and_never_to_whoever_is_kept_from_it(sign_in):
    lead = await sign_in(Role.LEAD)
    here = lead.actor.organisation_id
    head, second, alleged = [await sign_in(Role.HEAD, organisation=here) for _ in range(3)]
    async with begin(lead.actor, purpose="session") as work:
        incident_id = (await record_incident(work, SHORT, SCHOOL)).facts.id
        await add_entry(work, incident_id, msgspec.structs.replace(ACTION, owner_name=lead.actor.name))
    for kept in (lead, alleged):
        await hide(incident_id, kept.actor)
    at = f"/concerns/incidents/{incident_id}"
    (to_give,) = re.findall(rf'href="({at}/actions/[0-9a-f-]{{36}})"', (await head.get(at)).text)
    form = (await head.get(to_give)).text
    offered = re.findall(r'<option value="([0-9a-f-]{36})"', form)
    assert set(offered) == {str(head.actor.user_id), str(second.actor.user_id)}
    day = {"due_on": (clock.now() + timedelta(days=9)).date().isoformat()}
    for wrong, said in (
        ({}, "Say who will do it."),
        ({"owner": alleged.actor.name}, "This incident is kept from them"),
        ({"owner": lead.actor.name}, "This incident is kept from them"),
        ({"keeper": str(alleged.actor.user_id)}, "Say who will do it."),
        ({"keeper": offered[0], "owner": "Sam Oakes"}, "Choose one of them, or write a name, not both."),
    ):
        refused = await head.send(to_give, day | wrong, page=to_give)
        assert (refused.status_code, said in refused.text) == (422, True), wrong
    given = await head.send(to_give, day | {"keeper": str(second.actor.user_id)}, page=to_give)
    assert given.status_code == 303
    page = (await head.get(at)).text
    assert "Nobody has it" not in page
    assert f"Who does it: {second.actor.name}" in page
    assert (await head.get(to_give)).status_code == 404, "another has taken its place"
    again = re.findall(rf'href="({at}/actions/[0-9a-f-]{{36}})"', page)[0]
    for kept in (lead, alleged):
        answers = [await kept.get(again), await kept.send(again, {"owner": "Sam Oakes"}, page="/concerns/new")]
        assert [answer.status_code for answer in answers] == [404, 404]


async def test_an_incident_with_a_lead_is_read_here_and_handled_there(sign_in):
    lead = await sign_in(Role.LEAD)
    here = lead.actor.organisation_id
    head, other = await sign_in(Role.HEAD, organisation=here), await sign_in(Role.LEAD, organisation=here)
    async with begin(other.actor, purpose="session") as work:
        person = NewPerson(name=lead.actor.name, role="alleged", kind="adult")
        new = NewIncident(narrative="Writes to pupils at night.", people=(person,))
        at = f"/concerns/incidents/{(await record_incident(work, new, SCHOOL)).facts.id}"
    page = (await head.get(at)).text
    assert "Open a concern from it" in page
    assert "Add to the record" not in page
    sent = {"kind": "note", "words": "Hello.", "reason": ""}
    assert (await head.send(f"{at}/entries", sent, page="/concerns/new")).status_code == 409


async def test_a_decision_that_was_overtaken_shows_both_and_is_sent_again(sign_in):
    head = await sign_in(Role.HEAD)
    other = await sign_in(Role.HEAD, organisation=head.actor.organisation_id)
    await raise_one(await sign_in(Role.REPORTER, organisation=head.actor.organisation_id))
    at = await first_of(head)
    theirs = {"version": "1", "level": "allegation", "reason": "Theirs: she was alone with him."}
    assert (await other.send(f"{at}/decide", theirs)).status_code == 303
    mine = {"version": "1", "level": "low_level", "reason": "Mine: it was in the corridor."}
    stale = await head.send(f"{at}/decide", mine)
    assert stale.status_code == 409
    for said in (
        "Somebody else changed this concern",
        "Theirs: she was alone with him.",
        "Mine: it was in the corridor.",
    ):
        assert said in stale.text, said
    version = re.search(r'name="version" value="(\d+)"', stale.text)
    assert version
    assert (await head.send(f"{at}/decide", mine | {"version": version[1]})).status_code == 303
    closing = {"version": "1", "outcome": "low_level_kept", "words": "Typed at length.", "reason": "They all agree."}
    late = await other.send(f"{at}/close", closing)
    assert late.status_code == 409
    assert "Typed at length." in late.text
    version = re.search(r'name="version" value="(\d+)"', late.text)
    assert version
    assert (await other.send(f"{at}/close", closing | {"version": version[1]})).status_code == 303
    gone = await head.send(
        f"{at}/tell", {"version": version[1], "words": "Nothing typed is lost."}, page="/concerns/new"
    )
    assert gone.status_code == 409
    assert "closed" in gone.text and "Nothing typed is lost." in gone.text
