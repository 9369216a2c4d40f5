"""The lessons behind a cell of the map cost what their month holds, however many years went before."""

import re

import psycopg
import pytest

from safeguard.access.roles import Role
from safeguard.incidents.recording import record_incident
from safeguard.insights.lessons import LESSONS, MOST
from safeguard.work import begin
from tests.factories.incidents import IMPERSONATION, SCHOOL

pytestmark = pytest.mark.anyio

YEARS = """
insert into entries (organisation_id, id, incident_id, kind, written_at, author_id, author_name, words, controls)
select %(organisation)s, gen_random_uuid(), %(incident)s, 'lesson',
    timestamptz '2026-10-31 12:00Z' - days * interval '1 day', %(lead)s, 'Sample Lead', 'We learnt.', '{M5}'
from (select generate_series(0, 30, 2) union all select generate_series(31, 6000, 15)) as ago(days)
"""


async def test_a_month_of_lessons_is_read_without_the_sixteen_years_before(someone, addresses):
    lead = await someone(Role.LEAD)
    async with begin(lead) as work:
        story = await record_incident(work, IMPERSONATION, SCHOOL)
    with psycopg.connect(addresses.owner) as owner:
        owner.execute(YEARS, {"organisation": lead.organisation_id, "incident": story.facts.id, "lead": lead.user_id})
        owner.execute("analyze entries")
    async with begin(lead) as work:
        await work.driver.execute("set local enable_seqscan = off")  # the tests' tables are small
        plan = await work.driver.fetch(f"explain (analyze, timing off) {LESSONS}", "M5", "2026-10", MOST)
    read = [int(rows) for line in plan for rows in re.findall(r"on entries e .*actual rows=(\d+)", line[0])]
    read += [int(rows) for line in plan for rows in re.findall(r"Rows Removed by .*: (\d+)", line[0])]
    assert 15 <= sum(read) < 40, "\n".join(line[0] for line in plan)
