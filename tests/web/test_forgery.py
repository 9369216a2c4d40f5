"""A form must come from a page of ours, made for this very session (OWASP ASVS 5.0 §3.5)."""

from typing import Any

import pytest

from safeguard.access.roles import Role
from safeguard.web import csrf
from safeguard.web.cookies import VISITOR
from tests.web.browsing import token_of
from tests.web.conftest import open_session

pytestmark = pytest.mark.anyio

WORDS = {"words": "Hello"}


async def test_a_form_without_a_token_changes_nothing(sign_in: Any, notes: Any) -> None:
    lead = await sign_in(Role.LEAD)
    answer = await lead.send("/notes", WORDS, token="made up")
    assert answer.status_code == 403
    assert "Hello" in answer.text
    assert await notes(lead.actor) == ("", (await notes(lead.actor))[1])


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"sec-fetch-site": "", "origin": "https://evil.example"},
        {"sec-fetch-site": "", "origin": "http://safeguard.test"},
    ],
)
async def test_another_website_changes_nothing_even_with_a_token(sign_in: Any, notes: Any, headers: Any) -> None:
    lead = await sign_in(Role.LEAD)
    answer = await lead.send("/notes", WORDS, **headers)
    assert answer.status_code == 403
    assert "another website" in answer.text
    assert (await notes(lead.actor))[0] == ""


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "none"},
        {"sec-fetch-site": "", "origin": "https://safeguard.test"},
        {"sec-fetch-site": "", "origin": "null"},
    ],
)
async def test_our_own_pages_may_send_forms_whatever_the_browser_tells(sign_in: Any, headers: Any) -> None:
    lead = await sign_in(Role.LEAD)
    assert (await lead.send("/notes", WORDS, **headers)).status_code == 303


async def test_htmx_may_send_the_token_as_a_header(sign_in: Any) -> None:
    lead = await sign_in(Role.LEAD)
    headers = {"X-CSRF-Token": await lead.token("/notes"), "sec-fetch-site": "same-origin"}
    assert (await lead.client.post("/notes", data=WORDS, headers=headers)).status_code == 303


async def test_the_token_of_another_person_is_no_use(sign_in: Any, notes: Any) -> None:
    lead, other = await sign_in(Role.LEAD), await sign_in(Role.LEAD)
    answer = await lead.send("/notes", WORDS, token=await other.token("/notes"))
    assert answer.status_code == 403
    assert 'name="words" value="Hello"' not in answer.text  # nothing to send again
    assert (await notes(lead.actor))[0] == ""


async def test_a_form_of_an_earlier_session_is_given_back_to_send_again(sign_in: Any, addresses: Any) -> None:
    lead = await sign_in(Role.LEAD)
    stale = await lead.token("/notes")
    lead.client.cookies.set(
        "__Host-session", await open_session(addresses, lead.actor), domain="safeguard.test", path="/"
    )
    answer = await lead.send("/notes", WORDS, token=stale)
    assert answer.status_code == 403
    assert 'name="words" value="Hello"' in answer.text
    again = await lead.send("/notes", WORDS, token=token_of(answer.text))
    assert again.status_code == 303


async def test_a_form_opened_in_another_organisation_is_never_sent_here(
    sign_in: Any, organisation: Any, notes: Any
) -> None:
    lead = await sign_in(Role.LEAD)
    session = csrf.read(await lead.token("/notes"))
    assert session
    elsewhere = csrf.issue(b"any", session.user_id, await organisation())
    answer = await lead.send("/notes", WORDS, token=elsewhere)
    assert answer.status_code == 403
    assert "switched organisation" in answer.text
    assert (await notes(lead.actor))[0] == ""


async def test_a_public_form_is_bound_to_the_visitor(stranger: Any) -> None:
    answer = await stranger.send("/public", WORDS)
    assert (answer.status_code, answer.text) == (201, "Hello")
    token = await stranger.token("/public")
    stranger.client.cookies.delete(VISITOR)
    assert (await stranger.send("/public", WORDS, token=token)).status_code == 403


async def test_what_a_browser_asks_for_by_itself_does_not_end_the_form_that_is_open(stranger: Any) -> None:
    token = await stranger.token("/public")
    open_form = stranger.client.cookies[VISITOR]
    stranger.client.cookies.clear()
    missing = await stranger.get("/apple-touch-icon.png")
    assert (missing.status_code, missing.headers.get("set-cookie")) == (404, None)
    stranger.client.cookies.set(VISITOR, open_form, domain="safeguard.test", path="/")
    assert (await stranger.send("/public", WORDS, token=token)).status_code == 201


async def test_the_cookies_stay_on_this_host_and_out_of_scripts(stranger: Any) -> None:
    cookie = (await stranger.get("/public")).headers["set-cookie"]
    assert cookie.startswith("__Host-visitor=")
    assert {"HttpOnly", "Secure", "SameSite=lax", "Path=/"} <= {part.strip() for part in cookie.split(";")}


async def test_a_get_never_changes_anything(sign_in: Any, notes: Any) -> None:
    lead = await sign_in(Role.LEAD)
    before = await notes(lead.actor)
    for path in ("/notes?words=x", "/late-refusal", "/closing-twice", "/notes?csrf_token=x"):
        await lead.get(path)
    assert await notes(lead.actor) == before


def test_a_token_is_never_rendered_the_same_twice() -> None:
    one, other = csrf.issue(b"cookie"), csrf.issue(b"cookie")
    assert one[22:] != other[22:]
    assert csrf.read(one) != csrf.read(other)
    found = csrf.read(one)
    assert found
    assert found.is_for(b"cookie")
    assert not found.is_for(b"other")
    assert not found.is_for(None)
    assert csrf.read(one[:-1] + ("A" if one[-1] != "A" else "B")) is None or one[-1] in "AQgw"
