"""Checkpoints over the real log: signed as it grows, refused as soon as it is not the one that was signed."""

from contextlib import suppress
from pathlib import Path
from typing import LiteralString
from uuid import UUID

import asyncpg
import psycopg
import pytest

from safeguard.database.bootstrap import Addresses
from safeguard.evidence.merkle import leaf_hash, tree_head
from safeguard.evidence.sealing import FileKeySigner, SealRefused
from safeguard.evidence.verifying.notes import parse_key, parse_note
from safeguard.keys.files import load_or_make
from tests.evidence.signed import OrganisationMaker, grow, tamper

pytestmark = pytest.mark.anyio


@pytest.fixture
def signer(addresses: Addresses) -> FileKeySigner:
    return FileKeySigner(bytes(range(32)), "safeguard.example", addresses.signer)


async def test_a_log_is_signed_as_it_grows(signer: FileKeySigner, organisation: OrganisationMaker) -> None:
    one = await organisation()
    first = await signer.seal(one)
    await grow(one, 3)
    second = await signer.seal(one)
    assert (first.size, second.size) == (1, 4)
    key = parse_key(signer.signer_of(second.origin).vkey)
    assert parse_note(second.note.encode(), "note").signers((key,), "note") == (key,)
    assert second.note.split("\n")[:2] == [second.origin, "4"]
    assert second.origin.startswith("safeguard.example/t/")


async def test_signing_again_gives_the_same_checkpoint(
    signer: FileKeySigner, addresses: Addresses, organisation: OrganisationMaker
) -> None:
    one = await organisation()
    await grow(one, 2)
    first = await signer.seal(one)
    assert await signer.seal(one) == first
    assert await FileKeySigner(bytes(range(32)), "safeguard.example", addresses.signer).seal(one) == first


def sizes_signed(addresses: Addresses, organisation_id: UUID) -> list[int]:
    """How long the general log was each time it was signed."""
    with psycopg.connect(addresses.owner) as owner:
        found = owner.execute(
            "select size from audit.checkpoints where organisation_id = %s and log = 'general' order by size",
            (organisation_id,),
        )
        return [int(size) for (size,) in found]


async def test_only_logs_that_grew_are_signed(
    signer: FileKeySigner, addresses: Addresses, organisation: OrganisationMaker
) -> None:
    grown, idle = await organisation(), await organisation()
    with suppress(SealRefused):  # logs that the tests before altered are refused again
        await signer.seal_grown()
    await grow(grown)
    with suppress(SealRefused):
        await signer.seal_grown()
    assert sizes_signed(addresses, grown) == [1, 2]
    assert sizes_signed(addresses, idle) == [1]


HEAD_CHANGES: dict[str, LiteralString] = {
    "cut": "update audit.logs set size = size - 2 where organisation_id = %s and log = 'general'",
    "another root": "update audit.checkpoints set root = sha256('other') where organisation_id = %s",
    "another note": "update audit.checkpoints set note = upper(note) where organisation_id = %s",
}
LEAF_CHANGES: dict[str, LiteralString] = {
    "edited": "update audit.leaves set entry = replace(entry, 'changed', 'altered') where organisation_id = %s",
    "edited and hashed again": (
        "update audit.leaves set entry = replace(entry, 'changed', 'altered'), hash = sha256(E'\\\\x00'::bytea ||"
        " convert_to(replace(entry, 'changed', 'altered'), 'UTF8')) where organisation_id = %s"
    ),
    "deleted": "delete from audit.leaves where organisation_id = %s and log = 'general' and index = 2",
}


@pytest.mark.parametrize("change", [*HEAD_CHANGES, *LEAF_CHANGES])
async def test_a_signer_that_starts_afresh_refuses_a_log_that_was_changed(
    signer: FileKeySigner, addresses: Addresses, organisation: OrganisationMaker, change: str
) -> None:
    one = await organisation()
    await grow(one, 5)
    await signer.seal(one)
    tamper(addresses, (HEAD_CHANGES | LEAF_CHANGES)[change], one)
    with pytest.raises(SealRefused):
        await FileKeySigner(bytes(range(32)), "safeguard.example", addresses.signer).seal(one)


@pytest.mark.parametrize("change", HEAD_CHANGES)
async def test_a_signer_that_ran_on_refuses_it_too(
    signer: FileKeySigner, addresses: Addresses, organisation: OrganisationMaker, change: str
) -> None:
    one = await organisation()
    await grow(one, 5)
    await signer.seal(one)
    tamper(addresses, HEAD_CHANGES[change], one)
    with pytest.raises(SealRefused):
        await signer.seal(one)


@pytest.mark.parametrize("change", LEAF_CHANGES)
async def test_a_signer_that_ran_on_signs_what_it_saw_and_not_what_was_made_of_it(
    signer: FileKeySigner, addresses: Addresses, organisation: OrganisationMaker, change: str
) -> None:
    """It does not read old entries again: the checkpoint is of the true ones, and the changed ones do not fit it."""
    one = await organisation()
    await grow(one, 5)
    await signer.seal(one)
    tamper(addresses, LEAF_CHANGES[change], one)
    await grow(one)
    sealed = await signer.seal(one)
    with psycopg.connect(addresses.owner) as owner:
        entries = owner.execute(
            "select entry from audit.leaves where organisation_id = %s and log = 'general' order by index", (one,)
        ).fetchall()
    assert tree_head([leaf_hash(entry.encode()) for (entry,) in entries]) != sealed.root


async def test_checkpoints_that_vanish_are_noticed(
    signer: FileKeySigner, addresses: Addresses, organisation: OrganisationMaker
) -> None:
    one = await organisation()
    await grow(one)
    await signer.seal(one)
    tamper(addresses, "delete from audit.checkpoints where organisation_id = %s", one)
    with pytest.raises(SealRefused):
        await signer.seal(one)


async def test_one_refused_log_does_not_hold_up_the_others(
    signer: FileKeySigner, addresses: Addresses, organisation: OrganisationMaker
) -> None:
    bad, good = await organisation(), await organisation()
    tamper(addresses, "update audit.leaves set entry = entry || 'x' where organisation_id = %s", bad)
    with pytest.raises(SealRefused, match=str(bad)):
        await signer.seal_grown()
    with pytest.raises(SealRefused):
        await signer.seal(bad)
    assert (await signer.seal(good)).size == 1
    tamper(addresses, "update audit.leaves set entry = left(entry, -1) where organisation_id = %s", bad)


async def test_the_signer_reads_nothing_but_logs(addresses: Addresses) -> None:
    connection = await asyncpg.connect(addresses.signer)
    for table in ("audit.documents", "audit.objects", "audit.actors", "public.organisations", "public.incidents"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.fetch(f"select * from {table}")
    for statement in (
        "update audit.leaves set entry = ''",
        "delete from audit.checkpoints",
        "update audit.logs set size = 0",
    ):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute(statement)
    await connection.close()


def test_the_key_file_cannot_be_written(tmp_path: Path) -> None:
    load_or_make(tmp_path / "log", mode=0o400)
    assert (tmp_path / "log").stat().st_mode & 0o777 == 0o400
