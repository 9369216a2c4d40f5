"""Work that stopped: seen by whoever may, tried again by a person, told to the log."""

from datetime import timedelta
from uuid import UUID

import psycopg
import pytest

from safeguard import clock
from safeguard.access.actors import Actor, system
from safeguard.access.roles import Role
from safeguard.errors import Forbidden, NotFound
from safeguard.jobs.claiming import claimed
from safeguard.operations.queries import list_alarms, list_stopped, read_queue
from safeguard.operations.retrying import retry
from safeguard.work import begin

pytestmark = pytest.mark.anyio

LAST_EVENT = "select split_part(entry, E'\\n', 3) from audit.leaves order by index desc limit 1"


async def _parked(actor: Actor) -> UUID:
    """A job that failed as often as it may."""
    async with begin(actor) as work:
        work.ask("pack.make", clock.new_id())
    async with begin(system(actor.organisation_id)) as work:
        job_id = await work.driver.fetchval("select id from jobs.job")
    for _ in range(5):
        async with begin(system(actor.organisation_id)) as work:
            await work.driver.execute("update jobs.job set run_at = sec.clock()")
        async with claimed(job_id):
            raise OSError("the disk is full, and this sentence stays here")
    return job_id


async def test_a_stopped_job_is_shown_with_the_name_of_its_fault_and_no_more(someone):
    lead = await someone(Role.LEAD)
    job_id = await _parked(lead)
    async with begin(lead) as work:
        (stopped,) = await list_stopped(work)
    assert (stopped.id, stopped.kind, stopped.attempts, stopped.fault) == (job_id, "pack.make", 5, "OSError")


async def test_trying_again_puts_it_back_into_the_queue_and_tells_the_log(someone):
    lead = await someone(Role.LEAD)
    job_id = await _parked(lead)
    async with begin(lead) as work:
        await retry(work, job_id)
    async with begin(lead) as work:
        assert await list_stopped(work) == ()
        assert (await read_queue(work)).waiting == 1
        assert await work.driver.fetchval(LAST_EVENT) == "job.retried"


async def test_only_a_stopped_job_can_be_tried_again(someone):
    lead = await someone(Role.LEAD)
    job_id = await _parked(lead)
    async with begin(lead) as work:
        await retry(work, job_id)
    with pytest.raises(NotFound):
        async with begin(lead) as work:
            await retry(work, job_id)


async def test_another_organisations_stopped_job_does_not_exist(someone):
    lead, stranger = await someone(Role.LEAD), await someone(Role.LEAD)
    job_id = await _parked(lead)
    with pytest.raises(NotFound):
        async with begin(stranger) as work:
            await retry(work, job_id)
    async with begin(stranger) as work:
        assert await list_stopped(work) == ()


async def test_a_reporter_does_not_see_the_work_in_the_background(someone):
    with pytest.raises(Forbidden):
        async with begin(await someone(Role.REPORTER)) as work:
            await list_stopped(work)


async def test_what_the_signer_refuses_is_an_alarm_until_it_signs_again(someone, addresses):
    lead = await someone(Role.LEAD)
    values = (lead.organisation_id,)
    with psycopg.connect(addresses.owner) as owner:
        owner.execute("insert into audit.alarms values (%s, 'restricted', 'log', now())", values)
    async with begin(lead) as work:
        (alarm,) = await list_alarms(work)
    assert alarm.kind == "log"
    with psycopg.connect(addresses.owner) as owner:
        owner.execute("update audit.alarms set ended_at = now() where organisation_id = %s", values)
    async with begin(lead) as work:
        assert await list_alarms(work) == ()


async def test_entries_that_wait_too_long_for_the_signer_are_an_alarm(someone):
    lead = await someone(Role.LEAD)
    async with begin(lead) as work:
        assert await list_alarms(work) == ()
        work.dated = clock.now() + timedelta(minutes=6)
        (alarm,) = await list_alarms(work)
        work.dated = None
    assert alarm.kind == "late"
