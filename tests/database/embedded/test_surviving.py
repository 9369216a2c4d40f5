"""Kill what can be killed, and start again."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil

from safeguard.database.embedded import EmbeddedPostgres
from safeguard.database.embedded.leftovers import LOCK_FILE
from tests.database.embedded.handling import HOLD, ORPHAN, Program, ask, gone, postmaster


def test_committed_rows_outlive_a_killed_server(data: Path) -> None:
    with EmbeddedPostgres(data) as server:
        ask(server, "create table kept as select 7 as number")
        postmaster(data).kill()
        assert server.process is not None
        server.process.wait(10)
        server.start()
        assert ask(server, "select number from kept") == 7


def test_the_server_ends_when_its_owner_is_killed(server: EmbeddedPostgres, program: Program) -> None:
    owner = program(HOLD, server.data)
    process = postmaster(server.data)
    owner.kill()
    process.wait(10)
    server.start()
    assert ask(server, "select 1") == 1


def test_an_orphaned_server_is_ended_and_its_data_taken_over(server: EmbeddedPostgres, program: Program) -> None:
    owner = program(ORPHAN, server.data)
    ask(server, "create table kept as select 7 as number")
    orphan = postmaster(server.data)
    owner.kill()
    owner.wait()
    assert orphan.is_running()
    server.start()
    assert gone(orphan)
    assert postmaster(server.data).pid != orphan.pid
    assert ask(server, "select number from kept") == 7


def test_a_lock_file_with_the_number_of_another_program_hinders_nobody(server: EmbeddedPostgres) -> None:
    server.start()
    lock_file = server.cluster / LOCK_FILE
    left = lock_file.read_text()
    server.stop()
    other = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    try:
        lock_file.write_text(f"{other.pid}\n" + left.partition("\n")[2])
        server.start()
        assert ask(server, "select 1") == 1
        assert other.poll() is None
    finally:
        other.kill()
        other.wait()


def test_a_lock_file_with_the_number_of_another_database_server_hinders_nobody(
    server: EmbeddedPostgres, tmp_path: Path
) -> None:
    server.start()
    server.stop()
    with EmbeddedPostgres(tmp_path / "other", durable=False) as other:
        theirs = other.cluster / LOCK_FILE
        (server.cluster / LOCK_FILE).write_text(theirs.read_text())
        server.start()
        assert ask(server, "select 1") == 1
        assert ask(other, "select 1") == 1


def test_an_empty_lock_file_hinders_nobody(server: EmbeddedPostgres) -> None:
    server.start()
    server.stop()
    (server.cluster / LOCK_FILE).touch()
    server.start()
    assert ask(server, "select 1") == 1


def test_a_half_made_data_directory_is_cleared_away(server: EmbeddedPostgres) -> None:
    half = server.data / "postgres.half-abc"
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("18\n")
    server.start()
    assert not half.exists()


def test_a_stop_request_that_nobody_heeds_still_ends_the_server(server: EmbeddedPostgres) -> None:
    server.start()
    process = postmaster(server.data)
    os.kill(process.pid, signal.SIGSTOP)
    server.stop(patience=0.2)
    assert not psutil.pid_exists(process.pid)
