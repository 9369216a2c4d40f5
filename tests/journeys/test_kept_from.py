"""A child names the lead by the public page: the head takes care of it from the notice to the outcome, in a browser.

To the lead nothing has happened: every page of theirs reads as it did before, while it goes on, and afterwards.
"""

import anyio
import pytest
from playwright.async_api import Browser, Page, expect

from safeguard.access.roles import Role
from safeguard.database.pool import Database
from safeguard.public_reports.arriving import FASTEST
from tests.factories.organisations import make_organisation
from tests.journeys.browser import DESK, PHONE, look, window
from tests.journeys.house import House
from tests.journeys.test_public_report import visitor
from tests.journeys.town import person
from tests.post.working import work_off

pytestmark = pytest.mark.anyio

OF_THE_LEAD = (
    "/", "/incidents?state=all", "/incidents/inbox", "/incidents/held", "/search?q=zebras", "/people?q=zebras",
    "/notices", "/concerns", "/evidence", "/approvals", "/insights", "/restricted", "/incidents/list.csv",
)  # fmt: skip
WORDS = "They send me zebras every night and say not to tell."
PATIENCE = 240


async def as_read(page: Page, house: House) -> dict[str, str]:
    """What stands on each of the lead's pages; of a table, its bytes."""
    read: dict[str, str] = {}
    for path in OF_THE_LEAD:
        if path.endswith(".csv"):
            read[path] = await (await page.request.get(house.address + path)).text()
        else:
            await page.goto(house.address + path)
            read[path] = await page.inner_text("body")
    return read


async def told(page: Page, address: str, name: str) -> str:
    """A child writes that it is about an adult who works here; gives their code."""
    await page.goto(address)
    await page.get_by_role("link", name="Yes", exact=True).click()
    await page.get_by_label("Who is it about?").fill(name)
    await page.get_by_role("group", name="Are they the person in charge").get_by_label("No", exact=True).check()
    await page.get_by_label("Write what happened").fill(WORDS)
    await page.wait_for_timeout(FASTEST.total_seconds() * 1000 + 500)  # quicker than anybody types is held
    await page.get_by_role("button", name="Send").click()
    await page.get_by_role("heading", name="Thank you. We have your message.").wait_for()
    return (await page.inner_text("#code")).strip()


async def opened_from_the_notice(page: Page, house: House) -> None:
    """The notice says nothing of what it is about; behind it is the concern."""
    await page.goto(f"{house.address}/notices")
    notices = await page.inner_text("main")
    assert "Something new waits for you to read" in notices
    assert "zebras" not in notices.lower()
    assert "Sample Person" not in notices
    await page.get_by_role("button", name="Open").first.click()
    await page.get_by_text(WORDS).wait_for()


async def taken_care_of(page: Page) -> None:
    """Received, decided, put to the designated officer, closed."""
    await page.get_by_role("button", name="Say that it was received").click()
    await expect(page.get_by_role("button", name="Say that it was received")).to_have_count(0)
    await page.get_by_role("link", name="Decide what it is").first.click()
    await page.get_by_label("Allegation that may meet the harm threshold").check()
    await page.get_by_label("Why?").fill("May have behaved so that they pose a risk to children.")
    await page.get_by_role("button", name="Keep the decision").click()
    await page.get_by_label("What is it?").select_option("contact")
    await page.get_by_label("What happened, or was said?").fill("Strategy meeting on Friday; tell nobody until then.")
    await page.get_by_label("With whom?").select_option("lado")
    await page.get_by_role("button", name="Today").click()
    await page.get_by_role("button", name="Add to the record").click()
    await page.get_by_text("Strategy meeting on Friday").wait_for()
    await page.get_by_role("link", name="Close concern").click()
    await page.get_by_label("Unsubstantiated").check()
    await page.get_by_label("What was done?").fill("The officer and the police looked at the messages.")
    await page.get_by_label("Why is this the outcome?").fill("There is not enough evidence either way.")
    await page.get_by_role("button", name="Close concern").click()
    await page.get_by_text("This concern is closed.").wait_for()


async def test_the_head_takes_care_of_it_and_the_lead_reads_what_they_read_before(
    browser: Browser, house: House, database: Database
) -> None:
    school = await make_organisation("school")
    lead, head = await person(school, Role.LEAD), await person(school, Role.HEAD)
    address = f"{house.address}/r/sample-{school.hex[-12:]}"
    with anyio.fail_after(PATIENCE):
        async with (
            window(browser, PHONE) as phone, window(browser, DESK) as heads, window(browser, DESK) as leads,
        ):  # fmt: skip
            await house.let_in(leads, lead)
            await house.let_in(heads, head)
            reading, acting, child = await look(leads), await look(heads), await visitor(phone)
            before = await as_read(reading.page, house)
            await told(child.page, address, lead.name)
            await work_off(school, None)
            assert await as_read(reading.page, house) == before
            await opened_from_the_notice(acting.page, house)
            where = acting.page.url
            await taken_care_of(acting.page)
            await work_off(school, None)
            assert await as_read(reading.page, house) == before
            await reading.page.goto(where)
            assert WORDS not in await reading.page.inner_text("body")
            assert child.complaints + acting.complaints == []
