"""A story without end in a real browser: refused in words, given back whole in its form, with script and without."""

import pytest
from playwright.async_api import Browser, expect

from safeguard.access.roles import Role
from safeguard.database.pool import Database
from safeguard.incidents.recording import record_incident
from safeguard.work import begin
from tests.factories.incidents import SCHOOL, SHORT
from tests.factories.organisations import make_organisation
from tests.journeys.browser import DESK, look, window
from tests.journeys.house import House
from tests.journeys.town import person

pytestmark = pytest.mark.anyio

STORY = "First. " + ("and on " + "…" * 22 + " ") * 5_400 + "Last."
"""More than a megabyte as a form sends it, with few enough letters for a browser to lay them out quickly."""


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without"])
async def test_a_story_of_more_than_a_megabyte_is_refused_in_words_and_comes_back_whole_in_its_form(
    browser: Browser, house: House, database: Database, script: bool
) -> None:
    organisation = await make_organisation("school")
    lead = await person(organisation, Role.LEAD)
    async with begin(lead, purpose="session") as work:
        incident = (await record_incident(work, SHORT, SCHOOL)).facts
    async with window(browser, DESK, java_script_enabled=script) as context:
        await house.let_in(context, lead)
        page = (await look(context)).page
        for path, field in (
            (f"/incidents/{incident.id}/entries/new?kind=note", "words"),
            ("/incidents/new", "narrative"),
        ):
            await page.goto(house.address + path)
            typed = page.locator(f"textarea[name={field}]")
            await typed.fill(STORY)
            await page.locator("main form button[type=submit]").last.click()
            summary = page.locator(".govuk-error-summary")
            await expect(summary).to_contain_text("too long")
            await expect(typed).to_be_editable()
            assert (await typed.input_value()).strip() == STORY
