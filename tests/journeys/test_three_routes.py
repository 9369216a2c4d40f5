"""An allegation about the lead of a school, a club and a children's home: routed past them, and told outside.

The head takes care of it in a browser, from the incident to the concern and what is owed outside. The lead's pages read
as before. Somebody who breaks the glass reads, and finds no form.
"""

import os

import anyio
import psycopg
import pytest
from playwright.async_api import Browser, expect

from safeguard.access.actors import Actor
from safeguard.access.roles import Role
from safeguard.database.bootstrap import Addresses
from safeguard.database.pool import Database
from safeguard.incidents.recording import record_incident
from safeguard.incidents.reports import NewIncident, NewPerson
from safeguard.tenancy.profiles import profile_of
from safeguard.work import begin
from tests.factories.organisations import make_organisation
from tests.journeys.browser import DESK, PHONE, Sight, look, window
from tests.journeys.house import House
from tests.journeys.town import person

pytestmark = pytest.mark.anyio

WORDS = "Came into the changing room again, and told her not to say so."
BREAK = """
insert into broken_glass (organisation_id, id, user_id, reason, opened_at, until)
values (%s, gen_random_uuid(), %s, 'Nobody else can be reached.', now(), now() + interval '1 hour')
"""
OFFICER = "Contact with the local authority designated officer about an allegation"
OWED = {
    "school": (OFFICER,),
    "club": ("Allegation to the governing body's safeguarding team and the local authority designated officer",),
    "childrens_home": (OFFICER, "Regulation 40 notification to Ofsted"),
}
OUTSIDE = {"school": "lado_contact", "club": "lado_contact", "childrens_home": "ofsted_notification"}
UNTOLD = {
    "school": ("Local authority designated officer",),
    "club": ("Local authority designated officer", "Governing body's safeguarding team"),
    "childrens_home": ("Local authority designated officer", "Ofsted"),
}
KINDS = tuple(OWED) if os.environ.get("SAFEGUARD_PICTURES") else ("childrens_home",)
"""Whoever looks at the pictures sees all three; the home owes the most to the outside."""
OF_THE_LEAD = ("/", "/incidents?state=all", "/search?q=changing", "/concerns", "/notices")
PATIENCE = 240


async def alleged(kind: str, lead: Actor, reporter: Actor) -> str:
    """The page on which whoever stands in reads the incident that names the lead."""
    people = (
        NewPerson(name="Ana Sample", role="affected", kind="child", connection="pupil"),
        NewPerson(name=lead.name, role="alleged", kind="adult", connection="staff"),
    )
    async with begin(reporter, purpose="session") as work:
        new = NewIncident(narrative=WORDS, people=people)
        return f"/concerns/incidents/{(await record_incident(work, new, profile_of(kind))).facts.id}"


async def seen(sight: Sight, name: str) -> None:
    """Nothing is wrong with it on a phone, where least fits; whole at both widths for whoever looks."""
    await sight.picture(f"routes-{name}-desk")
    await sight.page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    await sight.picture(f"routes-{name}-phone")
    assert await sight.problems() == []
    await sight.page.set_viewport_size({"width": DESK[0], "height": DESK[1]})


async def as_read(sight: Sight, house: House) -> list[str]:
    read: list[str] = []
    for path in OF_THE_LEAD:
        await sight.page.goto(house.address + path)
        read.append(await sight.page.inner_text("main"))
    return read


async def taken_up(sight: Sight, house: House, at: str, kind: str) -> None:
    """The head says that it was received, makes a concern of it, and decides that it is an allegation."""
    page = sight.page
    await page.goto(house.address + at)
    await page.get_by_text("Nobody else is left to handle this").wait_for()
    for owed in OWED[kind]:
        await page.get_by_text(owed).first.wait_for()
    await seen(sight, f"{kind}-incident")
    await page.get_by_role("button", name="Say that it was received").click()
    await expect(page.get_by_role("button", name="Say that it was received")).to_have_count(0)
    await page.get_by_role("link", name="Open a concern from it").click()
    await page.get_by_label("Whom is it about?").fill("Morgan Zulu")
    await page.get_by_role("button", name="Send concern").click()
    await page.get_by_role("row").get_by_role("link").first.click()
    await page.get_by_role("button", name="Say that it was received").click()
    await expect(page.get_by_role("button", name="Say that it was received")).to_have_count(0)
    await page.get_by_role("link", name="Decide what it is").first.click()
    await page.get_by_label("Allegation that may meet the harm threshold").check()
    await page.get_by_label("Why?").fill("A child may have been harmed.")
    await page.get_by_role("button", name="Keep the decision").click()
    await page.get_by_text("Not told yet").wait_for()
    for whom in UNTOLD[kind]:
        await expect(page.locator("main")).to_contain_text(whom)
    await seen(sight, f"{kind}-vault")


async def told_outside(sight: Sight, house: House, at: str, kind: str) -> None:
    """What is owed of the incident stands where it is closed; one of it is said, and stands there no more."""
    page = sight.page
    await page.goto(f"{house.address}{at}/close")
    await page.get_by_text("Something is still open").wait_for()
    await seen(sight, f"{kind}-close")
    await page.locator(f'main a[href$="/outside/{OUTSIDE[kind]}"]').click()
    await page.get_by_label("Yes, they were told").check()
    await page.get_by_label("Their reference").fill("R-40")
    await seen(sight, f"{kind}-outside")
    await page.get_by_role("button", name="Add to the record").click()
    await page.wait_for_url(f"{house.address}{at}#entry-*")


async def read_through_glass(sight: Sight, where: str, kind: str) -> None:
    """The deputy reads the concern, and no form of it is there to be refused."""
    await sight.page.goto(where)
    await sight.page.get_by_text("Reading is all that the emergency gives you").wait_for()
    assert await sight.page.locator("main form").count() == 0
    assert await sight.page.get_by_role("link", name="Close concern").count() == 0
    await seen(sight, f"{kind}-glass")
    await sight.page.goto(f"{where}/decide")
    await sight.page.get_by_role("heading", name="You can read this, and not change it").wait_for()
    await seen(sight, f"{kind}-refused")


@pytest.mark.parametrize("kind", KINDS)
async def test_what_is_alleged_of_the_lead_goes_past_them_to_the_head_and_outside(
    browser: Browser, house: House, database: Database, addresses: Addresses, kind: str
) -> None:
    here = await make_organisation(kind)
    lead, head = await person(here, Role.LEAD), await person(here, Role.HEAD)
    reporter = await person(here, Role.REPORTER)
    with anyio.fail_after(PATIENCE):
        async with window(browser, DESK) as heads, window(browser, DESK) as leads, window(browser, DESK) as others:
            await house.let_in(leads, lead)
            await house.let_in(heads, head)
            reading, acting = await look(leads), await look(heads)
            before = await as_read(reading, house)
            at = await alleged(kind, lead, reporter)
            await taken_up(acting, house, at, kind)
            where = acting.page.url.partition("#")[0]
            await told_outside(acting, house, at, kind)
            assert await as_read(reading, house) == before
            deputy = await person(here, Role.LEAD)
            with psycopg.connect(addresses.owner) as owner:
                owner.execute(BREAK, (here, deputy.user_id))
            await house.let_in(others, deputy)
            await read_through_glass(await look(others), where, kind)


async def test_breaking_the_glass_is_asked_for_and_agreed_to(
    browser: Browser, house: House, database: Database
) -> None:
    here = await make_organisation("school")
    lead, head = await person(here, Role.LEAD), await person(here, Role.HEAD)
    with anyio.fail_after(PATIENCE):
        async with window(browser, DESK) as leads, window(browser, DESK) as heads:
            await house.let_in(leads, lead)
            await house.let_in(heads, head)
            asking, deciding = await look(leads), await look(heads)
            await asking.page.goto(f"{house.address}/restricted")
            await asking.page.get_by_label("Why do you need it now?").fill("Everybody on its list is away tonight.")
            await seen(asking, "glass-ask")
            await asking.page.get_by_role("button", name="Ask for it").click()
            await asking.page.wait_for_url("**/approvals/*")
            await seen(asking, "glass-asked")
            await deciding.page.goto(asking.page.url)
            await deciding.page.get_by_text("Everybody on its list is away tonight.").wait_for()
            await seen(deciding, "glass-decide")
            await deciding.page.get_by_role("button", name="Approve").click()
            await deciding.page.get_by_text("Approved by").first.wait_for()
            await asking.page.goto(f"{house.address}/restricted")
            await asking.page.get_by_role("heading", name="Read restricted records in an emergency").wait_for()
            await asking.page.get_by_text("You are reading restricted records in an emergency").wait_for()
            await seen(asking, "glass-open")
