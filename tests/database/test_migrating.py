"""Bringing a database up to date beside a service that runs."""

import threading

import psycopg
from alembic.config import Config
from alembic.script import ScriptDirectory

from safeguard import paths
from safeguard.database.bootstrap import Addresses
from safeguard.database.context import ContextKey
from safeguard.database.migrating import migrate
from safeguard.database.revisions import head

LONGER = 5.5
"""Seconds: the statements themselves wait for five."""


def test_somebody_who_reads_for_long_delays_it_and_does_not_fail_it(addresses: Addresses, key: ContextKey) -> None:
    with psycopg.connect(addresses.owner) as reader:
        reader.execute("lock table public.incidents in access share mode")
        ending = threading.Timer(LONGER, reader.rollback)
        ending.start()
        try:
            migrate(addresses.owner, key)
        finally:
            ending.join(LONGER)
        assert ending.finished.is_set()


def test_the_latest_file_is_where_the_row_of_migrations_ends() -> None:
    config = Config()
    config.set_main_option("script_location", str(paths.MIGRATIONS))
    assert ScriptDirectory.from_config(config).get_heads() == [head()]
