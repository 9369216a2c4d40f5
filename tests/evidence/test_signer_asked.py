"""The signer's process, as others ask it over its socket."""

import asyncio
import base64
import os
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID

import asyncpg
import pytest

from safeguard import clock
from safeguard.access.actors import system
from safeguard.database.bootstrap import Addresses
from safeguard.evidence.sealing import FileKeySigner, SealRefused
from safeguard.evidence.signing.asking import AskingSigner, SignerAway
from safeguard.evidence.signing.serving import Serving
from safeguard.work import begin
from tests.evidence.signed import HOST, OrganisationMaker, grow, memory, signer, tamper

__all__ = ["memory", "signer"]

pytestmark = pytest.mark.anyio


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
    assert b"refused" in await asyncio.to_thread(asking._exchange, line)
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
