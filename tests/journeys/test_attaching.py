"""A lead attaches a letter in a real browser: the promise first, then the file; and is told what happens to it."""

import pytest
from playwright.async_api import Browser, expect

from safeguard.access.roles import Role
from tests.journeys.browser import PHONE, window
from tests.journeys.house import House
from tests.journeys.town import Town

pytestmark = pytest.mark.anyio

LETTER = {"name": "Letter.txt", "mimeType": "text/plain", "buffer": b"Dear Morgan, thank you for your call."}


async def test_a_letter_is_attached_on_a_phone_once_the_promise_is_given(
    browser: Browser, house: House, town: Town
) -> None:
    async with window(browser, PHONE) as context:
        await house.let_in(context, town.people[Role.LEAD])
        page = await context.new_page()
        await page.goto(f"{house.address}/incidents/{town.followed}/attachments/new")
        await page.fill("#note", "From the council.")
        await page.set_input_files("#file", LETTER)  # pyright: ignore[reportArgumentType]
        await page.click("text=Attach file")
        await expect(page.locator("main")).to_contain_text("If you do not know, do not attach it.")
        await expect(page.locator("#note")).to_have_value("From the council.")
        await page.check("#promise")
        await page.set_input_files("#file", LETTER)  # pyright: ignore[reportArgumentType]
        await page.click("text=Attach file")
        await expect(page.locator("main")).to_contain_text("Letter.txt")
        await expect(page.locator("main")).to_contain_text("Waiting")
