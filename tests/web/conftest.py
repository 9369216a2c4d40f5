"""The web room on its own: a small room of routes behind everything that every route passes through."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from typing import Any

import pytest
from jinja2 import ChoiceLoader, DictLoader
from litestar import Litestar
from litestar.response import Response

from safeguard import clock
from safeguard.access.actors import Actor
from safeguard.access.roles import Role
from safeguard.app import build
from safeguard.database import pool
from safeguard.database.bootstrap import Addresses
from safeguard.web import assets, keys, surroundings
from safeguard.web.assets import Asset, Assets
from safeguard.web.cookies import SESSION, hash_of
from safeguard.web.keys import ServerKey
from safeguard.web.pages import page
from safeguard.web.surroundings import Surroundings
from tests.factories.owning import owning
from tests.web import sample
from tests.web.browsing import Browser, open_browser

OPEN_SESSION = """
insert into sessions (token_hash, id, user_id, organisation_id, created_at, authenticated_at, factors, last_seen_at,
                      browser)
values (%s, %s, %s, %s, now(), now(), '{password,totp}', now(), 'Test')
"""
OPEN_TOKEN = """
insert into tokens (organisation_id, id, user_id, name, token_hash, sponsor_name, created_at, expires_at)
values (%s, %s, %s, 'Test', %s, 'Sample Sponsor', now(), now() + interval '1 day')
"""

SignIn = Callable[..., Awaitable[Browser]]


class AnyAssets(Assets):
    """Assets that were never built: every name has an address."""

    def address(self, name: str) -> str:
        return f"/assets/{self.hash}/{name}"


def show_sign_in(request: Any, *, next_path: str, kept: str | None) -> Response[Any]:
    return page(request, "sample/sign_in.html", kept=kept or "", next_path=next_path)


@pytest.fixture(autouse=True)
def surrounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """A server key, built assets and a sign-in page, all of the tests' own."""
    keys.use(ServerKey(b"t" * 32))
    surroundings.use(Surroundings(public_url="https://safeguard.test", sign_in_page=show_sign_in))
    fake = AnyAssets("abc", {"app.css": Asset(b"body", None, "text/css")})
    monkeypatch.setattr(assets, "current", lambda: fake)


@pytest.fixture(scope="session")
def sample_room() -> Litestar:
    """The sample room, put together once: that takes longer than most tests."""
    app = build([*sample.ROUTES, *assets.ROUTES], sample.API_ROUTES)
    add_templates(app)
    return app


@pytest.fixture
async def service(sample_room: Litestar, database: pool.Database) -> Litestar:
    """The sample room, with the database that it works on."""
    return sample_room


def add_templates(app: Litestar) -> None:
    assert app.template_engine
    own = sample.TEMPLATES | {"sample/sign_in.html": '<form><input name="kept" value="{{ kept }}"></form>'}
    engine = app.template_engine.engine
    engine.loader = ChoiceLoader([DictLoader(own), engine.loader])


@pytest.fixture
async def stranger(service: Litestar) -> AsyncIterator[Browser]:
    """Nobody that we know."""
    async with open_browser(service) as client:
        yield Browser(client)


@pytest.fixture
async def sign_in(
    service: Litestar, addresses: Addresses, someone: Callable[..., Awaitable[Actor]]
) -> AsyncIterator[SignIn]:
    """`await sign_in(Role.LEAD)`: somebody with a session, at a browser of their own."""
    async with AsyncExitStack() as stack:

        async def make(*roles: Role, actor: Actor | None = None, **options: Any) -> Browser:
            person = actor or await someone(*roles, **options)
            client = await stack.enter_async_context(open_browser(service))
            client.cookies.set(SESSION, await open_session(addresses, person), domain="safeguard.test", path="/")
            return Browser(client, person)

        yield make


async def open_session(addresses: Addresses, person: Actor) -> str:
    """A session for this person, as sign-in would open it; returns the cookie."""
    token = clock.new_token()
    async with owning(addresses.owner) as owner:
        values = (hash_of(token), clock.new_request_id(), person.user_id, person.organisation_id)
        await owner.execute(OPEN_SESSION, values)
    return token


@pytest.fixture
async def program(
    service: Litestar, addresses: Addresses, someone: Callable[..., Awaitable[Actor]]
) -> AsyncIterator[SignIn]:
    """`await program(Role.LEAD)`: something that calls the API with a token."""
    async with AsyncExitStack() as stack:

        async def make(*roles: Role, **options: Any) -> Browser:
            actor = await someone(*roles, **options)
            token = clock.new_token()
            async with owning(addresses.owner) as owner:
                values = (actor.organisation_id, clock.new_id(), actor.user_id, hash_of(token))
                await owner.execute(OPEN_TOKEN, values)
            client = await stack.enter_async_context(open_browser(service))
            client.headers["Authorization"] = f"Bearer {token}"
            return Browser(client, actor)

        yield make


@pytest.fixture
async def notes(addresses: Addresses) -> Callable[[Actor | None], Awaitable[tuple[str, int]]]:
    """What is noted on somebody's organisation, and how many entries its log holds."""

    async def read(actor: Actor | None) -> tuple[str, int]:
        assert actor
        async with owning(addresses.owner) as owner:
            found = await owner.execute(
                "select second_person_name, (select count(*) from audit.leaves where organisation_id = o.id)"
                " from organisations o where id = %s",
                (actor.organisation_id,),
            )
            words, entries = (await found.fetchone()) or ("", 0)
            return words.removeprefix("Sample Chair"), entries

    return read
