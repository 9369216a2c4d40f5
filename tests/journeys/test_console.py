"""The operator's console in a real browser: begun by a link, signed in to, walked through at both widths.

It is served by a process of its own, beside the service and on another port.
"""

import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

import psycopg
import pytest
from playwright.async_api import Browser, Page
from pyotp.totp import TOTP

from safeguard import clock
from safeguard.database.bootstrap import Addresses
from tests.console.conftest import PASSWORD, invited
from tests.factories.organisations import make_organisation
from tests.journeys.browser import DESK, PHONE, look, window
from tests.journeys.house import free_port

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("database")]

PATIENCE = 180


@contextmanager
def console(data: Path) -> Iterator[str]:
    """`safeguard console` on the data folder of a database that runs already."""
    port = free_port()
    command = [sys.executable, "-m", "safeguard.cli", "console", "--data", str(data), "--port", str(port)]
    with (data / "console.log").open("ab") as log:
        process = subprocess.Popen(command, env=os.environ, stdout=log, stderr=log)
        try:
            _wait(f"http://localhost:{port}", process, data / "console.log")
            yield f"http://localhost:{port}"
        finally:
            process.terminate()
            process.wait(PATIENCE)


def _wait(address: str, process: "subprocess.Popen[bytes]", log: Path) -> None:
    until = time.monotonic() + PATIENCE
    while process.poll() is None and time.monotonic() < until:
        try:
            with urllib.request.urlopen(f"{address}/health/live", timeout=2):
                return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError(f"The console did not start:\n{log.read_text()[-2000:]}")


def code(secret: str, step: int) -> str:
    """The code of the half minute that is so many from now."""
    return TOTP(secret).at(int(clock.System().now().timestamp()) + 30 * step)


async def begin(page: Page, address: str, token: str) -> str:
    """Use the link: a password, and the app whose key the page shows."""
    await page.goto(f"{address}/enrol/{token}")
    secret = (await page.locator(".sg-key").inner_text()).replace(" ", "")
    await page.fill("#password", PASSWORD)
    await page.fill("#code", code(secret, 0))
    await page.get_by_role("button", name="Begin").click()
    await page.wait_for_url(f"{address}/sign-in")
    return secret


async def removed(addresses: Addresses, leaving: UUID) -> UUID:
    """What another organisation kept was removed, and what this one keeps may be, since a moment ago."""
    one, other, removal = (clock.new_id() for _ in range(3))
    note = (
        "safeguard-removal/1\norganisation x\n" + "rows 1204\n" * 3 + "\n— safeguard.test/t/0/1 " + "Ab1+" * 17 + "\n"
    )
    async with await psycopg.AsyncConnection.connect(addresses.owner, autocommit=True) as owner:
        for each in (one, other):
            await owner.execute(
                "insert into console.operators (id, email, name, created_at) values (%s, %s, 'Bob Operator', now())",
                (each, f"{each.hex}@operator.example"),
            )
        for kind in ("leaving", "removal"):
            await owner.execute(
                "insert into console.requests (id, organisation_id, asked_by, asked_by_name, asked_at, reason, kind,"
                " decided_by, decided_by_name, decided_at, decision, due_at) values (gen_random_uuid(), %s, %s, 'Bob',"
                " now(), 'Their contract ended.', %s, %s, 'Cy', now(), 'agreed',"
                " case when %s = 'removal' then now() end)",
                (leaving, one, kind, other, kind),
            )
        await owner.execute(
            "insert into console.removals (id, organisation_id, slug, name, kind, reason, asked_by_name, asked_at,"
            " agreed_by_name, agreed_at, removed_at, counted, accounts, objects, certificate) values (%s, %s, 'willow',"
            " 'Willow Primary School of the Far End of the Valley', 'school', 'x', 'Ada Operator', now(), 'Bob',"
            " now(), now(), '{}', 3, '{}', %s)",
            (removal, clock.new_id(), note),
        )
    return removal


async def test_an_operator_begins_looks_around_and_suspends_an_organisation(
    browser: Browser, data: Path, addresses: Addresses
) -> None:
    organisation = await make_organisation()
    async with await psycopg.AsyncConnection.connect(addresses.owner, autocommit=True) as owner:
        email, token = await invited(owner, "Ada Operator")
    with console(data) as address:
        async with window(browser, DESK) as context:
            sight = await look(context)
            page = sight.page
            await page.goto(f"{address}/enrol/{token}")
            assert await sight.problems() == []
            await sight.picture("console-enrol-desk")
            secret = await begin(page, address, token)
            await page.fill("#email", email)
            await page.fill("#password", PASSWORD)
            await page.fill("#code", code(secret, 1))
            assert await sight.problems() == []
            await sight.picture("console-sign-in-desk")
            await page.get_by_role("button", name="Sign in").click()
            await page.wait_for_url(f"{address}/")
            at = f"/organisations/{organisation}"
            await page.goto(address + at)
            await page.fill("#reason", "Their head asked for it by telephone.")
            await page.get_by_role("button", name="Suspend it").click()
            await page.get_by_text("Nobody gets in").wait_for()
            removal = await removed(addresses, organisation)
            found = ("/organisations?q=nobody-like-this", at, f"/removals/{removal}")
            paths = ("/", "/organisations", "/announcement", "/acts", "/removals", *found)
            for size, name in ((DESK, "desk"), (PHONE, "phone")):
                await page.set_viewport_size({"width": size[0], "height": size[1]})
                for path in paths:
                    await page.goto(address + path)
                    assert await sight.problems() == [], (path, name)
                    shown = path.split("?")[0].strip("/").split("/")[0] or "service"
                    one = "-one" if path.endswith((at, str(removal))) else "-none" if "?" in path else ""
                    await sight.picture(f"console-{shown}{one}-{name}")
