"""If a guard fell, would anybody notice? Each policy is dropped and weakened in turn, in a transaction that is undone.

Two watchmen are tried on each mutation: the catalogue check, which runs at every start, and a behavioural probe of
two organisations' rows as the app's own role. A mutation after which either stays silent is a hole in it.
"""

import re
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from uuid import UUID, uuid4

import asyncpg
import pytest

from safeguard.database import checking
from safeguard.database.bootstrap import Addresses
from safeguard.database.catalogue import POLICIES, TABLES, TableClass
from safeguard.database.context import ContextKey
from safeguard.database.embedded import EmbeddedPostgres

pytestmark = pytest.mark.anyio

OPEN_TO_APP = {
    name: policy
    for name, table in TABLES.items()
    for policy, (_, role) in POLICIES[table.kind].items()
    if role == "safeguard_app" and policy not in table.without
}
"""Every table of which the app sees rows -> the policy that chooses them."""

VALUES = {
    "uuid": "gen_random_uuid()", "text": "md5(random()::text)", "bytea": "decode(repeat('00', 32), 'hex')",
    "timestamp with time zone": "now()", "date": "now()", "integer": "1", "bigint": "1", "boolean": "true",
    "jsonb": "'{}'", "text[]": "'{}'", "bytea[]": "'{}'", "tsvector": "''",
}  # fmt: skip

NEEDED = """
select attname::text as name, format_type(atttypid, null) as type from pg_attribute
where attrelid = $1::text::regclass and attnum > 0 and attnotnull and not atthasdef and attname <> $2
"""
SECOND = "select policyname from pg_policies where schemaname || '.' || tablename = $1 and permissive = 'RESTRICTIVE'"
"""What narrows a table further also refuses a forged context: it goes, so that the policy itself is what is probed."""
IN_THE_WAY = "select conname from pg_constraint where conrelid = $1::text::regclass and contype in ('c', 'f')"

MAY_WRITE = """
select has_table_privilege('safeguard_app', $1, 'insert'), has_column_privilege('safeguard_app', $1, $2, 'update')
"""


@dataclass
class Ground:
    """One table with a row of ours and a row of theirs, inside a transaction of an administrator."""

    connection: asyncpg.Connection
    key: ContextKey
    table: str
    column: str
    ours: UUID
    theirs: UUID
    insert: str

    @property
    def policy(self) -> str:
        return OPEN_TO_APP[self.table]

    async def seen(self, context: str) -> tuple[int, int] | str:
        """How many of our rows, and of anybody else's, the app sees; or the SQLSTATE of the refusal."""
        count = f"select count(*) filter (where {self.column} = $1), count(*) filter (where {self.column} <> $1)"
        return await self._as_app(context, f"{count} from {self.table}", self.ours)

    async def written(self) -> tuple[int, ...] | str | None:
        """What becomes of a row that the app makes, or makes over, for them; None when it holds no right to try."""
        inserts, updates = await self.connection.fetchrow(MAY_WRITE, self.table, self.column)
        if inserts:
            return await self._as_app(self.context(), f"{self.insert} returning 1", self.theirs)
        if updates:
            change = f"update {self.table} set {self.column} = $1 returning 1"
            return await self._as_app(self.context(), change, self.theirs)
        return None

    def context(self) -> str:
        """A worker's: what is narrowed to workers must be guarded by its organisation's policy all the same."""
        return self.key.sign(self.ours, None, "job")

    def forged(self) -> str:
        return self.context().replace(str(self.ours), str(self.theirs))

    async def problems(self) -> list[str]:
        """What the probe finds wrong with the isolation of this table."""
        found = {
            "our row is not seen, or another's is": await self.seen(self.context()) != (1, 0),
            "without a context rows are missing in silence": await self.seen("") != "42501",
            "a forged context is believed": await self.seen(self.forged()) != "42501",
            "a row is written for others": await self.written() not in ("42501", None),
        }
        return [problem for problem, is_so in found.items() if is_so]

    async def _as_app(self, context: str, statement: str, *values: object) -> tuple[int, int] | str:
        undo = self.connection.transaction()
        await undo.start()
        try:
            await self.connection.execute("set local role safeguard_app")
            await self.connection.fetchval("select set_config('safeguard.context', $1, true)", context)
            return tuple(await self.connection.fetchrow(statement, *values) or ())
        except asyncpg.PostgresError as refusal:
            return refusal.sqlstate or "?"
        finally:
            await undo.rollback()


@pytest.fixture(scope="module")
async def administrator(
    server: EmbeddedPostgres, addresses: Addresses, anyio_backend: str
) -> AsyncIterator[asyncpg.Connection]:
    """An administrator, in a transaction that never commits."""
    connection = await asyncpg.connect(server.url(), database="safeguard")
    undone = connection.transaction()
    await undone.start()
    await connection.execute("set local lock_timeout = '5s'")
    yield connection
    await undone.rollback()
    await connection.close()


@pytest.fixture
async def admin(administrator: asyncpg.Connection) -> AsyncIterator[asyncpg.Connection]:
    """The same administrator; what one test changes, the next does not find."""
    undone = administrator.transaction()
    await undone.start()
    yield administrator
    await undone.rollback()


@pytest.fixture
async def grounds(admin: asyncpg.Connection, key: ContextKey) -> list[Ground]:
    """Every table that is open to the app, each with two rows."""
    await admin.execute("set local session_replication_role = replica")  # what a row sets off is not tried here
    made = [await _seed(admin, key, table) for table in sorted(OPEN_TO_APP)]
    await admin.execute("set local session_replication_role = origin")
    return made


async def _seed(admin: asyncpg.Connection, key: ContextKey, table: str) -> Ground:
    """Seeded by its columns' types alone: a new table needs nothing here."""
    column = TABLES[table].key
    constraints = [f'drop constraint "{row["conname"]}"' for row in await admin.fetch(IN_THE_WAY, table)]
    if constraints:
        await admin.execute(f"alter table {table} {', '.join(constraints)}")
    needed = await admin.fetch(NEEDED, table, column)
    names = ", ".join([column, *(row["name"] for row in needed)])
    values = ", ".join(["$1::uuid", *(VALUES[row["type"]] for row in needed)])
    made = Ground(admin, key, table, column, uuid4(), uuid4(), f"insert into {table} ({names}) values ({values})")
    for organisation in (made.ours, made.theirs):
        await admin.execute(made.insert, organisation)
    return made


async def _unnoticed(admin: asyncpg.Connection, tables: Iterable[str]) -> list[str]:
    """The tables of which the catalogue check does not complain by name."""
    complaints = " ; ".join(await checking.check(admin))
    return [name for name in tables if not re.search(rf"(?<![\w.]){re.escape(name)}(?![\w.])", complaints)]


MUTATIONS = {
    "dropped": "drop policy {policy} on {table}",
    "opened": "alter policy {policy} on {table} using (true)",
    "believing": "alter policy {policy} on {table} using "
    "({column}::text = split_part(current_setting('safeguard.context'), '|', 1))",
    "joined by another": "create policy another on {table} to safeguard_app using (true)",
    "narrowed": "create policy another on {table} as restrictive to safeguard_app using (false)",
    "switched off": "alter table {table} disable row level security",
}


async def test_the_ground_is_sound(grounds):
    assert {ground.table: problems for ground in grounds if (problems := await ground.problems())} == {}
    assert await checking.check(grounds[0].connection) == []


@pytest.mark.parametrize("mutation", MUTATIONS)
async def test_a_weakened_policy_is_noticed_twice_at_every_table(admin, grounds, mutation):
    seconds = {ground.table: await admin.fetch(SECOND, ground.table) for ground in grounds}
    for ground in grounds:
        change = MUTATIONS[mutation].format(policy=ground.policy, table=ground.table, column=ground.column)
        await admin.execute(change)
    assert await _unnoticed(admin, OPEN_TO_APP) == []
    for table, policies in seconds.items():
        for row in policies:
            await admin.execute(f"drop policy {row['policyname']} on {table}")
    assert [ground.table for ground in grounds if await ground.problems() == []] == []


async def test_a_policy_that_lets_others_rows_be_written_is_noticed_at_every_table(admin, grounds):
    written = [ground for ground in grounds if ground.policy != "app_read"]
    assert written
    for ground in written:
        await admin.execute(f"alter policy {ground.policy} on {ground.table} with check (true)")
    assert await _unnoticed(admin, [ground.table for ground in written]) == []
    for ground in written:
        if await ground.written() is not None:
            assert "a row is written for others" in await ground.problems(), ground.table


@pytest.mark.parametrize("table", sorted(table for table, policy in OPEN_TO_APP.items() if policy == "app_read"))
async def test_what_only_lets_rows_be_read_has_no_check_to_weaken(admin, table):
    with pytest.raises(asyncpg.SyntaxOrAccessError):
        await admin.execute(f"alter policy app_read on {table} with check (true)")


async def test_a_table_that_does_not_hold_its_owner_is_noticed(admin):
    guarded = [name for name in TABLES if TABLES[name].kind is not TableClass.BROKER]
    for name in guarded:
        await admin.execute(f"alter table {name} no force row level security")
    assert await _unnoticed(admin, guarded) == []


@pytest.mark.parametrize(
    "change",
    [
        "alter policy app_own on incidents to public",
        "grant select on users to safeguard_app",
        "grant select (password_hash) on users to safeguard_app",
        "grant select (token_hash) on tokens to safeguard_app",
        "grant update (organisation_id) on incidents to safeguard_app",
        "grant update (id) on entries to safeguard_app",
        "grant update (size) on audit.logs to safeguard_app",
        "grant truncate on incidents to safeguard_app",
        "grant delete on incidents to safeguard_app",
        "grant select on incidents to public",
        "grant select (narrative) on incidents to public",
        "grant select on incidents to safeguard_relay",
        "grant select on audit.documents to safeguard_signer",
        "grant update on audit.leaves to safeguard_signer",
        "grant select on sec.keys to safeguard_relay",
        "grant select on entries to safeguard_search",
        "grant insert on alembic_version to safeguard_app",
        "grant execute on function sec.enter(uuid, uuid, text, integer) to safeguard_app",
        "grant execute on function audit.append_at(timestamptz, jsonb) to safeguard_app",
        "grant execute on all functions in schema audit to safeguard_app",
        "grant execute on function identity.enrol(uuid, text, text, text, text[]) to public",
        "grant execute on function identity.enter_session(bytea) to safeguard_relay",
        "create function public.planted() returns int language sql as 'select 1'",
        "create function identity.enter_session(text) returns int language sql as 'select 1'",
        "alter function identity.enrol(uuid, text, text, text, text[]) security definer",
        "alter function sec.current_organisation() reset all",
        "alter function identity.enter_session(bytea) owner to safeguard_owner",
        "create view public.planted as select * from incidents",
        "create materialized view public.planted as select * from incidents",
        "create table public.planted (id int)",
        "create sequence public.planted; grant usage on sequence public.planted to safeguard_app",
        "create rule planted as on insert to incidents do also select 1",
        "create trigger planted before update on incidents"
        " for each row execute function suppress_redundant_updates_trigger()",
        "grant create on schema public to safeguard_app",
        "grant create on schema jobs to public",
        "grant temporary on database safeguard to public",
        "grant create on database safeguard to safeguard_app",
        "grant safeguard_search to safeguard_app",
        "grant safeguard_definer to safeguard_relay",
        "create role analyst login; grant safeguard_search to analyst",
        "alter role safeguard_signer bypassrls",
        "alter table incidents owner to safeguard_definer",
        "alter table entries drop constraint entries_supersedes_key; create unique index on entries (supersedes_id)",
    ],
)
async def test_a_grant_that_is_too_wide_is_noticed(admin, change):
    await admin.execute(change)
    assert await checking.check(admin) != []


EVERY_POLICY = """
select schemaname || '.' || tablename as table, policyname as name, permissive, qual, with_check
from pg_policies where schemaname = any($1) order by 1, 2
"""
EACH = {
    "dropped": "drop policy {name} on {table}",
    "opened to be seen": "alter policy {name} on {table} using (true)",
    "opened to be written": "alter policy {name} on {table} with check (true)",
    "given to all": "alter policy {name} on {table} to public",
}


async def in_turn(admin: asyncpg.Connection) -> list[list[asyncpg.Record]]:
    """Every policy of the database in rounds, in each at most one of a table: what is said of the table is about it."""
    tables: dict[str, list[asyncpg.Record]] = {}
    for row in await admin.fetch(EVERY_POLICY, checking.SCHEMAS):
        tables.setdefault(row["table"], []).append(row)
    most = max(map(len, tables.values()))
    return [[rows[turn] for rows in tables.values() if turn < len(rows)] for turn in range(most)]


def _applies(mutation: str, policy: asyncpg.Record) -> bool:
    """Whether there is anything to change: an expression that lets all through already, or none of that kind."""
    part = {"opened to be seen": "qual", "opened to be written": "with_check"}.get(mutation)
    return part is None or policy[part] not in (None, "true")


@pytest.mark.parametrize("mutation", EACH)
async def test_each_policy_in_turn_the_restrictive_ones_too_is_missed_at_the_start(admin, mutation):
    rounds = await in_turn(admin)
    tried = [policy for some in rounds for policy in some if _applies(mutation, policy)]
    assert sum(policy["permissive"] == "RESTRICTIVE" for policy in tried) >= 20
    assert len(tried) > 100
    for policies in rounds:
        changed = [policy for policy in policies if _applies(mutation, policy)]
        undone = admin.transaction()
        await undone.start()
        for policy in changed:
            await admin.execute(EACH[mutation].format(name=policy["name"], table=policy["table"]))
        silent = await _unnoticed(admin, [policy["table"] for policy in changed])
        await undone.rollback()
        assert [(policy["table"], policy["name"]) for policy in changed if policy["table"] in silent] == []
