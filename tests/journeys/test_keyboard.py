"""By keyboard alone: past the header, through the report form, and always seeing where one is."""

import pytest
from playwright.async_api import Browser, Page, expect

from safeguard.access.roles import Role
from tests.journeys.browser import window
from tests.journeys.house import House
from tests.journeys.town import Town

pytestmark = pytest.mark.anyio

SHOWN = """() => {
  const e = document.activeElement
  const near = [e, e.nextElementSibling].filter(Boolean)
  const marks = near.flatMap(n => [getComputedStyle(n), getComputedStyle(n, '::before')])
  const box = e.getBoundingClientRect()
  return {
    name: e.tagName + '#' + e.id + '.' + e.className,
    marked: marks.some(s => (s.outlineStyle !== 'none' && s.outlineWidth !== '0px') || s.boxShadow !== 'none'),
    inside: box.bottom > 0 && box.top < innerHeight,
  }
}"""


async def go(page: Page, name: str, most: int = 80) -> None:
    """Press Tab until the element of this name or id has the focus; every stop on the way must be visible."""
    for _ in range(most):
        await page.keyboard.press("Tab")
        seen = await page.evaluate(SHOWN)
        assert seen["marked"], f"no visible focus on {seen['name']}"
        assert seen["inside"], f"focus out of sight on {seen['name']}"
        if await page.evaluate("n => [document.activeElement.name, document.activeElement.id].includes(n)", name):
            return
    raise AssertionError(f"{name} was not reached")


async def press(page: Page, words: str, most: int = 20) -> None:
    """Press Tab until the focus is on the fold or button of these words, and press it."""
    for _ in range(most):
        await page.keyboard.press("Tab")
        if await page.evaluate("w => document.activeElement.innerText?.trim().startsWith(w)", words):
            await page.keyboard.press("Enter")
            return
    raise AssertionError(f"nothing that begins with {words} was reached")


async def test_the_first_stop_skips_to_the_content(browser: Browser, house: House, town: Town) -> None:
    async with window(browser) as context:
        await house.let_in(context, town.people[Role.LEAD])
        page = await context.new_page()
        await page.goto(house.address + "/incidents")
        await page.keyboard.press("Tab")
        await expect(page.locator(".govuk-skip-link")).to_be_focused()
        await page.keyboard.press("Enter")
        await expect(page.locator("#main")).to_be_focused()


async def test_a_page_that_is_one_form_leads_to_its_first_field(browser: Browser, house: House, town: Town) -> None:
    async with window(browser) as context:
        await house.let_in(context, town.people[Role.LEAD])
        page = await context.new_page()
        await page.goto(f"{house.address}/incidents/{town.followed}/risk")
        for key in ("Tab", "Enter"):
            await page.keyboard.press(key)
        await page.wait_for_url("**/risk#act")
        await page.keyboard.press("Tab")
        await page.wait_for_function("document.activeElement.name === 'risk'")


async def test_an_incident_is_recorded_by_keyboard(browser: Browser, house: House, town: Town) -> None:
    async with window(browser) as context:
        await house.let_in(context, town.people[Role.REPORTER])
        page = await context.new_page()
        await page.goto(house.address + "/incidents/new")
        await go(page, "danger_now")
        await page.keyboard.press("Space")
        await go(page, "narrative")
        await page.keyboard.type("Written without a mouse.")
        await go(page, "people-0-name")
        await page.keyboard.type("Morgan Hale")
        await go(page, "people-0-role")
        await page.keyboard.type("Affected")
        await press(page, "The time")
        await go(page, "happened_words")
        await page.keyboard.type("one evening last week")
        await go(page, "lead_told")
        await page.keyboard.press("Space")
        await press(page, "Record incident")
        await page.wait_for_url("**/incidents/*-*")
        assert "Written without a mouse." in await page.inner_text("main")


async def test_a_call_is_taken_by_keyboard_while_talking(browser: Browser, house: House, town: Town) -> None:
    """Who it is, what they asked before, what it is about: in that order, from a page that is ready to type on."""
    async with window(browser) as context:
        await house.let_in(context, town.desk.supervisor)
        page = await context.new_page()
        await page.goto(house.address + "/helpline/new")
        await expect(page.locator("#caller_name")).to_be_focused()
        await page.keyboard.type("Robin Oakes")
        await page.locator("#earlier").get_by_text("Robin Oakes").wait_for()  # while they type, before they move on
        await go(page, "caller_organisation", most=1)
        await page.keyboard.type("Alder Primary")
        await go(page, "caller_contact", most=1)
        await page.keyboard.type("01632 960777")
        await go(page, "caller", most=1)
        await page.keyboard.type("Teacher")
        await page.locator("#earlier").get_by_text("01632 960777").wait_for()
        await go(page, "summary", most=4)
        await page.keyboard.type("Somebody pretends to be a colleague of theirs.")
        await press(page, "Open the case", most=60)
        await page.wait_for_url("**/helpline/cases/*-*")
        assert "Somebody pretends to be a colleague of theirs." in await page.inner_text("main")


async def test_the_queue_beside_a_case_is_walked_through_in_a_low_window(
    browser: Browser, house: House, town: Town
) -> None:
    async with window(browser, (1280, 200)) as context:
        await house.let_in(context, town.desk.supervisor)
        page = await context.new_page()
        await page.goto(f"{house.address}/helpline/cases/{town.desk.case}")
        last = await page.locator('[id^="beside-"]').last.get_attribute("id")
        assert last
        await go(page, last)
