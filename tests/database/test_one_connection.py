"""Two organisations over one connection, interleaved and cancelled at any moment: neither ever meets the other.

What a cancelled unit leaves behind on the connection (a setting, a transaction, a half-read answer) is what the next
one finds; and what was acknowledged stands in the log of whoever acted, once, under the root that it was hashed to.
"""

import asyncio
import random
from hashlib import sha256
from uuid import UUID

import asyncpg
import pytest

from safeguard import clock
from safeguard.access.actors import Actor
from safeguard.access.roles import Role
from safeguard.database import pool
from safeguard.evidence import merkle
from safeguard.work import begin

pytestmark = pytest.mark.anyio

HEAD = "select size, frontier, last_at from audit.logs where organisation_id = $1 and log = $2"
LEAVES = "select index, entry, hash from audit.leaves where organisation_id = $1 and log = $2 order by index"
UNITS = 3_000
AT_ONCE = 16


class Journal:
    """What was acknowledged, and what was sent and never answered."""

    def __init__(self) -> None:
        self.acknowledged: dict[UUID, set[UUID]] = {}
        self.unknown: dict[UUID, set[UUID]] = {}
        self.cancelled = 0

    async def unit(self, actor: Actor, *, writes: bool) -> None:
        """One unit of work: what it sees is its own, and what it records is noted before and after."""
        sent = clock.new_request_id()
        if writes:
            self.unknown.setdefault(actor.organisation_id, set()).add(sent)
        async with begin(actor, purpose="session", request_id=sent) as work:
            assert await work.driver.fetch("select id from organisations") == [(actor.organisation_id,)]
            assert await work.driver.fetchval("select sec.current_user_id()") == actor.user_id
            if writes:
                work.record("incident.viewed", clock.new_id())
        if writes:
            self.unknown[actor.organisation_id].discard(sent)
            self.acknowledged.setdefault(actor.organisation_id, set()).add(sent)

    async def hurried(self, actor: Actor, chance: random.Random) -> None:
        """A unit that is often cut off before it is done."""
        unit = asyncio.ensure_future(self.unit(actor, writes=chance.random() < 0.5))
        if chance.random() < 0.25:
            for _ in range(chance.randrange(12)):
                await asyncio.sleep(0)
            if chance.random() < 0.5:
                await asyncio.sleep(chance.random() / 200)
            unit.cancel()
        try:
            await unit
        except asyncio.CancelledError:
            self.cancelled += 1


async def test_two_organisations_share_one_connection(someone, addresses, key, database):
    people = [await someone(Role.LEAD), await someone(Role.LEAD)]
    single = pool.Database(addresses.app, key, size=1, overflow=0)
    pool.use(single)
    journal, chance, free = Journal(), random.Random(4), asyncio.Semaphore(AT_ONCE)

    async def one() -> None:
        async with free:
            await journal.hurried(chance.choice(people), chance)

    try:
        await asyncio.gather(*(one() for _ in range(UNITS)))
        assert journal.cancelled > UNITS / 20
        for actor in people:
            await _check_log(actor, journal)
    finally:
        pool.use(database)
        await single.close()


async def test_a_log_grows_in_one_line_however_many_write_at_once(someone, addresses):
    """Six entries a commit from ten connections, of both logs: no gap, no fork, no deadlock, time never goes back."""
    lead = await someone(Role.LEAD)
    both = [("general", "restricted"), ("restricted",), ("general",)]

    async def write(number: int) -> None:
        async with begin(lead) as work:
            for log in both[number % 3] * 2:
                work.record("incident.viewed", UUID(int=number % 5), log=log)

    await asyncio.gather(*(write(number) for number in range(60)))
    owner = await asyncpg.connect(addresses.owner)  # no page reads all of the restricted log
    try:
        assert await _check_chain(owner, lead, "general") == 80
        assert await _check_chain(owner, lead, "restricted") == 80
    finally:
        await owner.close()


async def test_the_first_entries_of_both_logs_never_wait_for_each_other(someone):
    """Somebody's very first acts, in both logs at once: each makes handles that the other needs.

    Without one head that both take first, about one in ten of these transactions ended in a deadlock.
    """
    for _ in range(8):
        lead = await someone(Role.LEAD)

        async def write(*logs: str, lead: Actor = lead) -> None:
            async with begin(lead) as work:
                for log in logs:
                    for number in range(20):
                        work.record("incident.viewed", UUID(int=number), log=log)

        await asyncio.gather(*(write(*logs) for logs in [("restricted",), ("general", "restricted")] * 4))


async def _check_log(actor: Actor, journal: Journal) -> None:
    async with begin(actor) as work:
        assert await _check_chain(work.driver, actor, "general") > 0
        rows = await work.driver.fetch("select entry from audit.leaves where log = 'general' and index > 0")
    told = [UUID(row["entry"].split("\n")[8]) for row in rows]
    assert len(told) == len(set(told))
    assert journal.acknowledged[actor.organisation_id] <= set(told)
    assert set(told) <= journal.acknowledged[actor.organisation_id] | journal.unknown[actor.organisation_id]


async def _check_chain(connection: asyncpg.Connection, actor: Actor, log: str) -> int:
    """Every entry but the first, after hashing all of them again; how many that are."""
    which = (actor.organisation_id, log)
    head = await connection.fetchrow(HEAD, *which)
    rows = await connection.fetch(LEAVES, *which)
    assert head
    assert [row["index"] for row in rows] == list(range(head["size"]))
    leaves = [merkle.leaf_hash(row["entry"].encode()) for row in rows]
    assert leaves == [row["hash"] for row in rows]
    assert leaves[0] == sha256(b"\0" + rows[0]["entry"].encode()).digest()
    assert merkle.extend([], 0, leaves) == (list(head["frontier"]), head["size"])
    times = [row["entry"].split("\n")[1] for row in rows]
    assert times == sorted(times)
    return len(rows) - 1
