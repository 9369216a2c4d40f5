"""Does the database guard every table as the catalogue says? Asked at every start, and by the tests.

Reads PostgreSQL's own catalogues, so it sees what is, not what a migration meant to do.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import asyncpg

from safeguard.database import granting, releases
from safeguard.database.catalogue import (
    APP_GRANTS,
    ON_WRITING,
    POLICIES,
    RESTRICTIVE,
    TABLES,
    Table,
    TableClass,
)
from safeguard.database.functions import DEFINERS
from safeguard.database.visiting import VISITED, Visiting

SCHEMAS = ["public", "sec", "audit", "jobs", "identity", "console", "dramatiq"]

FOUND_TABLES = """
select n.nspname || '.' || c.relname as name, c.relkind::text as kind, c.relrowsecurity as enabled,
       c.relforcerowsecurity as forced, pg_get_userbyid(c.relowner) as owner,
       coalesce((select array_agg(distinct a.privilege_type) from aclexplode(c.relacl) a
                 where a.grantee = 'safeguard_app'::regrole), '{}') as app,
       coalesce((select array_agg(distinct pg_get_userbyid(a.grantee) || ' ' || a.privilege_type)
                 from aclexplode(c.relacl) a where a.grantee = 0
                 or a.privilege_type in ('TRUNCATE', 'REFERENCES', 'TRIGGER') and a.grantee <> c.relowner), '{}')
           as loose,
       c.reloptions as options
from pg_class c join pg_namespace n on n.oid = c.relnamespace
where n.nspname = any($1) and c.relkind in ('r', 'p', 'v', 'm', 'f') and c.relname <> 'alembic_version'
"""

FOUND_POLICIES = """
select schemaname || '.' || tablename as name, policyname, permissive, cmd, roles::text[] as roles, qual, with_check
from pg_policies where schemaname = any($1)
"""

FOUND_KEYS = """
select n.nspname || '.' || c.relname as name, k.conname,
       (select a.attname::text from pg_attribute a where a.attrelid = k.conrelid and a.attnum = k.conkey[1]) as first
from pg_constraint k join pg_class c on c.oid = k.conrelid join pg_namespace n on n.oid = c.relnamespace
where n.nspname = any($1) and k.contype in ('p', 'u', 'f')
union all
select n.nspname || '.' || c.relname, i.indexrelid::regclass::text,
       (select a.attname::text from pg_attribute a where a.attrelid = i.indrelid and a.attnum = i.indkey[0])
from pg_index i join pg_class c on c.oid = i.indrelid join pg_namespace n on n.oid = c.relnamespace
where n.nspname = any($1)
"""

FOUND_DEFINERS = """
select n.nspname || '.' || p.proname as name, coalesce(p.proconfig, '{}') as config,
       pg_get_userbyid(p.proowner) as owner, has_function_privilege('public', p.oid, 'execute') as open
from pg_proc p join pg_namespace n on n.oid = p.pronamespace
where p.prosecdef and n.nspname <> 'information_schema' and n.nspname not like 'pg\\_%'
"""

FOUND_ROLES = """
select rolname, rolsuper or rolbypassrls or rolreplication as mighty,
       (select array_agg(g.rolname::text) from pg_auth_members m join pg_roles g on g.oid = m.roleid
        where m.member = r.oid) as member_of
from pg_roles r where rolname = any($1)
"""

FREE_KEYS = frozenset(
    {
        "organisations_slug_key",
        "organisations_slug_idx",
        "job_id_idx",
        "invitations_by_token",
        "tokens_by_token",
        "approval_links_by_token",
        "sign_on_attempts_by_state",
        "sign_on_attempts_by_age",
        "provisioning_by_token",
        "provisioning_by_earlier",
        "drafts_expiry",
        "calendar_feeds_by_token",
        "public_doors_by_address",
        "logs_origin_id_key",
        "audit.logs_origin_id_key",
    }
)
"""Across organisations on purpose: an address has to be unique, a job's id and a secret's hash are random."""


class UnsafeDatabase(RuntimeError):
    """The database does not guard every table, so no part of the service starts."""


async def refuse(connection: asyncpg.Connection) -> None:
    """Raise `UnsafeDatabase` with every problem: what each part asks before it begins."""
    if problems := await check(connection):
        raise UnsafeDatabase("The service does not start:\n  " + "\n  ".join(problems))


async def check(connection: asyncpg.Connection) -> list[str]:
    """What is wrong, a sentence each; empty when every table is guarded as the catalogue says."""
    found = {row["name"]: row for row in await connection.fetch(FOUND_TABLES, SCHEMAS)}
    policies: dict[str, dict[str, Any]] = {}
    for row in await connection.fetch(FOUND_POLICIES, SCHEMAS):
        policies.setdefault(row["name"], {})[row["policyname"]] = row
    old = releases.find_problem(int(await connection.fetchval("show server_version_num") or 0))
    problems = [old] if old else []
    problems += [f"{name} is in no catalogue" for name in found if name not in TABLES]
    for name, table in TABLES.items():
        problems += _table(name, table, found.get(name), policies.get(name, {}))
    problems += _keys(await connection.fetch(FOUND_KEYS, SCHEMAS))
    problems += _definers(await connection.fetch(FOUND_DEFINERS))
    problems += _roles(await connection.fetch(FOUND_ROLES, list(granting.LOGINS)))
    return problems + await granting.check(connection, SCHEMAS)


def _table(name: str, table: Table, row: Any, policies: dict[str, Any]) -> Iterator[str]:
    if row is None:
        yield f"{name} does not exist"
        return
    if row["kind"] != "r":
        yield f"{name} is not an ordinary table"
    if row["owner"] != "safeguard_owner":
        yield f"{name} belongs to {row['owner']}"
    expected = APP_GRANTS[table.kind] if table.app is None else table.app
    if frozenset[str](row["app"]) != expected:
        yield f"the app may {sorted(row['app'])} on {name}, and should {sorted(expected)}"
    if row["loose"]:
        yield f"{name} is granted too widely: {sorted(row['loose'])}"
    if table.kind is not TableClass.BROKER:
        if not (row["enabled"] and row["forced"]):
            yield f"row security is not enabled and forced on {name}"
        yield from _policies(name, table, policies)


def _policies(name: str, table: Table, policies: dict[str, Any]) -> Iterator[str]:
    expected = {**POLICIES[table.kind], **table.named}
    for gone in table.without:
        del expected[gone]
    for surplus in policies.keys() - expected.keys():
        yield f"{name} has a policy that the catalogue does not know: {surplus}"
    for policy, (command, role) in expected.items():
        row = policies.get(policy)
        if row is None:
            yield f"{name} lacks the policy {policy}"
        elif (row["cmd"], row["roles"], row["permissive"]) != (command, [role], _way(policy)):
            yield f"the policy {policy} on {name} is {row['permissive']}, for {row['cmd']} to {row['roles']}"
        elif role == "safeguard_app":
            yield from _condition(name, policy, table, row)


def _way(policy: str) -> str:
    return "RESTRICTIVE" if policy in RESTRICTIVE else "PERMISSIVE"


def _condition(name: str, policy: str, table: Table, row: Any) -> Iterator[str]:
    reads, writes = OPEN_TO_VISITORS[VISITED.get(name, Visiting.NOTHING)]
    expected: tuple[str | None, str | None] = (_own(table, reads), _own(table, writes) if row["cmd"] == "ALL" else None)
    if policy in RESTRICTIVE:
        condition = RESTRICTIVE[policy].format(incident=table.incident)
        expected = (None, condition) if row["cmd"] == "INSERT" or policy in ON_WRITING else (condition, None)
    if (row["qual"], row["with_check"]) != expected:
        yield f"the policy {policy} on {name} checks {row['qual']} and {row['with_check']}"


OPEN_TO_VISITORS: Mapping[Visiting, tuple[bool, bool]] = {
    Visiting.NOTHING: (False, False),
    Visiting.ADD: (False, True),
    Visiting.READ: (True, False),
    Visiting.THEIR_OWN: (True, True),  # and what of it is their own, a policy of its own says
}
"""Whether a table's rows can be read, and whether rows can be written, in a context for `public`."""


def _own(table: Table, visitors: bool) -> str:
    asks = "current_organisation" if visitors else "own_organisation"
    return f"({table.key} = ( SELECT sec.{asks}() AS {asks}))"


def _keys(rows: list[Any]) -> Iterator[str]:
    for row in rows:
        table = TABLES.get(row["name"])
        if table is None or table.kind not in (TableClass.OWNED, TableClass.LOG) or row["conname"] in FREE_KEYS:
            continue
        if row["first"] not in ("organisation_id", table.key) and row["name"] not in CROSSING:
            yield f"{row['conname']} on {row['name']} does not lead with {table.key}"


CROSSING = frozenset({"public.organisations", "public.memberships"})
"""Tables that tie organisations to one another, or people to organisations."""


def _definers(rows: list[Any]) -> Iterator[str]:
    for row in rows:
        if row["name"] not in DEFINERS:
            yield f"{row['name']} runs with its owner's rights and is not on the list"
        if "search_path=pg_catalog, pg_temp" not in row["config"]:
            yield f"{row['name']} does not fix its search path"
        if row["owner"] not in ("safeguard_definer", "safeguard_log", "safeguard_search"):
            yield f"{row['name']} runs as {row['owner']}"
        if row["open"]:
            yield f"everybody may execute {row['name']}"


def _roles(rows: list[Any]) -> Iterator[str]:
    for row in rows:
        if row["mighty"]:
            yield f"{row['rolname']} can pass by row security"
        if row["member_of"]:
            yield f"{row['rolname']} is a member of {sorted(row['member_of'])}"
