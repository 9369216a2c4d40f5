"""The whole service as people meet it: its own process, a port, a browser's session for whoever is needed."""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.async_api import BrowserContext

from safeguard import clock
from safeguard.access.actors import Actor
from safeguard.web.cookies import SESSION, hash_of
from tests.factories.owning import owning

ROOT = Path(__file__).parents[2]
PATIENCE = 180
"""Seconds until a service that lives and does not answer counts as not started: a busy machine takes its time."""
OPEN_SESSION = """
insert into sessions (token_hash, id, user_id, organisation_id, created_at, authenticated_at, factors, last_seen_at,
                      browser)
values (%s, %s, %s, %s, now(), now(), '{password,totp}', now(), 'Test')
"""


@dataclass(frozen=True, slots=True)
class House:
    """A running service."""

    address: str
    owner_url: str

    async def let_in(self, window: BrowserContext, person: Actor) -> None:
        """Give this window a session of this person, as signing in would."""
        token = clock.new_token()
        async with owning(self.owner_url) as owner:
            values = (hash_of(token), clock.new_request_id(), person.user_id, person.organisation_id)
            await owner.execute(OPEN_SESSION, values)
        cookie: Any = {"name": SESSION, "value": token, "url": self.address.replace("http:", "https:"), "secure": True}
        await window.add_cookies([cookie | {"httpOnly": True, "sameSite": "Lax"}])


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(data: Path, owner_url: str, port: int | None = None) -> Iterator[House]:
    """`safeguard serve` on the data folder of a database that runs already."""
    chosen = port or free_port()
    address = f"http://localhost:{chosen}"
    command = [sys.executable, "-m", "tests.journeys.serving", "serve", "--data", str(data), "--port", str(chosen)]
    environment = os.environ | {"SAFEGUARD_PUBLIC_URL": address, "SAFEGUARD_REACHES_LOOPBACK": "yes"}
    with (data / "serve.log").open("ab") as log:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
        try:
            _wait(address, process, data / "serve.log")
            yield House(address, owner_url)
        finally:
            process.terminate()
            process.wait(PATIENCE)


def _wait(address: str, process: "subprocess.Popen[bytes]", log: Path) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        if process.poll() is not None:
            break
        try:
            with urllib.request.urlopen(f"{address}/health/live", timeout=2):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise RuntimeError(f"The service did not start:\n{log.read_text()[-2000:]}")
