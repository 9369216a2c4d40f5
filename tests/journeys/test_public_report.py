"""The public page on a phone, from the first question to the answer: with script and without, in English and Welsh."""

import pytest
from playwright.async_api import Browser, BrowserContext, Page, Route, expect

from safeguard.access.actors import Actor
from safeguard.access.roles import Role
from safeguard.database.pool import Database
from safeguard.public_reports.arriving import FASTEST
from tests.factories.organisations import make_organisation
from tests.journeys.browser import DESK, PHONE, Sight, look, window
from tests.journeys.house import House
from tests.journeys.town import person

pytestmark = pytest.mark.anyio

WORDS = "Somebody made a group about me and everybody laughs."
WEATHER = "https://www.bbc.co.uk/weather"
ENGLISH = {
    "first": "Tell us if something is wrong", "no": "No", "write": "Write what happened", "send": "Send",
    "thanks": "Thank you. We have your message.", "back": "Come back with your code", "code": "Your code",
    "open": "Open", "more": "Write more", "wrote": "We have your new message.", "leave": "Leave now",
}  # fmt: skip
WELSH = {
    "first": "Dywed wrthym os oes rhywbeth o'i le", "no": "Na", "leave": "Gadael nawr",
}  # fmt: skip


STORED = "async () => JSON.stringify([{...localStorage}, {...sessionStorage}, await caches.keys()])"


async def lead_of_a_new_school() -> tuple[Actor, str]:
    organisation = await make_organisation("school")
    return await person(organisation, Role.LEAD), f"sample-{organisation.hex[-12:]}"


async def visitor(context: BrowserContext) -> Sight:
    """Somebody whom nobody knows; the way out leads to a page of our own making."""

    async def weather(route: Route) -> None:
        await route.fulfill(status=200, content_type="text/html", body="<title>Weather</title><h1>Dry</h1>")

    await context.route(f"{WEATHER}**", weather)
    return await look(context)


async def write(page: Page, address: str, words: str, pause: float) -> str:
    """From the first question to the code."""
    await page.goto(address)
    await page.get_by_role("link", name=ENGLISH["no"], exact=True).click()
    await page.get_by_label(ENGLISH["write"]).fill(words)
    await page.wait_for_timeout(pause)  # quicker than anybody types is held
    await page.get_by_role("button", name=ENGLISH["send"]).click()
    await page.get_by_role("heading", name=ENGLISH["thanks"]).wait_for()
    return (await page.inner_text("#code")).strip()


async def come_back(page: Page, address: str, code: str) -> None:
    await page.goto(f"{address}/back")
    await page.get_by_label(ENGLISH["code"]).fill(code.lower())
    await page.get_by_role("button", name=ENGLISH["open"]).click()
    await page.get_by_role("heading", name="Your messages").wait_for()


async def test_a_child_writes_the_lead_answers_and_the_child_reads_it(
    browser: Browser, house: House, database: Database
) -> None:
    lead, slug = await lead_of_a_new_school()
    address = f"{house.address}/r/{slug}"
    async with window(browser, PHONE) as phone, window(browser, DESK) as desk:
        child = await visitor(phone)
        code = await write(child.page, address, WORDS, FASTEST.total_seconds() * 1000 + 500)
        assert await child.problems() == []
        await house.let_in(desk, lead)
        answering = await look(desk)
        await answer_from_the_inbox(answering.page, house)
        await come_back(child.page, address, code)
        await expect(child.page.locator("main")).to_contain_text("You did well to write.")
        await child.page.get_by_label(ENGLISH["more"]).fill("It was Monday.")
        await child.page.get_by_role("button", name=ENGLISH["send"]).click()
        await child.page.get_by_text(ENGLISH["wrote"]).wait_for()
        assert await child.page.evaluate(STORED) == "[{},{},[]]", "nothing of it stays in the browser"
        assert await child.problems() == []
        await answering.page.reload()
        await answering.page.get_by_text("It was Monday.").wait_for()
        assert await answering.page.evaluate(STORED) == "[{},{},[]]", "nor of the incident's pages"
        await say_that_it_was_read(answering, house)
        assert child.complaints + answering.complaints == []


async def answer_from_the_inbox(page: Page, house: House) -> None:
    """Open the report from the inbox, and answer it."""
    await page.goto(f"{house.address}/incidents/inbox")
    await page.get_by_role("link", name=WORDS).click()
    await page.locator("a[href$='/messages']").first.click()
    await page.get_by_label("Your answer").fill("You did well to write.")
    await page.get_by_role("button", name="Send answer").click()
    await page.locator(".sg-timeline").get_by_text("You did well to write.").wait_for()


async def say_that_it_was_read(sight: Sight, house: House) -> None:
    """Words that nobody has read stand on Today and under a part of the inbox of their own, until one press."""
    page = sight.page
    await page.goto(f"{house.address}/")
    await page.get_by_role("link", name="They wrote again: It was Monday.").wait_for()
    await page.goto(f"{house.address}/incidents/inbox")
    await page.get_by_role("link", name="Wrote again (1)").click()
    await page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    await page.get_by_role("link", name="Read it").wait_for()
    assert await sight.problems() == []
    await page.get_by_role("link", name="Read it").click()
    await page.get_by_role("button", name="I have read it").wait_for()
    assert await sight.problems() == []
    await page.get_by_role("button", name="I have read it").click()
    await page.get_by_role("button", name="I have read it").wait_for(state="detached")
    await page.goto(f"{house.address}/incidents/inbox?show=heard")
    await page.get_by_text("Nobody waits for you to read what they wrote").wait_for()


async def test_a_child_who_writes_of_one_of_those_who_read_it_is_read_by_the_head_alone(
    browser: Browser, house: House, database: Database
) -> None:
    lead, slug = await lead_of_a_new_school()
    head = await person(lead.organisation_id, Role.HEAD)
    async with window(browser, PHONE) as phone, window(browser, DESK) as desk, window(browser, DESK) as office:
        child = await visitor(phone)
        await child.page.goto(f"{house.address}/r/{slug}")
        await child.page.get_by_role("link", name=ENGLISH["no"], exact=True).click()
        asked = child.page.get_by_role("group", name="Is it about one of the people who would read it?")
        await asked.get_by_label("I'm not sure").check()
        assert await child.problems() == []
        await child.page.get_by_label(ENGLISH["write"]).fill(WORDS)
        await child.page.wait_for_timeout(FASTEST.total_seconds() * 1000 + 500)
        await child.page.get_by_role("button", name=ENGLISH["send"]).click()
        await child.page.get_by_role("heading", name=ENGLISH["thanks"]).wait_for()
        await house.let_in(desk, lead)
        leads = await look(desk)
        await leads.page.goto(f"{house.address}/incidents/inbox")
        await expect(leads.page.locator("main")).not_to_contain_text(WORDS)
        await house.let_in(office, head)
        heads = await look(office)
        await heads.page.goto(f"{house.address}/concerns")
        await heads.page.locator("main a[href*='/concerns/0']").first.click()
        await heads.page.wait_for_url("**/concerns/0*")
        await expect(heads.page.locator("main")).to_contain_text(WORDS)
        assert child.complaints + leads.complaints + heads.complaints == []


async def test_without_script_what_was_typed_too_quickly_is_held_and_taken_in(
    browser: Browser, house: House, database: Database
) -> None:
    lead, slug = await lead_of_a_new_school()
    address = f"{house.address}/r/{slug}"
    async with window(browser, PHONE, java_script_enabled=False) as phone, window(browser, DESK) as desk:
        child = (await visitor(phone)).page
        code = await write(child, address, WORDS, 0)
        await house.let_in(desk, lead)
        page = (await look(desk)).page
        await page.goto(f"{house.address}/")
        await page.get_by_text("Reports by the public page wait to be looked at").first.wait_for()
        await page.goto(f"{house.address}/incidents/inbox")
        await page.get_by_role("link", name="Held reports (1)").click()
        await page.get_by_role("button", name="Take in as an incident").click()
        await page.get_by_text(WORDS).first.wait_for()
        await come_back(child, address, code)
        await expect(child.locator("main")).to_contain_text("There is no answer yet.")


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without"])
async def test_the_whole_way_is_there_in_welsh(
    browser: Browser, house: House, database: Database, script: bool
) -> None:
    _, slug = await lead_of_a_new_school()
    async with window(browser, PHONE, java_script_enabled=script) as phone:
        sight = await visitor(phone)
        page = sight.page
        await page.goto(f"{house.address}/r/{slug}")
        await page.get_by_role("link", name="Cymraeg").click()
        await page.get_by_role("link", name=WELSH["leave"]).wait_for()
        assert await page.locator("html").get_attribute("lang") == "cy"
        await page.locator(".sg-public__answers a").nth(1).click()
        await page.locator("#words").fill("Mae rhywun wedi gwneud grŵp amdanaf.")
        assert await page.locator("html").get_attribute("lang") == "cy"
        await page.locator("form[method=post] button").click()
        await page.locator("#code").wait_for()
        code = (await page.inner_text("#code")).strip()
        await page.locator("a[href*='/back']").first.click()
        await page.locator("input#code").fill(code)
        await page.locator("form[method=post] button").click()
        await page.locator("#words").wait_for()
        assert await page.locator("html").get_attribute("lang") == "cy"
        assert "There is no answer yet." not in await page.inner_text("main")
        assert sight.complaints == []


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without"])
async def test_leave_now_leads_away_from_every_page(
    browser: Browser, house: House, database: Database, script: bool
) -> None:
    _, slug = await lead_of_a_new_school()
    async with window(browser, PHONE, java_script_enabled=script) as phone:
        page = (await visitor(phone)).page
        for path in ("", "/a", "/b", "/back"):
            await page.goto(f"{house.address}/r/{slug}{path}")
            await page.get_by_role("link", name=ENGLISH["leave"]).click()
            await page.wait_for_url(f"{WEATHER}**")
        if script:  # the page that was left is not behind the other one either
            await page.go_back()
            assert page.url.startswith(WEATHER)
