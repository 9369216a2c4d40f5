"""What an organisation sealed opens there alone, for what it was sealed for, and under a master that was replaced."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from safeguard.access.actors import Actor
from safeguard.access.roles import Role
from safeguard.keys.wrapping import CannotOpen, Key
from safeguard.strongbox import masters
from safeguard.strongbox.masters import KeyMissing, Masters
from safeguard.strongbox.sealing import make_object_key, open_object_key, seal, unseal
from safeguard.work import begin

pytestmark = pytest.mark.anyio

Someone = Callable[..., Awaitable[Actor]]
WORDS = b"what Ffion said"


async def test_what_was_sealed_opens_later(someone: Someone) -> None:
    lead = await someone(Role.LEAD)
    async with begin(lead) as work:
        sealed = await seal(work, WORDS, "draft 1")
    assert WORDS not in sealed
    async with begin(lead) as work:
        assert await unseal(work, sealed, "draft 1") == WORDS


async def test_the_same_words_are_never_sealed_alike(someone: Someone) -> None:
    async with begin(await someone(Role.LEAD)) as work:
        assert await seal(work, WORDS, "draft 1") != await seal(work, WORDS, "draft 1")


async def test_a_sealed_value_that_was_moved_does_not_open(someone: Someone) -> None:
    async with begin(await someone(Role.LEAD)) as work:
        sealed = await seal(work, WORDS, "draft 1")
        with pytest.raises(CannotOpen):
            await unseal(work, sealed, "draft 2")


async def test_another_organisation_cannot_open_it(someone: Someone) -> None:
    async with begin(await someone(Role.LEAD)) as work:
        sealed = await seal(work, WORDS, "draft 1")
    async with begin(await someone(Role.LEAD)) as work:
        with pytest.raises(CannotOpen):
            await unseal(work, sealed, "draft 1")


async def test_a_key_that_was_not_committed_sealed_nothing_that_lasts(someone: Someone) -> None:
    lead = await someone(Role.LEAD)
    with pytest.raises(ZeroDivisionError):
        async with begin(lead) as work:
            await seal(work, WORDS, "draft 1")
            _ = 1 / 0
    async with begin(lead) as work:
        sealed = await seal(work, WORDS, "draft 1")
    async with begin(lead) as work:
        assert await unseal(work, sealed, "draft 1") == WORDS


async def test_those_who_need_the_first_key_at_once_share_one(someone: Someone) -> None:
    lead = await someone(Role.LEAD)

    async def one(number: int) -> bytes:
        async with begin(lead) as work:
            return await seal(work, WORDS, f"draft {number}")

    sealed = await asyncio.gather(*(one(number) for number in range(8)))
    async with begin(lead) as work:
        assert [await unseal(work, value, f"draft {number}") for number, value in enumerate(sealed)] == [WORDS] * 8
        assert await work.driver.fetchval("select count(*) from organisation_keys") == 1


async def test_an_objects_key_opens_for_that_object_alone(someone: Someone) -> None:
    async with begin(await someone(Role.LEAD)) as work:
        key, wrapped = await make_object_key(work, "attachment 1")
        assert await open_object_key(work, wrapped, "attachment 1") == key
        with pytest.raises(CannotOpen):
            await open_object_key(work, wrapped, "attachment 2")


async def test_without_the_master_nothing_opens_and_the_sentence_names_the_file(
    someone: Someone, tmp_path: Path
) -> None:
    lead = await someone(Role.LEAD)
    async with begin(lead) as work:
        sealed = await seal(work, WORDS, "draft 1")
    masters.use(Masters(tmp_path))
    async with begin(lead) as work:
        with pytest.raises(KeyMissing, match="copies the file master-"):
            await unseal(work, sealed, "draft 1")


async def test_the_database_holds_no_key_that_opens_by_itself(someone: Someone, data: Path) -> None:
    async with begin(await someone(Role.LEAD)) as work:
        sealed = await seal(work, WORDS, "draft 1")
        row = await work.driver.fetchrow("select * from organisation_keys")
    assert row is not None
    for secret in (row["wrapped"][start : start + 32] for start in range(len(row["wrapped"]) - 31)):
        with pytest.raises(CannotOpen):
            Key(secret).open(sealed, b"")
    assert (data / "keys" / "master").stat().st_mode & 0o777 == 0o600


async def test_keys_show_themselves_in_no_representation(someone: Someone, data: Path) -> None:
    secret = (data / "keys" / "master").read_bytes()
    async with begin(await someone(Role.LEAD)) as work:
        key, _ = await make_object_key(work, "x")
    shown = repr(masters.current()) + repr(masters.current().current) + repr(key)
    assert secret.hex() not in shown
    assert repr(secret)[2:-1] not in shown
    assert repr(key.secret)[2:-1] not in shown
