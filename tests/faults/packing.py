"""A worker of one job: makes one pack in a process of its own, so that it can be killed at any moment.

`python -m tests.faults.packing`, told on its standard input what to make and where; it says `begun` before it claims
the job, then the hash of what it made, and ends when that is committed - or, told to hold, waits before the commit.
"""

import json
import sys
from pathlib import Path
from uuid import UUID

import anyio

from safeguard.database import pool
from safeguard.database.context import load_key
from safeguard.evidence.making import Workshop, make_pack
from safeguard.evidence.queries import get_pack
from safeguard.evidence.sealing import FileKeySigner
from safeguard.incidents.chapter import IncidentChapter
from safeguard.jobs.claiming import claimed
from safeguard.strongbox import masters, objects

PATIENCE = 120.0
HOST = "safeguard.example"
SEED = bytes(range(32))


async def main(told: dict[str, str]) -> None:
    """Claim the job and do it."""
    data, bench = Path(told["data"]), Path(told["bench"])
    opened = pool.Database(told["app"], load_key(data / "keys" / "context"))
    pool.use(opened)
    masters.use(masters.Masters(data / "keys"))
    shelf = objects.open_store(told["shelf"])
    objects.use(shelf)
    shop = Workshop(FileKeySigner(SEED, HOST, told["signer"]), shelf, IncidentChapter(), bench)
    print("begun", flush=True)
    with anyio.fail_after(PATIENCE):
        async with claimed(UUID(told["job"])) as taken:
            if taken:
                await make_pack(*taken, shop)
                work, job = taken
                made = (await get_pack(work, job.subject_id)).sha256 or b""
                print(made.hex(), flush=True)
                if told["hold"]:  # everything is done but the commit
                    await anyio.sleep_forever()
    await opened.close()


if __name__ == "__main__":
    anyio.run(main, json.loads(sys.stdin.read()))
