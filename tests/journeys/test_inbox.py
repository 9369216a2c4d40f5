"""The inbox by keyboard, and the seldom kinds of entry swapped into the incident's page."""

import pytest
from playwright.async_api import Browser

from safeguard.access.roles import Role
from tests.journeys.browser import DESK, PHONE, window
from tests.journeys.house import House
from tests.journeys.town import Town

pytestmark = pytest.mark.anyio

FOCUSED_ROW = "() => [...document.querySelectorAll('[data-row]')].findIndex(r => r.contains(document.activeElement))"


async def test_j_k_x_and_enter_walk_tick_and_open(browser: Browser, house: House, town: Town) -> None:
    async with window(browser) as context:
        await house.let_in(context, town.people[Role.LEAD])
        page = await context.new_page()
        await page.goto(house.address + "/incidents/inbox?show=new")
        await page.keyboard.press("j")
        await page.keyboard.press("j")
        assert await page.evaluate(FOCUSED_ROW) == 1
        await page.keyboard.press("x")
        assert await page.locator("[name=picked]").nth(1).is_checked()
        await page.keyboard.press("k")
        assert await page.evaluate(FOCUSED_ROW) == 0
        await page.get_by_text("With the ticked ones").click()
        await page.locator("#reason").press("j")
        assert await page.locator("#reason").input_value() == "j"
        await page.locator("[data-open]").first.focus()
        await page.keyboard.press("Enter")
        await page.wait_for_url("**/incidents/*-*-*")


async def test_several_are_acknowledged_with_one_press(browser: Browser, house: House, town: Town) -> None:
    async with window(browser, PHONE) as context:
        await house.let_in(context, town.people[Role.LEAD])
        page = await context.new_page()
        await page.goto(house.address + "/incidents/inbox?show=new")
        for number in (3, 4):
            await page.locator("[name=picked]").nth(number).check()
        await page.get_by_text("With the ticked ones").click()
        await page.get_by_role("button", name="Acknowledge them").click()
        await page.get_by_text("2 acknowledged").wait_for()


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
async def test_a_seldom_kind_is_found_under_more_and_added_in_place(
    browser: Browser, house: House, town: Town, size: tuple[int, int]
) -> None:
    words = f"Nobody knew the way to report, seen at {size[0]}."
    async with window(browser, size) as context:
        await house.let_in(context, town.people[Role.LEAD])
        page = await context.new_page()
        await page.goto(f"{house.address}/incidents/{town.followed}")
        await page.locator(".sg-more summary").click()
        await page.get_by_role("link", name="Lesson learnt").click()
        await page.get_by_label("What was learnt?").fill(words)
        await page.get_by_text("Which part of our standards does it touch?").click()
        await page.get_by_label("Responsibilities and governance").check()
        await page.get_by_role("button", name="Add to the record").click()
        await page.locator(".sg-timeline").get_by_text(words).wait_for()
        assert page.url.endswith(str(town.followed))
