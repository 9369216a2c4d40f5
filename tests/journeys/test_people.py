"""A lead records three children on a phone, each found as the name is typed; every one has their own chronology."""

import pytest
from playwright.async_api import Browser, Page, expect

from safeguard.access.roles import Role
from safeguard.database import pool
from safeguard.people.recording import record_person
from safeguard.tenancy.profiles import profile_of
from safeguard.work import begin
from tests.factories.people import called
from tests.journeys.browser import PHONE, look, window
from tests.journeys.house import House
from tests.journeys.town import Town

pytestmark = pytest.mark.anyio

THREE = (("Caitlin", "Murphy"), ("Owen", "Pryce"))


async def choose(page: Page, number: int, typed: str, name: str, role: str) -> None:
    """Type as people do, and take the one who is meant."""
    await page.locator(f"#people-{number}-name").press_sequentially(typed, delay=20)
    await page.locator(f"#people-{number}-who").get_by_role("button", name=name).first.click()
    await expect(page.locator(f"#people-{number}-name")).to_have_value(name)
    await page.locator(f"#people-{number}-role").select_option(role)


async def test_three_children_with_three_parts_on_a_phone(
    browser: Browser, house: House, town: Town, database: pool.Database
) -> None:
    lead = town.people[Role.LEAD]
    for given, family in THREE:
        async with begin(lead) as work:
            await record_person(work, called(given, family, group_name="8B"), profile_of("school"))
    async with window(browser, PHONE) as context:
        await house.let_in(context, lead)
        sight = await look(context)
        page = sight.page
        await page.goto(house.address + "/incidents/new")
        await page.fill("#narrative", "Two of them quarrelled in the group chat of the class.")
        await choose(page, 0, "kaitlyn", "Caitlin Murphy", "affected")
        await page.get_by_role("button", name="Add another person").click()
        await choose(page, 1, "price owen", "Owen Pryce", "alleged")
        await page.get_by_role("button", name="Add another person").click()
        await page.locator("#people-2-name").press_sequentially("Robin Newcomer", delay=10)
        await page.locator("#people-2-who").get_by_role("button", name="Somebody new").click()
        await page.locator("#people-2-role").select_option("witness")
        await page.locator("#people-2-connection").select_option("pupil")
        assert await sight.problems() == []
        await page.get_by_role("button", name="Record incident").last.click()
        await page.get_by_role("heading", name="Incident").wait_for()
        await page.get_by_role("link", name="Owen Pryce", exact=True).click()
        await page.get_by_role("heading", name="Chronology").wait_for()
        await expect(page.get_by_text("Alleged to have harmed")).to_have_count(1)
        assert await page.get_by_text("Affected", exact=True).count() == 0
        assert await page.get_by_text("Caitlin").count() == 0
        assert await sight.problems() == []
        await page.goto(house.address + "/people?q=robin+newcomer")
        await page.get_by_role("link", name="Robin Newcomer", exact=True).click()
        await expect(page.get_by_text("Witness")).to_have_count(1)
