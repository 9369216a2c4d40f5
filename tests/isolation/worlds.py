"""Two worlds: two databases that are alike but for what one person must not know of.

The second is a copy of the first, made before anything happened there that must stay hidden. Time and chance come from
one source that begins anew for each walk through a world, so that whatever differs, differs because of what is hidden.
"""

import hashlib
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import httpx
import psycopg
from litestar import Litestar
from psycopg import sql

from safeguard import clock
from safeguard.access.actors import Actor
from safeguard.database import pool
from safeguard.database.bootstrap import Addresses
from safeguard.database.context import ContextKey
from safeguard.database.embedded import EmbeddedPostgres
from safeguard.web.cookies import SESSION, hash_of
from tests.factories.owning import owning
from tests.web.browsing import open_browser
from tests.web.conftest import OPEN_SESSION, OPEN_TOKEN

LINK = re.compile(r'(?:href|hx-get)="(/[^"#]*)')
NOT_FOLLOWED = re.compile(r"^/(assets|sign-out|api)")
STILL = """
create or replace function sec.clock() returns timestamptz language sql volatile parallel safe
    set search_path = pg_catalog, pg_temp as $$ select '{at}'::timestamptz $$
"""
MOST = 400
SIGNED = re.compile(r"\|\d{10}\|([0-9a-f]{16})\|[0-9a-f]{64}")
"""When a context ends, and its signature: made by the machine's own clock, whatever a test's says."""


@dataclass
class Seeded:
    """Time that moves a millisecond with each look, and chance that can be told in advance."""

    seed: str
    at: datetime
    drawn: int = 0

    def now(self) -> datetime:
        """The next moment."""
        self.at += timedelta(milliseconds=1)
        return self.at

    def random_bytes(self, count: int) -> bytes:
        """The next bytes."""
        self.drawn += 1
        return hashlib.shake_256(f"{self.seed} {self.drawn}".encode()).digest(count)


@dataclass
class Walk:
    """Everything that came back on a walk through a world, and every statement that was sent on it."""

    answers: dict[str, tuple[int, list[tuple[str, str]], bytes]] = field(
        default_factory=dict[str, tuple[int, list[tuple[str, str]], bytes]]
    )
    statements: list[str] = field(default_factory=list[str])

    def differences(self, other: "Walk") -> list[str]:
        """The addresses at which another walk met something else."""
        paths = [*self.answers, *(path for path in other.answers if path not in self.answers)]
        return [path for path in paths if self.answers.get(path) != other.answers.get(path)]


@dataclass(frozen=True)
class World:
    """One of the two."""

    name: str
    url: str
    owner: str
    key: ContextKey

    @asynccontextmanager
    async def entered(self, walk: Walk | None = None) -> AsyncIterator[None]:
        """Let the process work in this world, and write its statements down."""
        database = pool.Database(self.url, self.key)
        if walk is not None:
            database.on_open = _listening(walk)
        pool.use(database)
        try:
            yield
        finally:
            pool.use(None)
            await database.close()

    def hold_still(self, at: datetime) -> None:
        """Stop the database's own clock."""
        with psycopg.connect(self.owner, autocommit=True) as owner:
            owner.execute(STILL.format(at=at.isoformat()))


@contextmanager
def copied(
    name: str, addresses: Addresses, server: EmbeddedPostgres, key: ContextKey, of: str = "safeguard"
) -> Iterator[World]:
    """A copy of the tests' database, or of the one that is named, as it is now; gone again at the end.

    File by file: with its log left unwritten to disk that takes a fifth of the time of copying through the log.
    """
    called = f"world_{name}_{clock.new_id().hex[-8:]}"
    with psycopg.connect(server.url(), autocommit=True) as admin:
        admin.execute("select pg_terminate_backend(pid) from pg_stat_activity where datname = %s", (of,))
        made = sql.SQL("create database {} template {} strategy file_copy owner safeguard_owner")
        admin.execute(made.format(sql.Identifier(called), sql.Identifier(of)))
        admin.execute(sql.SQL("revoke temporary on database {} from public").format(sql.Identifier(called)))
    app, owner = (url.replace("/safeguard?", f"/{called}?") for url in (addresses.app, addresses.owner))
    try:
        yield World(called, app, owner, key)
    finally:
        with psycopg.connect(server.url(), autocommit=True) as admin:
            admin.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(called)))


def _listening(walk: Walk) -> Any:
    async def listen(connection: asyncpg.Connection) -> None:
        def note(record: Any) -> None:
            walk.statements.append(SIGNED.sub(r"|(expires)|\1|(signature)", f"{record.query} {record.args!r}"))

        connection.add_query_logger(note)

    return listen


@contextmanager
def seeded(seed: str, at: datetime) -> Iterator[Seeded]:
    """Time and chance from one source."""
    source = Seeded(seed, at)
    with clock.use(source):
        yield source


async def let_in(world: World, actor: Actor, cookie: str, token: str) -> None:
    """A session and a token for somebody, with known secrets."""
    async with owning(world.owner) as owner:
        session = (hash_of(cookie), UUID(int=1), actor.user_id, actor.organisation_id)
        await owner.execute(OPEN_SESSION.replace("now()", "sec.clock()"), session)
        program = (actor.organisation_id, UUID(int=2), actor.user_id, hash_of(token))
        await owner.execute(OPEN_TOKEN.replace("now()", "sec.clock()"), program)


async def walk(
    world: World, app: Litestar, starts: list[str], cookie: str, token: str, at: datetime, *, follow: bool = True
) -> Walk:
    """Follow every link from these addresses, as somebody with this session and, for programs, this token."""
    seen, todo = Walk(), list(starts)
    with seeded("walk", at):
        async with world.entered(seen), open_browser(app) as client:
            while todo and len(seen.answers) < MOST:
                path = todo.pop(0)
                if path in seen.answers:
                    continue
                answer = await _ask(client, path, cookie, token)
                seen.answers[path] = (answer.status_code, sorted(answer.headers.items()), answer.content)
                if follow and "html" in answer.headers.get("content-type", ""):
                    todo += [found for found in LINK.findall(answer.text) if not NOT_FOLLOWED.match(found)]
    return seen


async def _ask(client: httpx.AsyncClient, path: str, cookie: str, token: str) -> httpx.Response:
    client.cookies.clear()
    if path.startswith("/api/v1"):
        return await client.get(path, headers={"Authorization": f"Bearer {token}"})
    client.cookies.set(SESSION, cookie, domain="safeguard.test", path="/")
    fragment = {"HX-Request": "true"} if path.endswith("#fragment") else {}
    return await client.get(path.removesuffix("#fragment"), headers=fragment)


NOON = datetime.now(UTC).replace(microsecond=0)
