"""Data directories of this test alone, and programs that start a server and are then treated badly."""

import os
import subprocess
import sys
from collections.abc import Callable, Generator
from pathlib import Path

import pytest

from safeguard.database.embedded import EmbeddedPostgres

SRC = Path(__file__).parents[3] / "src"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Where a server of this test keeps its data."""
    return tmp_path / "data"


@pytest.fixture
def server(data: Path) -> Generator[EmbeddedPostgres]:
    """A server that is not started yet, and is gone at the end whatever happens."""
    server = EmbeddedPostgres(data, durable=False)
    yield server
    server.stop()


@pytest.fixture
def program() -> Generator[Callable[[str, Path], subprocess.Popen[str]]]:
    """Run Python text in a process of its own until it prints its first line."""
    running: list[subprocess.Popen[str]] = []

    def start(text: str, data: Path) -> subprocess.Popen[str]:
        words = [sys.executable, "-c", text, str(data)]
        environment = {**os.environ, "PYTHONPATH": str(SRC)}
        process = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment)
        running.append(process)
        assert process.stdout is not None
        process.stdout.readline()
        return process

    yield start
    for process in running:
        process.kill()
        process.wait()
        for stream in (process.stdin, process.stdout):
            assert stream is not None
            stream.close()
