"""What the embedded database will not do, and how it says so."""

import os
from pathlib import Path

import pytest

from safeguard.database.embedded import CannotStart, EmbeddedPostgres, InUse, OtherVersion
from safeguard.database.embedded.binaries import major


def test_two_owners_of_one_data_directory_are_one_too_many(server: EmbeddedPostgres) -> None:
    server.purpose = "safeguard up"
    server.start()
    with pytest.raises(InUse, match=rf"in use by safeguard up \(process {os.getpid()}\)"):
        EmbeddedPostgres(server.data).start()


def test_data_of_another_major_version_are_left_alone_and_both_versions_named(server: EmbeddedPostgres) -> None:
    server.start()
    server.stop()
    (server.cluster / "PG_VERSION").write_text("15\n")
    with pytest.raises(OtherVersion, match=rf"PostgreSQL 15, and this is PostgreSQL {major()}.*pg_dumpall"):
        server.start()
    assert (server.cluster / "PG_VERSION").read_text() == "15\n"


def test_a_directory_of_something_else_is_left_alone(server: EmbeddedPostgres) -> None:
    server.cluster.mkdir(parents=True)
    (server.cluster / "homework.txt").write_text("mine")
    with pytest.raises(CannotStart, match="not a PostgreSQL data directory"):
        server.start()
    assert (server.cluster / "homework.txt").read_text() == "mine"


def test_lost_passwords_are_asked_back_not_made_anew(server: EmbeddedPostgres) -> None:
    server.start()
    server.stop()
    (server.data / "keys" / "database.json").unlink()
    with pytest.raises(CannotStart, match="keys directory back from the backup"):
        server.start()


def test_a_server_that_ends_while_starting_says_why(server: EmbeddedPostgres) -> None:
    server.start()
    server.stop()
    (server.cluster / "postgresql.auto.conf").write_text("no_such_setting = 1\n")
    with pytest.raises(CannotStart, match="no_such_setting"):
        server.start()


def test_after_a_refusal_the_data_directory_is_free(data: Path) -> None:
    first, second = EmbeddedPostgres(data, durable=False), EmbeddedPostgres(data, durable=False)
    (data / "postgres").mkdir(parents=True)
    (data / "postgres" / "homework.txt").touch()
    with pytest.raises(CannotStart):
        first.start()
    (data / "postgres" / "homework.txt").unlink()
    with second:
        assert second.process is not None
