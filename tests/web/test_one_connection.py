"""Two organisations' browsers over one connection to the database, cut off at any moment of a request.

Beside `tests/database/test_one_connection`, which does it below the web: here a request is cancelled wherever it is -
in the middleware, while its session is looked up, in the handler, at the commit, while bytes leave.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import pytest

from safeguard.access.actors import Actor
from safeguard.access.roles import Role
from safeguard.database import pool
from safeguard.database.bootstrap import Addresses
from safeguard.database.context import ContextKey
from tests.web.browsing import Browser
from tests.web.conftest import SignIn

pytestmark = pytest.mark.anyio

REQUESTS = 600
AT_ONCE = 12


@dataclass
class Traffic:
    """What was sent, what was answered, and what was cut off."""

    chance: random.Random
    noted: dict[str, set[str]] = field(default_factory=dict[str, set[str]])
    unknown: dict[str, set[str]] = field(default_factory=dict[str, set[str]])
    answered: int = 0
    cancelled: int = 0

    async def request(self, who: str, other: str, browser: Browser, token: str, number: int) -> None:
        """A page, or a note that carries the name of whose it is; never anything of the other's."""
        if self.chance.random() < 0.5:
            answer = await browser.get("/notes")
            assert answer.status_code == 200, answer.text[:300]
        else:
            word = f"{who}-{number}."
            self.unknown.setdefault(who, set()).add(word)
            answer = await browser.send("/notes", {"words": word}, token=token)
            assert answer.status_code == 303, answer.text[:300]
            self.unknown[who].discard(word)
            self.noted.setdefault(who, set()).add(word)
        assert other not in answer.text
        self.answered += 1

    async def hurried(self, who: str, other: str, browser: Browser, token: str, number: int) -> None:
        """A request whose sender often goes away before it is answered."""
        sent = asyncio.ensure_future(self.request(who, other, browser, token, number))
        if self.chance.random() < 0.4:
            for _ in range(self.chance.randrange(60)):
                await asyncio.sleep(0)
            sent.cancel()
        try:
            await sent
        except asyncio.CancelledError:
            self.cancelled += 1


async def test_requests_that_are_cut_off_leave_nothing_to_the_next_of_another_organisation(
    sign_in: SignIn,
    addresses: Addresses,
    key: ContextKey,
    database: pool.Database,
    notes: Callable[[Actor | None], Awaitable[tuple[str, int]]],
) -> None:
    ours, theirs = await sign_in(Role.LEAD), await sign_in(Role.LEAD)
    tokens = [await browser.token("/notes") for browser in (ours, theirs)]
    single = pool.Database(addresses.app, key, size=1, overflow=0)
    pool.use(single)
    traffic, free = Traffic(random.Random(7)), asyncio.Semaphore(AT_ONCE)

    async def one(number: int) -> None:
        async with free:
            if traffic.chance.random() < 0.5:
                await traffic.hurried("zebra", "quoll", ours, tokens[0], number)
            else:
                await traffic.hurried("quoll", "zebra", theirs, tokens[1], number)

    try:
        async with asyncio.timeout(240):
            await asyncio.gather(*(one(number) for number in range(REQUESTS)))
    finally:
        pool.use(database)
        await single.close()
    assert traffic.cancelled > REQUESTS / 20
    assert traffic.answered > REQUESTS / 3
    for who, other, browser in (("zebra", "quoll", ours), ("quoll", "zebra", theirs)):
        kept = set((await notes(browser.actor))[0].replace("[", " ").replace("]", " ").split())
        told = {word for word in kept if word.startswith(who)}
        assert other not in " ".join(kept)
        assert traffic.noted[who] <= told <= traffic.noted[who] | traffic.unknown[who]
