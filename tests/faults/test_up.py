"""`safeguard up`: what it says, what it refuses, what it survives, and what it leaves behind."""

import signal
import socket
import subprocess
from pathlib import Path

import psutil
import pytest

from safeguard.database.embedded import EmbeddedPostgres
from tests.faults.running import ENVIRONMENT, Up, command, free_port
from tests.ready import ready


def refused(*words: str) -> str:
    """What a command says that refuses and ends with 1."""
    done = subprocess.run(command(*words), capture_output=True, text=True, env=ENVIRONMENT, timeout=180, check=False)
    assert done.returncode == 1, done.stdout
    assert "Traceback" not in done.stderr
    return done.stderr


def test_it_says_where_it_is_and_is_there(service: Up) -> None:
    assert f"Safeguard is ready: http://localhost:{service.port}\n" in service.said()
    assert service.answers()


def test_a_second_one_on_the_same_data_is_refused(service: Up) -> None:
    said = refused("up", "--data", str(service.data), "--port", "1024")
    assert f"is in use by safeguard up at http://localhost:{service.port} (process {service.process.pid})" in said
    assert service.answers()


def test_a_port_in_use_is_said_before_anything_is_started(tmp_path: Path) -> None:
    with socket.socket() as stranger:
        stranger.bind(("127.0.0.1", 0))
        stranger.listen()
        said = refused("up", "--data", str(tmp_path / "data"), "--port", str(stranger.getsockname()[1]))
    assert "is in use by" in said
    assert not (tmp_path / "data" / "postgres").exists()


def test_other_commands_work_beside_it(service: Up) -> None:
    words = command("migrate", "--data", str(service.data))
    done = subprocess.run(words, capture_output=True, text=True, env=ENVIRONMENT, timeout=180, check=True)
    assert "The database is at" in done.stdout
    assert service.answers()


@pytest.mark.parametrize("name", ["signer", "web", "worker", "scheduler", "database"])
def test_a_killed_part_comes_back(service: Up, name: str) -> None:
    said = f"{name} was killed (signal 9, SIGKILL). Starting it again in"
    before = service.said().count(said)
    killed = service.kill(name)
    service.wait_for(lambda: (part := service.part(name)) is not None and part.pid != killed)
    service.wait_for(service.answers)
    assert service.said().count(said) == before + 1


def test_ended_or_killed_it_leaves_nothing_running_and_starts_again(tmp_path: Path) -> None:
    data = ready(tmp_path / "data")
    for number in (signal.SIGINT, signal.SIGKILL, signal.SIGTERM):
        with Up(data) as up:
            up.wait_until_ready().remember_family()
            up.process.send_signal(number)
            ended = up.process.wait(120)
            assert up.survivors() == []
            assert ended == (-number if number is signal.SIGKILL else 0)
            assert ("Nothing is left running." in up.said()) == (ended == 0)
    assert "database system is shut down" in (data / "logs" / "postgres.log").read_text()


def test_a_postgresql_of_ones_own_is_used_when_its_address_is_given(tmp_path: Path) -> None:
    with EmbeddedPostgres(tmp_path / "theirs", durable=False) as theirs:
        with Up(tmp_path / "data", SAFEGUARD_DATABASE_URL=theirs.url()) as up:
            assert up.wait_until_ready().answers()
            assert not (up.data / "postgres").exists()
            assert "SAFEGUARD_DATABASE_URL" not in psutil.Process(up.process.pid).children()[0].environ()
        said = refused("up", "--data", str(up.data), "--port", str(free_port()))
    assert "Set SAFEGUARD_DATABASE_URL as before" in said
