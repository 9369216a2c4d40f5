"""The signer remembers outside the database what it signed, and refuses whatever does not go on from there."""

import sqlite3
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any, LiteralString

import psycopg
import pytest

from safeguard import clock
from safeguard.database.bootstrap import Addresses
from safeguard.evidence.sealing import ClockSetBack, FileKeySigner, MemoryUnusable, SealRefused
from safeguard.evidence.signing.memory import FileMemory, MemoryFailed, alone
from safeguard.evidence.signing.patrolling import Patrol
from tests.evidence.signed import HOST, OrganisationMaker, alarms_of, grow, memory, rewind, signer, tamper

__all__ = ["memory", "signer"]

pytestmark = pytest.mark.anyio


async def test_what_was_signed_is_remembered_by_the_next_process(
    signer: FileKeySigner, memory: FileMemory, organisation: OrganisationMaker
) -> None:
    one = await organisation()
    await grow(one, 2)
    sealed = await signer.seal(one)
    known = FileMemory(memory._file).recall((one, "general"))
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


@pytest.mark.parametrize("done", [
    "update audit.leaves set entry = replace(entry, 'settings.changed', 'settings.changee') where index = 2"
    " and log = 'general' and organisation_id = %s",
    "delete from audit.leaves where index = 4 and log = 'general' and organisation_id = %s",
    "delete from audit.leaves where index = 1 and log = 'general' and organisation_id = %s",
])  # fmt: skip
@pytest.mark.parametrize("grows", [False, True])
async def test_what_lies_below_the_last_signature_is_read_again_in_rounds(
    signer: FileKeySigner, memory: FileMemory, addresses: Addresses, organisation: OrganisationMaker,
    done: LiteralString, grows: bool,
) -> None:  # fmt: skip
    one, other = await organisation(), await organisation()
    for each in (one, other):
        await grow(each, 4)
        await signer.seal(each)
    with suppress(SealRefused):  # logs that other tests altered are refused here, and left alone from then on
        await signer.seal_grown()
    tamper(addresses, done, one)
    if grows:
        await grow(one)
        await signer.seal(one)
    slow = FileKeySigner(bytes(range(32)), HOST, addresses.signer, memory, Patrol(entries=3))
    with pytest.raises(SealRefused, match="altered below its last signature"):
        for _ in range(40):
            await slow.seal_grown()
    assert (alarms_of(addresses, one), alarms_of(addresses, other)) == (["log"], [])
    for _ in range(4):
        await slow.seal_grown()
    assert alarms_of(addresses, other) == []


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
    assert memory._file.stat().st_mode & 0o777 == 0o600
