"""Bringing a database up to date beside a service that runs."""

import threading

import psycopg
import pytest

from safeguard.database.bootstrap import Addresses
from safeguard.database.context import ContextKey
from safeguard.database.migrating import migrate

pytestmark = pytest.mark.usefixtures("database")

LONGER = 5.5
"""Seconds: the statements themselves wait for five."""


@pytest.mark.anyio
async def test_somebody_who_reads_for_long_delays_it_and_does_not_fail_it(
    addresses: Addresses, key: ContextKey
) -> None:
    with psycopg.connect(addresses.owner) as reader:
        reader.execute("lock table public.incidents in access share mode")
        ending = threading.Timer(LONGER, reader.rollback)
        ending.start()
        try:
            migrate(addresses.owner, key)
        finally:
            ending.join(LONGER)
        assert ending.finished.is_set()
