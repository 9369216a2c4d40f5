"""A journey of the lead and the head: old evidence comes up, one is held, two go together, one certificate stays."""

from datetime import date
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page

from safeguard.access.actors import Actor
from safeguard.access.roles import Role
from safeguard.database import pool
from safeguard.database.bootstrap import Addresses
from safeguard.database.context import ContextKey
from safeguard.standards.proving import add_item
from safeguard.strongbox import masters
from safeguard.work import begin
from tests.factories.organisations import make_organisation
from tests.journeys.browser import DESK, PHONE, look, window
from tests.journeys.house import House
from tests.journeys.test_records import agree, member
from tests.records.kinds.making import paper

pytestmark = pytest.mark.anyio

ASK = "Ask for the disposal of the ticked ones"


async def open_school(addresses: Addresses, key: ContextKey, data: Path) -> tuple[Actor, Actor]:
    """A lead with three papers of ten years ago, and a head."""
    opened = pool.Database(addresses.app, key)
    pool.use(opened)
    masters.use(masters.Masters(data / "keys"))
    try:
        organisation = await make_organisation()
        lead, head = [await member(organisation, role) for role in (Role.LEAD, Role.HEAD)]
        async with begin(lead) as work:
            for year in (2013, 2014, 2015):
                await add_item(work, paper(f"Minutes of {year}", date(year, 3, 1)))
    finally:
        pool.use(None)
        await opened.close()
    return lead, head


async def test_old_evidence_goes_together_but_for_what_is_on_hold(
    browser: Browser, house: House, addresses: Addresses, key: ContextKey, data: Path
) -> None:
    keeper, agreeing = await open_school(addresses, key, data)
    async with window(browser, PHONE) as phone, window(browser, DESK) as desk:
        await house.let_in(phone, keeper)
        await house.let_in(desk, agreeing)
        lead, head = await look(phone), await look(desk)
        page = lead.page
        await page.goto(f"{house.address}/records")
        await page.get_by_role("link", name="Items of evidence").click()
        await hold(page, "Minutes of 2013")
        await page.goto(f"{house.address}/records/kinds")
        await page.get_by_role("button", name=ASK).click()
        await page.get_by_text("Tick that you have looked at the record").first.wait_for()
        await page.get_by_label("Looked at: it may go Minutes of 2014").check()
        async with page.expect_navigation():  # to a page that says what this one says
            await page.get_by_role("button", name=ASK).click()
        await page.get_by_text("Tick that you have looked at the record").first.wait_for()
        assert await page.get_by_label("Looked at: it may go Minutes of 2014").is_checked(), "nothing ticked is lost"
        await page.get_by_label("Looked at: it may go Minutes of 2015").check()
        await page.get_by_label("I have looked at each that I ticked").check()
        assert await lead.problems() == []
        await page.get_by_role("button", name=ASK).click()
        await page.wait_for_url("**/approvals/**")
        await agree(head.page, house, page.url)
        await page.goto(f"{house.address}/records/disposals")
        await page.get_by_role("table").get_by_role("link", name="Item of evidence").click()
        await page.get_by_role("heading", name="What was erased").wait_for()
        assert await lead.problems() == []
        async with page.expect_download() as coming:
            await page.get_by_role("link", name="Download the certificate").click()
        assert (await (await coming.value).path()).read_bytes().startswith(b"%PDF")
        await page.goto(f"{house.address}/standards/evidence")
        await page.get_by_role("link", name="Minutes of 2013").wait_for()
        assert await page.get_by_role("link", name="Minutes of 2014").count() == 0


async def hold(page: Page, title: str) -> None:
    """From its own page; it can then not be ticked."""
    await page.get_by_role("link", name=title).click()
    await page.get_by_role("button", name="Put it on hold").click()
    await page.get_by_text("Choose what it is kept for.").first.wait_for()
    await page.get_by_label("An inquiry or a case review").check()
    await page.get_by_label("Why, and who asked for that?").fill("The review asks for it.")
    await page.get_by_role("button", name="Put it on hold").click()
    await page.get_by_text("On hold: An inquiry or a case review").wait_for()
