"""Every key is replaced while the service is used: nothing that was begun fails, nothing that was sealed is lost.

The log's own key is `tests/evidence/test_sealing`'s; an organisation's and the channel's, `tests/strongbox` and
`tests/channel`.
"""

import os
from base64 import b64encode
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import anyio
import anyio.lowlevel
import asyncpg
import pytest

from safeguard import clock
from safeguard.access.actors import Actor
from safeguard.access.roles import Role
from safeguard.console import resealing
from safeguard.console.entering import SEAL
from safeguard.database import pool
from safeguard.database.bootstrap import Addresses
from safeguard.database.context import ContextKey, load_key, watch_key
from safeguard.database.replacing import replace_context_key
from safeguard.errors import Conflict
from safeguard.evidence.signing.ring import load_ring
from safeguard.identity.factors import sealing
from safeguard.keys import rings
from safeguard.keys.sources import BadKey, Folder, source_of
from safeguard.strongbox import masters
from safeguard.strongbox.rotating import rotate_master
from safeguard.strongbox.sealing import seal, unseal
from safeguard.web import csrf, keys, paging
from safeguard.web.cookies import hash_of
from safeguard.work import begin, enter_session
from tests.web.conftest import OPEN_SESSION

pytestmark = pytest.mark.anyio

NAMES = ("context", "cookie", "factors", "console")
PERSON, FACTOR = UUID(int=1), UUID(int=2)
PLACE = paging.scope_of("sample", {})


@pytest.fixture
async def folder(
    addresses: Addresses, data: Path, tmp_path: Path, key: ContextKey, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Path]:
    """A folder of keys like the deployment's, whose own key of contexts is the only one again afterwards."""
    for name in NAMES:
        Folder(data / "keys").current(name)
        (tmp_path / name).write_bytes((data / "keys" / name).read_bytes())
    monkeypatch.setattr(rings, "EVERY", 0.02)
    yield tmp_path
    owner = await asyncpg.connect(addresses.owner)
    try:
        await owner.execute("update sec.keys set until = null where id = $1", key.id)
        await owner.execute("delete from sec.keys where id <> $1", key.id)
    finally:
        await owner.close()


@dataclass
class Use:
    """Somebody at work: what they began before a key was replaced has to end well after it."""

    lead: Actor
    session: str
    token: str
    cursor: str
    kept: str
    factor: bytes
    draft: bytes = b""
    turns: int = 0
    faults: list[BaseException] = field(default_factory=list[BaseException])

    async def turn(self) -> None:
        """Everything that a key is needed for, once."""
        async with begin(self.lead) as work:
            await work.driver.fetchval("select count(*) from incidents")
            assert await unseal(work, self.draft, "draft 1") == b"words"
            await seal(work, b"more", "draft 2")
        async with enter_session(hash_of(self.session)) as (work, _):
            await work.driver.fetchval("select count(*) from incidents")
        assert csrf.read(self.token) is not None
        assert csrf.read(csrf.issue(b"cookie")) is not None
        assert paging.read_cursor(self.cursor, PLACE) is not None
        assert keys.current().open("sample", self.kept) == b"typed"
        assert sealing.current().open(self.factor, PERSON, FACTOR) == b"secret"
        self.turns += 1

    async def go_on(self) -> None:
        while True:
            try:
                await self.turn()
            except Exception as fault:  # noqa: BLE001  told at the end
                self.faults.append(fault)
                return
            await anyio.lowlevel.checkpoint()

    async def some_more(self) -> None:
        """Wait until they have done a few more things; a fault is told here."""
        reached = self.turns + 4
        with anyio.fail_after(120):
            while self.turns < reached and not self.faults:  # noqa: ASYNC110  turns are counted, not signalled
                await anyio.sleep(0.01)
        assert self.faults == []


async def at_work(addresses: Addresses, lead: Actor) -> Use:
    owner, session = await asyncpg.connect(addresses.owner), clock.new_token()
    statement = OPEN_SESSION
    for place in range(1, 5):
        statement = statement.replace("%s", f"${place}", 1)
    await owner.execute(statement, hash_of(session), clock.new_request_id(), lead.user_id, lead.organisation_id)
    await owner.close()
    use = Use(
        lead, session, csrf.issue(b"cookie"), paging.cursor(paging.Key(clock.now(), UUID(int=3)), PLACE),
        keys.current().seal("sample", b"typed"), sealing.current().seal(b"secret", PERSON, FACTOR),
    )  # fmt: skip
    async with begin(lead) as work:
        use.draft = await seal(work, b"words", "draft 1")
    return use


async def test_the_service_is_used_while_every_key_is_replaced(
    someone: Callable[..., Awaitable[Actor]], addresses: Addresses, folder: Path, data: Path
) -> None:
    lead = await someone(Role.LEAD)
    running, before = pool.Database(addresses.app, watch_key(folder / "context")), load_key(folder / "context")
    pool.use(running)
    keys.use(keys.load(folder / "cookie"))
    sealing.use(sealing.Ring(folder))
    owner = await asyncpg.connect(addresses.owner)
    try:
        use = await at_work(addresses, lead)
        async with anyio.create_task_group() as group:
            group.start_soon(use.go_on)
            await use.some_more()
            for name in ("cookie", "factors"):
                held = keys.current().secret, sealing.current().current.secret
                source_of(folder, name).replace(name, os.urandom(32), keep=1)
                await anyio.sleep(0.05)
                await use.some_more()
                assert (keys.current().secret, sealing.current().current.secret) != held
            assert sealing.current().is_outdated(use.factor)
            await rotate_master(owner, masters.Masters(data / "keys"))
            await use.some_more()
            fresh = await replace_context_key(owner, folder)
            await anyio.sleep(0.05)
            await use.some_more()
            assert running.key.id == fresh.id != before.id
            await signed_by(before, lead, running)  # what was signed a moment ago, and a job that runs, go on
            await replace_context_key(owner, folder, timedelta(seconds=2))  # as when one leaked
            await use.some_more()
            await anyio.sleep(2.2)
            await use.some_more()
            for leaked in (before, fresh):
                with pytest.raises(asyncpg.InsufficientPrivilegeError, match="forged"):
                    await signed_by(leaked, lead, running)
            group.cancel_scope.cancel()
        assert use.faults == []
    finally:
        await owner.close()
        await running.close()


async def signed_by(key: ContextKey, lead: Actor, running: pool.Database) -> None:
    async with running.connection() as connection:
        await connection.fetchval(pool.ENTER, key.sign(lead.organisation_id, lead.user_id, "session"))
        await connection.fetchval("select count(*) from incidents")


async def test_operators_apps_go_on_while_the_consoles_key_is_replaced(addresses: Addresses, folder: Path) -> None:
    console, operator = keys.load(folder / "console"), clock.new_id()
    owner = await asyncpg.connect(addresses.owner)
    try:
        sealed = console.current.seal(SEAL, b"app", operator.bytes).encode()
        await owner.execute(
            "insert into console.operators (id, email, name, created_at, password_hash, sealed)"
            " values ($1, $2, 'Ada', now(), 'x', $3)",
            operator, f"{operator.hex}@operator.example", sealed,
        )  # fmt: skip

        async def opened() -> bytes:
            row: Any = await owner.fetchval("select sealed from console.operators where id = $1", operator)
            return console.current.open(SEAL, bytes(row).decode(), operator.bytes)

        Folder(folder).replace("console", os.urandom(32), keep=1)
        await anyio.sleep(0.05)
        assert await opened() == b"app"
        async with owner.transaction():
            await resealing.reseal(owner, console.current)
        assert await opened() == b"app"
        Folder(folder).replace("console", os.urandom(32), keep=0)
        await anyio.sleep(0.05)
        with pytest.raises(keys.Tampered):
            await opened()
    finally:
        await owner.execute("delete from console.operators where id = $1", operator)
        await owner.close()


def test_a_key_comes_from_the_environment_as_well_and_is_replaced_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, two = os.urandom(32), os.urandom(32)
    monkeypatch.setenv("SAFEGUARD_KEY_MASTER", b64encode(one).decode())
    monkeypatch.setenv("SAFEGUARD_KEY_LOG", b64encode(two).decode())
    held = masters.Masters(tmp_path)
    assert held.current.secret == one
    wrapped = held.current.seal(b"x" * 32, b"place")
    assert load_ring(tmp_path / "log") == (two,)
    monkeypatch.setenv("SAFEGUARD_KEY_MASTER", b64encode(two).decode())
    monkeypatch.setenv("SAFEGUARD_KEY_MASTER_FORMER", b64encode(one).decode())
    later = masters.Masters(tmp_path)
    assert later.current.secret == two
    assert later.open_below(wrapped, b"place").secret == b"x" * 32
    with pytest.raises(Conflict, match="SAFEGUARD_KEY_MASTER_FORMER"):
        source_of(tmp_path, "master").replace("master", one, keep=1)
    assert list(tmp_path.iterdir()) == [], "nothing is written where the environment hands keys over"
    for wrong in ("short", "é" * 44, b64encode(one[:31]).decode(), b64encode(one).decode() + "!"):
        monkeypatch.setenv("SAFEGUARD_KEY_MASTER", wrong)
        with pytest.raises(BadKey, match="SAFEGUARD_KEY_MASTER") as refused:
            masters.Masters(tmp_path).current  # noqa: B018  asking is the act
        assert wrong not in str(refused.value)
    assert load_key(tmp_path / "context").secret == (tmp_path / "context").read_bytes()
