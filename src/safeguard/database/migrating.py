"""Bringing a database up to date: frozen migrations first, then the repeatable SQL (functions, policies, grants).

Functions and policies are not buried in migrations: `migrations/sql/*.sql` says how they are now, and all of it is
applied in name order, in one transaction, after every upgrade.
"""

import time
from uuid import UUID

import psycopg
from alembic import command
from alembic.config import Config
from dramatiq_postgres.schema import init as make_broker_schema
from psycopg.errors import DeadlockDetected, LockNotAvailable
from sqlalchemy.engine import make_url

from safeguard import clock, paths
from safeguard.database.context import PLATFORM, ContextKey
from safeguard.database.sampling import stop_sampling

PATIENCE = (1, 2, 4, 8)
"""Seconds between tries, when a service that runs meanwhile holds what the repeatable SQL needs for a moment."""


FORGET_KEYS = "delete from sec.keys where id <> %s and (until is null or until < clock_timestamp())"
KEEP_KEY = """
insert into sec.keys (id, inner_pad, outer_pad) values (%s, %s, %s) on conflict (id) do update set until = null
"""


def migrate(owner_url: str, key: ContextKey) -> None:
    """Bring the database to this release, as its owner; safe to run again, and by several at once."""
    with psycopg.connect(owner_url, autocommit=True) as lock:
        lock.execute("select pg_advisory_lock(hashtext('safeguard-migrate'))")
        command.upgrade(_config(owner_url), "head")
        for patience in (*PATIENCE, None):
            try:
                _finish(owner_url, key)
            except (LockNotAvailable, DeadlockDetected):
                if patience is None:
                    raise
                time.sleep(patience)
            else:
                break


def _config(owner_url: str) -> Config:
    config = Config()
    config.set_main_option("script_location", str(paths.MIGRATIONS))
    url = make_url(owner_url).set(drivername="postgresql+psycopg").render_as_string(hide_password=False)
    config.set_main_option("sqlalchemy.url", url.replace("%", "%%"))
    return config


def _finish(owner_url: str, key: ContextKey) -> None:
    with psycopg.connect(owner_url) as connection:
        _apply_repeatable(connection)
        _store_key(connection, key)
        _open_platform_log(connection, key)


def _apply_repeatable(connection: psycopg.Connection) -> None:
    connection.execute("set local lock_timeout = '5s'")
    with connection.cursor() as cursor:
        make_broker_schema(cursor)
    for file in sorted((paths.MIGRATIONS / "sql").glob("*.sql")):
        connection.execute(file.read_bytes())
    stop_sampling(connection)


def _store_key(connection: psycopg.Connection, key: ContextKey) -> None:
    """The one key that makes contexts: one that was replaced, perhaps because it leaked, opens nothing any more.

    But one that `keys rotate context` gave an end opens until then.
    """
    connection.execute(FORGET_KEYS, (key.id,))
    connection.execute(KEEP_KEY, (key.id, key.inner_pad, key.outer_pad))


def _open_platform_log(connection: psycopg.Connection, key: ContextKey) -> None:
    if connection.execute("select 1 from audit.logs where organisation_id = %s", (PLATFORM,)).fetchone():
        return
    context = key.sign(UUID(PLATFORM), None, "migrate")
    connection.execute("select set_config('safeguard.context', %s, true)", (context,))
    connection.execute(
        "select audit.create_log('platform', %s, %s, %s, encode(%s, 'base64'), encode(%s, 'base64'))",
        (clock.new_id(), clock.random_bytes(16).hex(), clock.new_request_id(),
         clock.random_bytes(16), clock.random_bytes(32)),
    )  # fmt: skip
