"""The whole application: what it serves, when it refuses to start, what it says of itself."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
from litestar import Litestar

from safeguard import settings as environment
from safeguard.app import create_app
from safeguard.database.bootstrap import Addresses
from safeguard.database.checking import UnsafeDatabase
from safeguard.settings import Settings
from safeguard.tenancy.profiles import load_profiles
from safeguard.web.keys import load
from tests.web.browsing import open_browser

pytestmark = pytest.mark.anyio


@pytest.fixture
def settings(addresses: Addresses, data: Path) -> Settings:
    return environment.load({}, data)


@pytest.fixture
async def served(settings: Settings) -> AsyncIterator[Litestar]:
    app = create_app(settings)
    async with app.lifespan():
        yield app


@pytest.fixture
async def browser(served: Litestar) -> AsyncIterator[httpx.AsyncClient]:
    async with open_browser(served) as client:
        yield client


async def test_it_lives_and_is_ready(browser: httpx.AsyncClient) -> None:
    assert (await browser.get("/health/live")).json() == {"status": "alive"}
    answer = await browser.get("/health/ready")
    assert (answer.status_code, answer.json()) == (200, {"status": "ready"})


async def test_whatever_serves_has_kept_what_every_kind_of_organisation_asks(
    served: Litestar, addresses: Addresses
) -> None:
    async with await psycopg.AsyncConnection.connect(addresses.owner) as owner:
        kept = await owner.execute("select distinct kind from public.kind_forms")
        assert {kind for (kind,) in await kept.fetchall()} == set(load_profiles())


async def test_it_refuses_to_serve_from_a_database_that_stands_open(settings: Settings, addresses: Addresses) -> None:
    async with await psycopg.AsyncConnection.connect(addresses.owner, autocommit=True) as owner:
        await owner.execute("alter table public.memberships no force row level security")
        try:
            refused = pytest.RaisesExc(UnsafeDatabase, match=r"public\.memberships")
            with pytest.RaisesGroup(refused, flatten_subgroups=True):
                async with create_app(settings).lifespan():
                    pass
        finally:
            await owner.execute("alter table public.memberships force row level security")


async def test_it_is_not_ready_when_migrations_are_missing(
    browser: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("safeguard.web.health.head", lambda: "9999_later")
    answer = await browser.get("/health/ready")
    assert (answer.status_code, answer.json()["reason"]) == (503, "migrations")


async def test_the_api_describes_itself_and_nothing_else(browser: httpx.AsyncClient) -> None:
    answer = await browser.get("/api/openapi.json")
    told: dict[str, Any] = answer.json()
    assert told["openapi"].startswith("3.1")
    assert all(path.startswith("/api/v1/") for path in told["paths"])
    assert (await browser.get("/api/other")).status_code == 404


async def test_every_post_of_the_api_has_an_example(browser: httpx.AsyncClient) -> None:
    told = (await browser.get("/api/openapi.json")).json()
    for path, operations in told["paths"].items():
        if body := operations.get("post", {}).get("requestBody"):
            (media,) = body["content"].values()  # JSON, or for a file a form with several parts
            schema = resolved(told, media["schema"])
            assert "example" in schema or schema.get("examples"), path


async def test_every_refusal_and_every_key_is_described(browser: httpx.AsyncClient) -> None:
    told = (await browser.get("/api/openapi.json")).json()
    for path, operations in told["paths"].items():
        for method, operation in operations.items():
            assert set(operation["responses"]) <= {"200", "201", "202", "204", "default"}, path
            assert "application/problem+json" in operation["responses"]["default"]["content"]
            names = {one["name"] for one in operation.get("parameters", ())}
            assert ("Idempotency-Key" in names) == (method == "post"), path


def resolved(told: Any, schema: Any) -> Any:
    while "$ref" in schema:
        schema = told["components"]["schemas"][schema["$ref"].rsplit("/", 1)[-1]]
    return schema


def test_the_server_key_is_made_once_and_for_its_owner_alone(tmp_path: Path) -> None:
    file = tmp_path / "keys" / "cookie"
    first = load(file).current
    assert len(first.secret) == 32
    assert file.stat().st_mode & 0o777 == 0o600
    assert load(file).current == first
    file.write_bytes(b"short")
    with pytest.raises(RuntimeError, match="not a key"):
        load(file)
