"""The console over the tests' database, as its own role; operators with an app; browsers."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
from pyotp.totp import TOTP

from safeguard import clock
from safeguard.cli.console import ADD
from safeguard.console import serving
from safeguard.database import pool
from safeguard.database.bootstrap import Addresses
from safeguard.database.context import ContextKey
from safeguard.web import assets, counting, keys, surroundings
from safeguard.web.cookies import hash_of
from safeguard.web.surroundings import Surroundings
from tests.web.browsing import BASE, Browser, token_of
from tests.web.conftest import AnyAssets, Asset

PASSWORD = "nine otters under the pier"


@dataclass
class Operator:
    """Somebody at a browser who has begun: their app is with them."""

    browser: Browser
    email: str
    name: str
    secret: str
    used: int = 0

    def code(self) -> str:
        """The code of a half minute that was not used yet; half a minute ahead counts too."""
        moment = clock.now().timestamp()
        self.used = max(self.used + 1, int(moment) // 30 - 1)
        return TOTP(self.secret).generate_otp(self.used)

    async def get(self, path: str) -> httpx.Response:
        return await self.browser.get(path)

    async def send(self, path: str, page: str | None = None, **fields: str) -> httpx.Response:
        return await self.browser.send(path, fields, page=page)


MakeOperator = Callable[..., Awaitable[Operator]]


@pytest.fixture
async def console(addresses: Addresses, data: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Any]:
    """The console, with the pool that it alone uses."""
    keys.use(keys.load(data / "keys" / "console"))
    counting.use(None)
    surroundings.use(Surroundings(public_url=BASE))
    fake = AnyAssets("abc", {"app.css": Asset(b"body", None, "text/css")})
    monkeypatch.setattr(assets, "current", lambda: fake)
    database = pool.Database(addresses.operator, ContextKey(bytes(32)))
    before = pool._current
    pool.use(database)
    yield serving.build()
    pool.use(before)
    await database.close()


@pytest.fixture
async def as_owner(addresses: Addresses) -> AsyncIterator[psycopg.AsyncConnection[Any]]:
    async with await psycopg.AsyncConnection.connect(addresses.owner, autocommit=True) as owner:
        yield owner


async def invited(owner: psycopg.AsyncConnection[Any], name: str) -> tuple[str, str]:
    """As `safeguard operator add` does it; gives the address and the link's secret."""
    email, token, now = f"{clock.new_id().hex}@operator.example", clock.new_token(), clock.now()
    values = (clock.new_id(), email, name, now, hash_of(token), now + timedelta(days=3))
    for place in range(6, 0, -1):
        assert f"${place}" in ADD
    statement = ADD
    for place in range(1, 7):
        statement = statement.replace(f"${place}", "%s")
    await owner.execute(statement, values)
    return email, token


@pytest.fixture
async def visitor(console: Any) -> AsyncIterator[Callable[[], Awaitable[Browser]]]:
    """`await visitor()`: a browser that has been nowhere."""
    async with AsyncExitStack() as stack:

        async def make() -> Browser:
            transport = httpx.ASGITransport(
                app=console, raise_app_exceptions=False, client=(f"2001:db8::{clock.random_bytes(2).hex()}", 1)
            )
            return Browser(await stack.enter_async_context(httpx.AsyncClient(transport=transport, base_url=BASE)))

        yield make


@pytest.fixture
async def operator(visitor: Callable[[], Awaitable[Browser]], as_owner: psycopg.AsyncConnection[Any]) -> MakeOperator:
    """`await operator("Ada")`: an operator who used their link and signed in."""

    async def make(name: str = "Ada Operator", *, signed_in: bool = True) -> Operator:
        email, token = await invited(as_owner, name)
        browser = await visitor()
        page = (await browser.get(f"/enrol/{token}")).text
        secret = page.split('class="sg-key">')[1].split("<")[0].replace(" ", "")
        made = Operator(browser, email, name, secret)
        offer = page.split('name="offer" value="')[1].split('"')[0]
        fields = {"password": PASSWORD, "offer": offer, "code": made.code()}
        answer = await browser.send(f"/enrol/{token}", fields, token=token_of(page))
        assert (answer.status_code, answer.headers.get("location")) == (303, "/sign-in"), answer.text
        if signed_in:
            answer = await made.send("/sign-in", email=email, password=PASSWORD, code=made.code())
            assert answer.status_code == 303, answer.text
        return made

    return make
