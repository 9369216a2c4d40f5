"""Every route of the service, asked by somebody signed in and by nobody: what each answer carries, and what none tells.

Generated from the running application (OWASP ASVS 5.0 §3.4, §16.5), so a new route is tested from the day it is there.
"""

import re
from typing import Final

import httpx
import pytest

from safeguard.access.roles import Role
from safeguard.evidence import verifier
from safeguard.web import disclosing, headers
from tests.web import test_routes
from tests.web.browsing import open_browser
from tests.web.house import ROUTES
from tests.web.test_routes import NOBODY, PARAMETER, House

pytestmark = pytest.mark.anyio

house = test_routes.house
"""The running service, with two organisations."""

INSIDES: Final = re.compile(
    r"Traceback|\.py\b(?!z)|litestar|asyncpg|sqlalchemy|postgres(?!ql 1)|uvicorn|python/|select .+ from|safeguard_app",
    re.IGNORECASE,
)
"""What no answer tells of how the service is made."""
VERIFIER: Final = f"GET /verify/{verifier.PAGE}"
"""The one page with a policy of its own: narrower than ours, its script and style named by their hashes."""
MADE_UP: Final = {"limit": "-1", "after": "%", "q": "'\"%00", "from": "0000-99-99", "period": "\ud7ff"}


async def answers_of(house: House, route: str) -> list[httpx.Response]:
    """As a lead, as nobody, and as a lead with nonsense in the query."""
    method, template = route.split(" ")
    found = [await house.call(route, role, house.objects) for role in (Role.LEAD, None)]
    path = PARAMETER.sub(lambda name: house.objects.get(name[1], NOBODY), template)
    async with open_browser(house.app) as client:
        token = await house.session(client, Role.LEAD)
        sent = {"sec-fetch-site": "same-origin"}
        data = {"csrf_token": token, "version": "x", "name": "\x7f"} if method == "POST" else None
        found.append(await client.request(method, path, params=MADE_UP, headers=sent, data=data))
    return found


async def test_every_answer_of_every_route_is_guarded_and_tells_nothing_of_our_insides(house: House) -> None:
    for route in ROUTES:
        for answer in await answers_of(house, route):
            where = (route, answer.status_code)
            sent = [(name.encode(), value.encode()) for name, value in answer.headers.items()]
            own = verifier.policy() if route == VERIFIER and answer.status_code == 200 else headers.SANDBOX
            assert dict(sent)[headers.CSP].decode() in (headers.POLICY, own), where
            expected = [pair for pair in headers.ALWAYS if pair[0] != headers.CSP]
            assert {pair for pair in expected if pair not in sent} == set(), where
            assert answer.headers["cache-control"] == "no-store", where
            assert "server" not in answer.headers, where
            assert answer.status_code < 500, where
            if "html" in answer.headers.get("content-type", "") or answer.status_code >= 400:
                assert INSIDES.findall(answer.text) == [], where


async def test_whom_to_tell_of_a_hole_is_said_where_somebody_is_named(house: House) -> None:
    async with open_browser(house.app) as client:
        assert (await client.get(disclosing.PATH)).status_code == 404
        disclosing.use("mailto:security@safeguard.example")
        try:
            answer = await client.get(disclosing.PATH)
        finally:
            disclosing.use(None)
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    lines = dict(line.split(": ", 1) for line in answer.text.splitlines())
    assert lines["Contact"] == "mailto:security@safeguard.example"
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT00:00:00Z", lines["Expires"])
    assert lines["Canonical"].endswith("/.well-known/security.txt")
