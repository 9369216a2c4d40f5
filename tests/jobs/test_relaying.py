"""The relay: what is due becomes one job, and what waits is rung for again."""

import asyncio
from datetime import timedelta
from uuid import UUID

import pytest

from safeguard import bell, clock
from safeguard.access.roles import Role
from safeguard.database.pool import Database
from safeguard.jobs.reconciling import ring_again
from safeguard.jobs.scheduling import SCHEDULE, ask_for_due, next_time, write_schedule
from safeguard.work import begin

pytestmark = pytest.mark.anyio


@pytest.fixture
async def relay(addresses, key):
    opened = Database(addresses.relay, key)
    yield opened
    await opened.close()


@pytest.fixture
def rings():
    heard: list[tuple[UUID, str]] = []
    bell.answer_with(lambda job_id, kind: heard.append((job_id, kind)))
    yield heard
    bell.answer_with(None)


async def test_the_bell_rings_after_commit_and_not_after_a_rollback(someone, rings):
    lead = await someone(Role.LEAD)
    with pytest.raises(ValueError, match="no"):
        async with begin(lead) as work:
            work.ask("pack.make", clock.new_id())
            raise ValueError("no")
    assert rings == []
    async with begin(lead) as work:
        work.ask("pack.make", clock.new_id())
        assert rings == []
    assert [kind for _, kind in rings] == ["pack.make"]


async def test_a_job_whose_ring_was_lost_is_rung_for_again(someone, relay, rings):
    lead = await someone(Role.LEAD)
    async with relay.connection() as connection:  # so many at a time: those of other tests stand aside
        await connection.execute("update jobs.job set run_at = now() + interval '1 day' where state = 'queued'")
        await connection.execute("commit")
    async with begin(lead) as work:
        work.ask("pack.make", clock.new_id())
        asked = work._jobs[0]["id"]
    rings.clear()
    await ring_again(relay, after=0)
    assert asked in {str(job_id) for job_id, _ in rings}


async def test_a_due_time_makes_one_job_however_many_relays_look(relay, rings):
    await write_schedule(relay)
    async with relay.connection() as connection:
        await connection.execute("update jobs.schedule set next_at = now() - interval '1 hour'")
        await connection.execute("commit")
    made = await asyncio.gather(*(ask_for_due(relay) for _ in range(4)))
    assert sum(made) == len(SCHEDULE)
    assert sorted(kind for _, kind in rings) == sorted(kind for _, kind in SCHEDULE.values())


async def test_a_missed_time_moves_on_to_the_next_one_ahead(relay, rings):
    await write_schedule(relay)
    await ask_for_due(relay)
    async with relay.connection() as connection:
        following = await connection.fetch("select cron, next_at from jobs.schedule")
    for cron, due in following:
        assert clock.now() < due <= next_time(cron, clock.now()) + timedelta(seconds=1)


def test_the_cron_of_midnight_names_midnight():
    moment = next_time("0 0 * * *", clock.now())
    assert (moment.hour, moment.minute) == (0, 0)
