"""While an invented past is written no worker takes a job, so that nothing of today stands in the middle of a log."""

import pytest

from safeguard import clock
from safeguard.access.actors import system
from safeguard.access.roles import Role
from safeguard.demo.quieting import while_nobody_works
from safeguard.jobs.claiming import claimed
from safeguard.work import begin

pytestmark = pytest.mark.anyio

STATE = "select state, attempts from jobs.job where id = $1"


async def test_a_job_waits_untouched_until_the_past_is_written(someone):
    lead = await someone(Role.LEAD)
    async with begin(lead) as work:
        work.ask("signal.spread", clock.new_id())
    async with begin(system(lead.organisation_id)) as work:
        job_id = await work.driver.fetchval("select id from jobs.job order by created_at desc limit 1")
    async with while_nobody_works():
        async with claimed(job_id) as taken:
            assert taken is None
        async with begin(system(lead.organisation_id)) as work:
            assert tuple(await work.driver.fetchrow(STATE, job_id)) == ("queued", 0)
    async with claimed(job_id) as taken:
        assert taken is not None
