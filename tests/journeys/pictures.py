"""The pictures of the README, made anew: `.venv/bin/python -m tests.journeys.pictures`.

Starts the service with its demonstration in a folder that is thrown away, walks through it as the lead of the school
and as a member of staff on a phone, and writes docs/pictures/*.webp. Chromium writes WebP itself: a third of a PNG.
"""

import asyncio
import base64
import subprocess
import sys
import tempfile
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager

from playwright.async_api import Browser, Page

from tests.journeys.browser import PHONE, ROOT, chromium, window
from tests.journeys.house import free_port

FOLDER = ROOT / "docs" / "pictures"
SCREEN = (1280, 800)
LEAD = "lead@alder-vale.example"
STAFF = "reporter@alder-vale.example"
PASSWORD = "synthetic-people-only"
PATIENCE = 180
QUALITY = 82

Walk = Callable[[Page, str], Awaitable[None]]


@contextmanager
def demonstration() -> Iterator[str]:
    """The whole service with invented organisations; gives its address."""
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="safeguard-pictures-") as data:
        command = [sys.executable, "-m", "safeguard.cli", "up", "--demo", "--data", data, "--port", str(port)]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        try:
            _read_until_ready(process)
            yield f"http://localhost:{port}"
        finally:
            process.terminate()
            process.wait(30)


def _read_until_ready(process: "subprocess.Popen[str]") -> None:
    for line in process.stdout or ():
        if "is ready" in line:
            return
    raise RuntimeError("The demonstration did not start")


async def sign_in(page: Page, address: str, email: str) -> None:
    """Through the form, as anybody does."""
    await page.goto(address + "/sign-in")
    await page.fill("#email", email)
    await page.fill("#password", PASSWORD)
    await page.get_by_role("button", name="Sign in", exact=True).click()
    await page.get_by_role("button", name="Continue as this invented person").click()
    await page.wait_for_url(address + "/")


async def take(page: Page, name: str) -> None:
    """What the window shows now, as docs/pictures/NAME.webp."""
    session = await page.context.new_cdp_session(page)
    shot = await session.send("Page.captureScreenshot", {"format": "webp", "quality": QUALITY})
    picture = base64.b64decode(shot["data"])
    (FOLDER / f"{name}.webp").write_bytes(picture)
    print(f"{name}.webp  {len(picture) / 1024:.0f} KB")


async def as_lead(page: Page, address: str) -> None:
    """What needs me, the list, one incident, and its evidence pack."""
    await sign_in(page, address, LEAD)
    await take(page, "today")
    await page.goto(address + "/incidents/inbox")
    await take(page, "inbox")
    await page.goto(address + "/insights")
    await take(page, "insights")
    await page.goto(address + "/standards")
    await take(page, "standards")
    await page.goto(address + "/incidents")
    await take(page, "incidents")
    await page.goto(address + "/incidents?state=all&risk=high")
    await page.locator("tbody a").nth(3).click()
    await page.wait_for_load_state()
    await take(page, "incident-desktop")
    await page.get_by_role("link", name="Make an evidence pack").click()
    await page.get_by_role("button", name="Make the pack").click()
    await page.get_by_role("link", name="Download the pack").wait_for(timeout=PATIENCE * 1000)
    await take(page, "pack")
    await page.goto(address + "/audit")
    await take(page, "log")


async def as_staff(page: Page, address: str) -> None:
    """The report form on a phone, as it opens and with somebody in danger."""
    await sign_in(page, address, STAFF)
    await page.goto(address + "/incidents/new")
    await page.fill("#narrative", "A pupil showed me an account that uses our crest and my photograph.")
    await take(page, "report-on-a-phone")
    await page.get_by_label("Yes", exact=True).check()
    await take(page, "danger-on-a-phone")


async def walk(browser: Browser, address: str, size: tuple[int, int], path: Walk) -> None:
    """One walk in a window of this size."""
    async with window(browser, size) as context:
        await path(await context.new_page(), address)


async def main() -> None:
    """All pictures."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with demonstration() as address:
        async with chromium() as browser:
            await walk(browser, address, SCREEN, as_lead)
            await walk(browser, address, PHONE, as_staff)


if __name__ == "__main__":
    asyncio.run(main())
