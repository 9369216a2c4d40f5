"""Typed text is not lost: by a closed tab, a dead network, a dead session, a second tab, or no script at all."""

import re

import pytest
from playwright.async_api import Browser, BrowserContext, Page, expect

from safeguard.access.actors import Actor
from safeguard.access.roles import Role
from tests.factories.owning import owning
from tests.journeys.browser import DESK, PHONE, Sight, look, window
from tests.journeys.house import House
from tests.journeys.town import Town

pytestmark = pytest.mark.anyio

LINE = ".sg-draft__said"
SAVED = re.compile(r"^Saved (today )?\d\d:\d\d\. You can leave this page\.$")


async def open_form(context: BrowserContext, house: House, who: Actor | None, path: str = "/incidents/new") -> Sight:
    if who is not None:
        await house.let_in(context, who)
    sight = await look(context)
    await sight.page.goto(house.address + path)
    return sight


async def saved(page: Page) -> None:
    await page.locator(LINE).filter(has_text=SAVED).wait_for()


async def begin(page: Page, words: str) -> None:
    await page.locator("#narrative").press_sequentially(words)
    await saved(page)


async def forget(house: House, who: Actor) -> None:
    """End whatever earlier journeys began."""
    async with owning(house.owner_url) as owner:
        await owner.execute("delete from drafts where user_id = %s", (who.user_id,))


async def test_a_tab_that_was_closed_is_found_again_on_the_first_page(
    browser: Browser, house: House, town: Town
) -> None:
    who = town.people[Role.REPORTER]
    await forget(house, who)
    async with window(browser, PHONE) as context:
        sight = await open_form(context, house, who)
        await begin(sight.page, "Begun on the bus.")
        await sight.picture("draft-saved-390")
        await sight.page.close()
        again = await open_form(context, house, None, "/")
        await again.picture("draft-at-home-390")
        await again.page.get_by_role("link", name="A new report").click()
        assert await again.page.input_value("#narrative") == "Begun on the bus."
        assert await again.problems() == []
        await again.page.locator(".sg-actionbar button:not([name=later]):not([aria-hidden])").click()
        await again.page.get_by_text("Recorded as").wait_for()
        await again.page.goto(house.address + "/drafts")
        await again.page.get_by_text("No drafts").wait_for()


async def test_a_network_that_drops_is_said_and_saving_goes_on_by_itself(
    browser: Browser, house: House, town: Town
) -> None:
    async with window(browser, PHONE) as context:
        sight = await open_form(context, house, town.people[Role.REPORTER])
        await begin(sight.page, "Before the lift.")
        await context.set_offline(True)
        await sight.page.locator("#narrative").press_sequentially(" In the lift.")
        await sight.page.locator(LINE).filter(has_text="Not saved since").wait_for()
        await sight.picture("draft-offline-390")
        await context.set_offline(False)
        await saved(sight.page)
        await sight.page.reload()
        await sight.page.goto(house.address + "/drafts")
        await sight.page.get_by_role("link", name="A new report").first.click()
        assert await sight.page.input_value("#narrative") == "Before the lift. In the lift."


async def test_a_session_that_ends_while_typing_leaves_the_words_on_the_page(
    browser: Browser, house: House, town: Town
) -> None:
    async with window(browser, DESK) as context:
        sight = await open_form(context, house, town.people[Role.REPORTER])
        await begin(sight.page, "Before the bell.")
        await context.clear_cookies()
        await sight.page.locator("#narrative").press_sequentially(" After it.")
        await sight.page.locator(LINE).filter(has_text="you have been signed out").wait_for()
        assert await sight.page.input_value("#narrative") == "Before the bell. After it."
        assert sight.page.url.endswith("/incidents/new")


async def test_signing_in_again_in_another_tab_goes_on_with_the_same_draft(
    browser: Browser, house: House, town: Town
) -> None:
    who = town.people[Role.REPORTER]
    async with window(browser, DESK) as context:
        sight = await open_form(context, house, who)
        await begin(sight.page, "Before the bell.")
        draft = await sight.page.locator("input[name=draft]").input_value()
        await context.clear_cookies()
        await house.let_in(context, who)
        async with sight.page.expect_response(lambda answer: answer.url.endswith("/drafts") and answer.ok):
            await sight.page.locator("#narrative").press_sequentially(" After it.")
        await saved(sight.page)
        await sight.page.goto(f"{house.address}/incidents/new?draft={draft}")
        await expect(sight.page.locator("#narrative")).to_have_value("Before the bell. After it.")


async def test_a_draft_too_long_to_keep_is_kept_again_when_it_is_shortened(
    browser: Browser, house: House, town: Town
) -> None:
    async with window(browser, PHONE) as context:
        sight = await open_form(context, house, town.people[Role.REPORTER])
        await begin(sight.page, "To begin with.")
        await sight.page.fill("#narrative", "x" * 600_000)
        await expect(sight.page.locator(LINE)).to_contain_text("longer than a draft can be", timeout=30_000)
        await sight.picture("draft-refused-390")
        assert await sight.axe() == []
        await sight.page.fill("#narrative", "Short words.")
        await saved(sight.page)
        draft = await sight.page.locator("input[name=draft]").input_value()
        await sight.page.goto(f"{house.address}/incidents/new?draft={draft}")
        await expect(sight.page.locator("#narrative")).to_have_value("Short words.")


async def test_too_many_saves_are_said_and_tried_again_by_the_page_itself(
    browser: Browser, house: House, town: Town
) -> None:
    async with window(browser, PHONE) as context:
        sight = await open_form(context, house, town.people[Role.REPORTER])
        await begin(sight.page, "To begin with.")
        said = '<p class="sg-draft__said">Not saved: wait.</p>'
        only = {"HX-Retarget": "find .sg-draft__said", "HX-Reselect": ".sg-draft__said", "HX-Reswap": "outerHTML"}
        await sight.page.route(
            "**/drafts", lambda asked: asked.fulfill(status=429, headers=only, body=said, content_type="text/html"),
            times=1,
        )  # fmt: skip
        await sight.page.locator("#narrative").press_sequentially(" And on.")
        await expect(sight.page.locator(LINE)).to_have_text("Not saved: wait.", timeout=30_000)
        await expect(sight.page.locator(LINE)).to_have_text(SAVED, timeout=30_000)


async def test_two_tabs_with_one_draft_show_both(browser: Browser, house: House, town: Town) -> None:
    async with window(browser, DESK) as context:
        first = await open_form(context, house, town.people[Role.REPORTER])
        await begin(first.page, "In both.")
        draft = await first.page.locator("input[name=draft]").input_value()
        second = await open_form(context, house, None, f"/incidents/new?draft={draft}")
        async with first.page.expect_response("**/drafts"):  # "Saved" stands there already
            await first.page.locator("#narrative").press_sequentially(" First tab.")
        await second.page.fill("#narrative", "In both. Second tab.")
        await second.page.locator(LINE).filter(has_text="changed in another window").wait_for()
        await second.picture("draft-changed-1280")
        await second.page.get_by_role("button", name="Look at both").click()
        await second.page.get_by_role("heading", name="Two versions of one draft").wait_for()
        await second.picture("draft-both-1280")
        assert await second.axe() == []
        await second.page.get_by_role("button", name="Go on with this window's").click()
        await second.page.locator("#narrative").wait_for()
        assert await second.page.input_value("#narrative") == "In both. Second tab."


async def test_an_addition_on_the_incidents_own_page_is_kept_too(browser: Browser, house: House, town: Town) -> None:
    async with window(browser, DESK) as context:
        sight = await open_form(context, house, town.people[Role.LEAD], f"/incidents/{town.followed}")
        await sight.page.locator("#add textarea").first.press_sequentially("Half a note.")
        await saved(sight.page)
        await sight.picture("draft-entry-1280")
        await sight.page.goto(house.address + "/")
        await sight.page.get_by_role("link", name="An addition").first.click()
        assert "Half a note." in await sight.page.locator("form textarea").first.input_value()


async def test_without_script_a_button_keeps_it(browser: Browser, house: House, town: Town) -> None:
    async with window(browser, PHONE, java_script_enabled=False) as context:
        sight = await open_form(context, house, town.people[Role.REPORTER])
        await sight.page.fill("#narrative", "Without script.")
        await sight.page.get_by_role("button", name="Save and come back later").click()
        await sight.page.get_by_text("It waits here for seven days").wait_for()
        await sight.page.get_by_role("link", name="A new report").first.click()
        assert await sight.page.input_value("#narrative") == "Without script."


async def test_nothing_that_is_typed_stays_in_the_browser(browser: Browser, house: House, town: Town) -> None:
    async with window(browser, PHONE) as context:
        sight = await open_form(context, house, town.people[Role.REPORTER])
        await begin(sight.page, "On a shared laptop.")
        kept = await sight.page.evaluate(
            "async () => JSON.stringify([{...localStorage}, {...sessionStorage}, await caches.keys(),"
            " (await indexedDB.databases()).map(d => d.name), history.state])"
        )
        assert "shared laptop" not in kept
