"""An alert of the helpline stands on the home page with what to do, and becomes evidence of a control."""

import pytest
from playwright.async_api import Browser, expect

from safeguard.access.roles import Role
from tests.journeys.browser import PHONE, look, window
from tests.journeys.house import House
from tests.journeys.town import Town
from tests.web.announced import SIGNAL

pytestmark = pytest.mark.anyio


async def test_a_lead_meets_an_alert_at_home_and_attaches_what_they_did_to_a_control(
    browser: Browser, house: House, town: Town
) -> None:
    async with window(browser, PHONE) as context:
        await house.let_in(context, town.people[Role.LEAD])
        sight = await look(context)
        page = sight.page
        await page.goto(house.address + "/")
        need = page.locator(".sg-need", has_text=SIGNAL.title)
        await expect(need).to_contain_text(SIGNAL.to_do)
        await need.get_by_role("link", name=SIGNAL.title).click()
        await expect(page.get_by_text(SIGNAL.words)).to_be_visible()
        assert await sight.problems() == []
        await page.get_by_role("button", name="Attach it").click()
        await expect(page.locator("#control-error")).to_be_visible()
        await page.select_option("#control", index=1)
        chosen = await page.locator("#control option:checked").inner_text()
        await page.fill("#did", "We looked at every account in our name.")
        async with page.expect_navigation():
            await page.get_by_role("button", name="Attach it").click()
        await page.goto(f"{house.address}/signals/{town.announced.received}")
        await page.get_by_role("link", name="The item of evidence").click()
        await expect(page.locator("main")).to_contain_text("We looked at every account in our name.")
        await expect(page.locator("main")).to_contain_text(chosen)
        assert sight.complaints == []
