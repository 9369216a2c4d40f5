"""Removing everything that an organisation kept: by a command on the machine, as the database's owner.

No process that serves can do it: the console keeps what two operators agreed to, and thirty days go by, in which one of
them is enough to stop it. A legal hold, or a locked file, wins over whatever was agreed to. The organisation is shut
first, so that nothing is written meanwhile; then one transaction deletes its rows of every table there is, whatever
releases to come add to them: tables are found by their column, and not listed. Its key goes with them, so what lies in
the object store is noise from that moment, and is taken away afterwards. Safe to run again after a crash at any moment.

The road not taken: deleting table after table in the order of their foreign keys. They refer to each other in circles;
one statement that deletes from all of them is checked at its end.
"""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import asyncpg
import obstore
from obstore.store import ObjectStore

from safeguard import clock
from safeguard.database.checking import SCHEMAS
from safeguard.errors import Conflict, NotFound

FIND: Final = "select id, slug, name, kind, state from public.organisations where slug = $1"
DONE: Final = "select id from console.removals where slug = $1 order by removed_at desc limit 1"
AGREED: Final = """
select r.id, r.reason, r.asked_by_name, r.asked_at, r.decided_by_name, r.decided_at, r.due_at, r.due_at <= $2 as is_due,
    console.is_leaving($1) as is_leaving, console.is_held($1) as is_held
from console.requests r
where r.organisation_id = $1 and r.due_at is not null and r.stopped_at is null for update
"""
SHUT: Final = """
update public.organisations set state = 'suspended', version = version + 1 where id = $1 and state <> 'suspended'
"""
LOCK: Final = "select from public.organisations where id = $1 for update"
TABLES: Final = """
select format('%I.%I', n.nspname, c.relname) as name,
    exists (select from pg_attribute o where o.attrelid = c.oid and o.attname = 'object_name' and not o.attisdropped)
        as stores
from pg_class c join pg_namespace n on n.oid = c.relnamespace
join pg_attribute a on a.attrelid = c.oid and a.attname = 'organisation_id' and not a.attisdropped
where c.relkind in ('r', 'p') and n.nspname = any($1) and n.nspname <> 'console' order by 1
"""
FREE: Final = "update public.organisations set parent_id = null where parent_id = $1"
LAST: Final = "delete from public.organisations where id = $1"
STRANDED: Final = """
select array_agg(m.user_id) from public.memberships m where m.organisation_id = $1
    and not exists (select from public.memberships o where o.user_id = m.user_id and o.organisation_id <> $1)
"""
ABOUT_USERS: Final = """
select distinct format('%I.%I', n.nspname, c.relname) as name, format('%I', a.attname) as "column"
from pg_constraint f join pg_class c on c.oid = f.conrelid join pg_namespace n on n.oid = c.relnamespace
join pg_attribute a on a.attrelid = c.oid and a.attnum = f.conkey[1]
where f.contype = 'f' and f.confrelid = 'public.users'::regclass and cardinality(f.conkey) = 1
    and not exists (select from pg_attribute o where o.attrelid = c.oid and o.attname = 'organisation_id') order by 1
"""
USERS: Final = "delete from public.users where id = any($1)"
FINISHED: Final = """
select r.organisation_id, r.slug, r.name, r.removed_at,
    (select o.name from public.organisations o where o.slug = r.slug) as now_of
from console.removals r where r.id = $1
"""
KEEP: Final = """
insert into console.removals (id, organisation_id, slug, name, kind, reason, asked_by_name, asked_at, agreed_by_name,
    agreed_at, removed_at, counted, accounts, objects)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12::jsonb, $13, $14)
"""
UNFINISHED: Final = """
select id from console.removals where slug = $1 and (stored_erased_at is null or certificate is null)
order by removed_at, id limit 1
"""
STORED: Final = """
select id, organisation_id, objects from console.removals where id = $1 and stored_erased_at is null for update
"""
ERASED: Final = "update console.removals set objects = '{}', stored_erased_at = $2 where id = $1"

NOT_AGREED: Final = (
    "No removal is agreed to. One operator asks for it at the console, another agrees, and thirty days go by."
)
HELD: Final = (
    "Something there must be kept: a legal hold stands, or a file lies locked until the police say what becomes of it."
    " Nothing was removed. Whoever placed the hold lifts it."
)


@dataclass(frozen=True, slots=True)
class Organisation:
    """What is about to be removed."""

    id: UUID
    slug: str
    name: str
    kind: str


@dataclass(frozen=True, slots=True)
class Finished:
    """What a removal took away, and who goes by its short name by now."""

    organisation_id: UUID
    slug: str
    name: str
    removed_at: datetime
    now_of: str | None
    """The name of the organisation that has the short name now, and of which nothing was removed."""


async def finished(owner: asyncpg.Connection, removal_id: UUID) -> Finished:
    """What this removal was of; raises `NotFound`."""
    row = await owner.fetchrow(FINISHED, removal_id)
    if row is None:
        raise NotFound
    return Finished(**row)


async def remove(owner: asyncpg.Connection, slug: str) -> UUID:
    """Remove what this organisation kept; gives the removal's id, also when it was done before.

    One that was interrupted before its stored objects were taken away, or before it was certified, comes first,
    whoever has its short name by now. Raises `NotFound`, and `Conflict` when it is not agreed to, not due, or something
    holds it.
    """
    if unfinished := await owner.fetchval(UNFINISHED, slug):
        return UUID(str(unfinished))
    row = await owner.fetchrow(FIND, slug)
    if row is None:
        done: UUID | None = await owner.fetchval(DONE, slug)
        if done is None:
            raise NotFound(f"There is no organisation with the short name {slug}.")
        return done
    found = Organisation(row["id"], row["slug"], row["name"], row["kind"])
    async with owner.transaction():
        await _agreed(owner, found)
        await owner.execute(SHUT, found.id)
    async with owner.transaction():
        await owner.execute(LOCK, found.id)  # whoever still writes is waited for, and nobody begins
        return await _remove(owner, found, await _agreed(owner, found))


async def erase_stored(owner: asyncpg.Connection, removal_id: UUID, store: ObjectStore) -> int:
    """Take away what is left in the object store; how many objects that were. What is gone already counts."""
    async with owner.transaction():
        row = await owner.fetchrow(STORED, removal_id)
        if row is None:
            return 0
        names = {*row["objects"], *[name async for name in _below(store, row["organisation_id"])]}
        for name in sorted(names):
            await _erase(store, name)
        await owner.execute(ERASED, removal_id, clock.now())
        return len(names)


async def _agreed(owner: asyncpg.Connection, found: Organisation) -> Any:
    """What two operators agreed to; raises `Conflict`."""
    row = await owner.fetchrow(AGREED, found.id, clock.now())
    if row is None or not row["is_leaving"]:
        raise Conflict(NOT_AGREED)
    if row["is_held"]:
        raise Conflict(HELD)
    if not row["is_due"]:
        day = row["due_at"].date().isoformat()
        raise Conflict(f"It was agreed to, and waits until {day}, so that somebody can still stop it.")
    return row


async def _remove(owner: asyncpg.Connection, found: Organisation, agreed: Any) -> UUID:
    tables = await owner.fetch(TABLES, SCHEMAS)
    objects = await _objects(owner, found.id, [row["name"] for row in tables if row["stores"]])
    alone: list[UUID] = await owner.fetchval(STRANDED, found.id) or []
    counted = await _sweep(owner, found.id, [row["name"] for row in tables])
    await _sweep(owner, found.id, [row["name"] for row in tables])  # counts that the first one changed as it went
    await owner.execute(FREE, found.id)
    await owner.execute(LAST, found.id)
    await _forget(owner, alone)
    return await _keep(owner, found, agreed, counted, len(alone), objects)


async def _objects(owner: asyncpg.Connection, organisation_id: UUID, tables: list[str]) -> list[str]:
    """The names of stored objects that its rows hold."""
    names: list[str] = []
    for table in tables:
        statement = f"select object_name from {table} where organisation_id = $1 and object_name is not null"  # noqa: S608  names quoted by the catalogue
        names += [row["object_name"] for row in await owner.fetch(statement, organisation_id)]
    return names


async def _sweep(owner: asyncpg.Connection, organisation_id: UUID, tables: list[str]) -> dict[str, int]:
    """Delete its rows of every table, in one statement; how many of each."""
    named = list(enumerate(tables))
    removed = [f"d{at} as (delete from {table} where organisation_id = $1 returning 1)" for at, table in named]  # noqa: S608  quoted
    counts = [f"(select count(*) from d{at}) as n{at}" for at, _ in named]  # noqa: S608  numbers
    row = await owner.fetchrow(f"with {', '.join(removed)} select {', '.join(counts)}", organisation_id)
    assert row is not None  # noqa: S101  a select of counts gives one row
    return {table: row[at] for at, table in enumerate(tables) if row[at]}


async def _forget(owner: asyncpg.Connection, people: list[UUID]) -> None:
    """Accounts of people who belong to nobody else, with their second factors, devices and sessions."""
    for row in await owner.fetch(ABOUT_USERS):
        await owner.execute(f"delete from {row['name']} where {row['column']} = any($1)", people)  # noqa: S608  names quoted by the catalogue
    await owner.execute(USERS, people)


async def _keep(
    owner: asyncpg.Connection, found: Organisation, agreed: Any, counted: dict[str, int], accounts: int,
    objects: list[str],
) -> UUID:  # fmt: skip
    removal = clock.new_id()
    await owner.execute(
        KEEP, removal, found.id, found.slug, found.name, found.kind, agreed["reason"], agreed["asked_by_name"],
        agreed["asked_at"], agreed["decided_by_name"], agreed["decided_at"], clock.now(),
        json.dumps({"rows": sum(counted.values()), "tables": len(counted)}), accounts, objects,
    )  # fmt: skip
    return removal


async def _below(store: ObjectStore, organisation_id: UUID) -> AsyncIterator[str]:
    """What lies in a folder of the organisation's own: packs, reports, whatever names it."""
    for folder in (await obstore.list_with_delimiter_async(store))["common_prefixes"]:
        async for batch in obstore.list(store, prefix=f"{folder.rstrip('/')}/{organisation_id}"):
            for each in batch:
                yield each["path"]


async def _erase(store: ObjectStore, name: str) -> None:
    try:
        await obstore.delete_async(store, name)
    except FileNotFoundError:
        return
