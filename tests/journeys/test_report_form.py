"""The report form as it is filled in: short on a phone, and asking what belongs to what it is about."""

import pytest
from playwright.async_api import Browser, Page, expect

from safeguard.access.roles import Role
from safeguard.database.pool import Database
from tests.factories.organisations import make_organisation
from tests.journeys.browser import PHONE, look, window
from tests.journeys.house import House
from tests.journeys.town import Town, person

pytestmark = pytest.mark.anyio

WORDS = "A friend of hers showed me a message about a picture."
SCREENS = 844 * 3


async def place_of(page: Page, selector: str) -> float:
    box = await page.locator(selector).bounding_box()
    assert box
    return box["y"]


async def test_a_report_is_three_screens_of_a_phone_and_the_rest_is_folded(
    browser: Browser, house: House, town: Town
) -> None:
    async with window(browser, PHONE) as context:
        await house.let_in(context, town.people[Role.REPORTER])
        page = (await look(context)).page
        await page.goto(f"{house.address}/incidents/new")
        assert await page.evaluate("document.documentElement.scrollHeight") <= SCREENS
        await expect(page.locator("#narrative")).to_be_visible()
        await expect(page.locator("#child_words")).to_be_hidden()
        await page.get_by_text("Add more detail").tap()
        await expect(page.locator("#child_words")).to_be_visible()


async def test_choosing_what_it_is_about_brings_its_questions_forward_and_keeps_what_was_typed(
    browser: Browser, house: House, town: Town
) -> None:
    async with window(browser, PHONE) as context:
        await house.let_in(context, town.people[Role.REPORTER])
        sight = await look(context)
        page = sight.page
        await page.goto(f"{house.address}/incidents/new")
        await page.fill("#narrative", WORDS)
        await page.locator("#about").select_option("pictures")
        await page.get_by_text("copy them or send them on").wait_for()
        await expect(page.locator("#narrative")).to_have_value(WORDS)
        await expect(page.locator("#about")).to_have_value("pictures")
        assert await place_of(page, "#narrative") < await place_of(page, "#platforms") < await place_of(page, "#place")
        assert await sight.problems() == []
        await page.get_by_role("button", name="Record incident").last.tap()
        await page.get_by_text("Recorded as").wait_for()
        await expect(page.locator("main")).to_contain_text("Pictures or videos of somebody")


async def test_without_script_a_button_does_the_same(browser: Browser, house: House, town: Town) -> None:
    async with window(browser, PHONE, java_script_enabled=False) as context:
        await house.let_in(context, town.people[Role.REPORTER])
        page = await context.new_page()
        await page.goto(f"{house.address}/incidents/new")
        await page.fill("#narrative", WORDS)
        await page.locator("#about").select_option("pictures")
        await page.get_by_role("button", name="Show what to write").click()
        await expect(page.locator("main")).to_contain_text("copy them or send them on")
        await expect(page.locator("#narrative")).to_have_value(WORDS)


async def test_a_lead_adds_a_question_and_the_next_report_asks_it(
    browser: Browser, house: House, town: Town, database: Database
) -> None:
    async with window(browser, PHONE) as context:
        await house.let_in(context, await person(await make_organisation("school"), Role.LEAD))
        sight = await look(context)
        page = sight.page
        await page.goto(f"{house.address}/settings/form/questions/new")
        await page.fill("#label", "Which bus was it?")
        await page.get_by_label("One of several answers").check()
        await page.fill("#options", "The 42\nThe 7")
        await page.get_by_label("At once").check()
        await page.get_by_role("button", name="Add the question").tap()
        await page.get_by_text("The form is changed").wait_for()
        assert await sight.problems() == []
        await page.goto(f"{house.address}/incidents/new")
        await page.fill("#narrative", WORDS)
        await page.get_by_label("Which bus was it?").select_option("The 42")
        await page.get_by_role("button", name="Record incident").last.tap()
        await page.get_by_text("Recorded as").wait_for()
        await expect(page.locator("main")).to_contain_text("The 42")
        assert sight.complaints == []
