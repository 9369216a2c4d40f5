"""The signer's own process: its memory outside the database, its refusals, its keys, and how it is asked."""

import asyncio
import base64
import os
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any, LiteralString
from uuid import UUID

import asyncpg
import psycopg
import pytest

from safeguard import clock
from safeguard.access.actors import system
from safeguard.database import pool
from safeguard.database.bootstrap import Addresses
from safeguard.database.context import ContextKey
from safeguard.errors import Conflict, Invalid
from safeguard.evidence.merkle import extend
from safeguard.evidence.packs.manifest import keys_note
from safeguard.evidence.sealing import ClockSetBack, FileKeySigner, MemoryUnusable, SealRefused
from safeguard.evidence.signing import ring
from safeguard.evidence.signing.asking import AskingSigner, SignerAway
from safeguard.evidence.signing.continuing import continue_logs, declaration
from safeguard.evidence.signing.memory import FileMemory, MemoryFailed, alone
from safeguard.evidence.signing.serving import Serving
from safeguard.evidence.verifying.notes import parse_key, parse_note
from safeguard.work import begin

pytestmark = pytest.mark.anyio

OrganisationMaker = Callable[..., Awaitable[UUID]]
HOST = "safeguard.example"


@pytest.fixture
def memory(tmp_path: Path) -> FileMemory:
    return FileMemory(tmp_path / "signer" / "state.sqlite")


@pytest.fixture
def signer(addresses: Addresses, memory: FileMemory) -> FileKeySigner:
    return FileKeySigner(bytes(range(32)), HOST, addresses.signer, memory)


async def grow(organisation_id: UUID, number: int = 1) -> None:
    for _ in range(number):
        async with begin(system(organisation_id)) as work:
            work.record("settings.changed", clock.new_id())


def tamper(addresses: Addresses, statement: LiteralString, *values: object) -> None:
    with psycopg.connect(addresses.owner) as owner:
        owner.execute(statement, values)


def alarms_of(addresses: Addresses, organisation_id: UUID) -> list[str]:
    with psycopg.connect(addresses.owner) as owner:
        asked = "select kind from audit.alarms where organisation_id = %s and ended_at is null order by kind"
        return [kind for (kind,) in owner.execute(asked, (organisation_id,)).fetchall()]


async def rewind(addresses: Addresses, organisation_id: UUID, size: int) -> None:
    """A restored backup: the log as it was at `size`, with its frontier, and no checkpoint above it."""
    with psycopg.connect(addresses.owner) as owner:
        hashes = owner.execute(
            "select hash from audit.leaves"
            " where organisation_id = %s and log = 'general' and index < %s order by index",
            (organisation_id, size),
        ).fetchall()
        frontier, _ = extend([], 0, [bytes(each) for (each,) in hashes])
        for statement in (
            "delete from audit.leaves where organisation_id = %s and log = 'general' and index >= %s",
            "delete from audit.checkpoints where organisation_id = %s and log = 'general' and size > %s",
        ):
            owner.execute(statement, (organisation_id, size))
        owner.execute(
            "update audit.logs set size = %s, frontier = %s where organisation_id = %s and log = 'general'",
            (size, frontier, organisation_id),
        )


async def test_what_was_signed_is_remembered_by_the_next_process(
    signer: FileKeySigner, memory: FileMemory, organisation: OrganisationMaker
) -> None:
    one = await organisation()
    await grow(one, 2)
    sealed = await signer.seal(one)
    known = FileMemory(memory._file).recall((one, "general"))  # pyright: ignore[reportPrivateUsage]
    assert known is not None
    assert (known.size, known.root, known.note, known.is_stored) == (3, sealed.root, sealed.note, True)


async def test_a_rewound_database_is_refused_although_it_is_sound_in_itself(
    signer: FileKeySigner, addresses: Addresses, organisation: OrganisationMaker
) -> None:
    one = await organisation()
    await grow(one)
    await signer.seal(one)
    await grow(one, 3)
    await signer.seal(one)
    await rewind(addresses, one, 2)
    fresh = FileKeySigner(bytes(range(32)), HOST, addresses.signer)
    assert (await fresh.seal(one)).size == 2, "one that remembers nothing cannot know"
    with pytest.raises(SealRefused, match="smaller"):
        await signer.seal(one)
    assert alarms_of(addresses, one) == ["log"]


async def test_a_rewound_log_that_is_quiet_is_looked_at_in_the_next_round_and_raises_the_alarm(
    signer: FileKeySigner, memory: FileMemory, addresses: Addresses, organisation: OrganisationMaker
) -> None:
    one, other = await organisation(), await organisation()
    for each in (one, other):
        await grow(each, 4)
        await signer.seal(each)
    await rewind(addresses, one, 2)
    assert memory.sizes()[one, "general"] > 2
    with pytest.raises(SealRefused, match="smaller"):
        await signer.seal_grown()
    assert (alarms_of(addresses, one), alarms_of(addresses, other)) == (["log"], [])


async def test_a_rewound_database_that_grew_again_is_refused_too(
    signer: FileKeySigner, addresses: Addresses, organisation: OrganisationMaker
) -> None:
    one = await organisation()
    await grow(one, 4)
    await signer.seal(one)
    await rewind(addresses, one, 2)
    await grow(one, 10)
    with pytest.raises(SealRefused):
        await signer.seal(one)


async def test_a_refusal_stays_until_somebody_has_looked(
    signer: FileKeySigner, memory: FileMemory, addresses: Addresses, organisation: OrganisationMaker
) -> None:
    one = await organisation()
    await signer.seal(one)
    tamper(addresses, "update audit.leaves set entry = entry || 'x' where organisation_id = %s", one)
    await grow(one)
    tamper(addresses, "update audit.leaves set entry = entry || 'x' where organisation_id = %s and index = 1", one)
    with pytest.raises(SealRefused):
        await signer.seal(one)
    tamper(addresses, "update audit.leaves set entry = rtrim(entry, 'x') where organisation_id = %s", one)
    with pytest.raises(SealRefused, match="altered"):
        await signer.seal(one)
    assert memory.look_again() == 1
    assert (await signer.seal(one)).size == 2
    assert alarms_of(addresses, one) == []


async def test_a_clock_that_was_set_back_signs_nothing(
    signer: FileKeySigner, memory: FileMemory, addresses: Addresses, organisation: OrganisationMaker
) -> None:
    one = await organisation()
    sealed = await signer.seal(one)
    known = memory.recall((one, "general"))
    assert known is not None
    memory.keep((one, "general"), known, clock.now() + timedelta(hours=1))
    with pytest.raises(ClockSetBack):
        await signer.seal(one)
    assert alarms_of(addresses, one) == ["clock"]
    memory.keep((one, "general"), known, clock.now())
    assert (await signer.seal(one)).note == sealed.note
    assert alarms_of(addresses, one) == []


async def test_a_full_disk_signs_nothing(
    signer: FileKeySigner, memory: FileMemory, addresses: Addresses, organisation: OrganisationMaker,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """SQLite is told that its file may not grow: what it says then is what it says of a full disk."""
    other, one = await organisation(), await organisation()
    await signer.seal(other)
    known, connect = memory.recall((other, "general")), sqlite3.connect
    assert known is not None

    def full(file: Path, **options: Any) -> sqlite3.Connection:
        connection = connect(file, **options)
        connection.execute("pragma max_page_count = 1")  # no less than it has already
        return connection

    with monkeypatch.context() as patch:
        patch.setattr(sqlite3, "connect", full)
        with pytest.raises(MemoryFailed, match="full"):
            for _ in range(200):
                memory.keep((clock.new_id(), "general"), known, clock.now())
        with pytest.raises(MemoryUnusable):
            await signer.seal(one)
    assert alarms_of(addresses, one) == ["memory"]
    with psycopg.connect(addresses.owner) as owner:
        kept = owner.execute("select count(*) from audit.checkpoints where organisation_id = %s", (one,)).fetchone()
    assert kept == (0,)
    assert (await signer.seal(one)).size == 1
    assert alarms_of(addresses, one) == [], "once there is room again"


async def test_time_that_goes_backwards_is_refused_although_every_hash_fits(
    signer: FileKeySigner, addresses: Addresses, organisation: OrganisationMaker
) -> None:
    one = await organisation()
    await signer.seal(one)
    await grow(one, 2)
    tamper(addresses, "update audit.leaves set entry = overlay(entry placing '1999' from 19) where index = 1"
                      " and log = 'general' and organisation_id = %s", one)  # fmt: skip
    tamper(addresses, "update audit.leaves set hash = sha256('\\x00'::bytea || convert_to(entry, 'UTF8'))"
                      " where index = 1 and log = 'general' and organisation_id = %s", one)  # fmt: skip
    with pytest.raises(SealRefused, match="Time goes backwards at entry 1"):
        await signer.seal(one)
    assert alarms_of(addresses, one) == ["log"]


async def test_a_crash_between_memory_and_database_loses_nothing(
    signer: FileKeySigner, memory: FileMemory, addresses: Addresses, organisation: OrganisationMaker
) -> None:
    one = await organisation()
    first = await signer.seal(one)
    known = memory.recall((one, "general"))
    assert known is not None
    memory.keep((one, "general"), known, clock.now())
    tamper(addresses, "delete from audit.checkpoints where organisation_id = %s", one)
    assert await signer.seal(one) == first
    with psycopg.connect(addresses.owner) as owner:
        kept = owner.execute("select note from audit.checkpoints where organisation_id = %s", (one,)).fetchall()
    assert kept == [(first.note,)]


async def test_a_head_that_does_not_fit_its_entries_is_refused(
    signer: FileKeySigner, addresses: Addresses, organisation: OrganisationMaker
) -> None:
    one = await organisation()
    tamper(addresses, "update audit.logs set frontier = array[sha256('other')] where organisation_id = %s", one)
    with pytest.raises(SealRefused, match="head"):
        await signer.seal(one)


def test_one_signer_at_a_time_uses_a_memory(tmp_path: Path) -> None:
    with alone(tmp_path), pytest.raises(MemoryFailed, match="Another signer"), alone(tmp_path):
        pass
    with alone(tmp_path):
        pass


def test_the_memory_is_readable_by_its_owner_alone(memory: FileMemory) -> None:
    assert memory._file.stat().st_mode & 0o777 == 0o600  # pyright: ignore[reportPrivateUsage]


async def test_both_keys_sign_while_one_takes_over(
    addresses: Addresses, memory: FileMemory, organisation: OrganisationMaker, tmp_path: Path
) -> None:
    file, one = tmp_path / "log", await organisation()

    def opened() -> FileKeySigner:
        return FileKeySigner(ring.load_ring(file), HOST, addresses.signer, memory)

    before = await opened().seal(one)
    old = parse_key(opened().signer_of(before.origin).vkey)
    ring.rotate(file)
    with pytest.raises(Conflict):
        ring.rotate(file)
    await grow(one)
    both = await opened().seal(one)
    new = parse_key(opened().signer_of(before.origin).vkey)
    assert new != old
    assert parse_note(both.note.encode(), "note").signers((old, new), "note") == (new, old)
    listed = parse_note(keys_note(opened().signer_of(before.origin)).encode(), "keys").text.split("\n")[1:-1]
    assert [parse_key(line) for line in listed] == [new, old]
    memory.retire(old.public, clock.now())
    ring.retire(file)
    await grow(one)
    after = await opened().seal(one)
    assert parse_note(after.note.encode(), "note").signers((old, new), "note") == (new,)
    with pytest.raises(Conflict):
        ring.retire(file)


async def test_a_restored_log_goes_on_once_two_people_declared_it(
    signer: FileKeySigner, memory: FileMemory, addresses: Addresses, organisation: OrganisationMaker, key: ContextKey
) -> None:
    one = await organisation()
    await grow(one, 2)
    await signer.seal(one)
    await grow(one, 3)
    before = await signer.seal(one)
    await rewind(addresses, one, 3)
    with pytest.raises(SealRefused):
        await signer.seal(one)
    app, owner_pool = pool.current(), pool.Database(addresses.owner, key, size=1)
    pool.use(owner_pool)
    owner = await asyncpg.connect(addresses.owner)
    declared = declaration("Asha Sample", "Ben Sample", "The disk was lost; restored from last night.")
    continued, gone = await continue_logs(owner, memory, HOST, declared)
    again, _ = await continue_logs(owner, memory, HOST, declared)
    await owner.close()
    pool.use(app)
    await owner_pool.close()
    assert ([each.place for each in continued], gone) == ([(one, "general")], [])
    sealed = await signer.seal(one)
    assert sealed.origin == before.origin.removesuffix("1") + "2"
    assert sealed.size == 4
    assert again == [], "what was declared is not declared twice"


async def test_an_epoch_that_nobody_declared_to_the_signer_is_refused(
    signer: FileKeySigner, addresses: Addresses, organisation: OrganisationMaker
) -> None:
    one = await organisation()
    await signer.seal(one)
    tamper(addresses, "update audit.logs set epoch = 2 where organisation_id = %s and log = 'general'", one)
    with pytest.raises(SealRefused, match="nobody declared"):
        await signer.seal(one)


@pytest.mark.parametrize(
    ("first", "second", "reason"),
    [("Asha", "asha ", "A long enough reason."), ("", "Ben", "A long enough reason."), ("Asha", "Ben", "oops")],
)
def test_a_declaration_takes_two_people_and_a_reason(first: str, second: str, reason: str) -> None:
    with pytest.raises(Invalid):
        declaration(first, second, reason)


@pytest.fixture
async def asking(signer: FileKeySigner, addresses: Addresses, tmp_path: Path) -> AsyncIterator[AskingSigner]:
    """The process in this one, asked through a socket whose path is longer than systems take."""
    socket, stopping = tmp_path / ("deep" * 20) / "socket", asyncio.Event()
    process = Serving(lambda: signer, addresses.signer, socket, every=3600)
    serving = asyncio.create_task(process.serve(stopping))
    async with asyncio.timeout(60):
        await process.listening.wait()
    yield AskingSigner(socket)
    stopping.set()
    await serving


async def test_whoever_asks_gets_what_the_signer_signed(
    asking: AskingSigner, signer: FileKeySigner, organisation: OrganisationMaker
) -> None:
    one = await organisation()
    await grow(one, 2)
    sealed = await asking.seal(one)
    assert sealed == await signer.seal(one)
    asked, own = await asyncio.to_thread(asking.signer_of, sealed.origin), signer.signer_of(sealed.origin)
    assert (asked.vkey, asked.vkeys, asked.public) == (own.vkey, own.vkeys, own.public)
    text = "safeguard-manifest/1\nx\ny\n"
    assert await asyncio.to_thread(asked.sign, text) == own.sign(text)


async def test_nobody_gets_a_checkpoint_signed_by_asking_for_a_text(
    asking: AskingSigner, signer: FileKeySigner
) -> None:
    key = await asyncio.to_thread(asking.signer_of, f"{HOST}/t/abc/1")
    forged = f"{HOST}/t/abc/1\n7\n{base64.b64encode(bytes(32)).decode()}\n"
    for text in (forged, "safeguard-manifest/2\n", ""):
        with pytest.raises(SealRefused):
            await asyncio.to_thread(key.sign, text)


async def test_a_refusal_reaches_whoever_asked(
    asking: AskingSigner, addresses: Addresses, organisation: OrganisationMaker
) -> None:
    one = await organisation()
    tamper(addresses, "update audit.leaves set entry = entry || 'x' where organisation_id = %s", one)
    with pytest.raises(SealRefused, match="altered"):
        await asking.seal(one)


@pytest.mark.parametrize("line", [b"\n", b"{}\n", b'{"do":"seal"}\n', b'{"do":"unknown"}\n', b"\xff\n", b"[1]\n"])
async def test_nonsense_is_answered_and_the_signer_goes_on(
    asking: AskingSigner, organisation: OrganisationMaker, line: bytes
) -> None:
    assert b"refused" in await asyncio.to_thread(asking._exchange, line)  # pyright: ignore[reportPrivateUsage]
    assert (await asking.seal(await organisation())).size == 1


async def test_a_pack_that_is_asked_for_has_the_log_signed_at_once(
    asking: AskingSigner, addresses: Addresses, organisation: OrganisationMaker
) -> None:
    """The round comes once an hour here: what signs is the bell, and the hundredth entry."""
    one = await organisation()
    await asking.seal(one)
    async with begin(system(one)) as work:
        work.record("pack.requested", clock.new_id())
    await _until_signed(addresses, one, 2)
    async with begin(system(one)) as work:
        for _ in range(100):
            work.record("settings.changed", clock.new_id())
    await _until_signed(addresses, one, 102)


async def _until_signed(addresses: Addresses, organisation_id: UUID, size: int) -> None:
    connection = await asyncpg.connect(addresses.owner)
    asked = "select max(size) from audit.checkpoints where organisation_id = $1 and log = 'general'"
    async with asyncio.timeout(60):
        while await connection.fetchval(asked, organisation_id) != size:  # noqa: ASYNC110  another process's doing
            await asyncio.sleep(0.05)
    await connection.close()


async def test_a_signer_that_is_away_is_named(tmp_path: Path) -> None:
    with pytest.raises(SignerAway, match="safeguard signer"):
        await AskingSigner(tmp_path / "socket").seal(clock.new_id())


async def test_the_socket_opens_for_its_owner_and_group_alone(asking: AskingSigner) -> None:
    assert os.stat(asking.socket).st_mode & 0o777 == 0o660
