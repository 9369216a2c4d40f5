"""A term's roster in a browser, at a desk and on a phone: looked at, decided, taken over, taken back."""

from collections.abc import AsyncIterator
from pathlib import Path

import anyio
import pytest
from playwright.async_api import Browser, Page

from safeguard import settings
from safeguard.access.actors import Actor, ActorKind
from safeguard.access.roles import Role
from safeguard.people.details import Details
from safeguard.people.recording import record_person
from safeguard.strongbox import objects
from safeguard.work import begin
from tests.factories.incidents import SCHOOL
from tests.factories.organisations import make_organisation, make_person
from tests.journeys.browser import DESK, PHONE, Sight, look, window
from tests.journeys.house import House
from tests.rosters.files import oneroster, user
from tests.rosters.sending import work_off

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("database")]

LONG = "Wolfeschlegelsteinhausenbergerdorff-Featherstonehaugh"
PUPILS = [
    user(1, "Ana", "Brook", grades="9", agentSourcedIds="p-1"), user(2, "Cy", "Dell", grades="8"),
    user(3, LONG, LONG, grades="11"), user(4, "", "", grades="8"),
    *(user(number, f"Pupil{number}", "Sample", grades=str(7 + number % 5)) for number in range(10, 40)),
    user(91, "Mia", "Brook", sourcedId="p-1", role="parent", phone="01632 960001"),
]  # fmt: skip
BIRTHS = {"u-1": "2012-05-14", "u-2": "2013-01-02", "u-3": "2010-02-03"}


@pytest.fixture
async def stored(data: Path) -> AsyncIterator[None]:
    """The store of the running service, for the jobs that this test works off."""
    objects.use(objects.open_store(settings.load({}, data).objects_url))
    yield
    objects.use(None)


async def sound(sight: Sight, name: str) -> None:
    assert await sight.problems() == []
    await sight.picture(name)


async def working(page: Page, actor: Actor, button: str, heading: str) -> None:
    """Press it, do the worker's part, and wait for the page to say so by itself."""
    await page.get_by_role("button", name=button, exact=True).click()
    await page.locator("progress").wait_for()
    await work_off(actor)
    await page.get_by_role("heading", name=heading, exact=True).wait_for()


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
@pytest.mark.usefixtures("stored")
async def test_a_terms_roster_is_looked_at_taken_over_and_taken_back(
    browser: Browser, house: House, size: tuple[int, int]
) -> None:
    organisation, width = await make_organisation(), size[0]
    user_id, name = await make_person(organisation, [Role.LEAD])
    lead = Actor(ActorKind.PERSON, organisation, user_id, frozenset({Role.LEAD}), name)
    async with begin(lead) as work:
        await record_person(work, Details(kind="child", given_name="Cy", family_name="Dell"), SCHOOL)
    with anyio.fail_after(240):
        async with window(browser, size) as context:
            await house.let_in(context, lead)
            sight = await look(context)
            page = sight.page
            await page.goto(f"{house.address}/people")
            await page.get_by_role("link", name="People from a file").click()
            await page.get_by_role("button", name="Send file").click()
            await page.get_by_text("Say which system the file comes from.").first.wait_for()
            await sound(sight, f"roster-refused-{width}")
            await page.fill("#source", "Sample MIS")
            content = oneroster(PUPILS, births=BIRTHS)
            await page.set_input_files(
                "#file", {"name": "autumn.zip", "mimeType": "application/zip", "buffer": content}
            )
            await page.get_by_role("button", name="Send file").click()
            await page.get_by_role("heading", name="How is this file read?").wait_for()
            await sound(sight, f"roster-how-{width}")
            await working(page, lead, "Look at what it would change", "33 differences")
            await sound(sight, f"roster-asked-{width}")
            await page.get_by_label("The same as Cy Dell").check()
            await page.get_by_role("button", name="Save answers").click()
            await page.get_by_text("Answers saved").wait_for()
            await page.get_by_role("link", name="New (32)").click()
            await page.get_by_text("Contact Mia Brook: telephone").wait_for()
            await sound(sight, f"roster-new-{width}")
            await page.get_by_role("link", name="Need another look (1)").click()
            await page.get_by_text("Download the list of rows").wait_for()
            await working(page, lead, "Take it over", "Taken over")
            await sound(sight, f"roster-done-{width}")
            await page.get_by_role("link", name="Files").click()
            await page.get_by_role("link", name="autumn.zip").wait_for()
            await sound(sight, f"roster-list-{width}")
            await page.get_by_role("link", name="autumn.zip").click()
            await page.get_by_text("Take the whole file back").click()
            await working(page, lead, "Take it back", "Taken back")
            await sound(sight, f"roster-undone-{width}")
            await page.goto(f"{house.address}/people")
            await page.get_by_text("Cy Dell").wait_for()
            assert await page.get_by_text("Pupil10").count() == 0
