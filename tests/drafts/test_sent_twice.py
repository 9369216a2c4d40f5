"""One draft in two windows is sent once; other words than those that were sent are given back, and are not lost."""

import asyncio
from html import unescape

import pytest

from safeguard.access.roles import Role
from safeguard.work import begin
from tests.drafts.test_pages import TYPED, WORDS, marks, report, save
from tests.web.browsing import Browser, token_of

pytestmark = pytest.mark.anyio

NEW = "/incidents/new"
MORE = "He showed me two accounts, and there was a third."


async def recorded(browser: Browser) -> int:
    async with begin(browser.actor) as work:
        return await work.driver.fetchval("select count(*) from incidents")


async def windows(browser: Browser, count: int = 2) -> list[tuple[str, dict[str, str]]]:
    """The same draft opened so many times: the token and the marks of each."""
    draft = marks((await save(browser, NEW, TYPED)).text)["draft"]
    pages = [(await browser.get(f"{NEW}?draft={draft}")).text for _ in range(count)]
    return [(token_of(page), marks(page)) for page in pages]


async def test_the_same_words_sent_from_two_windows_are_one_report_and_lead_to_it(sign_in) -> None:
    lead = await sign_in(Role.LEAD)
    answers = [await lead.send(NEW, {**mark, **TYPED}, token=token) for token, mark in await windows(lead)]
    assert [answer.status_code for answer in answers] == [303, 303]
    assert answers[0].headers["location"] == answers[1].headers["location"]
    assert await recorded(lead) == 1


async def test_sent_from_all_windows_at_the_same_moment_it_is_one_report(sign_in) -> None:
    lead = await sign_in(Role.LEAD)
    sent = [lead.send(NEW, {**mark, **TYPED}, token=token) for token, mark in await windows(lead, 6)]
    answers = await asyncio.gather(*sent)
    assert {(answer.status_code, answer.headers["location"]) for answer in answers} == {
        (303, answers[0].headers["location"])
    }
    assert await recorded(lead) == 1


async def test_other_words_from_a_second_window_are_given_back_and_sent_only_if_that_is_meant(sign_in) -> None:
    lead = await sign_in(Role.LEAD)
    first, second = await windows(lead)
    there = (await lead.send(NEW, {**first[1], **TYPED}, token=first[0])).headers["location"]
    answer = await lead.send(NEW, {**second[1], **TYPED, "narrative": MORE}, token=second[0])
    assert answer.status_code == 409
    page = unescape(answer.text)
    assert "You have sent this already" in page
    assert MORE in page
    assert f'<a class="govuk-button" href="{there}">Open what you sent' in page
    assert await recorded(lead) == 1
    main = page.partition("<main")[2]
    assert 'name="draft"' not in main.partition("Send it again")[0], "sent again it is an act of its own"
    assert "govuk-button--secondary" in main.partition("Send it again")[0], "what was sent is the likelier way on"
    again = await lead.send(NEW, {**TYPED, "narrative": MORE}, token=token_of(answer.text))
    assert again.status_code == 303
    assert again.headers["location"] != there
    assert await recorded(lead) == 2


async def test_going_back_and_sending_an_entry_with_other_words_is_asked_about(sign_in) -> None:
    lead = await sign_in(Role.LEAD)
    at = f"/incidents/{(await report(lead)).id}/entries"
    page = (await lead.get(f"{at}/new?kind=note")).text
    typed = {"kind": "note", **marks(page)}
    assert (await lead.send(at, {**typed, "words": WORDS}, token=token_of(page))).status_code == 303
    answer = await lead.send(at, {**typed, "words": MORE}, token=token_of(page))
    assert answer.status_code == 409
    assert MORE in unescape(answer.text)
