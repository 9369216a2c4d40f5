"""Pages that keep themselves up to date: news comes by itself, and disturbs nobody who reads or writes."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from safeguard.access.roles import Role
from safeguard.database.bootstrap import Addresses
from safeguard.database.context import ContextKey
from safeguard.helpline.hearing import hear
from safeguard.helpline.queries import get_case
from safeguard.helpline.taking import Facts, Taken, take_case
from safeguard.referrals.conversing import write
from safeguard.tenancy.profiles import profile_of
from safeguard.work import begin
from tests.journeys.browser import look, window
from tests.journeys.house import House
from tests.journeys.town import Town
from tests.journeys.working import at_work

pytestmark = pytest.mark.anyio

CALL = Facts(summary="Somebody shares pictures of a colleague.", caller="teacher", sector="primary")
HIDE = """hidden => {
  Object.defineProperty(document, 'hidden', {configurable: true, get: () => hidden})
  document.dispatchEvent(new Event('visibilitychange'))
}"""


@pytest.fixture
async def at_desk(addresses: Addresses, key: ContextKey, data: Path) -> AsyncIterator[None]:
    """What others do meanwhile is done here."""
    async with at_work(addresses, key, data):
        yield


async def look_again(page: Page) -> None:
    """As when somebody comes back to the tab: the page asks at once."""
    await page.evaluate(HIDE, False)


@pytest.mark.usefixtures("at_desk")
async def test_what_somebody_opened_stays_open_and_what_they_type_stays_when_the_page_has_news(
    browser: Browser, house: House, town: Town
) -> None:
    async with window(browser) as context:
        await house.let_in(context, town.people[Role.LEAD])
        sight = await look(context)
        page = sight.page
        await page.goto(f"{house.address}/referrals/{town.referral}")
        sent = page.locator("#live details", has_text="What was sent")
        await sent.locator("summary").click()
        await page.locator("#words").fill("It has posted again.")
        async with begin(town.people[Role.LEAD]) as work:
            await write(work, town.referral, "Their head of year saw it too.")
        await look_again(page)
        await page.locator("#live").get_by_text("Their head of year saw it too.").wait_for()
        await page.wait_for_function("document.querySelector('#live details[id]').open")
        await expect(page.locator("#words")).to_have_value("It has posted again.")
        await expect(page.locator("#words")).to_be_focused()
        await page.locator("#words").fill("")
        assert sight.complaints == []


@pytest.mark.usefixtures("at_desk")
async def test_what_a_caller_writes_appears_in_the_open_case_above_the_answer_that_is_being_written(
    browser: Browser, house: House, town: Town
) -> None:
    supervisor = town.desk.supervisor
    async with begin(supervisor) as work:
        case = await take_case(work, profile_of("helpline"), CALL, Taken())
    async with window(browser) as context:
        await house.let_in(context, supervisor)
        sight = await look(context)
        page = sight.page
        await page.goto(f"{house.address}/helpline/cases/{case.id}")
        await page.locator("#words").fill("Half an ans")
        await page.keyboard.press("End")
        async with begin(supervisor) as work:
            await hear(work, await get_case(work, case.id), "email", "They have now blocked us.", "")
        await look_again(page)
        await page.locator("#live").get_by_text("They have now blocked us.").wait_for()
        await expect(page.locator("#status")).to_have_text("New in this case: The caller")
        await page.keyboard.type("wer")
        await expect(page.locator("#words")).to_have_value("Half an answer")
        assert await sight.problems() == []
        await page.locator("#words").fill("")


@pytest.mark.usefixtures("at_desk")
async def test_the_queue_shows_a_new_call_by_itself_and_keeps_the_row_that_one_is_at(
    browser: Browser, house: House, town: Town
) -> None:
    supervisor = town.desk.supervisor
    async with window(browser) as context:
        await house.let_in(context, supervisor)
        sight = await look(context)
        page = sight.page
        await page.goto(f"{house.address}/helpline")
        await page.keyboard.press("j")
        at = await page.evaluate("document.activeElement.id")
        assert at.startswith("case-")
        async with begin(supervisor) as work:
            case = await take_case(work, profile_of("helpline"), CALL, Taken())
        await page.locator(f"#case-{case.id}").wait_for()  # nobody does anything: it comes
        await expect(page.locator(f"#{at}")).to_be_focused()
        await page.keyboard.press("j")
        await expect(page.locator(f"#{at}")).not_to_be_focused()
        assert await sight.problems() == []


@pytest.mark.usefixtures("at_desk")
async def test_nothing_is_asked_for_in_a_hidden_tab_or_under_the_lock(
    browser: Browser, house: House, town: Town
) -> None:
    async with window(browser) as context:
        await house.let_in(context, town.desk.supervisor)
        page = await context.new_page()
        await page.clock.install()
        await page.goto(f"{house.address}/helpline/cases/{town.desk.case}")
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url) if "seen=" in request.url else None)
        await page.evaluate(HIDE, True)
        await page.clock.run_for(60_000)
        assert asked == []
        async with page.expect_request(lambda request: "seen=" in request.url):
            await page.evaluate(HIDE, False)
        lock = page.locator("[data-lock-now]").first
        await expect(lock).to_have_js_property("hidden", False)  # its script comes after the page
        await lock.evaluate("button => button.click()")
        await page.locator("dialog#lock[open]").wait_for()
        asked.clear()
        await page.clock.run_for(60_000)
        await look_again(page)
        assert asked == []
        assert await page.locator("dialog#lock").is_visible()
