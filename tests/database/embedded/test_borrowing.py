"""Commands that need a server for a while."""

from pathlib import Path

import psycopg

from safeguard.database.embedded import EmbeddedPostgres, server_for
from tests.database.embedded.handling import HOLD, Program, gone, postmaster

COMMAND = """
import sys
from pathlib import Path
from safeguard.database.embedded import server_for
with server_for(Path(sys.argv[1])) as address:
    print("started", flush=True)
    sys.stdin.read()
"""


def test_a_command_alone_brings_its_own_server_and_takes_it_away(data: Path) -> None:
    with server_for(data) as address:
        psycopg.connect(address.url()).close()
        process = postmaster(data)
    assert gone(process)


def test_a_command_beside_a_running_service_uses_that_one(data: Path, program: Program) -> None:
    program(HOLD, data)
    process = postmaster(data)
    with server_for(data) as address:
        psycopg.connect(address.url()).close()
    assert process.is_running()


def test_a_command_waits_for_others_before_it_takes_its_server_away(data: Path, program: Program) -> None:
    first = program(COMMAND, data)
    second = program(COMMAND, data)
    process = postmaster(data)
    assert first.stdin is not None
    first.stdin.close()  # the first has finished its work
    with psycopg.connect(EmbeddedPostgres(data).url()) as connection:
        connection.execute("select pg_sleep(0.3)")
    assert first.poll() is None
    assert second.stdin is not None
    second.stdin.close()
    second.wait(20)
    first.wait(20)
    assert gone(process)
