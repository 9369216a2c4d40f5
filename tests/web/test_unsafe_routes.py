"""Every route that changes something, asked as another website would ask it: with the cookie, and nothing else.

Generated from the running application (OWASP ASVS 5.0 §3.5), so a new route is tested from the day it is there.
"""

import pytest

from safeguard.access.policy import PUBLIC
from safeguard.access.roles import Role
from safeguard.web.guarding import SAFE
from safeguard.web.marking import handlers_of
from tests.web import test_routes
from tests.web.browsing import open_browser
from tests.web.house import ROUTES
from tests.web.test_routes import NOBODY, PARAMETER, House

pytestmark = pytest.mark.anyio

house = test_routes.house
"""The running service, with two organisations."""

BODIES = {"application/x-www-form-urlencoded": b"a=b", "text/plain": b"{}", "application/json": b"{}", "": b""}
"""What a page elsewhere can make a browser send without asking first, and what it cannot."""


async def test_no_route_changes_anything_for_another_website(house: House) -> None:
    unsafe = [(method, template) for method, template in _routes(house) if method not in SAFE]
    assert len(unsafe) > 20
    for method, template in unsafe:
        path = PARAMETER.sub(lambda found: house.objects.get(found[1], NOBODY), template)
        async with open_browser(house.app) as client:
            own = await house.session(client, Role.LEAD)
            client.cookies.set("__Host-visitor", "somebody", domain="safeguard.test", path="/")
            for kind, body in BODIES.items():
                plain = await client.request(method, path, content=body, headers={"content-type": kind})
                assert plain.status_code in {401, 403, 415}, (method, template, kind, plain.status_code)
            for site in ({"sec-fetch-site": "cross-site"}, {"origin": "https://evil.example"}):
                foreign = await client.request(method, path, data={"csrf_token": own}, headers=site)
                assert foreign.status_code in {401, 403}, (method, template, site, foreign.status_code)


async def test_only_unsafe_methods_lead_to_what_changes_something(house: House) -> None:
    """A GET with a form's fields and token is still a GET: nothing is routed by a field or a header."""
    for method, template in _routes(house):
        if method in SAFE or f"GET {template}" in ROUTES or ROUTES[f"{method} {template}"] is PUBLIC:
            continue
        path = PARAMETER.sub(lambda found: house.objects.get(found[1], NOBODY), template)
        async with open_browser(house.app) as client:
            token = await house.session(client, Role.LEAD)
            wanted = {"csrf_token": token, "_method": method}
            override = {"X-HTTP-Method-Override": method, "X-CSRF-Token": token}
            answer = await client.get(path, params=wanted, headers=override)
            assert answer.status_code in {404, 405}, (method, template, answer.status_code)


def _routes(house: House) -> list[tuple[str, str]]:
    return [(method, path) for method, path, _ in handlers_of(house.app)]
