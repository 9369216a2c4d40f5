"""Reading fast under row security: the list and the search use their index, and the search asks for rights itself."""

import json
import re

import psycopg
import pytest

from safeguard.access.actors import Actor
from safeguard.access.policy import ALLOWED, Permission
from safeguard.access.roles import Role
from safeguard.incidents import queries
from safeguard.incidents.adding import add_entry
from safeguard.incidents.entering import NewEntry
from safeguard.incidents.looking import list_looks
from safeguard.incidents.queries import Filters, list_incidents, read_incident
from safeguard.incidents.recording import record_incident
from safeguard.incidents.reports import NewIncident
from safeguard.work import begin
from tests.factories import organisations
from tests.factories.incidents import IMPERSONATION, SCHOOL

pytestmark = pytest.mark.anyio

FILL = """
insert into incidents (organisation_id, id, reference, recorded_at, recorded_by, recorded_by_name, narrative,
                       last_activity_at, tsv)
select $1, gen_random_uuid(), translate(to_char(n, 'FM000-000'), '01', 'CF'), now() - n * interval '1 minute', $2,
       'Sample', 'Words ' || n, now(),
       to_tsvector('english', 'Words ' || n || case when n = 14321 then ' zebra' else '' end)
from generate_series(2, $3::integer) n
on conflict do nothing
"""


LISTED = (
    """
    insert into people (organisation_id, id, kind, given_name, family_name, recorded_at, changed_at, sort_key, found_by)
    select %(here)s, md5(n::text)::uuid, 'child', 'Listed', 'Person ' || n, now(), now(), 'person ' || n || ' listed',
        ' listed person ' || n || ' '
    from generate_series(1, 2000) n
    """,
    """
    insert into incident_people (organisation_id, id, incident_id, position, role, kind, name, person_id)
    select %(here)s, gen_random_uuid(), i.id, 1, 'affected', 'child', 'Listed', md5((1 + i.n %% 2000)::text)::uuid
    from (select id, row_number() over () as n from incidents where organisation_id = %(here)s limit 10000) i
    """,
)
"""Two thousand people with five incidents each."""


async def filled(someone, incidents=5000):
    """A lead of an organisation with thousands of incidents."""
    lead = await someone(Role.LEAD)
    async with begin(lead) as work:
        await work.driver.execute(FILL, lead.organisation_id, lead.user_id, incidents)
    assert organisations.owner_url
    async with await psycopg.AsyncConnection.connect(organisations.owner_url, autocommit=True) as owner:
        await owner.execute("analyze incidents")  # plans follow what the planner knows, as they do in production
    return lead


crowded: list[Actor] = []


async def in_a_crowd(someone):
    """The same, filled once for every test that only reads: filling takes longer than reading."""
    if not crowded:
        crowded.append(await filled(someone))
    return crowded[0]


async def plan(work, statement, *values):
    """The indexes and the kinds of node that a statement's plan uses, as the app's own role."""
    await work.driver.execute("set local enable_seqscan = off")  # the tests' tables are small
    found = await work.driver.fetchval(f"explain (format json) {statement}", *values)
    found = json.loads(found) if isinstance(found, str) else found
    nodes, indexes, todo = set(), set(), [found[0]["Plan"]]
    while todo:
        node = todo.pop()
        nodes.add((node["Node Type"], node.get("Relation Name")))
        indexes.add(node.get("Index Name"))
        todo += node.get("Plans", [])
    return indexes, nodes


@pytest.mark.parametrize(
    ("statement", "index"),
    [
        ("LIST_ALL", "incidents_list"),
        ("LIST_OPEN", "incidents_open"),
        ("LIST_CLOSED", "incidents_closed"),
        ("LIST_RISK", "incidents_risk"),
    ],
)
async def test_the_list_walks_its_index_under_row_security(someone, statement, index):
    lead = await in_a_crowd(someone)
    async with begin(lead) as work:
        risk = "high" if "RISK" in statement else None
        values = (*queries.LATEST, 26, risk, None, queries.EARLIEST, queries.END)
        indexes, nodes = await plan(work, getattr(queries, statement), *values)
    assert index in indexes
    assert ("Seq Scan", "incidents") not in nodes
    assert not [node for node in nodes if node[0] == "Sort" and node[1] == "incidents"]


async def test_ones_own_list_walks_its_index(someone):
    lead = await in_a_crowd(someone)
    async with begin(lead) as work:
        indexes, nodes = await plan(work, queries.LIST_OWN, *queries.LATEST, 26, lead.user_id)
    assert indexes & {"incidents_own", "incidents_list"}
    assert ("Seq Scan", "incidents") not in nodes


async def test_an_incident_is_found_by_its_key_in_one_statement(someone):
    lead = await in_a_crowd(someone)
    async with begin(lead) as work:
        incident_id = await work.driver.fetchval("select id from incidents limit 1")
        indexes, nodes = await plan(work, queries.READ, incident_id, None)
    assert {"incidents_pkey", "incidents_blocking_key"} & indexes  # either is found by organisation and id
    assert not [node for node in nodes if node[0] == "Seq Scan"]


async def test_a_rare_word_far_back_is_found_along_the_index_of_words(someone, server, addresses, key):
    await filled(someone, incidents=30_000)  # others: a table of one organisation may as well be read whole
    lead = await filled(someone, incidents=30_000)
    async with begin(lead) as work:
        found = await list_incidents(work, Filters(text="zebra", state="all"))
    assert [row.beginning for row in found] == ["Words 14321"]
    with psycopg.connect(server.url(), dbname="safeguard", autocommit=True) as everything:
        everything.execute("analyze incidents")
        everything.execute("load 'auto_explain'")
        everything.execute("set auto_explain.log_min_duration = 0")
        everything.execute("set auto_explain.log_nested_statements = on")
        everything.execute("set client_min_messages = log")
        told = []
        everything.add_notice_handler(lambda notice: told.append(notice.message_primary))
        with everything.transaction():
            everything.execute(
                "select set_config('safeguard.context', %s, true)",
                (key.sign(lead.organisation_id, lead.user_id, "test"),),
            )
            everything.execute("set local plan_cache_mode = force_generic_plan")  # as after five searches
            everything.execute(
                "select * from search_incidents('zebra', null, null, null, '-infinity', 'infinity', null, null, 25)"
            )
    plans = "\n".join(told)
    assert "Bitmap Index Scan on incidents_words" in plans
    assert "incidents_list" in plans
    assert "Seq Scan on incidents" not in plans
    assert "CTE newest" in plans  # found once, and not again for each match as a plan for any word would
    assert "tsv @@ '''zebra" in plans  # a plan for this word, and not one for any


async def test_what_a_search_found_is_joined_to_its_incidents_one_by_one_however_many_there_are(someone):
    lead = await filled(someone, incidents=30_000)
    async with await psycopg.AsyncConnection.connect(organisations.owner_url, autocommit=True) as owner:
        for statement in LISTED:
            await owner.execute(statement, {"here": lead.organisation_id})
        await owner.execute("analyze people, incident_people, incidents")
    values = (*queries.LATEST, 26, None, None, queries.EARLIEST, queries.END, "zebra", None, [])
    async with begin(lead) as work:
        for _ in range(7):  # after five the plan is one for any search
            await work.driver.fetch(queries.SEARCH, *values)
        statement = await work.driver.fetchval(
            "select name from pg_prepared_statements where statement = $1", queries.SEARCH
        )
        said = ", ".join("'{}'" if value == [] else "null" if value is None else f"'{value}'" for value in values)
        await work.driver.execute("set local plan_cache_mode = force_generic_plan")
        plan = await work.driver.fetch(f"explain (analyze, timing off) execute {statement} ({said})")
    read = [int(rows) for line in plan for rows in re.findall(r"on incidents \w+ .*actual rows=(\d+)", line[0])]
    assert read
    assert max(read) < 100, "\n".join(line[0] for line in plan)


@pytest.mark.parametrize("role", list(Role))
async def test_the_search_gives_others_records_to_the_roles_that_the_table_names_and_to_nobody_else(someone, role):
    lead = await someone(Role.LEAD)
    reader = await someone(role, organisation=lead.organisation_id)
    async with begin(lead) as work:
        await record_incident(work, IMPERSONATION, SCHOOL)
    async with begin(reader) as work:
        found = await work.driver.fetch(
            "select * from search_incidents('underhill', null, null, null, '-infinity', 'infinity', null, null, 25)"
        )
    assert bool(found) == (role in ALLOWED[Permission.INCIDENT_READ])


async def test_the_search_never_crosses_to_another_organisation(someone):
    async with begin(await someone(Role.LEAD)) as work:
        await record_incident(work, IMPERSONATION, SCHOOL)
    async with begin(await someone(Role.LEAD)) as work:
        assert await list_incidents(work, Filters(text="underhill")) == ()


async def test_names_handles_entries_and_parts_of_words_are_found(someone):
    lead = await someone(Role.LEAD)
    async with begin(lead) as work:
        facts = (await record_incident(work, IMPERSONATION, SCHOOL)).facts
        await add_entry(work, facts.id, NewEntry(words="Telephoned the grandmother."))
    async with begin(lead) as work:
        for text in ("hale", "pretending pupils", "mr.hale.fanpage", "grandmothers", facts.reference, "hale -zebra"):
            assert len(await list_incidents(work, Filters(text=text))) == 1, text
        for text in ("zebra", '"pupils pretending"', "hale -pupils", "%", "'; drop table incidents; --", ":*"):
            assert await list_incidents(work, Filters(text=text)) == (), text


async def test_a_search_is_narrowed_like_the_list(someone):
    lead = await someone(Role.LEAD)
    async with begin(lead) as work:
        for four_c in (("conduct",), ("commerce",)):
            await record_incident(work, NewIncident(narrative="A parcel.", four_c=four_c), SCHOOL)
        assert len(await list_incidents(work, Filters(text="parcels", area="commerce"))) == 1
        assert len(await list_incidents(work, Filters(text="parcels", state="closed"))) == 0
        assert len(await list_incidents(work, Filters(text="parcels", until=work.now().replace(year=2020)))) == 0


async def test_who_has_looked_is_told_by_the_log(someone):
    lead = await someone(Role.LEAD)
    deputy = await someone(Role.DEPUTY, organisation=lead.organisation_id)
    async with begin(lead) as work:
        facts = (await record_incident(work, IMPERSONATION, SCHOOL)).facts
        assert await list_looks(work, facts.id) == ()
    for reader in (lead, deputy, deputy):
        async with begin(reader) as work:
            await read_incident(work, facts.id)
    async with begin(lead) as work:
        looks = await list_looks(work, facts.id)
    assert [(look.name, look.times) for look in looks] == [(deputy.name, 2), (lead.name, 1)]
