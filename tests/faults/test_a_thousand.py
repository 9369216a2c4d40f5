"""kill -9 at random moments of whoever makes a pack of a thousand incidents: it is complete or absent, and the same."""

import json
import random
import subprocess
import sys
from collections.abc import Awaitable, Callable
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from threading import Timer
from typing import Final
from uuid import UUID

import anyio
import psycopg
import pytest

from safeguard import clock
from safeguard.access.actors import Actor
from safeguard.access.roles import Role
from safeguard.database.bootstrap import Addresses
from safeguard.errors import Conflict
from safeguard.evidence.downloading import download
from safeguard.evidence.packs.contents import Disclosure
from safeguard.evidence.queries import AskedPack, get_pack
from safeguard.evidence.requesting import request_period_pack
from safeguard.evidence.sealing import FileKeySigner
from safeguard.evidence.verifying.checking import verify
from safeguard.evidence.verifying.notes import parse_key
from safeguard.evidence.verifying.verdicts import Verdict
from safeguard.incidents.recording import record_incident
from safeguard.strongbox import objects
from safeguard.work import begin
from tests.factories.incidents import SCHOOL, SHORT
from tests.faults.packing import HOST, PATIENCE, SEED

pytestmark = pytest.mark.anyio

Someone = Callable[..., Awaitable[Actor]]
INCIDENTS: Final = 1_000
KILLS: Final = 3
LATEST: Final = 2.5
"""Seconds after the worker began at which it is killed at the latest."""
AGAIN: Final = """
update jobs.job set state = 'queued', run_at = now(), claimed_at = null, attempts = 0, finished_at = null where id = %s
"""


class Bench:
    """One pack, and the processes that make it."""

    def __init__(self, lead: Actor, pack: UUID, addresses: Addresses, data: Path, folder: Path) -> None:
        self.lead, self.pack, self.owner = lead, pack, addresses.owner
        self.shelf, self.folder = folder / "objects", folder / "bench"
        with psycopg.connect(self.owner) as owner:
            row = owner.execute("select id from jobs.job where key = %s", (str(pack),)).fetchone()
        assert row
        self.job = row[0]
        self.told = {
            "data": str(data), "app": addresses.app, "signer": addresses.signer, "shelf": self.shelf.as_uri(),
            "bench": str(self.folder), "job": str(self.job),
        }  # fmt: skip

    def begin(self, hold: str = "") -> "subprocess.Popen[str]":
        """A worker that has begun."""
        worker = subprocess.Popen(
            [sys.executable, "-P", "-m", "tests.faults.packing"], text=True, cwd=Path(__file__).parents[2],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )  # fmt: skip
        assert worker.stdin
        worker.stdin.write(json.dumps(self.told | {"hold": hold}))
        worker.stdin.close()
        assert said(worker) == "begun"
        return worker

    def again(self) -> None:
        """What only time can do: the job of a dead worker may be claimed."""
        with psycopg.connect(self.owner) as owner:
            owner.execute(AGAIN, (self.job,))

    def progress(self) -> tuple[int | None, int | None]:
        """How far it says that it is, of how much."""
        with psycopg.connect(self.owner) as owner:
            row = owner.execute("select done, total from jobs.job where id = %s", (self.job,)).fetchone()
        assert row
        return row[0], row[1]

    async def get(self) -> AskedPack:
        """The pack as its page shows it."""
        async with begin(self.lead) as work:
            return await get_pack(work, self.pack)

    async def bytes(self) -> bytes:
        """What whoever downloads it gets."""
        async with begin(self.lead) as work:
            _, pieces = await download(work, objects.open_store(self.shelf.as_uri()), self.pack)
            return b"".join([piece async for piece in pieces])


def said(worker: "subprocess.Popen[str]") -> str:
    """The next line of a worker, which is ended when it says nothing for too long."""
    assert worker.stdout
    end = Timer(PATIENCE, worker.kill)
    end.start()
    try:
        return worker.stdout.readline().strip()
    finally:
        end.cancel()


async def test_a_pack_of_a_thousand_incidents_is_complete_or_absent_whenever_its_maker_is_killed(
    someone: Someone, addresses: Addresses, data: Path, tmp_path: Path
) -> None:
    lead, moments = await someone(Role.LEAD), random.Random(9)
    async with begin(lead) as work:
        for _ in range(INCIDENTS):
            await record_incident(work, SHORT, SCHOOL)
    today = clock.now().date()
    async with begin(lead) as work:
        pack = await request_period_pack(
            work, today - timedelta(days=1), today + timedelta(days=1), Disclosure.COMPLETE
        )
    bench, seen = Bench(lead, pack, addresses, data, tmp_path), set[int]()
    for _ in range(KILLS):
        worker = bench.begin()
        await anyio.sleep(moments.uniform(0.1, LATEST))
        await killed(bench, worker)
        seen.add(bench.progress()[0] or 0)
        bench.again()
    worker = bench.begin(hold="yes")
    before = said(worker)
    assert len(before) == 64
    await killed(bench, worker)
    assert seen | {bench.progress()[0]} != {0}, "a pack in the making says how far it is"
    bench.again()
    worker = bench.begin()
    assert said(worker) == before, "killed before its last moment and made again, it is the same bytes"
    assert worker.wait(timeout=PATIENCE) == 0
    made = await bench.get()
    assert (made.state, bench.progress()) == ("ready", (made.log_size, made.log_size))
    assert list(bench.folder.iterdir()) == [], "nothing is left of those that were killed"
    file = tmp_path / "pack.zip"
    file.write_bytes(await bench.bytes())
    assert sha256(file.read_bytes()).hexdigest() == before
    signer = FileKeySigner(SEED, HOST, addresses.signer)
    found = verify(file, [parse_key(signer.signer_of(made.origin or "").vkey)])
    assert found.verdict is Verdict.VALID, found.sentence


async def killed(bench: Bench, worker: "subprocess.Popen[str]") -> None:
    """kill -9; then there is no pack, and nothing to download."""
    worker.kill()
    worker.wait(timeout=PATIENCE)
    await anyio.sleep(0.3)  # the connections of whoever died end
    assert (await bench.get()).state != "ready"
    with pytest.raises(Conflict):
        await bench.bytes()
