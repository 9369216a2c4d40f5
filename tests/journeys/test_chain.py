"""The chain, as people walk it.

review -> weak control -> an incident's lesson -> action -> evidence -> the level rises -> the report for governors
"""

from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from safeguard import settings as environment
from safeguard.access.actors import Actor, ActorKind
from safeguard.access.roles import Role
from safeguard.database.pool import Database
from safeguard.incidents.adding import add_entry
from safeguard.incidents.entering import NewEntry
from safeguard.incidents.recording import record_incident
from safeguard.incidents.story import Facts
from safeguard.insights.reporting.making import make_report
from safeguard.insights.reporting.queries import list_reports
from safeguard.standards.frameworks import framework_of
from safeguard.standards.queries import get_review, latest_reviews
from safeguard.standards.reviewing import judge
from safeguard.strongbox.objects import open_store
from safeguard.tenancy.profiles import profile_of
from safeguard.work import begin
from tests.factories.incidents import IMPERSONATION, SCHOOL
from tests.factories.organisations import make_organisation, make_person
from tests.journeys.browser import DESK, window
from tests.journeys.house import House

pytestmark = pytest.mark.anyio


async def member(school, role: Role) -> Actor:
    user_id, name = await make_person(school, (role,))
    return Actor(ActorKind.PERSON, school, user_id, frozenset({role}), name)


async def an_incident_teaches(lead: Actor) -> Facts:
    async with begin(lead) as work:
        story = await record_incident(work, IMPERSONATION, SCHOOL)
        lesson = NewEntry(kind="lesson", words="Nobody knew who answers for the account.", controls=("M1",))
        await add_entry(work, story.facts.id, lesson)
    return story.facts


async def others_are_judged(lead: Actor) -> None:
    pies = framework_of("pies", profile_of("school"))
    assert pies
    async with begin(lead) as work:
        [review] = await latest_reviews(work)
    for control in pies.first_controls[1:]:
        async with begin(lead) as work:
            await judge(work, await get_review(work, review.id), control, 2, "We looked together.", 0)


async def the_worker_makes_it(lead: Actor, data: Path) -> None:
    async with begin(lead) as work:
        [report] = await list_reports(work)
        await make_report(work, report.id, open_store(environment.load({}, data).objects_url))


async def review_finds_it_weak(page: Page, at: str) -> None:
    await page.goto(f"{at}/standards")
    await page.get_by_role("button", name="Begin review").click()
    await page.get_by_role("link", name="Judge Responsibilities and governance").click()
    await page.locator("input[name=level][value='4']").check()
    await page.get_by_label("How do you know?").fill("One of us does it, and nobody knows.")
    await page.get_by_role("button", name="Save and go on").click()
    await expect(page.get_by_text("2 of 12")).to_be_visible()


async def figures_point_at_it(page: Page, at: str) -> None:
    await page.goto(f"{at}/insights")
    await expect(page.locator(".sg-so-what")).to_contain_text(
        "Responsibilities and governance (level 4): the lessons of 1 incident name it"
    )


async def its_lesson_becomes_an_improvement(page: Page, at: str, incident: Facts) -> None:
    await page.goto(f"{at}/incidents/{incident.id}")
    await page.get_by_role("link", name="Plan an improvement").click()
    await expect(page.get_by_text("Nobody knew who answers for the account.")).to_be_visible()
    await expect(page.locator("#control")).to_have_value("pies/M1")
    await page.get_by_label("What will be done?").fill("Name one person, and a deputy.")
    await page.locator("#owner").select_option("other")
    await page.get_by_label("Their name, if they have no account").fill("The chair")
    await page.locator("#due_on").fill("2027-03-01")
    await page.locator("form[action='/standards/plan/new'] button").last.click()
    await expect(page.get_by_text("Name one person, and a deputy.")).to_be_visible()
    await page.get_by_role("link", name=incident.reference).click()
    await expect(page.get_by_role("heading", name="Improvements because of it")).to_be_visible()


async def its_effect_is_said(page: Page, at: str) -> None:
    await page.goto(f"{at}/standards/plan")
    await page.get_by_role("link", name="Name one person, and a deputy.").click()
    await expect(page.locator(".sg-facts__row", has_text="Level when it was planned")).to_contain_text("4")
    await expect(page.locator(".sg-facts__row", has_text="Level now")).to_contain_text("2")
    await page.get_by_label("Done", exact=True).check()
    await page.get_by_label("What did it change?").fill("There is a deputy, and everybody can name her.")
    await page.locator("form[action^='/standards/plan/'] button").last.click()
    await expect(page.get_by_text("The level rises when the control is judged again.")).to_be_visible()
    await expect(page.get_by_role("link", name="Judge Responsibilities and governance again")).to_be_visible()


async def evidence_is_kept(page: Page, at: str) -> None:
    await page.goto(f"{at}/standards/plan")
    await page.get_by_role("link", name="Name one person, and a deputy.").click()
    await page.get_by_role("link", name="Add what shows it").click()
    await page.locator("#kind").select_option("document")
    await page.get_by_label("What is it called?").fill("Job description of the lead")
    await page.get_by_role("button", name="Add evidence").click()
    await expect(page.get_by_role("heading", name="Job description of the lead")).to_be_visible()
    await page.get_by_role("link", name="Add a file").click()
    await page.get_by_label("I know what is in this file").check()
    file = {"name": "job.txt", "mimeType": "text/plain", "buffer": b"The lead leads."}
    await page.locator("#file").set_input_files(file)
    await page.get_by_role("button", name="Add the file").click()
    await expect(page.get_by_role("heading", name="job.txt")).to_be_visible()


async def the_level_rises(page: Page, at: str) -> None:
    await page.goto(f"{at}/standards")
    await page.get_by_role("link", name="Open the review PIES").click()
    await page.get_by_role("link", name="Responsibilities and governance", exact=True).click()
    await expect(page.get_by_text("Job description of the lead")).to_be_visible()
    await expect(page.get_by_text("Nobody knew who answers for the account.")).to_be_visible()
    await page.locator("input[name=level][value='2']").check()
    await page.get_by_role("button", name="Save", exact=True).click()
    await expect(page.locator(".sg-progress__words")).to_have_text("12 of 12 controls judged")


async def the_head_signs(page: Page, at: str) -> None:
    await page.goto(f"{at}/standards")
    await page.get_by_role("link", name="Open the review PIES").click()
    await page.get_by_role("link", name="Sign off").click()
    await page.get_by_label("What was agreed, where and by whom?").fill("Agreed in the spring meeting.")
    await page.get_by_role("button", name="Sign off").click()
    await expect(page.get_by_text("Agreed in the spring meeting.").first).to_be_visible()


async def those_who_govern_read(lead: Page, governor: Page, who: Actor, at: str, data: Path) -> None:
    await lead.goto(f"{at}/insights/reports")
    await lead.get_by_role("button", name="Make the report").click()
    await expect(lead.get_by_text("You can leave this page.")).to_be_visible()
    await the_worker_makes_it(who, data)
    await governor.goto(f"{at}/insights/reports")
    await governor.get_by_role("link", name="Online safety: report for those who govern").click()
    await expect(governor.get_by_role("heading", name="Where we stand")).to_be_visible()
    async with governor.expect_download() as waited:
        await governor.get_by_role("link", name="Download as PDF").click()
    path = await (await waited.value).path()
    assert path.read_bytes().startswith(b"%PDF")


async def test_from_a_weak_control_to_the_report_for_those_who_govern(
    browser: Browser, house: House, data: Path, database: Database
) -> None:
    school = await make_organisation("school")
    lead, head, governor = [await member(school, role) for role in (Role.LEAD, Role.HEAD, Role.GOVERNOR)]
    async with (
        window(browser, DESK) as desk,
        window(browser, DESK) as office,
        window(browser, DESK, accept_downloads=True) as away,
    ):
        await house.let_in(desk, lead)
        await house.let_in(office, head)
        await house.let_in(away, governor)
        page = await desk.new_page()
        await review_finds_it_weak(page, house.address)
        incident = await an_incident_teaches(lead)
        await figures_point_at_it(page, house.address)
        await its_lesson_becomes_an_improvement(page, house.address, incident)
        await evidence_is_kept(page, house.address)
        await others_are_judged(lead)
        await the_level_rises(page, house.address)
        await its_effect_is_said(page, house.address)
        await the_head_signs(await office.new_page(), house.address)
        await those_who_govern_read(page, await away.new_page(), lead, house.address, data)
