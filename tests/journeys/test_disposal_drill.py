"""A disposal as an inspector meets it: packs of before and after, dropped into verify.html that was opened from a disk.

pack -> disposal by two -> the older pack still verifies -> the newer one holds the disposal, and fits the older
"""

import zipfile
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path

import anyio
import pytest
from playwright.async_api import Browser, Page

from safeguard import clock, paths
from safeguard.access.actors import Actor
from safeguard.access.roles import Role
from safeguard.database.bootstrap import Addresses
from safeguard.evidence.making import Workshop
from safeguard.evidence.packs.contents import Disclosure
from safeguard.evidence.queries import get_pack
from safeguard.evidence.requesting import request_incident_pack, request_period_pack
from safeguard.evidence.sealing import FileKeySigner
from safeguard.identity import acts
from safeguard.incidents.chapter import IncidentChapter
from safeguard.records import disposing
from safeguard.records.holding import About
from safeguard.strongbox import objects
from safeguard.work import begin
from tests.journeys.browser import DESK
from tests.records.making import disposed, recorded, second
from tests.records.test_packs import make

pytestmark = pytest.mark.anyio

Someone = Callable[..., Awaitable[Actor]]
PAGE = paths.ASSETS / "verify.html"


async def test_older_packs_verify_in_the_browser_and_newer_ones_fit_them_and_hold_the_disposal(
    browser: Browser, someone: Someone, addresses: Addresses, tmp_path: Path
) -> None:
    acts.bind(*disposing.ACTS)
    store = objects.open_store((tmp_path / "objects").as_uri())
    signer = FileKeySigner(bytes(range(32)), "safeguard.example", addresses.signer)
    shop = Workshop(signer, store, IncidentChapter(), tmp_path / "bench")
    lead = await someone(Role.LEAD)
    head = await second(lead)
    incident, _ = await recorded(lead, "columbine")
    async with begin(lead) as work:
        own = await request_incident_pack(work, IncidentChapter(), incident, Disclosure.COMPLETE)
    before = await make(lead, shop, own, tmp_path / "before.zip")
    await disposed(lead, head, About("incident", incident))
    today = clock.now().date()
    async with begin(lead) as work:
        key = (await get_pack(work, own)).vkey or ""
        later = await request_period_pack(
            work, today - timedelta(days=2), today + timedelta(days=2), Disclosure.COMPLETE
        )
    after = await make(lead, shop, later, tmp_path / "after.zip")
    assert (b"record.disposed" in member(before, "audit/entries"), b"columbine" in whole(before)) == (False, True)
    assert (b"record.disposed" in member(after, "audit/entries"), b"columbine" in whole(after)) == (True, False)

    context = await browser.new_context(viewport={"width": DESK[0], "height": DESK[1]}, offline=True)
    try:
        with anyio.fail_after(180):
            page = await context.new_page()
            await page.goto(PAGE.as_uri())
            await page.fill("#key", key)
            assert "this is the first of this log here" in await told(page, before)
            assert "the earlier pack of this log that you checked here says nothing else" in await told(page, after)
            assert "nothing else, as far as both reach" in await told(page, before)
    finally:
        await context.close()


async def told(page: Page, pack: Path) -> str:
    """Drop a pack in; what stands there once it is found valid."""
    await page.evaluate("document.getElementById('outcome').removeAttribute('data-verdict')")
    await page.set_input_files("#pack", [])
    await page.set_input_files("#pack", pack)
    await page.locator("#outcome[data-verdict='VALID']").wait_for()
    return await page.inner_text("#outcome")


def member(pack: Path, name: str) -> bytes:
    """One file of a pack."""
    with zipfile.ZipFile(pack) as archive:
        return archive.read(name)


def whole(pack: Path) -> bytes:
    """Every file of a pack, one after the other."""
    with zipfile.ZipFile(pack) as archive:
        return b"".join(archive.read(name) for name in archive.namelist())
