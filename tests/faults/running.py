"""`safeguard up` as somebody starts it: a process of its own, whose terminal is a file."""

import contextlib
import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Self

import psutil

ROOT = Path(__file__).parents[2]
ENVIRONMENT = {
    **{name: value for name, value in os.environ.items() if not name.startswith("SAFEGUARD_")},
    "PYTHONPATH": os.pathsep.join(filter(None, (os.environ.get("PYTHONPATH"), str(ROOT / "src"), str(ROOT)))),
}
COMMANDS = {
    "signer": "signer",
    "web": "serve",
    "worker": "workers",
    "scheduler": "schedule",
    "database": "postgres",
}
"""The word in each part's command line by which it is told from the others."""


def free_port() -> int:
    """A port that nobody uses at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def command(*words: str) -> list[str]:
    """The command line of a `safeguard` command."""
    return [sys.executable, "-P", "-m", "safeguard.cli", *words]


def run(*words: str) -> str:
    """What a `safeguard` command prints that does what it was asked."""
    done = subprocess.run(command(*words), capture_output=True, text=True, env=ENVIRONMENT, timeout=180, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def make_token(data: Path, slug: str) -> str:
    """An organisation, and a token that may do in it what its lead may."""
    words = ["--kind", "school", "--name", "Synthetic", "--slug", slug, "--lead-email", f"lead@{slug}.example"]
    run("organisation", "create", *words, "--data", str(data))
    wanted = ["--organisation", slug, "--role", "lead", "--everything"]
    return run("token", "create", *wanted, "--data", str(data)).split()[-1]


class Up:
    """The service on a data directory, until the block ends."""

    def __init__(self, data: Path, **environment: str) -> None:
        self.data = data
        self.port = free_port()
        self.environment = {**ENVIRONMENT, **environment}
        self.terminal = data.with_name(f"{data.name}.terminal")
        self.family: list[psutil.Process] = []

    def __enter__(self) -> Self:
        with self.terminal.open("wb") as terminal:
            words = command("up", "--data", str(self.data), "--port", str(self.port))
            self.process = subprocess.Popen(words, stdout=terminal, stderr=terminal, env=self.environment)
        return self

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(120)
        self.process.kill()
        self.process.wait()

    def wait_until_ready(self) -> Self:
        """Return when it says that it is ready; fail with what it said instead."""
        self.wait_for(lambda: "Safeguard is ready" in self.said() or self.process.poll() is not None)
        assert self.process.poll() is None, self.said()
        return self

    def said(self) -> str:
        """Everything on its terminal."""
        return self.terminal.read_text()

    def answers(self) -> bool:
        """Whether the web is ready."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        with contextlib.suppress(OSError, http.client.HTTPException):
            connection.request("GET", "/health/ready")
            return connection.getresponse().status == 200
        return False

    def part(self, name: str) -> psutil.Process | None:
        """The process of a part, if it runs at this moment."""
        with contextlib.suppress(psutil.Error):
            for child in psutil.Process(self.process.pid).children():
                if runs(child) and any(COMMANDS[name] in word for word in child.cmdline()[:6]):
                    return child
        return None

    def find(self, name: str) -> psutil.Process:
        """The process of a part, waiting until there is one."""
        found: list[psutil.Process | None] = []
        self.wait_for(lambda: bool(found.append(self.part(name)) or found[-1]))
        assert found[-1] is not None
        return found[-1]

    def kill(self, name: str) -> int:
        """kill -9 a part as soon as there is one; the number it had."""
        process = self.find(name)
        process.kill()
        return process.pid

    def remember_family(self) -> None:
        """Note every process of the tree, to ask later whether it is gone."""
        self.family = psutil.Process(self.process.pid).children(recursive=True)

    def survivors(self) -> list[psutil.Process]:
        """Who of the noted processes still runs, after some patience."""
        deadline = time.monotonic() + 15
        while (left := [each for each in self.family if runs(each)]) and time.monotonic() < deadline:
            time.sleep(0.05)
        return left

    def wait_for(self, condition: Callable[[], bool], seconds: float = 180, every: float = 0.1) -> None:
        """Return when the condition holds; fail with the terminal's text when it never does.

        Not asked so often that asking takes the processor from what is waited for.
        """
        deadline = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < deadline, self.said()
            time.sleep(every)


def runs(process: psutil.Process) -> bool:
    """Whether it does; a zombie has ended and only waits to be asked after."""
    with contextlib.suppress(psutil.Error):
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    return False
