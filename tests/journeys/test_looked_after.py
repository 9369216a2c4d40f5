"""A child who is looked after: the incident asks who of those who answer for them knows, until each is said."""

from datetime import UTC, datetime

import pytest
from playwright.async_api import Browser

from safeguard.access.roles import Role
from safeguard.database.pool import Database
from safeguard.incidents.recording import record_incident
from safeguard.incidents.reports import NewIncident, NewPerson
from safeguard.people.recording import record_person
from safeguard.tenancy.profiles import profile_of
from safeguard.work import begin
from tests.factories.organisations import make_organisation
from tests.factories.people import called
from tests.journeys.browser import DESK, PHONE, look, window
from tests.journeys.house import House
from tests.journeys.town import person

pytestmark = pytest.mark.anyio

LIMIT = "Those who answer for a looked-after child are told"
TODAY = datetime.now(UTC).date().isoformat()


@pytest.mark.parametrize(("size", "script"), [(PHONE, True), (DESK, False)], ids=["phone", "desk_without_script"])
async def test_each_who_answers_for_a_looked_after_child_is_said_before_the_incident_stops_asking(
    browser: Browser, house: House, database: Database, size: tuple[int, int], script: bool
) -> None:
    school = profile_of("school")
    lead = await person(await make_organisation("school"), Role.LEAD)
    async with begin(lead) as work:
        child = await record_person(work, called("Alfie", "Stone", flags=("looked_after",)), school)
        tied = NewPerson(name="Alfie Stone", role="affected", kind="child", connection="pupil", person_id=child.id)
        incident = (
            await record_incident(work, NewIncident(narrative="Asked for pictures.", people=(tied,)), school)
        ).facts
    at = f"{house.address}/incidents/{incident.id}"
    async with window(browser, size, java_script_enabled=script) as context:
        await house.let_in(context, lead)
        sight = await look(context)
        page = sight.page
        await page.goto(f"{at}/close")
        await page.get_by_text(LIMIT).first.wait_for()
        await page.locator("main").get_by_role("link", name="Say who was told, or why not").first.click()
        await page.get_by_role("group", name="Social worker").get_by_label("Told", exact=True).check()
        await page.locator("#knowers-2-contact_name").fill("Ms Hale, by Morgan")
        await page.get_by_role("button", name="Save", exact=True).click()
        await page.get_by_text("Say when they were told: the day at least.").first.wait_for()
        assert await page.locator("#knowers-2-contact_name").input_value() == "Ms Hale, by Morgan"
        if script:
            assert await sight.problems() == []
        await page.locator("#knowers-2-on").fill(TODAY)
        await page.get_by_role("group", name="Placing authority").get_by_label("Told", exact=True).check()
        await page.locator("#knowers-3-on").fill(TODAY)
        parental = page.get_by_role("group", name="Whoever holds parental responsibility")
        await parental.get_by_label("Not told, and here is why").check()
        await page.locator("#knowers-1-reason").fill("The court said who is told.")
        await page.get_by_role("button", name="Save", exact=True).click()
        await page.wait_for_url(f"{at}?changed=parents")
        assert LIMIT not in await page.inner_text("main")
        await page.goto(f"{at}/close")
        assert LIMIT not in await page.inner_text("main")
