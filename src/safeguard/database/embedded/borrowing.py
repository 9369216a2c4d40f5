"""A server for the length of one command: the one that `up` runs, or else our own."""

import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from safeguard.database.embedded.address import ServerAddress
from safeguard.database.embedded.locking import describe_owner, guest, wait_for_guests
from safeguard.database.embedded.refusing import CannotStart, InUse
from safeguard.database.embedded.server import EmbeddedPostgres, address_of

PATIENCE = 60.0
"""Seconds to wait for a server that its owner is just starting."""


@contextmanager
def server_for(data: Path, purpose: str = "a safeguard command") -> Generator[ServerAddress]:
    """A running server on this data directory, which is still there when the block ends."""
    server = EmbeddedPostgres(data, purpose=purpose)
    try:
        address = server.start()
    except InUse:
        with guest(server.data):
            yield _answering(server.data)
        return
    try:
        yield address
    finally:
        wait_for_guests(server.data)
        server.stop()


def _answering(data: Path) -> ServerAddress:
    deadline = time.monotonic() + PATIENCE
    while True:
        address = address_of(data)
        try:
            psycopg.connect(address.url(), connect_timeout=5).close()
        except psycopg.OperationalError as error:
            if time.monotonic() > deadline:
                raise CannotStart(
                    f"{data} is in use by {describe_owner(data)}, but no database answers there."
                ) from error
            time.sleep(0.1)
        else:
            return address
