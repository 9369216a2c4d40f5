"""The whole service as `safeguard up` runs it, in a data directory of its own: every part, every process.

For what no single process shows: how long a start takes, a pack that a worker makes, a referral on its way. Asked over
HTTP only, as somebody outside would.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

from safeguard.cli.bench.scratch import Scratch, free_port, populate, token_for
from safeguard.database.bootstrap import Addresses
from safeguard.database.context import load_key
from safeguard.database.embedded.keyring import Keyring

PATIENCE = 180.0
"""Seconds for a start, on a machine that has much else to do."""


@dataclass(frozen=True, slots=True)
class Whole:
    """A running service, and how long its first page took."""

    data: Path
    port: int
    seconds: float
    pid: int

    def organisation(self, slug: str, kind: str = "school") -> tuple[Scratch, str]:
        """One more organisation, with a lead and an API token."""
        urls = Keyring(self.data / "keys").addresses()
        addresses = Addresses(**{role: urls[role] for role in Addresses._fields})
        made = populate(self.data, addresses, load_key(self.data / "keys" / "context"), self.port, slug, kind)
        return made, token_for(made)

    def ask(self, token: str, method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
        """What the JSON API answers; raises `RuntimeError` with what a refusal says."""
        answer = self.fetch(token, method, path, json.dumps(body).encode() if body is not None else b"")
        return json.loads(answer)

    def fetch(self, token: str, method: str, path: str, body: bytes = b"") -> bytes:
        """The same, as bytes."""
        connection = HTTPConnection("localhost", self.port, timeout=PATIENCE)
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        content = answer.read()
        connection.close()
        if answer.status >= 400:
            raise RuntimeError(f"{method} {path} answered {answer.status}: {content[:500]!r}")
        return content


@contextmanager
def whole_service(data: Path) -> Iterator[Whole]:
    """Run `safeguard up` in `data` for the length of the block; its seconds are those until the first page."""
    port = free_port()
    environ = os.environ | {
        "SAFEGUARD_DATA": str(data), "SAFEGUARD_PORT": str(port), "SAFEGUARD_PUBLIC_URL": f"http://localhost:{port}",
    }  # fmt: skip
    log = data.parent / f"{data.name}.log"
    began = time.perf_counter()
    with log.open("wb") as file:
        process = subprocess.Popen(
            [sys.executable, "-m", "safeguard.cli", "up"], env=environ, stdout=file, stderr=file, process_group=0
        )
    try:
        _await_page(port, process, log)
        yield Whole(data, port, time.perf_counter() - began, process.pid)
    finally:
        process.terminate()
        process.wait(timeout=60)


@contextmanager
def scratch_whole() -> Iterator[Whole]:
    """The same, in a folder that goes with the block."""
    with tempfile.TemporaryDirectory(prefix="safeguard-bench-") as folder, whole_service(Path(folder, "data")) as made:
        yield made


def _await_page(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        if process.poll() is not None:
            raise RuntimeError(f"`up` ended: {log.read_text()[-2000:]}")
        if _shows_page(port):
            return
        time.sleep(0.02)
    raise RuntimeError(f"no page came: {log.read_text()[-2000:]}")


def _shows_page(port: int) -> bool:
    connection = HTTPConnection("localhost", port, timeout=PATIENCE)
    try:
        connection.request("GET", "/sign-in")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()
