"""The main job with script switched off: record, see errors and keep what was typed, follow up, close."""

import pytest
from playwright.async_api import Browser, Page, expect

from safeguard.access.roles import Role
from tests.journeys.browser import PHONE, window
from tests.journeys.house import House
from tests.journeys.town import Town

pytestmark = pytest.mark.anyio


async def test_an_incident_is_recorded_followed_and_closed(browser: Browser, house: House, town: Town) -> None:
    async with window(browser, PHONE, java_script_enabled=False) as context:
        await house.let_in(context, town.people[Role.LEAD])
        page = await context.new_page()
        await page.goto(f"{house.address}/incidents/new")
        await send_empty_and_keep_what_was_typed(page)
        await add_a_person(page)
        await page.locator(".sg-actionbar button:not([name=later]):not([aria-hidden])").click()
        await expect(page.locator("main")).to_contain_text("Recorded as")
        await add_a_note(page)
        await close(page)
        await expect(page.locator("main")).to_contain_text("This incident is closed")


async def send_empty_and_keep_what_was_typed(page: Page) -> None:
    await page.get_by_text("Add more detail").click()
    await page.fill("#accounts", "@a.fan.page")
    await page.locator(".sg-actionbar button:not([name=later]):not([aria-hidden])").click()
    await expect(page.locator(".govuk-error-summary")).to_be_visible()
    await expect(page.locator("#accounts")).to_have_value("@a.fan.page")
    await page.fill("#narrative", "An account that pretends to be a teacher.")


async def add_a_person(page: Page) -> None:
    await page.fill("#people-0-name", "Morgan Hale")
    await page.locator("#people-0-role").select_option("affected")
    await page.get_by_role("button", name="Add another person").click()
    await page.fill("#people-1-name", "Ravi Underhill")
    await expect(page.locator("#people-0-name")).to_have_value("Morgan Hale")
    await expect(page.locator("#narrative")).to_have_value("An account that pretends to be a teacher.")
    await page.locator("#people-1-role").select_option("witness")


async def add_a_note(page: Page) -> None:
    await page.fill("#words", "Spoke with the form tutor.")
    await page.get_by_role("button", name="Add to the record").click()
    await expect(page.locator("#story")).to_contain_text("Spoke with the form tutor.")


async def close(page: Page) -> None:
    await page.get_by_role("link", name="Close incident").click()
    for field in ("summary", "follow_up", "decision", "outcome", "left_open"):
        await page.fill(f"#{field}", f"The {field}.")
    await page.get_by_role("button", name="Close incident").click()


async def test_the_menu_opens_on_a_phone(browser: Browser, house: House, town: Town) -> None:
    async with window(browser, PHONE, java_script_enabled=False) as context:
        await house.let_in(context, town.people[Role.LEAD])
        page = await context.new_page()
        await page.goto(house.address + "/")
        await page.locator(".sg-menu--pages summary").click()
        await page.locator(".sg-menu--pages").get_by_role("link", name="Incidents").click()
        await page.wait_for_url("**/incidents")
