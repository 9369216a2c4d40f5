"""A hundred thousand cases: the queue and what stands beside it are read along their indexes, never by reading all."""

import re

import psycopg
import pytest

from safeguard import clock
from safeguard.access.actors import Actor
from safeguard.access.roles import Role
from safeguard.database import pool
from safeguard.helpline import queries
from safeguard.helpline.queries import FIRST, LAST, find_earlier
from safeguard.work import begin
from tests.isolation.worlds import World, copied

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
async def crowded(someone, addresses, server, key):
    """A helpline of a hundred thousand cases, in a database of its own that is thrown away afterwards."""
    supervisor = await someone(Role.SUPERVISOR, kind="helpline")
    lead = await someone(Role.LEAD, organisation=supervisor.organisation_id)
    stranger = await someone(Role.SUPERVISOR, kind="helpline")
    await pool.current().close()
    with copied("crowded", addresses, server, key) as world:
        with psycopg.connect(world.owner, autocommit=True) as owner:
            owner.execute(FILL, {"here": supervisor.organisation_id, "open": OPEN, "many": MANY})
            owner.execute("vacuum analyze helpline_cases")
        async with world.entered():
            yield world, supervisor, (lead, stranger)


async def test_a_hundred_thousand_cases_are_read_along_their_indexes(crowded, server, key):
    world, desk, others = crowded
    await every_page_of_the_queue_is_read_along_its_index(desk)
    await earlier_contacts_are_found_by_the_desk_alone(desk, others)
    few = searched(server, key, world, desk, "%LLER98765@%")
    assert "Bitmap Index Scan on helpline_cases_found_by" in few
    assert not READS_ALL.search(few), few
    common = searched(server, key, world, desk, "%school%")
    assert "found_by" not in common
    assert not READS_ALL.search(common), common


async def every_page_of_the_queue_is_read_along_its_index(desk):
    pages = {
        "queue": (queries.QUEUE, (*FIRST, None, False, None, None, 26, False, None)),
        "mine": (queries.QUEUE, (*FIRST, desk.user_id, False, None, None, 26, False, None)),
        "ended": (queries.ENDED, (*LAST, 26)),
        "overdue": (queries.QUEUE, (*FIRST, None, False, None, None, 26, False, clock.now())),
        "counts": (queries.COUNTS, (desk.user_id, clock.now())),
        "known": (queries.KNOWN_BEFORE, ("caller99999@school.example", "School 7", None)),
    }
    found: dict[str, str] = {}
    async with begin(desk, purpose="session") as work:
        for name, (statement, values) in pages.items():
            rows = await work.driver.fetch(f"explain (analyze, costs off, timing off) {statement}", *values)
            plan = "\n".join(row[0] for row in rows)
            if READS_ALL.search(plan):
                found[name] = plan
    assert found == {}, "\n".join(found.values())


async def earlier_contacts_are_found_by_the_desk_alone(desk, others):
    async with begin(desk, purpose="session") as work:
        (found,) = await find_earlier(work, "LLER98765@")
        assert found.caller_name == "Caller 98765"
        assert await find_earlier(work, "aller 98765", found.id) == ()
        assert [case.reference for case in await find_earlier(work, "t0098764")] == ["T0098764"]
        both_ways = await find_earlier(work, "School 2999")  # some among the latest, and more before those
        assert [case.caller_name for case in both_ways] == [f"Caller {n}" for n in range(2999, 33000, 3000)][:10]
        common = await find_earlier(work, "school 12")
        assert len(common) == 10
        assert [case.received_at for case in common] == sorted((case.received_at for case in common), reverse=True)
    for other in others:
        async with begin(other, purpose="session") as work:
            assert await work.driver.fetch("select id from public.search_cases('%98765%', '98765', null, 10)") == []


def searched(server, key, world: World, who: Actor, pattern: str) -> str:
    """The plan inside the one function that looks, as it is run: the app's role may ask for no plan of another's."""
    with psycopg.connect(server.url(), dbname=world.name, autocommit=True) as everything:
        told: list[str] = []
        everything.add_notice_handler(lambda notice: told.append(notice.message_primary or ""))
        for setting in ("log_min_duration = 0", "log_nested_statements = on", "log_analyze = on"):
            everything.execute(f"load 'auto_explain'; set auto_explain.{setting}")
        everything.execute("set client_min_messages = log")
        with everything.transaction():
            everything.execute("set local role safeguard_app")
            context = key.sign(who.organisation_id, who.user_id, "test")
            everything.execute("select set_config('safeguard.context', %s, true)", (context,))
            everything.execute("select * from public.search_cases(%s, 'x', null, 10)", (pattern,))
    return "\n".join(told)
