"""A hundred thousand people: the list walks its index, and the search asks the indexes of names and of sounds."""

import json

import psycopg
import pytest

from safeguard.access.actors import Actor
from safeguard.access.roles import Role
from safeguard.people.finding import find
from safeguard.people.queries import LISTS
from safeguard.work import begin

pytestmark = pytest.mark.anyio

PEOPLE = 100_000
FILL = """
with given as (
    select n, 'g' || n || substr('aeioubcdfghklmnprst', n %% 19 + 1, 1) || substr('oraminel', n %% 8 + 1, 2) as word
    from generate_series(1, 600) n
), family as (
    select n, chr(97 + n %% 26) || substr('bromadeliwensontury', n %% 15 + 1, 4) || chr(97 + n / 26 %% 26) as word
    from generate_series(1, 1800) n
)
insert into people (organisation_id, id, kind, given_name, family_name, group_name, recorded_at, changed_at, sort_key,
                    found_by, sounds, twin)
select %s, uuidv7(), case s %% 20 when 0 then 'adult' else 'child' end,
       g.word, f.word, 'Year ' || s %% 7 + 7, now(), now(), f.word || ' ' || g.word,
       ' ' || g.word || ' ' || f.word || ' year ' || s %% 7 + 7 || ' ', coalesce(daitch_mokotoff(f.word), '{}'), ''
from generate_series(1, %s) s join given g on g.n = s %% 600 + 1 join family f on f.n = s * 7 %% 1800 + 1
"""
RARE = """
insert into people (organisation_id, id, kind, given_name, family_name, recorded_at, changed_at, sort_key, found_by,
                    sounds, twin)
select %s, uuidv7(), 'child', 'Siobhan', 'Featherstonehaugh', now(), now(), 'featherstonehaugh siobhan',
       ' siobhan featherstonehaugh ', daitch_mokotoff('featherstonehaugh'), ''
"""


@pytest.fixture(scope="module")
def crowd(addresses) -> psycopg.Connection:
    """The owner's connection, for what only the owner may do at once."""
    with psycopg.connect(addresses.owner, autocommit=True) as owner:
        yield owner


async def crowded(someone, crowd) -> Actor:
    lead = await someone(Role.LEAD)
    crowd.execute(FILL, (lead.organisation_id, PEOPLE))
    crowd.execute(RARE, (lead.organisation_id,))
    crowd.execute("analyze people")
    return lead


async def test_a_hundred_thousand_people_are_found_and_listed_along_indexes(someone, crowd, server, key):
    lead = await crowded(someone, crowd)
    async with begin(lead) as work:
        for typed in ("featherstoneh", "fetherstonhaugh", "Siobahn Featherstonhaugh"):
            assert [person.given_name for person in await find(work, typed)][:1] == ["Siobhan"], typed
        for (kind, group), index in (
            ((False, False), "people_list"),
            ((True, False), "people_kinds"),
            ((False, True), "people_groups"),
        ):
            narrowed = [value for value, wanted in (("adult", kind), ("Year 9", group)) if wanted]
            values = ("m", lead.user_id, 26, *narrowed)
            told = await work.driver.fetchval(f"explain (format json) {LISTS[kind, group]}", *values)
            assert index in json.dumps(told), index
            assert "Sort" not in json.dumps(told)
    plans = searched(server, key, lead, "featherstoneh") + searched(server, key, lead, "fetherstonhaugh")
    assert "Bitmap Index Scan on people_names" in plans
    assert "Bitmap Index Scan on people_sounds" in plans
    assert "Seq Scan on people" not in plans


def searched(server, key, lead: Actor, typed: str) -> str:
    """The plans inside the one function that looks."""
    with psycopg.connect(server.url(), dbname="safeguard", autocommit=True) as everything:
        told: list[str] = []
        everything.add_notice_handler(lambda notice: told.append(notice.message_primary or ""))
        for setting in ("log_min_duration = 0", "log_nested_statements = on"):
            everything.execute(f"load 'auto_explain'; set auto_explain.{setting}")
        everything.execute("set client_min_messages = log")
        with everything.transaction():
            context = key.sign(lead.organisation_id, lead.user_id, "test")
            everything.execute("select set_config('safeguard.context', %s, true)", (context,))
            everything.execute("select * from public.search_people(array[%s], null, 8)", (typed,))
    return "\n".join(told)
