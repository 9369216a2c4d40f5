"""A data folder in which a service has been before: its server initialised, its tables made, and nobody there yet.

To make one takes longer than most tests, so the first process of a run that needs one makes it, and all copy it.
"""

import shutil
import subprocess
from pathlib import Path
from typing import Final

import psycopg

from safeguard.database.bootstrap import DATABASE, ensure_roles
from safeguard.database.context import load_key
from safeguard.database.embedded import EmbeddedPostgres
from safeguard.database.migrating import migrate
from tests.sharing import alone, shared

EMPTY: Final = "safeguard_empty"
"""A second database of its server, which stays as it was made: what new ones are copied from."""
COPY_EMPTY: Final = f"create database {EMPTY} template {DATABASE} strategy file_copy owner safeguard_owner"


def ready(data: Path) -> Path:
    """Make `data` such a folder; returns it. Its keys and passwords are those of every other one of this run."""
    with alone("ready"):
        made = shared() / "ready"
        if not made.exists():
            half = shared() / "ready.half"
            _make(half)
            half.rename(made)
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    subprocess.run(["cp", "-a", f"{made}/.", data], check=True)  # as root the server's files are another user's
    return data


def _make(data: Path) -> None:
    with EmbeddedPostgres(data, durable=False, purpose="the tests") as server:
        addresses = ensure_roles(server.url(), data / "keys")
        migrate(addresses.owner, load_key(data / "keys" / "context"))
        with psycopg.connect(server.url(), autocommit=True) as admin:
            admin.execute(COPY_EMPTY)
            admin.execute(f"revoke temporary on database {EMPTY} from public")
    shutil.rmtree(data / "logs")  # what a test reads there is of its own service
