"""Every route of the API x what a token is for, generated from the routes: one scope opens a route, no other does."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

import httpx
import psycopg
import pytest

from safeguard import clock
from safeguard.access import policy
from safeguard.access.actors import Actor
from safeguard.access.policy import Permission
from safeguard.access.roles import Role
from safeguard.access.scopes import Scope
from safeguard.database.bootstrap import Addresses
from safeguard.identity.scoping import WORDS
from safeguard.web.cookies import hash_of
from tests.factories.owning import owning
from tests.web.browsing import open_browser
from tests.web.house import ROUTES
from tests.web.test_routes import NOBODY, PARAMETER, one_of_each
from tests.web.whole import whole_service

pytestmark = pytest.mark.anyio

OPEN = """
insert into tokens (organisation_id, id, user_id, name, token_hash, sponsor_name, created_at, expires_at, scopes)
values (%s, %s, %s, 'Test', %s, 'Sample Sponsor', now(), now() + interval '1 day', %s)
"""
API = {
    route: permission
    for route, permission in sorted(ROUTES.items())
    if " /api/v1/" in route and isinstance(permission, Permission)
}
ALSO = {
    "POST /api/v1/incidents/{incident_id}/referrals": Scope.INCIDENTS_READ,
    "POST /api/v1/people/{person_id}/transfers": Scope.EVIDENCE_EXPORT,
    "GET /api/v1/people/{person_id}/chronology": Scope.INCIDENTS_READ,
    "POST /api/v1/referrals/{referral_id}/messages": Scope.INCIDENTS_READ,
}
"""What takes a second scope: a chronology is of incidents, what is said of one is looked through for the names in it,
and a file that leaves is an export."""


DAYS = {"from": "2026-01-01", "to": "2026-01-31"}
PACKS: list[dict[str, Any]] = [
    {"person_id": "person_id"}, {"kind": "review", "review_id": "review_id"}, {"kind": "registers"},
    {"kind": "referrals", **DAYS}, {"kind": "disposals"},
    {"kind": "inspection", **DAYS, "inspection": {"body": "ofsted_school"}},
]  # fmt: skip
"""Of what else packs are made, beside incidents."""


@dataclass
class Programs:
    """A school whose programs call the API, each with a token for something else."""

    client: httpx.AsyncClient
    addresses: Addresses
    lead: Actor
    examples: dict[str, Any]

    async def token(self, scopes: frozenset[Scope] | None) -> str:
        secret = clock.new_token()
        async with owning(self.addresses.owner) as owner:
            kept = None if scopes is None else sorted(scopes)
            values = (self.lead.organisation_id, clock.new_id(), self.lead.user_id, hash_of(secret), kept)
            await owner.execute(OPEN, values)
        return secret

    async def call(self, route: str, token: str, objects: Mapping[str, str] = MappingProxyType({})) -> httpx.Response:
        method, template = route.split(" ")
        path = PARAMETER.sub(lambda found: objects.get(found[1], NOBODY), template)
        body = self.examples.get(route, {}) if method == "POST" else None
        return await self.client.request(method, path, headers={"Authorization": f"Bearer {token}"}, json=body)


def examples_of(described: dict[str, Any]) -> dict[str, Any]:
    """The example body of each route, as the description gives it."""
    found: dict[str, Any] = {}
    for path, operations in described["paths"].items():
        content = operations.get("post", {}).get("requestBody", {}).get("content", {})
        schema = content.get("application/json", {}).get("schema", {})
        named = described["components"]["schemas"].get(schema.get("$ref", "").rpartition("/")[2], {})
        if example := (named | schema).get("example"):
            found[f"POST {path}"] = example
    return found


@pytest.fixture
async def programs(
    someone: Callable[..., Awaitable[Actor]], addresses: Addresses, data: Path
) -> AsyncIterator[Programs]:
    app = whole_service(data)
    async with app.lifespan(), open_browser(app) as client:
        described = (await client.get("/api/openapi.json")).json()
        yield Programs(client, addresses, await someone(Role.LEAD), examples_of(described))


async def test_one_scope_opens_a_route_and_every_other_together_does_not(programs: Programs) -> None:
    everything = await programs.token(None)
    assert len(programs.examples) >= 6
    for route, permission in API.items():
        [scope] = policy.scopes_for(permission)
        needed = frozenset({scope, ALSO.get(route, scope)})
        before = await programs.call(route, everything)
        assert (route, before.status_code not in {401, 403}) == (route, True)
        alone = await programs.call(route, await programs.token(needed))
        assert (route, alone.status_code) == (route, before.status_code), alone.text
        others = await programs.call(route, await programs.token(frozenset(Scope) - {scope}))
        assert (route, others.status_code) == (route, 403)
        assert others.json()["type"] == "urn:safeguard:problem:insufficient-scope"
        assert scope in others.json()["detail"]
        assert others.headers["www-authenticate"] == (
            f'Bearer realm="Safeguard", error="insufficient_scope", scope="{scope}"'
        )


async def test_a_scope_adds_nothing_to_a_role(programs: Programs, someone: Callable[..., Awaitable[Actor]]) -> None:
    programs.lead = await someone(Role.REPORTER)
    token = await programs.token(frozenset(Scope))
    for route, permission in API.items():
        answer = await programs.call(route, token)
        opened = Role.REPORTER in policy.ALLOWED[permission]
        assert (route, answer.status_code != 403) == (route, opened)
        if not opened:
            assert answer.json()["type"] == "urn:safeguard:problem:forbidden", "no scope would help"


async def test_the_description_names_the_scope_of_each_route(programs: Programs) -> None:
    described = (await programs.client.get("/api/openapi.json")).json()["paths"]
    told = {
        f"{method.upper()} {path}": operation["security"]
        for path, operations in described.items()
        for method, operation in operations.items()
        if isinstance(operation, dict) and path.startswith("/api/v1/")
    }
    assert told == {
        route: [{"token": [*policy.scopes_for(needed), *([ALSO[route]] if route in ALSO else [])]}]
        for route, needed in API.items()
    }


async def test_a_second_scope_is_asked_for_too(programs: Programs) -> None:
    for route, also in ALSO.items():
        answer = await programs.call(route, await programs.token(frozenset(Scope) - {also}))
        assert (route, answer.status_code, also in answer.json()["detail"]) == (route, 403, True)


async def test_the_scopes_that_are_named_are_enough_where_there_is_something(programs: Programs) -> None:
    async with await psycopg.AsyncConnection.connect(programs.addresses.owner, autocommit=True) as owner:
        objects = await one_of_each(programs.lead.organisation_id, owner)
    done: set[str] = set()
    for route, permission in API.items():
        needed = frozenset({*policy.scopes_for(permission), ALSO.get(route, *policy.scopes_for(permission))})
        answer = await programs.call(route, await programs.token(needed), objects)
        assert (route, answer.status_code == 403) == (route, False), answer.text
        done |= {route} if answer.is_success else set()
    assert {*ALSO, "GET /api/v1/people/{person_id}/address"} <= done
    headers = {"Authorization": f"Bearer {await programs.token(frozenset({Scope.EVIDENCE_EXPORT}))}"}
    for asked in PACKS:
        body = {name: objects.get(value, value) if name.endswith("_id") else value for name, value in asked.items()}
        made = await programs.client.post("/api/v1/evidence-packs", json=body, headers=headers)
        assert (asked, made.status_code) == (asked, 201), made.text
    unsigned = await programs.client.post("/api/v1/evidence-packs", json={"kind": "review"}, headers=headers)
    assert (unsigned.status_code, "No review is signed off" in unsigned.text) == (409, True)


def test_every_scope_opens_something_and_says_what() -> None:
    assert {scope for needed in API.values() for scope in policy.scopes_for(needed)} == set(Scope) == set(WORDS)
