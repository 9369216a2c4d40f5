"""What the pages do with script: nothing is sent twice, lost or set to the wrong day, and changes are said aloud."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from playwright.async_api import Browser, Dialog, Page, Route, expect

from safeguard.access.actors import Actor
from safeguard.access.roles import Role
from tests.journeys.browser import DESK, PHONE, look, window
from tests.journeys.house import House
from tests.journeys.town import Town

pytestmark = pytest.mark.anyio


@asynccontextmanager
async def signed_in(browser: Browser, house: House, who: Actor, path: str, **options: Any) -> AsyncIterator[Page]:
    """A page with its console watched to the end."""
    async with window(browser, options.pop("size", DESK), **options) as context:
        await house.let_in(context, who)
        sight = await look(context)
        await sight.page.goto(house.address + path)
        yield sight.page
        assert sight.complaints == []


async def never(route: Route) -> None:
    """A draft that is still on its way: on a busy machine the form would be saved in the middle of a test."""


async def test_a_double_press_sends_one_report(browser: Browser, house: House, town: Town) -> None:
    async with signed_in(browser, house, town.people[Role.REPORTER], "/incidents/new", size=PHONE) as page:
        sent: list[str] = []
        page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
        await page.route("**/drafts", never)
        await page.fill("#narrative", "A double press on a slow line.")
        await page.locator(".sg-actionbar button:not([name=later]):not([aria-hidden])").dblclick()
        await page.wait_for_url("**/incidents/*-*")
        assert [url for url in sent if not url.endswith("/drafts")] == [f"{house.address}/incidents/new"]


TOO_MUCH = "First. " + ("and on " + "…" * 22 + " ") * 5_400 + "Last."
"""More than a megabyte as a form sends it, with few enough letters for a browser to lay them out quickly."""


async def test_a_form_that_saves_itself_says_in_its_line_that_it_is_too_much_and_stays_as_it_is(
    browser: Browser, house: House, town: Town
) -> None:
    async with signed_in(browser, house, town.people[Role.REPORTER], "/incidents/new", size=PHONE) as page:
        await page.fill("#narrative", TOO_MUCH)
        await page.locator("[data-draft]", has_text="more than one megabyte").wait_for()
        assert await page.locator("#narrative").input_value() == TOO_MUCH
        await expect(page.locator("main")).to_have_count(1)


async def test_how_many_were_found_by_a_name_is_said_and_lies_on_no_field(
    browser: Browser, house: House, town: Town
) -> None:
    async with signed_in(browser, house, town.people[Role.LEAD], "/incidents/new", size=PHONE) as page:
        await page.get_by_label("Full name").first.press_sequentially("Zyx")
        await page.locator("#status", has_text="found").wait_for(state="attached")
        box = await page.locator("#status").bounding_box()
        assert box is not None
        assert max(box["width"], box["height"]) <= 1


async def test_words_stay_when_the_network_drops_and_are_sent_once_it_is_back(
    browser: Browser, house: House, town: Town
) -> None:
    async with window(browser, PHONE) as context:
        await house.let_in(context, town.people[Role.REPORTER])
        page = await context.new_page()
        await page.goto(house.address + "/incidents/new")
        await page.fill("#narrative", "Written in a lift.")
        await context.set_offline(True)
        await page.locator(".sg-actionbar button:not([name=later]):not([aria-hidden])").click()
        await page.get_by_text("What you typed is still on this page").wait_for()
        assert await page.input_value("#narrative") == "Written in a lift."
        await context.set_offline(False)
        await page.locator(".sg-actionbar button:not([name=later]):not([aria-hidden])").click()
        await page.get_by_text("Recorded as").wait_for()


async def test_a_session_that_ended_keeps_what_was_typed(browser: Browser, house: House, town: Town) -> None:
    async with window(browser, PHONE) as context:
        await house.let_in(context, town.people[Role.REPORTER])
        page = await context.new_page()
        await page.goto(house.address + "/incidents/new")
        await page.fill("#narrative", "Written over lunch.")
        await context.clear_cookies()
        await page.locator(".sg-actionbar button:not([name=later]):not([aria-hidden])").click()
        await page.get_by_text("We kept what you typed").wait_for()
        await expect(page.locator("#password")).to_be_visible()


async def test_a_form_that_came_back_with_errors_has_the_focus_on_them(
    browser: Browser, house: House, town: Town
) -> None:
    async with signed_in(browser, house, town.people[Role.REPORTER], "/incidents/new") as page:
        await page.locator(".sg-actionbar button:not([name=later]):not([aria-hidden])").click()
        await expect(page.locator(".govuk-error-summary")).to_be_focused()
        await page.locator(".govuk-error-summary a").first.click()
        await expect(page.locator("#narrative")).to_be_focused()


async def test_a_row_for_another_person_is_added_in_place(browser: Browser, house: House, town: Town) -> None:
    async with signed_in(browser, house, town.people[Role.REPORTER], "/incidents/new") as page:
        before = await page.locator("#people > *").count()
        await page.fill("#narrative", "Two pupils.")
        await page.get_by_role("button", name="Add another person").click()
        await expect(page.locator("#people > *")).to_have_count(before + 1)
        await expect(page.locator(f"[name=people-{before}-name]")).to_be_focused()
        await expect(page.locator("#narrative")).to_have_value("Two pupils.")


def london() -> str:
    """The day that it is there."""
    return datetime.now(ZoneInfo("Europe/London")).date().isoformat()


async def test_today_is_the_organisations_day_on_a_phone_from_elsewhere(
    browser: Browser, house: House, town: Town
) -> None:
    here = london()
    away = {"size": PHONE, "timezone_id": "Pacific/Kiritimati"}
    async with signed_in(browser, house, town.people[Role.REPORTER], "/incidents/new", **away) as page:
        button = page.get_by_role("button", name="Today").first
        await button.click()
        await expect(button).to_have_attribute("aria-pressed", "true")
        assert here <= await page.input_value("#happened_on") <= london()  # midnight may come meanwhile


async def test_leaving_with_unsent_words_asks_first(browser: Browser, house: House, town: Town) -> None:
    async with signed_in(browser, house, town.people[Role.REPORTER], "/incidents/new") as page:
        asked: list[str] = []

        async def stay(dialog: Dialog) -> None:
            asked.append(dialog.type)
            await dialog.accept()

        page.on("dialog", stay)
        await page.route("**/drafts", never)
        await page.locator("#narrative").press_sequentially("Not sent yet")
        await page.locator(".sg-brand").click()
        await page.wait_for_url(house.address + "/")
        assert asked == ["beforeunload"]


async def test_an_entry_of_another_kind_opens_in_place_ready_to_write(
    browser: Browser, house: House, town: Town
) -> None:
    async with signed_in(browser, house, town.people[Role.LEAD], f"/incidents/{town.followed}") as page:
        await page.get_by_role("link", name="Decision", exact=True).click()
        await page.locator("#reason").wait_for()
        assert page.url.endswith(str(town.followed))
        await page.wait_for_function("document.activeElement.name === 'words'")  # the focus follows the swap


async def test_escape_closes_the_menu_and_gives_the_focus_back(browser: Browser, house: House, town: Town) -> None:
    async with signed_in(browser, house, town.people[Role.LEAD], "/") as page:
        menu = page.locator(".sg-menu--user")
        await menu.locator("summary").click()
        await expect(menu).to_have_attribute("open", "")
        await page.keyboard.press("Escape")
        await expect(menu).not_to_have_attribute("open", "")
        await expect(menu.locator("summary")).to_be_focused()


async def test_nothing_can_be_uploaded_by_a_reporter(browser: Browser, house: House, town: Town) -> None:
    async with signed_in(browser, house, town.people[Role.REPORTER], "/incidents/new") as page:
        assert await page.locator("input[type=file]").count() == 0


async def test_danger_shows_the_emergency_text_and_saving_stays_possible(
    browser: Browser, house: House, town: Town
) -> None:
    async with signed_in(browser, house, town.people[Role.REPORTER], "/incidents/new", size=PHONE) as page:
        await expect(page.get_by_role("link", name="Call 999")).to_be_hidden()
        await page.get_by_label("Yes", exact=True).check()
        await expect(page.get_by_role("link", name="Call 999")).to_be_visible()
        await expect(page.locator(".sg-actionbar button:not([name=later]):not([aria-hidden])")).to_be_visible()
