"""Rewriting the database's files after disposals, so that a search of every byte of them finds nothing.

A deleted row stays in its table's file until that is rewritten, in the write-ahead log until that is turned over, and
as a sample in the planner's statistics. So: every table is rewritten, the statistics are thrown away and taken anew
from what is left, and the log goes on in new files until every old one is gone. It needs the administrator of the
database, each table is shut while it is rewritten, and it says what it could not reach: copies that stream the log, and
backups, hold what was disposed of until they expire. The disk's own free blocks are beyond any database.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

import psycopg
from psycopg import sql

SCHEMAS: Final = ["public", "audit", "jobs", "dramatiq", "identity", "sec", "console"]
TABLES: Final = """
select n.nspname, c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
where c.relkind = 'r' and n.nspname = any (%s) order by 1, 2
"""
FORGET: Final = """
delete from pg_statistic s using pg_class c join pg_namespace n on n.oid = c.relnamespace
where s.starelid = c.oid and n.nspname = any (%s)
"""
FORGET_EXTENDED: Final = "delete from pg_statistic_ext_data"
LOG_FILES: Final = "select count(*) from pg_ls_waldir() where name ~ '^[0-9A-F]{24}$'"
TURN: Final = "select pg_switch_wal() from pg_logical_emit_message(false, 'safeguard', 'turning the log over')"
OLD_FILES: Final = """
select count(*) from pg_ls_waldir()
where name ~ '^[0-9A-F]{24}$' and name < pg_walfile_name((select redo_lsn from pg_control_checkpoint()))
"""
SLOTS: Final = "select slot_name::text from pg_replication_slots order by 1"
IS_ADMINISTRATOR: Final = "select rolsuper from pg_roles where rolname = current_user"


class NotAdministrator(RuntimeError):
    """The statistics and the log belong to the database's administrator."""


@dataclass(frozen=True, slots=True)
class Rewritten:
    """What was done, and what is left."""

    tables: int
    old_files: int
    """Files of the log from before that something still keeps."""
    slots: tuple[str, ...]
    """Copies that stream the log."""


def rewrite(admin_url: str, tell: Callable[[str], None] = lambda _: None) -> Rewritten:
    """Rewrite every table, take the statistics anew and turn the log over; raises `NotAdministrator`."""
    with psycopg.connect(admin_url, autocommit=True) as admin:
        row = admin.execute(IS_ADMINISTRATOR).fetchone()
        if row is None or not row[0]:
            raise NotAdministrator
        tables = [(str(schema), str(name)) for schema, name in admin.execute(TABLES, (SCHEMAS,)).fetchall()]
        for each in _statements(tables):
            tell(each.as_string(admin))
            admin.execute(each)
        admin.execute(FORGET, (SCHEMAS,))
        admin.execute(FORGET_EXTENDED)
        for name in ("pg_statistic", "pg_statistic_ext_data"):
            admin.execute(sql.SQL("vacuum (full) {}").format(sql.Identifier("pg_catalog", name)))
        tell("analyze")
        admin.execute("analyze")
        tell("turning the log over")
        old = _turn_over(admin)
        slots = tuple(str(slot) for (slot,) in admin.execute(SLOTS).fetchall())
        return Rewritten(len(tables), old, slots)


def _statements(tables: list[tuple[str, str]]) -> Iterator[sql.Composed]:
    for schema, name in tables:
        yield sql.SQL("vacuum (full) {}").format(sql.Identifier(schema, name))


def _turn_over(admin: psycopg.Connection) -> int:
    """New files of the log until every one that was there is used up; removed ones are not used again meanwhile."""
    admin.execute("alter system set wal_recycle = off")
    admin.execute("select pg_reload_conf()")
    try:
        admin.execute("checkpoint")
        found = admin.execute(LOG_FILES).fetchone()
        for _ in range((found[0] if found else 0) + 1):
            admin.execute(TURN)
        admin.execute("checkpoint")
        admin.execute("checkpoint")
        left = admin.execute(OLD_FILES).fetchone()
        return int(left[0]) if left else 0
    finally:
        admin.execute("alter system reset wal_recycle")
        admin.execute("select pg_reload_conf()")
