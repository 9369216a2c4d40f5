"""A hundred thousand cases: the queue and what stands beside it are read along their indexes, never by reading all."""

import re

import psycopg
import pytest

from safeguard.access.roles import Role
from safeguard.helpline import queries
from safeguard.helpline.queries import FIRST, LAST
from safeguard.work import begin

pytestmark = pytest.mark.anyio

MANY = 100_000
OPEN = 1_000
FILL = """
insert into helpline_cases (organisation_id, id, reference, channel, state, caller_name, caller_organisation,
    caller_contact, summary, received_at, queued_at, received_by_name, ended_at)
select %(here)s, gen_random_uuid(), 'T' || lpad(n::text, 7, '0'), 'phone', case when n > %(open)s then 'closed' else
    'triaged' end, 'Caller ' || n, 'School ' || n %% 3000, 'caller' || n || '@school.example', 'Words.',
    now() - n * interval '20 minutes', now() - n * interval '20 minutes', 'Sample',
    case when n > %(open)s then now() - n * interval '19 minutes' end
from generate_series(1, %(many)s) n
"""
READS_ALL = re.compile(r"Seq Scan on helpline_cases|rows removed by filter: [1-9]\d{4}", re.I)


@pytest.fixture
async def desk(someone, addresses):
    supervisor = await someone(Role.SUPERVISOR, kind="helpline")
    with psycopg.connect(addresses.owner, autocommit=True) as owner:
        owner.execute(FILL, {"here": supervisor.organisation_id, "open": OPEN, "many": MANY})
        owner.execute("vacuum analyze helpline_cases")
    yield supervisor
    with psycopg.connect(addresses.owner, autocommit=True) as owner:
        owner.execute("delete from helpline_cases where organisation_id = %s", (supervisor.organisation_id,))
        owner.execute("vacuum analyze helpline_cases")


async def test_every_page_of_the_queue_is_read_along_its_index(desk):
    pages = {
        "queue": (queries.QUEUE, (*FIRST, None, False, None, None, 26)),
        "mine": (queries.QUEUE, (*FIRST, desk.user_id, False, None, None, 26)),
        "ended": (queries.ENDED, (*LAST, 26)),
        "counts": (queries.COUNTS, (desk.user_id,)),
        "known": (queries.KNOWN_BEFORE, ("caller99999@school.example", "School 7", None)),
    }
    found: dict[str, str] = {}
    async with begin(desk, purpose="session") as work:
        for name, (statement, values) in pages.items():
            rows = await work.driver.fetch(f"explain (analyze, costs off, timing off) {statement}", *values)
            plan = "\n".join(row[0] for row in rows)
            if READS_ALL.search(plan):
                found[name] = plan
    assert found == {}
