"""After a loss: what is behind goes on, or is declared lost, by two people; and a log that is gone is missed."""

import json
from uuid import UUID

import asyncpg
import psycopg
import pytest

from safeguard import clock
from safeguard.database import pool
from safeguard.database.bootstrap import Addresses
from safeguard.database.context import PLATFORM, ContextKey
from safeguard.errors import Invalid
from safeguard.evidence.sealing import FileKeySigner, SealRefused
from safeguard.evidence.signing.continuing import Continued, continue_logs, declaration
from safeguard.evidence.signing.memory import FileMemory, Place
from tests.evidence.signed import HOST, OrganisationMaker, alarms_of, grow, memory, rewind, signer, tamper

__all__ = ["memory", "signer"]

pytestmark = pytest.mark.anyio


def vanish(addresses: Addresses, organisation_id: UUID) -> None:
    """The general log, as if it had never been."""
    with psycopg.connect(addresses.owner) as owner:
        for table in ("alarms", "checkpoints", "leaves", "logs"):
            owner.execute(
                f"delete from audit.{table} where organisation_id = %s and log = 'general'", (organisation_id,)
            )


async def declare(addresses: Addresses, memory: FileMemory, key: ContextKey) -> tuple[list[Continued], list[Place]]:
    """As `safeguard signer continue` does it, as the database's owner."""
    app, owner_pool = pool.current(), pool.Database(addresses.owner, key, size=1)
    pool.use(owner_pool)
    owner = await asyncpg.connect(addresses.owner)
    declared = declaration("Asha Sample", "Ben Sample", "The disk was lost; restored from last night.")
    try:
        return await continue_logs(owner, memory, HOST, declared)
    finally:
        await owner.close()
        pool.use(app)
        await owner_pool.close()


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
    continued, gone = await declare(addresses, memory, key)
    again, _ = await declare(addresses, memory, key)
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


async def test_a_log_of_which_nothing_is_left_is_missed_in_the_next_round(
    signer: FileKeySigner, memory: FileMemory, addresses: Addresses, organisation: OrganisationMaker
) -> None:
    one, other = await organisation(), await organisation()
    for each in (one, other):
        await signer.seal(each)
    vanish(addresses, one)
    with pytest.raises(SealRefused, match="no log general of"):
        await signer.seal_grown()
    assert (alarms_of(addresses, one), alarms_of(addresses, other)) == (["gone"], [])
    await signer.seal_grown()
    assert alarms_of(addresses, one) == ["gone"], "said once, and it stays until somebody has looked"
    memory.look_again()
    with pytest.raises(SealRefused, match="no log general of"):
        await signer.seal_grown()


async def test_a_lost_log_is_declared_by_two_people_where_the_platform_keeps_it(
    signer: FileKeySigner, memory: FileMemory, addresses: Addresses, organisation: OrganisationMaker, key: ContextKey
) -> None:
    one = await organisation()
    sealed = await signer.seal(one)
    vanish(addresses, one)
    with pytest.raises(SealRefused):
        await signer.seal_grown()
    assert (await declare(addresses, memory, key), await declare(addresses, memory, key)) == (
        ([], [(one, "general")]),
        ([], []),
    )
    await signer.seal_grown()
    assert alarms_of(addresses, one) == []
    with psycopg.connect(addresses.owner) as owner:
        kept = owner.execute("select fields::jsonb from audit.documents where kind = 'log' and organisation_id = %s"
                             " order by id desc limit 1", (PLATFORM,)).fetchone()  # fmt: skip
    assert kept is not None
    said = {name: json.loads(value) for name, (value, _) in kept[0].items()}
    assert (said["organisation"], said["checkpoint"], said["agreed_by"]) == (str(one), sealed.note, "Ben Sample")


@pytest.mark.parametrize("is_ours", [True, False])
async def test_the_log_of_a_removed_organisation_is_not_missed_once_we_certified_the_removal(
    signer: FileKeySigner, addresses: Addresses, organisation: OrganisationMaker, is_ours: bool
) -> None:
    one = await organisation()
    await signer.seal(one)
    vanish(addresses, one)
    with pytest.raises(SealRefused):
        await signer.seal_grown()
    whose = signer if is_ours else FileKeySigner(bytes(32), HOST, addresses.signer)
    note = whose.signer_of(f"{HOST}/t/0123abcd/1").sign(f"safeguard-removal/1\norganisation {one} alder school\n")
    with psycopg.connect(addresses.owner) as owner:
        owner.execute(
            "insert into console.removals (id, organisation_id, slug, name, kind, reason, asked_by_name, asked_at,"
            " agreed_by_name, agreed_at, removed_at, counted, accounts, objects, certificate)"
            " values (%s, %s, 'alder', 'Alder', 'school', 'closed', 'Ada', now(), 'Ben', now(), now(), '{}', 0,"
            " '{}', %s)",
            (clock.new_id(), one, note),
        )
    await signer.seal_grown()
    assert alarms_of(addresses, one) == ([] if is_ours else ["gone"])
