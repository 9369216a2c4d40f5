"""A save that is refused says why, and ends nothing: the next one goes into the same draft."""

from html import unescape

import pytest

from safeguard.access.roles import Role
from safeguard.drafts import keeping
from safeguard.errors import TooManyRequests
from safeguard.web import cookies, guarding
from safeguard.web.bodies import READ_ON
from safeguard.web.limits import BY_ACCOUNT
from tests.drafts.test_pages import TYPED, WORDS, kept, marks, report, save
from tests.web.browsing import Browser, token_of
from tests.web.conftest import open_session

pytestmark = pytest.mark.anyio

LONGER = "x" * (keeping.LARGEST + 1)


def by_itself(mark: dict[str, str]) -> dict[str, str]:
    return {"hx-request": "true", "hx-trigger": f"draft-{mark['draft']}", "hx-target": f"draft-{mark['draft']}"}


async def test_words_too_long_to_keep_are_said_and_shortened_ones_go_into_the_same_draft(sign_in):
    reporter = await sign_in(Role.REPORTER)
    mark = marks((await save(reporter, "/incidents/new", TYPED)).text)
    refused = await save(reporter, "/incidents/new", {"narrative": LONGER}, mark)
    assert refused.status_code == 413
    assert "longer than a draft can be" in refused.text
    assert "What you typed is on this page" in refused.text
    assert marks(refused.text) == mark
    assert "Save and come back later" in refused.text
    assert LONGER not in refused.text
    again = await save(reporter, "/incidents/new", {"narrative": "Short words"}, marks(refused.text))
    assert marks(again.text) == {**mark, "draft_version": "2"}
    assert "Short words" in (await reporter.get(f"/incidents/new?draft={mark['draft']}")).text
    assert await kept(reporter) == 1


async def test_fifty_drafts_are_said_and_the_next_save_tries_again(sign_in, monkeypatch):
    reporter = await sign_in(Role.REPORTER)
    monkeypatch.setattr(keeping, "MOST", 0)
    refused = await save(reporter, "/incidents/new", TYPED)
    assert refused.status_code == 409
    assert "You have fifty drafts" in refused.text
    monkeypatch.setattr(keeping, "MOST", 50)
    again = await save(reporter, "/incidents/new", TYPED, marks(refused.text))
    assert marks(again.text) == {**marks(refused.text), "draft_version": "1"}


async def test_a_character_that_cannot_be_stored_is_said_and_without_it_saving_goes_on(sign_in):
    reporter = await sign_in(Role.REPORTER)
    mark = marks((await save(reporter, "/incidents/new", TYPED)).text)
    refused = await save(reporter, "/incidents/new", {"narrative": "a\0b"}, mark)
    assert refused.status_code == 400
    assert marks(refused.text) == mark
    assert (await save(reporter, "/incidents/new", {"narrative": "ab"}, mark)).status_code == 200


async def test_an_incident_that_is_gone_from_ones_sight_is_said_in_the_line(sign_in):
    lead = await sign_in(Role.LEAD)
    facts = await report(lead)
    reporter = await sign_in(Role.REPORTER, organisation=lead.actor.organisation_id)
    mark = {**marks((await reporter.get("/incidents/new")).text), "draft_place": f"/incidents/{facts.id}/correct"}
    refused = await save(reporter, "/incidents/new", {"narrative": WORDS}, mark)
    assert refused.status_code == 404
    assert "Not saved" in refused.text
    assert marks(refused.text) == mark
    assert "<html" not in refused.text


@pytest.mark.parametrize("size", [READ_ON + 1])
async def test_of_what_is_too_long_even_to_read_only_the_sentence_is_swapped(sign_in, size):
    reporter = await sign_in(Role.REPORTER)
    html = (await reporter.get("/incidents/new")).text
    mark = marks(html)
    refused = await reporter.send("/drafts", {**mark, "narrative": "x" * size}, token=token_of(html), **by_itself(mark))
    assert refused.status_code == 413
    assert refused.headers["hx-retarget"] == "find .sg-draft__said"
    assert refused.headers["hx-reselect"] == ".sg-draft__said"
    assert "sg-draft__said" in refused.text


async def test_too_many_requests_are_said_in_the_line_that_stands_there(sign_in, monkeypatch):
    reporter = await sign_in(Role.REPORTER)
    html = (await reporter.get("/incidents/new")).text

    def full(rate: object, _who: object, _weight: int = 1) -> None:
        if rate is BY_ACCOUNT:
            raise TooManyRequests("Wait a few seconds and try again.", retry_after=3)

    monkeypatch.setattr(guarding.counting, "count", full)
    refused = await reporter.send("/drafts", {**marks(html), **TYPED}, token=token_of(html), **by_itself(marks(html)))
    assert (refused.status_code, refused.headers["retry-after"]) == (429, "3")
    assert "Not saved: Wait a few seconds" in refused.text
    assert refused.headers["hx-retarget"] == "find .sg-draft__said"


async def test_a_concern_without_end_comes_back_in_its_form_to_be_shortened(sign_in):
    lead = await sign_in(Role.LEAD)
    story = "He rang me up. " * 70_000
    answer = await lead.send("/concerns/new", {"subject_name": "Somebody Else", "narrative": story})
    assert answer.status_code == 422
    assert "too long" in answer.text
    field = unescape(answer.text).partition('name="narrative"')[2].partition("</textarea>")[0]
    assert "readonly" not in field.partition(">")[0]
    assert field.partition(">")[2].strip() == story.strip()


async def test_of_a_form_that_cannot_be_given_again_the_boxes_are_said_to_be_the_only_place(sign_in):
    reporter = await sign_in(Role.REPORTER)
    story = "He rang me up. " * 70_000
    answer = await reporter.send("/drafts", {"narrative": story, "later": "yes"}, page="/incidents/new")
    assert answer.status_code == 413
    assert "in the boxes below, and only there" in answer.text
    assert "back button" not in answer.text
    assert story.strip() in unescape(answer.text)


async def in_a_new_session(browser: Browser, addresses) -> None:
    """Sign in again, in another tab of the same browser."""
    token = await open_session(addresses, browser.actor)
    browser.client.cookies.set(cookies.SESSION, token, domain="safeguard.test", path="/")


async def test_after_signing_in_again_elsewhere_the_form_gets_a_new_token_and_goes_on_in_the_same_draft(
    sign_in, addresses
):
    reporter = await sign_in(Role.REPORTER)
    html = (await reporter.get("/incidents/new")).text
    stale, mark = token_of(html), marks(html)
    first = await reporter.send("/drafts", {**mark, **TYPED}, token=stale, **by_itself(mark))
    mark = marks(first.text)
    await in_a_new_session(reporter, addresses)
    later = {**TYPED, "narrative": "Typed on in the old tab."}
    refused = await reporter.send("/drafts", {**mark, **later}, token=stale, **by_itself(mark))
    assert refused.status_code == 403
    assert refused.headers["hx-trigger-after-settle"] == "again"
    assert 'hx-swap-oob="outerHTML:[name=csrf_token]"' in refused.text
    assert marks(refused.text) == mark
    again = await reporter.send("/drafts", {**mark, **later}, token=token_of(refused.text), **by_itself(mark))
    assert again.status_code == 200
    assert marks(again.text) == {**mark, "draft_version": "2"}
    assert "Typed on in the old tab." in (await reporter.get(f"/incidents/new?draft={mark['draft']}")).text


async def test_another_account_in_the_same_browser_gets_neither_a_token_nor_the_words(sign_in, someone, addresses):
    reporter = await sign_in(Role.REPORTER)
    other = await sign_in(Role.LEAD, organisation=reporter.actor.organisation_id)
    html = (await reporter.get("/incidents/new")).text
    mark = marks(html)
    refused = await other.send("/drafts", {**mark, **TYPED}, token=token_of(html), **by_itself(mark))
    assert refused.status_code == 403
    assert "Another account is signed in" in refused.text
    assert "hx-trigger-after-settle" not in refused.headers
    assert "csrf_token" not in refused.text
    assert WORDS not in refused.text
    assert await kept(other) == 0
    back = await reporter.send("/drafts", {**mark, **TYPED}, token=token_of(html), **by_itself(mark))
    assert back.status_code == 200
