"""A certified OpenID provider (npm's oidc-provider) in a process of its own: what an organisation's own would be."""

import fcntl
import os
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urljoin

from playwright.async_api import Page

from tests.journeys.house import free_port

ROOT: Final = Path(__file__).resolve().parents[1] / "provider"
CLIENT: Final = "safeguard-of-the-tests"
SECRET: Final = "known to everybody who reads this"
PATIENCE: Final = 60
STEPS: Final = 5
"""More than the provider takes between its form and the answer."""


@dataclass(frozen=True, slots=True)
class OpenIDProvider:
    """A running provider; whoever signs in types who they are."""

    issuer: str

    async def sign_in(self, page: Page, login: str) -> None:
        """Show the provider who one is; with "+two" by two factors."""
        await page.wait_for_url(f"{self.issuer}/who/**")
        await page.fill("[name=login]", login)
        await page.get_by_role("button", name="Sign in").click()

    async def answer_to(self, page: Page, login: str, address: str) -> str:
        """The same, but the browser does not follow the answer to `address`: whoever stole the answer has this."""
        await page.wait_for_url(f"{self.issuer}/who/**")
        here = page.url
        answer = await page.request.post(here, form={"login": login}, max_redirects=0)
        for _ in range(STEPS):
            here = urljoin(here, answer.headers["location"])
            if here.startswith(address):
                return here
            answer = await page.request.get(here, max_redirects=0)
        raise AssertionError(f"the provider sends nobody to {address}")


@contextmanager
def openid_provider(return_address: str) -> Iterator[OpenIDProvider]:
    """The provider with one client, which comes back to `return_address`."""
    install()
    port = free_port()
    client = {"CLIENT_ID": CLIENT, "CLIENT_SECRET": SECRET, "RETURN_ADDRESS": return_address}
    process = subprocess.Popen(
        ["node", "server.js"], cwd=ROOT, env=os.environ | client | {"PORT": str(port)},
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        provider = OpenIDProvider(f"http://localhost:{port}")
        _wait(provider, process)
        yield provider
    finally:
        process.terminate()
        process.wait(PATIENCE)


def install() -> None:
    """What the lock names, once; another test process waits."""
    with (ROOT / ".install.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        named, there = ROOT / "package-lock.json", ROOT / "node_modules" / ".package-lock.json"
        if not there.exists() or there.stat().st_mtime < named.stat().st_mtime:
            subprocess.run(["npm", "ci", "--no-audit", "--no-fund"], cwd=ROOT, check=True, capture_output=True)


def _wait(provider: OpenIDProvider, process: "subprocess.Popen[bytes]") -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and process.poll() is None:
        try:
            with urllib.request.urlopen(f"{provider.issuer}/.well-known/openid-configuration", timeout=2):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise RuntimeError("the provider did not start")
