"""Odd addresses: none leads past a check, to another site, or to a fault."""

from typing import Any

import pytest

from safeguard.access.roles import Role
from safeguard.web import asking

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/api-notes",
        "//api/v1/api-notes",
        "/api//v1/api-notes",
        "/./api/v1/api-notes",
        "/x/../api/v1/api-notes",
        "/api/v1/api-notes/",
        "/%61pi/v1/api-notes",
        "/API/v1/api-notes",
        "/api/v1/api-notes;x",
    ],
)
async def test_a_cookie_opens_no_route_of_the_api(sign_in: Any, notes: Any, path: str) -> None:
    lead = await sign_in(Role.LEAD)
    token = await lead.token("/notes")
    sent = {"sec-fetch-site": "same-origin", "x-csrf-token": token}
    for answer in (
        await lead.client.get(f"https://safeguard.test{path}"),
        await lead.client.post(f"https://safeguard.test{path}", json={"words": "By cookie"}, headers=sent),
        await lead.client.post(f"https://safeguard.test{path}", data={"words": "By cookie"}, headers=sent),
    ):
        assert answer.status_code in {400, 401, 404, 405, 415}, answer.text
    assert (await notes(lead.actor))[0] == ""


@pytest.mark.parametrize(
    "path",
    ["//[x", "//evil.example", "///evil.example", "/\\evil.example", "\\\\evil.example", "/\t/evil.example",
     "https://evil.example", "javascript:alert(1)", "evil.example", "", "/\r\nSet-Cookie: a=b", "//\u2025", "http:/x",
     "/\ud800"],
)  # fmt: skip
def test_after_signing_in_nobody_is_led_elsewhere(path: str) -> None:
    assert asking.safe_next(path) == "/"


@pytest.mark.parametrize(
    ("path", "led"),
    [
        ("/incidents?after=a%2Fb&q=x+y", "/incidents?after=a%2Fb&q=x+y"),
        ("/incidents?q=Zoë €", "/incidents?q=Zo%C3%AB%20%E2%82%AC"),
    ],
)
def test_after_signing_in_people_arrive_where_they_were_going(path: str, led: str) -> None:
    assert asking.safe_next(path) == led


@pytest.mark.parametrize(
    "current", ["http://[x", "https://evil.example/notes?q=1", "//evil.example//evil.example", "\u00e9"]
)
async def test_an_odd_address_of_htmx_is_no_fault(stranger: Any, current: str) -> None:
    answer = await stranger.client.get(
        "/notes", headers=[(b"hx-request", b"true"), (b"hx-current-url", current.encode("latin-1"))]
    )
    assert answer.status_code == 401
    assert answer.headers["hx-redirect"].startswith("/sign-in")
    assert "evil.example" not in answer.headers["hx-redirect"].partition("?")[0]


@pytest.mark.parametrize("host", ["evil.example", "safeguard.test:1", 'safeguard.test" onload="x', "", "[::1"])
async def test_no_page_repeats_the_host_that_it_was_asked_by(sign_in: Any, host: str) -> None:
    lead = await sign_in(Role.LEAD)
    cookie = f"__Host-session={lead.client.cookies['__Host-session']}"
    for path in ("/notes", "/nowhere", "/me"):
        answer = await lead.client.get(path, headers={"host": host, "cookie": cookie})
        assert answer.status_code < 500
        assert not host or host not in answer.text + repr(answer.headers)
