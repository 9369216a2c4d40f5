"""What a statement smuggled into the public page could do: with every right of the app, in the context of a visitor."""

from collections.abc import AsyncIterator
from uuid import UUID, uuid4

import asyncpg
import pytest

from safeguard import clock
from safeguard.access.actors import Actor
from safeguard.access.roles import Role
from safeguard.concerns.raising import NewConcern, raise_concern
from safeguard.database.bootstrap import Addresses
from safeguard.database.catalogue import TABLES, TableClass
from safeguard.database.granting import CALLS
from safeguard.database.visiting import VISITED, Visiting
from safeguard.incidents.recording import record_incident
from safeguard.incidents.reports import NewIncident, NewPerson
from safeguard.public_reports.arriving import Envelope, arrive
from safeguard.public_reports.doors import PURPOSE, find_door, visitor
from safeguard.public_reports.sent import Sent
from safeguard.work import begin
from tests.factories.incidents import SCHOOL

pytestmark = pytest.mark.anyio

CANARY = "zebras"
OURS = sorted(
    name
    for name, table in TABLES.items()
    if table.kind in (TableClass.OWNED, TableClass.LOG, TableClass.QUEUE)
    and not {"app_own", "app_read"} <= table.without
    and name != "jobs.schedule"  # the scheduler's own: the app holds no right on it at all
)
SHUT = [name for name in OURS if VISITED.get(name, Visiting.NOTHING) in (Visiting.NOTHING, Visiting.ADD)]
COLUMNS = """
select a.attname::text as name, has_column_privilege('safeguard_app', a.attrelid, a.attnum, 'select') as reads,
       has_column_privilege('safeguard_app', a.attrelid, a.attnum, 'update') as changes
from pg_attribute a where a.attrelid = $1::text::regclass and a.attnum > 0 and not a.attisdropped order by a.attnum
"""
FUNCTIONS = """
select n.nspname || '.' || p.proname as name, p.oid::regprocedure::text as called,
       array(select format_type(t, null) from unnest(p.proargtypes) t) as types
from pg_proc p join pg_namespace n on n.oid = p.pronamespace
where n.nspname || '.' || p.proname = any ($1) order by 1
"""
VALUES = {
    "uuid": "'{id}'::uuid", "text": "'zebras'", "bytea": "decode(repeat('00', 32), 'hex')", "integer": "25",
    "bigint": "25", "boolean": "true", "jsonb": "'{}'::jsonb", "interval": "interval '1 hour'",
    "timestamp with time zone": "null::timestamptz", "uuid[]": "array['{id}']::uuid[]", "text[]": "array['zebras']",
    "bytea[]": "array[decode(repeat('00', 32), 'hex')]", "inet": "'127.0.0.1'::inet", "smallint": "1::smallint",
    "integer[]": "array[1, 25]",
}  # fmt: skip


@pytest.fixture
async def lead(someone) -> Actor:
    """A lead of an organisation in which there is something to find."""
    lead = await someone(Role.LEAD)
    people = (NewPerson(name="Zebras Zed", role="affected", kind="child"),)
    async with begin(lead, purpose="session") as work:
        await record_incident(work, NewIncident(narrative=f"Words about {CANARY}.", people=people), SCHOOL)
        await raise_concern(work, NewConcern(subject_name="Zebras Zulu", narrative=f"More {CANARY}."))
    return lead


async def injected(actor: Actor, statement: str) -> list[asyncpg.Record]:
    async with begin(visitor(actor.organisation_id), purpose=PURPOSE) as work:
        return await work.driver.fetch(statement)


@pytest.fixture
async def owner(addresses: Addresses) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(addresses.owner)
    yield connection
    await connection.close()


async def test_no_row_of_any_table_is_read(lead: Actor, owner: asyncpg.Connection) -> None:
    told: list[str] = []
    for table in SHUT:
        readable = [row["name"] for row in await owner.fetch(COLUMNS, table) if row["reads"]]
        try:
            found = await injected(lead, f"select {readable[0] if readable else '*'} from {table} limit 1")
        except asyncpg.InsufficientPrivilegeError:
            continue
        if found or not readable:
            told.append(table)
    assert told == []


async def test_no_row_of_any_table_is_changed(lead: Actor, owner: asyncpg.Connection) -> None:
    """With a constant in the place of what is there: a change that reads nothing asks for no right to read."""
    done: dict[str, str] = {}
    for table in SHUT:
        columns = [row for row in await owner.fetch(COLUMNS, table) if row["changes"]]
        for row in columns[:1]:
            async with begin(visitor(lead.organisation_id), purpose=PURPOSE) as work:
                done[table] = await work.driver.execute(f"update {table} set {row['name']} = default")
    assert done
    assert set(done.values()) == {"UPDATE 0"}, done


async def test_the_rows_are_there_for_whoever_may(lead: Actor) -> None:
    """The tests above would notice: a lead finds rows in the same tables."""
    async with begin(lead, purpose="session") as work:
        for table in ("incidents", "incident_people", "memberships", "organisations", "audit.leaves", "jobs.job"):
            assert await work.driver.fetchval(f"select count(*) from {table}") > 0, table


async def test_rows_are_added_only_to_what_a_visitor_writes(lead: Actor) -> None:
    added = [name for name in OURS if "INSERT" in (TABLES[name].app or ())]
    wrong: dict[str, str] = {}
    for table in added:
        opened = VISITED.get(table, Visiting.NOTHING) not in (Visiting.NOTHING, Visiting.READ)
        outcome = "added"
        try:
            await injected(lead, f"insert into {table} ({TABLES[table].key}) values (sec.current_organisation())")
        except asyncpg.PostgresError as refusal:
            outcome = refusal.sqlstate or "?"
        refused_first = outcome == "42501"
        if refused_first == opened:
            wrong[table] = outcome
    assert added
    assert wrong == {}


async def test_of_incidents_only_the_one_that_is_being_recorded_is_read(lead: Actor) -> None:
    door = await find_door(f"sample-{lead.organisation_id.hex[-12:]}")
    sent = Sent(about="other", words="Somebody is horrible to me.", writer="child")
    told = await arrive(door, sent, Envelope("2222-3333-4444-5555", bytes(16), "en_GB", clock.new_request_id(), None))
    assert told.id
    async with begin(visitor(lead.organisation_id, "Sam"), purpose=PURPOSE) as work:
        own = (await record_incident(work, NewIncident(narrative="One more."), SCHOOL)).facts.id
        assert [row["id"] for row in await work.driver.fetch("select id from incidents")] == [own]
        await work.driver.execute("select set_config('safeguard.recording', $1, true)", str(uuid4()))
        assert await work.driver.fetch("select id from incidents") == []
        done = await work.driver.execute("update incidents set state = 'closed'")
    assert done == "UPDATE 0"


async def test_no_function_tells_a_visitor_anything(lead: Actor, owner: asyncpg.Connection) -> None:
    """Whatever runs with another's rights, called with what a visitor could know or guess."""
    async with begin(lead, purpose="session") as work:
        ids = {row["id"] for row in await work.driver.fetch("select id from incidents")}
        names = {row["name"] for row in await work.driver.fetch("select name from memberships")}
    secrets = {str(identifier) for identifier in ids} | names | {str(lead.user_id)}
    functions = await owner.fetch(FUNCTIONS, sorted(CALLS["safeguard_app"]))
    assert len(functions) == len(CALLS["safeguard_app"])
    told: dict[str, str] = {}
    for row in functions:
        values = [VALUES[kind].replace("{id}", str(UUID(int=7))) for kind in row["types"]]
        call = f"select * from {row['name']}({', '.join(values)})"
        try:
            found = repr([tuple(one) for one in await injected(lead, call)])
        except asyncpg.PostgresError:
            continue
        if any(secret in found for secret in secrets):
            told[row["name"]] = found
    assert told == {}
