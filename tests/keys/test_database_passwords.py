"""Passwords of the database's roles are replaced while they are used: nothing stops, and the former opens nothing."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import unquote, urlsplit

import asyncpg
import psycopg
import pytest
from anyio import to_thread
from click.testing import CliRunner
from psycopg import sql

from safeguard.cli.keys import keys as command
from safeguard.database import passwords, pool
from safeguard.database.bootstrap import LOGINS, Addresses
from safeguard.database.context import ContextKey
from safeguard.database.embedded import EmbeddedPostgres
from safeguard.database.embedded.keyring import Keyring
from safeguard.errors import Conflict
from safeguard.jobs.brokers import open_broker

pytestmark = pytest.mark.anyio


@pytest.fixture
async def folder(addresses: Addresses, server: EmbeddedPostgres, data: Path) -> AsyncIterator[Path]:
    """The deployment's folder of keys; what the passwords were before is so again afterwards."""
    file = data / "keys" / "database.json"
    before = file.read_text()
    passwords.follow(data / "keys")
    yield data / "keys"
    passwords.follow(None)
    file.write_text(before)
    with psycopg.connect(server.url(), autocommit=True) as admin:
        for role, url in zip(LOGINS, addresses, strict=True):
            secret = unquote(urlsplit(url).password or "")
            admin.execute(sql.SQL("alter role {} password {}").format(sql.Identifier(role), sql.Literal(secret)))


async def lets_in(url: str) -> bool:
    try:
        await (await asyncpg.connect(url)).close()
    except asyncpg.InvalidPasswordError:
        return False
    return True


async def test_every_role_gets_a_fresh_password_while_the_pool_and_the_queue_are_used(
    folder: Path, addresses: Addresses, key: ContextKey, database: pool.Database
) -> None:
    working, broker = pool.Database(addresses.app, key), open_broker(None, addresses.app, consumes=False)
    done, turned = asyncio.Event(), asyncio.Event()

    async def work() -> None:
        while not done.is_set():
            async with working.connection() as connection:
                assert await connection.fetchval("select current_user") == "safeguard_app"
            await working.forget()  # the next connection is a new one
            turned.set()

    output = ""
    async with asyncio.TaskGroup() as busy:
        busy.create_task(work())
        for _ in range(2):
            said = await to_thread.run_sync(
                lambda: CliRunner().invoke(command, ["rotate", "database", "--data", str(folder.parent)])
            )
            assert said.exit_code == 0, said.output
            output += said.output
            for _ in range(3):
                turned.clear()
                await turned.wait()
        done.set()
    assert [await lets_in(url) for url in addresses] == [False] * 5
    kept = Keyring(folder).addresses()
    assert [await lets_in(kept[name]) for name in Addresses._fields] == [True] * 5
    with psycopg.connect(broker.pool.conninfo()) as queue:
        assert queue.execute("select current_user").fetchone() == ("safeguard_app",)
    told = output + str(json.loads((folder / "database.json").read_text())["coming"])
    assert not [url for url in kept.values() if (urlsplit(url).password or "-") in told]
    broker.close()
    await working.close()


async def test_a_rotation_that_broke_off_on_either_side_of_the_database_leaves_nobody_out(
    folder: Path, addresses: Addresses
) -> None:
    keyring, role = Keyring(folder), "safeguard_app"
    before = keyring.get(role) or ""
    keyring.offer(role, before, "never-told-to-the-database")
    await (await passwords.connect(addresses.app)).close()
    keyring.offer(role, "not-known-to-the-database-any-more", before)
    await (await passwords.connect(addresses.app)).close()
    passwords.replace(folder, "app")
    assert keyring.candidates(role) == (keyring.get(role),)
    await (await passwords.connect(addresses.app)).close()


async def test_what_is_kept_elsewhere_is_not_replaced_and_another_database_gets_none_of_ours(
    folder: Path, addresses: Addresses, tmp_path: Path
) -> None:
    with pytest.raises(Conflict, match="SAFEGUARD_APP_DATABASE_URL"):
        passwords.replace(tmp_path, "app")
    elsewhere = "postgresql://safeguard_app:theirs@db.example:5432/other"
    assert passwords.address_now(elsewhere) == elsewhere
    assert await lets_in(addresses.app)
