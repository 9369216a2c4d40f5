"""Choosing files for a referral without script: a scan stays, with what to do, and a letter is shown to go."""

from pathlib import Path
from uuid import UUID

import pytest
from playwright.async_api import Browser, Page, expect

from safeguard.access.roles import Role
from safeguard.attachments.kinds import PDF
from safeguard.database.bootstrap import Addresses
from safeguard.database.context import ContextKey
from safeguard.incidents.recording import record_incident
from safeguard.work import begin
from tests.factories.incidents import IMPERSONATION, SCHOOL
from tests.journeys.browser import PHONE, window
from tests.journeys.house import House
from tests.journeys.town import Town
from tests.journeys.working import at_work
from tests.referrals.enclosing import attach_file
from tests.referrals.papers import LETTER, SCAN

pytestmark = pytest.mark.anyio


@pytest.fixture
async def incident(addresses: Addresses, key: ContextKey, data: Path, town: Town) -> UUID:
    """An incident with a letter and a scan of one."""
    lead = town.people[Role.LEAD]
    async with at_work(addresses, key, data):
        async with begin(lead) as work:
            made = (await record_incident(work, IMPERSONATION, SCHOOL)).facts.id
        for name, whole in (("letter.pdf", LETTER), ("scan.pdf", SCAN)):
            await attach_file(lead, made, name, PDF, whole)
    return made


async def test_a_scan_stays_with_what_to_do_and_a_letter_is_shown_to_go(
    browser: Browser, house: House, town: Town, incident: UUID
) -> None:
    async with window(browser, PHONE, java_script_enabled=False) as context:
        await house.let_in(context, town.people[Role.LEAD])
        page = await context.new_page()
        await page.goto(f"{house.address}/incidents/{incident}/refer")
        await fill(page)
        for name in ("letter.pdf", "scan.pdf"):
            await choose(page, name)
        await page.get_by_role("button", name="See what will leave").press("Enter")
        await expect(page.locator(".govuk-error-summary")).to_contain_text("“Document 2.pdf” stays here.")
        await expect(page.locator("#files")).to_contain_text("ring the helpline")
        assert await page.input_value("#reason") == "The account harms a member of staff."
        await page.locator("#files fieldset").filter(has_text="scan.pdf").get_by_label("Send this file").press("Space")
        await page.get_by_role("button", name="See what will leave").press("Enter")
        await expect(page.get_by_role("heading", name="This is what will leave")).to_be_visible()
        await expect(page.get_by_role("main")).to_contain_text("Document 1.pdf")
        assert await page.get_by_text("Document 2.pdf").count() == 0


async def fill(page: Page) -> None:
    """What a referral needs, by keyboard where it is a choice."""
    await page.locator("input[name=asked][value=mediation]").press("Space")
    await page.fill("#question", "Please have this taken down.")
    await page.locator("input[name=reported][value=no]").press("Space")
    await page.fill("#reason", "The account harms a member of staff.")


async def choose(page: Page, name: str) -> None:
    """A file, with the lead's word for it; by keyboard."""
    file = page.locator("#files fieldset").filter(has_text=name)
    await file.get_by_label("Send this file").press("Space")
    await file.get_by_label("I have opened this file").press("Space")
