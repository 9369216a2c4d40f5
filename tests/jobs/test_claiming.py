"""A job's effect happens once, whatever dies, overtakes or is rung twice."""

import asyncio
from uuid import UUID

import pytest

from safeguard import clock
from safeguard.access.actors import Actor, system
from safeguard.access.roles import Role
from safeguard.jobs.claiming import Job, Overtaken, claimed, gather
from safeguard.work import Work, begin

pytestmark = pytest.mark.anyio

STATE = "select state, attempts, fault, finished_at is not null as finished from jobs.job where id = $1"


async def _asked(actor: Actor, **how: object) -> UUID:
    async with begin(actor) as work:
        work.ask("pack.make", clock.new_id(), **how)
    async with begin(system(actor.organisation_id)) as work:
        return await work.driver.fetchval("select id from jobs.job order by created_at desc limit 1")


async def _state(actor: Actor, job_id: UUID):
    async with begin(system(actor.organisation_id)) as work:
        return await work.driver.fetchrow(STATE, job_id)


async def _make_due(actor: Actor, job_id: UUID) -> None:
    async with begin(system(actor.organisation_id)) as work:
        await work.driver.execute("update jobs.job set run_at = sec.clock() where id = $1", job_id)


def _rename(work: Work, name: str):
    return work.driver.execute("update organisations set name = $1", name)


async def _name(actor: Actor) -> str:
    async with begin(actor) as work:
        return await work.driver.fetchval("select name from organisations")


async def test_a_claimed_job_commits_its_effect_and_is_done(someone):
    lead = await someone(Role.LEAD)
    job_id = await _asked(lead)
    async with claimed(job_id) as taken:
        assert taken is not None
        work, job = taken
        assert (job.actor.user_id, job.actor.roles) == (lead.user_id, lead.roles)
        await _rename(work, "Renamed")
    assert await _name(lead) == "Renamed"
    assert tuple(await _state(lead, job_id)) == ("done", 1, None, True)


async def test_a_done_job_is_not_claimed_again(someone):
    lead = await someone(Role.LEAD)
    job_id = await _asked(lead)
    async with claimed(job_id):
        pass
    async with claimed(job_id) as taken:
        assert taken is None


async def test_two_rings_at_once_claim_one_job(someone):
    lead = await someone(Role.LEAD)
    job_id = await _asked(lead)
    seen: list[Job] = []

    async def answer() -> None:
        async with claimed(job_id) as taken:
            if taken:
                seen.append(taken[1])
                await asyncio.sleep(0)

    await asyncio.gather(*(answer() for _ in range(8)))
    assert len(seen) == 1


async def test_a_failing_job_leaves_no_effect_and_waits_for_another_try(someone):
    lead = await someone(Role.LEAD)
    job_id = await _asked(lead)
    before = await _name(lead)
    async with claimed(job_id) as taken:
        assert taken is not None
        await _rename(taken[0], "Half done")
        raise ValueError("a child's name must not be kept from here")
    assert await _name(lead) == before
    assert tuple(await _state(lead, job_id)) == ("queued", 1, "ValueError", False)


async def test_a_job_is_parked_after_five_attempts(someone):
    lead = await someone(Role.LEAD)
    job_id = await _asked(lead)
    for _ in range(5):
        await _make_due(lead, job_id)
        async with claimed(job_id) as taken:
            assert taken is not None
            raise ValueError
    assert tuple(await _state(lead, job_id)) == ("parked", 5, "ValueError", True)
    await _make_due(lead, job_id)
    async with claimed(job_id) as taken:
        assert taken is None


async def test_a_worker_that_was_overtaken_changes_nothing(someone):
    lead = await someone(Role.LEAD)
    job_id = await _asked(lead)
    before = await _name(lead)
    async with claimed(job_id) as slow:
        assert slow is not None
        await _rename(slow[0], "Too late")
        async with begin(system(lead.organisation_id)) as work:
            await work.driver.execute("update jobs.job set claimed_at = claimed_at - interval '3 minutes'")
        async with claimed(job_id) as quick:
            assert quick is not None
        with pytest.raises(Overtaken):
            await slow[1].progress(1, 2)
    assert await _name(lead) == before
    assert tuple(await _state(lead, job_id)) == ("done", 2, None, True)


async def test_a_job_of_somebody_who_has_left_is_parked(someone):
    lead = await someone(Role.LEAD)
    job_id = await _asked(lead)
    async with begin(system(lead.organisation_id)) as work:
        await work.driver.execute("update memberships set state = 'ended'")
    async with claimed(job_id) as taken:
        assert taken is None
    assert (await _state(lead, job_id))["fault"] == "AskerHasLeft"


async def test_asking_twice_with_one_key_adds_one_job(someone):
    lead = await someone(Role.LEAD)
    for _ in range(2):
        await _asked(lead, key="once")
    async with begin(lead) as work:
        assert await work.driver.fetchval("select count(*) from jobs.job") == 1


async def test_what_somebody_else_asked_for_is_gathered_by_nobody(someone):
    lead = await someone(Role.LEAD)
    other = await someone(Role.LEAD, organisation=lead.organisation_id)
    subject = clock.new_id()
    for actor in (lead, lead, other):
        async with begin(actor) as work:
            work.ask("pack.make", subject)
    async with begin(system(lead.organisation_id)) as work:
        rows = await work.driver.fetch("select id, asked_by from jobs.job where kind = 'pack.make' order by created_at")
    async with claimed(rows[0]["id"]) as taken:
        assert taken
        await gather(*taken)
    states = [(await _state(lead, row["id"]))["state"] for row in rows]
    assert [state for state, row in zip(states, rows, strict=True) if row["asked_by"] == other.user_id] == ["queued"]
    assert states.count("done") == 2
