"""The planner keeps no sample of what people wrote: not after ANALYZE, not in any column that may hold it."""

from collections.abc import Awaitable, Callable

import psycopg
import pytest

from safeguard.access.actors import Actor
from safeguard.access.roles import Role
from safeguard.database.bootstrap import Addresses
from safeguard.database.embedded import EmbeddedPostgres
from safeguard.database.registry import telling, telling_tables
from safeguard.database.sampling import SAMPLED, stop_sampling, unsampled
from safeguard.incidents.recording import record_incident
from safeguard.people.recording import record_person
from safeguard.work import begin
from tests.factories.incidents import IMPERSONATION, SCHOOL
from tests.factories.people import called

pytestmark = pytest.mark.anyio

Someone = Callable[..., Awaitable[Actor]]
TARGETS = """
select to_regclass(told.place)::text, told.name, a.attstattarget
from unnest(%s::text[], %s::text[]) as told (place, name)
left join pg_attribute a on a.attrelid = to_regclass(told.place) and a.attname = told.name
"""
KEPT = "select schemaname || '.' || tablename, attname from pg_stats where schemaname in ('public', 'audit', 'console')"
COMPUTED = """
select s.tablename, s.attname from pg_stats s join pg_class c on c.oid = to_regclass(s.schemaname || '.' || s.tablename)
join pg_index i on i.indexrelid = c.oid
where i.indrelid = any (array(select to_regclass(n) from unnest(array['public.incident_people', 'public.people']) n))
"""
"""Samples of what an index computes from a name."""


def test_every_column_that_may_tell_is_passed_over(addresses: Addresses) -> None:
    told = {(name, column.name) for name, table in telling_tables().items() for column in telling(table)}
    assert set(unsampled()) == told - SAMPLED
    assert told >= SAMPLED
    places, names = zip(*unsampled(), strict=True)
    with psycopg.connect(addresses.owner) as owner:
        targets = owner.execute(TARGETS, (list(places), list(names))).fetchall()
    assert [(place, name) for place, name, target in targets if target != 0] == []


async def test_after_analyze_there_is_a_sample_of_what_is_plain_and_none_of_what_tells(
    someone: Someone, server: EmbeddedPostgres
) -> None:
    lead = await someone(Role.LEAD)
    async with begin(lead) as work:
        for number in range(5):
            await record_incident(work, IMPERSONATION, SCHOOL)
            await record_person(work, called(f"Ana{number}", "Brook"), SCHOOL)
    with psycopg.connect(server.url(database="safeguard"), autocommit=True) as owner:
        owner.execute("analyze")
        kept = set(owner.execute(KEPT).fetchall())
        assert kept & set(unsampled()) == set()
        assert {("public.incidents", "risk"), ("public.people", "organisation_id"), *SAMPLED} <= kept
        assert owner.execute(COMPUTED).fetchall() == []
        owner.execute("alter table public.people alter column given_name set statistics 100")
        owner.execute("alter index public.incident_people_alleged alter column 2 set statistics 100")
        owner.execute("analyze public.people, public.incident_people")
        assert {("public.people", "given_name")} <= set(owner.execute(KEPT).fetchall()), "as before an upgrade"
        assert owner.execute(COMPUTED).fetchall() != []
        stop_sampling(owner)
        assert set(owner.execute(KEPT).fetchall()) & set(unsampled()) == set()
        assert owner.execute(COMPUTED).fetchall() == []
        targets = owner.execute(TARGETS, (["public.people"], ["given_name"])).fetchall()
    assert targets == [("people", "given_name", 0)]
