"""What every answer says to the browser, whatever the answer is."""

from typing import Any

import pytest

from safeguard.access.roles import Role
from safeguard.web import assets, headers

pytestmark = pytest.mark.anyio


async def every_kind_of_answer(lead: Any, stranger: Any) -> list[Any]:
    return [
        await lead.get("/notes"),
        await lead.send("/notes", {"words": "x"}),
        await lead.send("/notes", {"words": ""}),
        await lead.get("/fault"),
        await lead.get("/nothing"),
        await stranger.get("/notes"),
        await stranger.get("/api/v1/api-notes"),
        await stranger.get("/public?x=%00"),
        await stranger.client.request("PUT", "/notes"),
        await stranger.client.options("/notes"),
    ]


async def test_every_answer_carries_the_security_headers_and_stays_in_no_cache(sign_in: Any, stranger: Any) -> None:
    for answer in await every_kind_of_answer(await sign_in(Role.LEAD), stranger):
        for name, value in headers.ALWAYS:
            assert answer.headers[name.decode()] == value.decode()
        assert answer.headers["cache-control"] == "no-store"


async def test_only_assets_named_by_their_hash_are_kept(stranger: Any) -> None:
    found = await stranger.get("/assets/abc/app.css")
    assert (found.status_code, found.headers["cache-control"]) == (200, assets.FOR_GOOD)
    for path in ("/assets/old/app.css", "/assets/abc/other.css"):
        missing = await stranger.get(path)
        assert (missing.status_code, missing.headers["cache-control"]) == (404, "no-store")


def test_the_policy_allows_nothing_inline_and_nobody_else() -> None:
    assert "unsafe" not in headers.POLICY
    assert headers.POLICY.startswith("default-src 'none'; script-src 'self'; style-src 'self'")
    assert "http" not in headers.POLICY
