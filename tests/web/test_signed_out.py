"""When nobody is signed in: the way back in, and nothing typed is lost (SECURITY P6)."""

import re
from datetime import timedelta
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from safeguard import clock
from safeguard.access.roles import Role
from safeguard.web import asking, keeping
from tests.factories.owning import owning

pytestmark = pytest.mark.anyio

STORY = {"words": "A long story,\r\ntold once. <b>&amp;</b> \U0001f469", "people-0-name": "Ada"}


def kept_in(html: str) -> str:
    found = re.search(r'name="kept" value="([^"]*)"', html)
    assert found
    return unescape(found[1])


async def end_sessions(addresses: Any, lead: Any) -> None:
    async with owning(addresses.owner) as owner:
        await owner.execute("delete from sessions where user_id = %s", (lead.actor.user_id,))


async def test_a_page_leads_to_sign_in_and_back(stranger: Any) -> None:
    answer = await stranger.get("/notes?risk=high&after=x")
    assert answer.status_code == 303
    address = urlsplit(answer.headers["location"])
    assert (address.path, parse_qs(address.query)["next"]) == ("/sign-in", ["/notes?risk=high&after=x"])


async def test_htmx_leaves_the_page_altogether(stranger: Any) -> None:
    answer = await stranger.get(
        "/notes", **{"HX-Request": "true", "HX-Current-URL": "https://safeguard.test/notes?a=1"}
    )
    assert answer.status_code == 401
    assert answer.headers["hx-redirect"] == "/sign-in?next=/notes%3Fa%3D1"


async def test_a_session_deleted_in_the_middle_of_a_long_form_loses_nothing(sign_in: Any, addresses: Any) -> None:
    lead = await sign_in(Role.LEAD)
    token = await lead.token("/notes")
    await end_sessions(addresses, lead)
    answer = await lead.send("/notes", STORY, token=token)
    assert answer.status_code == 401
    kept = kept_in(answer.text)
    assert "story" not in answer.text
    form = keeping.open_kept(kept, lead.actor.user_id)
    assert (form.path, form.organisation_id) == ("/notes", lead.actor.organisation_id)
    assert dict(form.pairs) == STORY


async def test_a_kept_form_opens_for_nobody_else_and_for_an_hour(
    sign_in: Any, addresses: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    lead = await sign_in(Role.LEAD)
    token = await lead.token("/notes")
    await end_sessions(addresses, lead)
    kept = kept_in((await lead.send("/notes", STORY, token=token)).text)
    with pytest.raises(keeping.Unopened) as refusal:
        keeping.open_kept(kept, clock.new_id())
    assert refusal.value.sentence == keeping.NOT_YOURS
    later = clock.now() + timedelta(minutes=61)
    monkeypatch.setattr(clock, "now", lambda: later)
    with pytest.raises(keeping.Unopened) as refusal:
        keeping.open_kept(kept, lead.actor.user_id)
    assert refusal.value.sentence == keeping.TOO_LATE


async def test_nothing_is_kept_of_a_form_that_no_page_of_ours_made(stranger: Any) -> None:
    answer = await stranger.send("/notes", STORY, token="made up")
    assert answer.status_code == 401
    assert kept_in(answer.text) == ""


async def test_a_form_too_long_to_be_a_cookie_is_kept_whole(sign_in: Any, addresses: Any) -> None:
    lead = await sign_in(Role.LEAD)
    token = await lead.token("/notes")
    await end_sessions(addresses, lead)
    words = "".join(chr(0x4E00 + number * 7 % 9000) for number in range(60_000))
    kept = kept_in((await lead.send("/notes", {"words": words}, token=token)).text)
    assert keeping.open_kept(kept, lead.actor.user_id).fields.get("words") == words


async def test_a_program_is_told_401_as_a_problem(stranger: Any) -> None:
    for answer in (
        await stranger.get("/api/v1/api-notes"),
        await stranger.get("/api/v1/api-notes", Authorization="Bearer made-up"),
        await stranger.get("/api/v1/api-notes", Authorization="Basic YTpi"),
        await stranger.client.post("/api/v1/api-notes", json={"words": "x"}),
    ):
        assert (answer.status_code, answer.headers["content-type"]) == (401, "application/problem+json")
        assert answer.headers["www-authenticate"].startswith("Bearer")


async def test_a_session_is_no_way_into_the_api(sign_in: Any) -> None:
    lead = await sign_in(Role.LEAD)
    assert (await lead.get("/api/v1/api-notes")).status_code == 401


@pytest.mark.parametrize(
    ("said", "safe"),
    [
        ("/incidents?risk=high", "/incidents?risk=high"),
        ("https://evil.example/", "/"),
        ("//evil.example/", "/"),
        ("/\\evil.example", "/"),
        ("javascript:alert(1)", "/"),
        ("/a\nb", "/"),
        ("", "/"),
    ],
)
async def test_next_leads_only_to_pages_of_ours(said: str, safe: str) -> None:
    assert asking.safe_next(said) == safe
