"""Nothing that may tell of a person is forgotten when somebody asks: every table is looked through, or says why not."""

from collections.abc import Awaitable, Callable
from typing import Final
from uuid import UUID

import asyncpg
import pytest
from sqlalchemy import ARRAY, Column

from safeguard import clock
from safeguard.access.actors import Actor
from safeguard.access.roles import Role
from safeguard.database import pool
from safeguard.database.bootstrap import Addresses
from safeguard.database.context import LIFETIME, ContextKey
from safeguard.database.embedded import EmbeddedPostgres
from safeguard.database.registry import registry, table, telling_tables
from safeguard.records.access.saying import heading
from safeguard.records.access.searching import Subject, looked_through, search, shown_of
from safeguard.records.access.sources import SEARCHED, Source
from safeguard.records.access.unsearched import COLUMNS, TABLES, is_authors
from safeguard.records.access.wording import BY_HAND, KINDS
from safeguard.work import Work

pytestmark = pytest.mark.anyio

Someone = Callable[..., Awaitable[Actor]]
NAMED: Final = "Then  Mary-Jane\nO’Brien came."
"""As somebody writes a name: over a line end, with another apostrophe, with a blank too many."""
LOOSE: Final = """
select format('alter column %I drop not null', attname) as loose from pg_attribute
where attrelid = $1::text::regclass and attnum > 0 and not attisdropped and attname <> all ($2)
union all
select format('alter column %I drop default', attname) from pg_attribute
where attrelid = $1::text::regclass and attnum > 0 and not attisdropped and attgenerated = '' and attname <> all ($2)
union all
select format('drop constraint %I cascade', conname) from pg_constraint
where conrelid = $1::text::regclass and contype in ('c', 'u')
"""
UNIQUE: Final = """
select format('drop index %s', indexrelid::regclass) from pg_index
where indrelid = $1::text::regclass and indisunique and not indisprimary
"""
FILLED: Final = {"public.memberships": {"kind": "person"}, "public.access_requests": {"answered_at": "2026-01-31"},
                 "public.inspection_notes": {"kind": "question"}}  # fmt: skip
"""What a row needs beside its one column to be looked at at all."""
SUBJECT: Final = Subject((), (), ("mary-jane o'brien",))


def test_every_table_that_may_tell_of_a_person_is_looked_through_or_says_why_not() -> None:
    searched = {source.table for source in SEARCHED}
    assert len(searched) == len(SEARCHED), "each table once"
    assert searched & set(TABLES) == set()
    telling = set(telling_tables())
    assert telling - searched - set(TABLES) == set(), "neither looked through nor said why not"
    assert (searched | set(TABLES)) - telling == set(), "nothing there tells of anybody"
    assert {source.kind for source in SEARCHED} == set(KINDS) - {BY_HAND}
    assert all(reason for reason in TABLES.values())
    named = {f"{source.table}.{column.name}" for source in SEARCHED for column in table(source.table).columns}
    assert set(COLUMNS) <= named


def test_only_who_wrote_it_is_shown_without_being_looked_through() -> None:
    for source in SEARCHED:
        left = {column.name for column in shown_of(source)} - {column.name for column in looked_through(source)}
        assert all(is_authors(name) for name in left), source.table
        assert set(source.only) <= {column.name for column in looked_through(source)}, source.table
        assert set(source.others) <= {column.name for column in shown_of(source)}, source.table
    assert "public.incidents" in {f"{each.schema or 'public'}.{each.name}" for each in registry().tables.values()}


async def test_a_name_is_found_in_every_column_of_every_table_and_nowhere_else(
    someone: Someone, server: EmbeddedPostgres, addresses: Addresses, key: ContextKey
) -> None:
    lead = await someone(Role.LEAD)
    stranger = await someone(Role.LEAD)
    owner = await asyncpg.connect(server.url(), database="safeguard")
    try:
        async with owner.transaction():
            await owner.execute("set local session_replication_role = replica")
            for source in SEARCHED:
                await _loosen(owner, source)
            wanted = {source.table: await _written(owner, source, lead.organisation_id) for source in SEARCHED}
            for actor, expected in ((lead, wanted), (stranger, {name: {} for name in wanted})):
                await owner.execute("set local role safeguard_app")
                await owner.execute(pool.ENTER, key.sign(actor.organisation_id, actor.user_id, "request", LIFETIME))
                work = Work(actor, owner, clock.new_id())
                for source in SEARCHED:
                    found = await search(work, source, SUBJECT, [])
                    assert {each.id: each.named_in for each in found} == expected[source.table], source.table
                await owner.execute("reset role")
            raise _Enough
    except _Enough:
        pass
    finally:
        await owner.close()


class _Enough(Exception):
    """What was tried is rolled back."""


async def _loosen(owner: asyncpg.Connection, source: Source) -> None:
    """Take away, until the end of this transaction, what would refuse a row with one column."""
    rows = await owner.fetch(LOOSE, source.table, [column.name for column in table(source.table).primary_key])
    loose = [row["loose"] for row in rows]
    await owner.execute(f"alter table {source.table} {', '.join(loose)}")
    for row in await owner.fetch(UNIQUE, source.table):
        await owner.execute(row["format"])


async def _written(owner: asyncpg.Connection, source: Source, organisation: UUID) -> dict[UUID, str]:
    """One row for each column that is looked through, with the name in that column alone; and one that sounds so."""
    expected: dict[UUID, str] = {}
    columns = [column for column in looked_through(source) if not source.only or column.name in source.only]
    for column in columns:
        row = await _row(owner, source, organisation, column, NAMED)
        if column.type.__class__.__name__ != "Date":
            expected[row] = heading(column.name)
        await _row(owner, source, organisation, column, "Rosemary-Jane O'Briens")
    return expected


async def _row(
    owner: asyncpg.Connection, source: Source, organisation: UUID, column: Column[object], words: str
) -> UUID:
    found = table(source.table)
    row = clock.new_id()
    values = {name.name: str(clock.new_id()) for name in found.primary_key} | {"organisation_id": str(organisation)}
    values[next(name for name in ("id", "user_id", "person_id") if name in values)] = str(row)
    values[column.name] = _valued(column, words)
    values |= FILLED.get(source.table, {})
    names = ", ".join(values)
    marks = ", ".join(f"'{value.replace(chr(39), chr(39) * 2)}'" for value in values.values())
    await owner.execute(f"insert into {source.table} ({names}) values ({marks})")
    return row


def _valued(column: Column[object], words: str) -> str:
    quoted = words.replace("\n", " ")
    if isinstance(column.type, ARRAY):
        return '{"' + quoted + '"}'
    return '["' + quoted + '"]' if column.type.__class__.__name__ == "JSONB" else words
