"""A coach writes down what three children did on a bus, on a phone, with one factor; each has a part of their own.

The lead acknowledges it, the coach sees that, and the chronology of the child who is alleged to have harmed says what
that child's part was and nobody else's.
"""

from uuid import UUID

import psycopg
import pytest
from playwright.async_api import Browser, Page

from safeguard.access.actors import Actor
from safeguard.access.roles import Role
from safeguard.database.pool import Database
from safeguard.incidents.identifying import identify_several
from safeguard.incidents.queries import list_incidents, read_incident
from safeguard.people.recording import record_person
from safeguard.tenancy.profiles import profile_of
from safeguard.work import begin
from tests.factories.organisations import make_organisation
from tests.factories.people import called
from tests.journeys.browser import DESK, PHONE, look, window
from tests.journeys.house import House
from tests.journeys.town import person

pytestmark = pytest.mark.anyio

WORDS = "On the bus home Ravi filmed Ana changing her shirt and Bo saw it. I took them apart."
PARTS = {"Ana Brook": "affected", "Ravi Underhill": "alleged", "Bo Sadler": "witness"}
FACTORS = "update sessions set factors = %s::text[] where user_id = %s"


async def factors(house: House, who: Actor, *named: str) -> None:
    """How this person has shown who they are."""
    async with await psycopg.AsyncConnection.connect(house.owner_url) as owner:
        await owner.execute(FACTORS, (list(named), who.user_id))


async def record(page: Page, house: House) -> None:
    """The form as a thumb fills it in."""
    await page.goto(f"{house.address}/incidents/new")
    await page.get_by_label("What happened?").fill(WORDS)
    for number, (name, part) in enumerate(PARTS.items()):
        if number:
            await page.get_by_role("button", name="Add another person").tap()
        await page.locator(f"#people-{number}-name").fill(name)
        await page.locator(f"#people-{number}-role").select_option(part)
    await page.get_by_role("button", name="Record incident").last.tap()
    await page.wait_for_url(lambda url: not url.endswith("/incidents/new"))


async def told_who_they_are(lead: Actor) -> UUID:
    """The lead says who each of the three is in the list of people; gives the one who is alleged."""
    async with begin(lead) as work:
        people = {name: (await record_person(work, called(*name.split()), profile_of("club"))).id for name in PARTS}
        [row] = await list_incidents(work)
        story = await read_incident(work, row.id)
    async with begin(lead) as work:
        said = {one.id: people[one.name] for one in story.present}
        await identify_several(work, row.id, story.facts.version, said)
    return people["Ravi Underhill"]


async def test_three_children_with_three_parts_from_a_phone_to_a_chronology(
    browser: Browser, house: House, database: Database
) -> None:
    club = await make_organisation("club")
    coach, lead = await person(club, Role.REPORTER), await person(club, Role.LEAD)
    async with window(browser, PHONE) as phone, window(browser, DESK) as desk:
        await house.let_in(phone, coach)
        await factors(house, coach, "password")
        reporting = await look(phone)
        await record(reporting.page, house)
        assert await reporting.problems() == []
        await house.let_in(desk, lead)
        await factors(house, lead, "password", "totp")
        reading = await look(desk)
        await reading.page.goto(f"{house.address}/incidents/inbox")
        await reading.page.get_by_role("button", name="Acknowledge").first.click()
        await reading.page.get_by_text("1 acknowledged").wait_for()
        await factors(house, coach, "password", "totp")
        await reporting.page.goto(f"{house.address}/")
        await reporting.page.locator(".sg-tag", has_text="Received").first.wait_for()
        alleged = await told_who_they_are(lead)
        for path in (f"/people/{alleged}", f"/people/{alleged}/chronology"):
            await reading.page.goto(house.address + path)
            said = (await reading.page.inner_text("main")).lower()
            assert "alleged" in said
            assert "affected" not in said
            assert "ana brook" not in said
            assert await reading.problems() == []
