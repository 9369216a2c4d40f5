"""What a server is like that has just been started."""

import stat
import sys
from pathlib import Path

import psutil
import psycopg
import pytest

from safeguard.database.embedded import EmbeddedPostgres, launcher
from safeguard.database.embedded.server import address_of
from tests.database.embedded.handling import ask, postmaster


def test_a_new_server_has_checksums_and_orders_text_without_the_c_library(server: EmbeddedPostgres) -> None:
    server.start()
    assert ask(server, "show data_checksums") == "on"
    assert ask(server, "select datlocprovider from pg_database where datname = 'template1'") == "b"
    assert ask(server, "select lower('ÀÉŴ')") == "àéŵ"


def test_nobody_gets_in_without_the_password(server: EmbeddedPostgres) -> None:
    address = server.start()
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(address.url("postgres", "guessed"))
    assert "trust" not in (server.cluster / "pg_hba.conf").read_text().split("# TYPE")[1]


def test_the_server_listens_on_no_network(server: EmbeddedPostgres) -> None:
    server.start()
    process = postmaster(server.data)
    assert [place for place in process.net_connections("inet") if place.status == psutil.CONN_LISTEN] == []


def test_socket_passwords_and_log_are_private(server: EmbeddedPostgres) -> None:
    server.start()
    assert stat.S_IMODE((server.data / "run").stat().st_mode) == 0o700
    assert stat.S_IMODE((server.data / "keys" / "database.json").stat().st_mode) == 0o600
    assert stat.S_IMODE(server.log.stat().st_mode) == 0o600


def test_a_stopped_server_starts_again_with_its_data(server: EmbeddedPostgres) -> None:
    server.start()
    ask(server, "create table kept as select 7 as number")
    server.stop()
    server.start()
    assert ask(server, "select number from kept") == 7


def test_the_log_holds_no_content_of_rows(server: EmbeddedPostgres) -> None:
    server.start()
    ask(server, "create table canaries (name text unique)")
    ask(server, "insert into canaries values ('Canary Wharf')")
    with pytest.raises(psycopg.errors.UniqueViolation):
        ask(server, "insert into canaries values ('Canary Wharf')")
    log = server.log.read_text()
    assert "duplicate key" in log
    assert "Canary Wharf" not in log


def test_a_path_too_long_for_a_socket_gets_a_short_private_directory(tmp_path: Path) -> None:
    with EmbeddedPostgres(tmp_path / ("d" * 110), durable=False) as server:
        assert ask(server, "select 1") == 1
        short = address_of(server.data).socket_dir
        assert stat.S_IMODE(short.stat().st_mode) == 0o700
    assert not short.exists()


def test_data_below_a_closed_directory_need_no_opening_of_it(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    with EmbeddedPostgres(closed / "data", durable=False) as server:
        assert ask(server, "select 1") == 1
    assert stat.S_IMODE(closed.stat().st_mode) == 0o700


def test_the_launcher_needs_nothing_but_python() -> None:
    imported = {name for name in vars(launcher) if name in sys.stdlib_module_names}
    assert imported == {"argparse", "ctypes", "os", "signal", "sys"}
