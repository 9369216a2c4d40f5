"""Is anybody allowed more than the catalogue says, beside what row security lets through?

Privileges on tables and columns of every role, functions that stand open, who may make things in this database, who
can become the roles whose policies say `true`. The rule for every role but the app: without a policy of its own it
holds nothing, for row security would show it no rows and say nothing.
"""

from collections.abc import Iterator
from typing import Any, Final

import asyncpg

from safeguard.database.catalogue import TABLES, TableClass
from safeguard.database.functions import DEFINERS, OF_CONSOLE, OF_SIGNER, TRIGGERS, WITHIN_CONSOLE

GRANTS: Final = """
select n.nspname || '.' || c.relname as name, c.relkind::text as kind, a.privilege_type as privilege, '' as column,
       case when a.grantee = 0 then 'everybody' else pg_get_userbyid(a.grantee) end as role, false as key
from pg_class c join pg_namespace n on n.oid = c.relnamespace, aclexplode(c.relacl) a
where n.nspname = any($1) and a.grantee <> c.relowner
union all
select n.nspname || '.' || c.relname, c.relkind::text, a.privilege_type, t.attname::text,
       case when a.grantee = 0 then 'everybody' else pg_get_userbyid(a.grantee) end,
       exists (select from pg_constraint k where k.conrelid = c.oid and k.contype = 'p' and t.attnum = any (k.conkey))
from pg_attribute t join pg_class c on c.oid = t.attrelid join pg_namespace n on n.oid = c.relnamespace,
     aclexplode(t.attacl) a
where n.nspname = any($1) and a.grantee <> c.relowner
"""

POLICIES: Final = """
select schemaname || '.' || tablename as name, unnest(roles)::text as role, cmd from pg_policies
where schemaname = any($1)
"""

FUNCTIONS: Final = """
select n.nspname || '.' || p.proname as name, count(*) over (partition by n.nspname, p.proname) as versions,
       has_function_privilege('public', p.oid, 'execute') as everybody,
       array(select r from unnest($2::text[]) r where has_function_privilege(r, p.oid, 'execute')) as roles
from pg_proc p join pg_namespace n on n.oid = p.pronamespace
where n.nspname = any($1) and not exists (
    select from pg_depend d where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e')
"""

MAKERS: Final = """
select r || ' may make temporary tables' as problem from unnest($2::text[]) r
where has_database_privilege(r, current_database(), 'temporary')
union all
select r || ' may make schemas' from unnest($2::text[]) r where has_database_privilege(r, current_database(), 'create')
union all
select r || ' may make things in ' || s from unnest($2::text[]) r, unnest($1::text[]) s
where has_schema_privilege(r, s, 'create')
union all
select m.rolname || ' can become ' || g.rolname
from pg_auth_members a join pg_roles g on g.oid = a.roleid join pg_roles m on m.oid = a.member
where g.rolname in ('safeguard_definer', 'safeguard_log', 'safeguard_search') and m.rolname <> 'safeguard_owner'
    and (a.inherit_option or a.set_option)
union all
select w.rulename || ' rewrites statements on ' || c.oid::regclass
from pg_rewrite w join pg_class c on c.oid = w.ev_class join pg_namespace n on n.oid = c.relnamespace
where n.nspname = any($1) and c.relkind = 'r'
"""

FOUND_TRIGGERS: Final = """
select t.tgname::text as name, n.nspname || '.' || c.relname as of, f.nspname || '.' || p.proname as calls,
       t.tgenabled = 'O' as enabled
from pg_trigger t join pg_class c on c.oid = t.tgrelid join pg_namespace n on n.oid = c.relnamespace
join pg_proc p on p.oid = t.tgfoid join pg_namespace f on f.oid = p.pronamespace
where n.nspname = any($1) and not t.tgisinternal
"""

LOGINS: Final = ("safeguard_app", "safeguard_relay", "safeguard_signer", "safeguard_operator")
ROWS: Final = frozenset({"SELECT", "INSERT", "UPDATE", "DELETE"})
RELEASE: Final = "public.alembic_version"
"""Read by every part, and by nobody changed: which migration the database is at."""

ADDED_BY_COLUMN: Final = frozenset(
    {"public.attachments", "public.evidence_files", "public.referral_files", "public.helpline_files"}
)
"""Where the app may not say everything of a row that it adds: a file begins unchecked and unlocked."""

CLOCK: Final = "sec.clock"
ROLES_HELD: Final = "sec.roles_held"
"""Computes what it is given, and reads nothing."""
YEAR_PATTERN: Final = "public.year_pattern"
"""What finds a year group as people write it; reads nothing."""
WORDS_ASKED: Final = "public.words_asked"
"""Which words a search asks for; reads nothing."""
IS_ASSIGNED: Final = "public.is_assigned"
"""Runs with the caller's own rights."""
PLANTED: Final = "sec.refuse_planted_statements"
"""Asked by every process as a transaction begins; runs with the caller's own rights."""
CONTEXT: Final = frozenset({"sec.current_organisation", "sec.current_user_id", "sec.current_purpose"})
INNER: Final = frozenset(
    {
        "sec.enter",
        "sec.verified_context",
        "audit.append_at",
        "audit.forget",
        "audit.was_part_of",
        "sec.is_restricted",
        "public.mend_incident_counts",
        "public.mend_involvement",
    }
) | {function for _, function in TRIGGERS.values()}
"""Definer functions that no process calls as the app: with the first it could enter any organisation."""
CALLS: Final = {
    "safeguard_app": DEFINERS - INNER - OF_CONSOLE - WITHIN_CONSOLE - OF_SIGNER
    | {CLOCK, PLANTED, ROLES_HELD, YEAR_PATTERN, WORDS_ASKED, IS_ASSIGNED},
    "safeguard_relay": CONTEXT | {CLOCK, PLANTED},
    "safeguard_signer": CONTEXT | OF_SIGNER | {CLOCK, PLANTED},
    "safeguard_operator": OF_CONSOLE
    | {CLOCK, PLANTED, "console.announced", "identity.admit_attempt", "identity.forgive_attempt"},
}


async def check(connection: asyncpg.Connection, schemas: list[str]) -> list[str]:
    """What is granted beyond the catalogue, a sentence each."""
    allowed: dict[tuple[str, str], set[str]] = {}
    for row in await connection.fetch(POLICIES, schemas):
        held = allowed.setdefault((row["name"], row["role"]), set())
        held |= ROWS if row["cmd"] == "ALL" else {row["cmd"]}
    problems = [
        f"{row['role']} may {row['privilege']} {row['column'] or 'all'} of {row['name']}"
        for row in await connection.fetch(GRANTS, schemas)
        if not _granted_rightly(row, allowed)
    ]
    for row in await connection.fetch(FUNCTIONS, schemas, LOGINS):
        problems += _function(row)
    problems += _triggers(await connection.fetch(FOUND_TRIGGERS, schemas))
    return problems + [row["problem"] for row in await connection.fetch(MAKERS, schemas, LOGINS)]


def _triggers(rows: list[Any]) -> Iterator[str]:
    found = {row["name"]: (row["of"], row["calls"]) for row in rows if row["enabled"]}
    for name, (table, _) in found.items():
        if TRIGGERS.get(name) != found[name]:
            yield f"{name} runs by itself on {table}"
    for name, (table, _) in TRIGGERS.items():
        if found.get(name) != TRIGGERS[name]:
            yield f"{name} does not run on {table}"


def _granted_rightly(row: Any, allowed: dict[tuple[str, str], set[str]]) -> bool:
    name, role, privilege = row["name"], row["role"], row["privilege"]
    table = TABLES.get(name)
    if name == RELEASE:
        return role in LOGINS and privilege == "SELECT"
    if row["kind"] == "S" or (table and table.kind is TableClass.BROKER):
        return name.startswith("dramatiq.") and role in LOGINS[:2] and privilege in ROWS | {"USAGE"}
    if role == "safeguard_app":
        return not row["column"] or _column(row)
    return privilege in allowed.get((name, role), ())


def _column(row: Any) -> bool:
    """What the app may hold by the column. Its rights on whole tables are compared with the catalogue in `checking`."""
    table = TABLES.get(row["name"])
    if table is None or table.kind not in (TableClass.OWNED, TableClass.QUEUE) or row["column"].endswith("_hash"):
        return False
    if row["privilege"] == "INSERT":
        return row["name"] in ADDED_BY_COLUMN
    return row["privilege"] == "SELECT" or (row["privilege"] == "UPDATE" and not row["key"])


def _function(row: Any) -> Iterator[str]:
    if row["versions"] > 1:
        yield f"there are {row['versions']} functions called {row['name']}"
    if row["everybody"] and row["name"] != CLOCK:
        yield f"everybody may execute {row['name']}"
    for role in row["roles"]:
        if row["name"] not in CALLS[role]:
            yield f"{role} may execute {row['name']}"
