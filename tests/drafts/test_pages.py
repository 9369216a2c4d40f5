"""Typed text is not lost: kept as it is typed, given back in the form itself, gone when it was sent."""

import re
from html import unescape

import pytest

from safeguard import clock
from safeguard.access.actors import system
from safeguard.access.roles import Role
from safeguard.drafts.keeping import sweep
from safeguard.incidents.adding import add_entry
from safeguard.incidents.recording import record_incident
from safeguard.work import begin
from tests.factories.incidents import NOTE, SCHOOL, SHORT
from tests.web.browsing import Browser, token_of

pytestmark = pytest.mark.anyio

HIDDEN = re.compile(r'name="(draft|draft_version|draft_place)" value="([^"]*)"')
WORDS = "He showed me an account that pretends to be his teacher."
TYPED = {"narrative": WORDS, "people-0-name": "Ravi Underhill", "people-0-role": "affected", "happened_words": "Monday"}


def marks(html: str) -> dict[str, str]:
    """What a form says of its draft."""
    return {name: unescape(value) for name, value in HIDDEN.findall(html)}


async def save(browser: Browser, page: str, fields: dict[str, str], mark: dict[str, str] | None = None):
    """What the page does by itself a few seconds after the last key."""
    html = (await browser.get(page)).text
    mark = mark or marks(html)
    return await browser.send(
        "/drafts", {**mark, **fields}, token=token_of(html),
        **{"hx-request": "true", "hx-trigger": f"draft-{mark['draft']}"},
    )  # fmt: skip


async def kept(browser: Browser) -> int:
    async with begin(browser.actor) as work:
        return await work.driver.fetchval("select count(*) from drafts")


async def report(browser: Browser):
    async with begin(browser.actor) as work:
        return (await record_incident(work, SHORT, SCHOOL)).facts


async def test_a_form_saves_itself_and_is_opened_as_it_was_left(sign_in):
    reporter = await sign_in(Role.REPORTER)
    answer = await save(reporter, "/incidents/new", TYPED)
    assert answer.status_code == 200
    assert "You can leave this page" in answer.text
    assert marks(answer.text)["draft_version"] == "1"
    draft = marks(answer.text)["draft"]
    page = (await reporter.get(f"/incidents/new?draft={draft}")).text
    for said in (WORDS, 'value="Ravi Underhill"', 'value="Monday"', "As you left it"):
        assert said in page
    assert marks(page) == {"draft": draft, "draft_version": "1", "draft_place": "/incidents/new"}


async def test_saving_goes_on_in_the_same_draft(sign_in):
    reporter = await sign_in(Role.REPORTER)
    first = await save(reporter, "/incidents/new", TYPED)
    second = await save(reporter, "/incidents/new", {**TYPED, "place_detail": "on the bus"}, marks(first.text))
    assert marks(second.text)["draft_version"] == "2"
    assert await kept(reporter) == 1


async def test_what_is_kept_cannot_be_read_in_the_database(sign_in):
    reporter = await sign_in(Role.REPORTER)
    await save(reporter, "/incidents/new", TYPED)
    async with begin(system(reporter.actor.organisation_id)) as work:
        row = await work.driver.fetchval("select row_to_json(d)::text || encode(sealed, 'escape') from drafts d")
    assert "teacher" not in row
    assert "Underhill" not in row


async def test_a_form_that_is_sent_ends_its_draft_in_the_same_transaction(sign_in):
    reporter = await sign_in(Role.REPORTER)
    mark = marks((await save(reporter, "/incidents/new", TYPED)).text)
    answer = await reporter.send("/incidents/new", {**TYPED, **mark})
    assert answer.status_code == 303
    assert await kept(reporter) == 0
    assert (await reporter.get("/drafts")).text.count("Not sent") == 0


async def test_a_form_that_is_refused_keeps_its_draft(sign_in):
    reporter = await sign_in(Role.REPORTER)
    mark = marks((await save(reporter, "/incidents/new", TYPED)).text)
    answer = await reporter.send("/incidents/new", {**TYPED, **mark, "narrative": ""})
    assert answer.status_code == 422
    assert marks(answer.text)["draft"] == mark["draft"]
    assert await kept(reporter) == 1


async def test_two_presses_record_once_though_the_draft_was_saved_in_between(sign_in):
    reporter = await sign_in(Role.REPORTER)
    html = (await reporter.get("/incidents/new")).text
    mark = marks(html)
    first = await reporter.send("/incidents/new", {**TYPED, **mark}, token=token_of(html))
    again = await reporter.send("/incidents/new", {**TYPED, **mark, "draft_version": "4"}, token=token_of(html))
    assert first.headers["location"] == again.headers["location"]


async def test_two_windows_show_both_versions_and_lose_neither(sign_in):
    reporter = await sign_in(Role.REPORTER)
    mark = marks((await save(reporter, "/incidents/new", TYPED)).text)
    await save(reporter, "/incidents/new", {**TYPED, "narrative": "The first window."}, mark)
    clash = await save(reporter, "/incidents/new", {**TYPED, "narrative": "The second window."}, mark)
    assert clash.status_code == 409
    assert "changed in another window" in clash.text
    both = await reporter.send("/drafts", {**mark, **TYPED, "narrative": "The second window."}, page="/incidents/new")
    assert both.status_code == 409
    assert "The first window." in both.text
    assert "The second window." in both.text
    chosen = {**marks(both.text), **TYPED, "narrative": "The second window.", "later": "open"}
    answer = await reporter.send("/drafts", chosen, token=token_of(both.text))
    assert answer.status_code == 303
    assert "The second window." in (await reporter.get(answer.headers["location"])).text


async def test_without_script_a_button_keeps_it_and_the_list_leads_back(sign_in):
    reporter = await sign_in(Role.REPORTER)
    html = (await reporter.get("/incidents/new")).text
    answer = await reporter.send("/drafts", {**marks(html), **TYPED, "later": "yes"}, token=token_of(html))
    assert (answer.status_code, answer.headers["location"]) == (303, "/drafts?done=kept")
    listed = (await reporter.get("/drafts?done=kept")).text
    assert "Kept. It waits here for seven days." in listed
    assert WORDS not in listed
    [href] = re.findall(r'href="(/incidents/new\?draft=[^"]+)"', listed)
    assert WORDS in (await reporter.get(href)).text
    assert href in (await reporter.get("/")).text


async def test_a_button_in_a_form_that_htmx_sends_leads_to_the_list_too(sign_in):
    reporter = await sign_in(Role.REPORTER)
    html = (await reporter.get("/incidents/new")).text
    fields = {**marks(html), **TYPED, "later": "yes"}
    answer = await reporter.send("/drafts", fields, token=token_of(html), **{"hx-request": "true"})
    assert (answer.status_code, answer.headers["hx-redirect"]) == (200, "/drafts?done=kept")
    assert await kept(reporter) == 1


async def test_a_draft_can_be_thrown_away(sign_in):
    reporter = await sign_in(Role.REPORTER)
    mark = marks((await save(reporter, "/incidents/new", TYPED)).text)
    await reporter.send(f"/drafts/{mark['draft']}/drop", {}, page="/drafts")
    assert await kept(reporter) == 0


async def test_nobody_else_opens_saves_drops_or_sends_a_draft(sign_in, someone):
    reporter = await sign_in(Role.REPORTER)
    mark = marks((await save(reporter, "/incidents/new", TYPED)).text)
    for actor in (await someone(Role.LEAD, organisation=reporter.actor.organisation_id), await someone(Role.LEAD)):
        other = await sign_in(actor=actor)
        assert WORDS not in (await other.get(f"/incidents/new?draft={mark['draft']}")).text
        assert mark["draft"] not in (await other.get("/drafts")).text
        assert (await save(other, "/incidents/new", {"narrative": "x"}, mark)).status_code == 410
        await other.send(f"/drafts/{mark['draft']}/drop", {}, page="/drafts")
        await other.send("/incidents/new", {**TYPED, **mark})
    assert WORDS in (await reporter.get(f"/incidents/new?draft={mark['draft']}")).text


async def test_a_draft_of_one_form_does_not_fill_in_another(sign_in):
    lead = await sign_in(Role.LEAD)
    facts = await report(lead)
    mark = marks((await save(lead, "/incidents/new", TYPED)).text)
    page = (await lead.get(f"/incidents/{facts.id}/entries/new?draft={mark['draft']}")).text
    assert WORDS not in page


@pytest.mark.parametrize(
    ("form", "typed"),
    [
        ("entries/new?kind=decision", {"kind": "decision", "words": WORDS, "reason": "Because."}),
        ("correct", {"narrative": WORDS, "reason": "Because."}),
        ("close", {"summary": WORDS, "outcome": "It ended."}),
    ],
)
async def test_every_long_form_of_an_incident_keeps_what_is_typed(sign_in, form, typed):
    lead = await sign_in(Role.LEAD)
    facts = await report(lead)
    answer = await save(lead, f"/incidents/{facts.id}/{form}", typed)
    assert answer.status_code == 200
    listed = (await lead.get("/drafts")).text
    assert facts.reference in listed
    [href] = re.findall(rf'href="(/incidents/{facts.id}/[^"]+\?draft=[^"]+)"', listed)
    page = (await lead.get(href)).text
    assert all(value in page for value in typed.values() if value != "decision")


async def test_whoever_may_not_add_to_an_incident_keeps_no_draft_there_and_learns_no_reference(sign_in):
    lead = await sign_in(Role.LEAD)
    facts = await report(lead)
    reporter = await sign_in(Role.REPORTER, organisation=lead.actor.organisation_id)
    mark = marks((await reporter.get("/incidents/new")).text)
    mark["draft_place"] = f"/incidents/{facts.id}/entries/new"
    assert (await save(reporter, "/incidents/new", {"words": WORDS}, mark)).status_code == 404
    assert facts.reference not in (await reporter.get("/drafts")).text


async def test_an_incident_that_is_hidden_takes_its_drafts_along(sign_in):
    lead = await sign_in(Role.LEAD)
    facts = await report(lead)
    mark = marks((await save(lead, f"/incidents/{facts.id}/entries/new", {"words": WORDS})).text)
    async with begin(system(lead.actor.organisation_id)) as work:
        await work.driver.execute(
            "insert into exclusions (organisation_id, id, incident_id, user_id, cause, since)"
            " values ($1, $2, $3, $4, 'chosen', now())",
            lead.actor.organisation_id, clock.new_id(), facts.id, lead.actor.user_id,
        )  # fmt: skip
    listed = (await lead.get("/drafts")).text
    assert facts.reference not in listed
    assert mark["draft"] not in listed


async def test_a_session_that_has_ended_leaves_everything_on_the_page(sign_in):
    reporter = await sign_in(Role.REPORTER)
    html = (await reporter.get("/incidents/new")).text
    reporter.client.cookies.clear()
    mark = marks(html)
    headers = {"hx-request": "true", "hx-trigger": f"draft-{mark['draft']}"}
    answer = await reporter.send("/drafts", {**mark, **TYPED}, token=token_of(html), **headers)
    assert answer.status_code == 401
    assert "hx-redirect" not in answer.headers
    assert "hx-retarget" not in answer.headers
    assert "you have been signed out" in answer.text
    assert marks(answer.text) == mark
    sent = await reporter.send("/incidents/new", {**mark, **TYPED}, token=token_of(html))
    assert sent.status_code == 401
    assert 'name="kept" value="' in sent.text


async def test_a_week_later_it_is_gone(sign_in):
    reporter = await sign_in(Role.REPORTER)
    mark = marks((await save(reporter, "/incidents/new", TYPED)).text)
    async with begin(system(reporter.actor.organisation_id)) as work:
        await work.driver.execute("update drafts set expires_at = now() - interval '1 second'")
    assert WORDS not in (await reporter.get(f"/incidents/new?draft={mark['draft']}")).text
    assert (await save(reporter, "/incidents/new", TYPED, mark)).status_code == 200
    async with begin(system(reporter.actor.organisation_id)) as work:
        await work.driver.execute("update drafts set expires_at = now() - interval '1 second'")
        assert await sweep(work) >= 1
    assert await kept(reporter) == 0


@pytest.mark.parametrize("place", ["/account", "https://evil.example/", "//evil.example", "/incidents/new/../..", ""])
async def test_only_forms_that_keep_drafts_are_kept(sign_in, place):
    reporter = await sign_in(Role.REPORTER)
    mark = {**marks((await reporter.get("/incidents/new")).text), "draft_place": place}
    assert (await save(reporter, "/incidents/new", TYPED, mark)).status_code == 400


@pytest.mark.parametrize("bad", ["", "no-id", "0" * 36])
async def test_a_draft_without_an_id_is_refused_in_words(sign_in, bad):
    reporter = await sign_in(Role.REPORTER)
    mark = {**marks((await reporter.get("/incidents/new")).text), "draft": bad}
    answer = await reporter.send("/drafts", {**mark, **TYPED}, page="/incidents/new")
    assert answer.status_code == 400
    assert "keeps no drafts" in answer.text
    assert (await reporter.get(f"/incidents/new?draft={bad}")).status_code == 200


async def test_a_stale_correction_that_is_resumed_does_not_overwrite_a_newer_one(sign_in):
    lead = await sign_in(Role.LEAD)
    facts = await report(lead)
    path = f"/incidents/{facts.id}/correct"
    html = (await lead.get(path)).text
    version = re.findall(r'name="version" value="(\d+)"', html)[0]
    mark = marks((await save(lead, path, {"narrative": "Mine, from before.", "version": version})).text)
    await lead.send(path, {"narrative": "Somebody else's.", "version": version}, page=path)
    resumed = (await lead.get(f"{path}?draft={mark['draft']}")).text
    assert re.findall(r'name="version" value="(\d+)"', resumed) == [version]
    answer = await lead.send(path, {"narrative": "Mine, from before.", "version": version, **mark}, page=path)
    assert answer.status_code == 409


@pytest.mark.parametrize("path", ["/concerns/new", "/incidents/{id}/parents", "/incidents/{id}/refer"])
async def test_a_concern_who_knows_and_a_referral_are_kept_and_opened_as_they_were_left(sign_in, path):
    lead = await sign_in(Role.LEAD)
    path = path.format(id=(await report(lead)).id)
    field = {"concerns": "narrative", "parents": "knowers-0-reason", "refer": "question"}
    name = next(name for part, name in field.items() if part in path)
    saved = await save(lead, path, {name: WORDS})
    assert saved.status_code == 200
    mark = marks(saved.text)
    page = (await lead.get(f"{path}?draft={mark['draft']}")).text
    assert WORDS in page
    assert "As you left it" in page
    assert f"{path}?draft={mark['draft']}" in (await lead.get("/drafts")).text


async def test_a_concern_that_is_sent_ends_its_draft(sign_in):
    lead = await sign_in(Role.LEAD)
    typed = {"subject_name": "Somebody Else", "narrative": WORDS}
    mark = marks((await save(lead, "/concerns/new", typed)).text)
    assert (await lead.send("/concerns/new", {**typed, **mark})).status_code == 303
    assert await kept(lead) == 0


async def test_an_entry_that_corrects_another_is_opened_as_such(sign_in):
    lead = await sign_in(Role.LEAD)
    facts = await report(lead)
    async with begin(lead.actor) as work:
        entry = await add_entry(work, facts.id, NOTE)
    saved = await save(lead, f"/incidents/{facts.id}/entries/{entry.id}/correct",
                       {"kind": "note", "supersedes_id": str(entry.id), "words": WORDS})  # fmt: skip
    page = (await lead.get(f"/incidents/{facts.id}/entries/new?draft={marks(saved.text)['draft']}")).text
    assert "Correct an entry" in page
    assert WORDS in page
