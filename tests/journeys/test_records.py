"""Two journeys of the lead and the head: a record past its time is disposed of; somebody gets what is kept about them.

look at what is due -> hold -> lift -> ask -> the head agrees -> gone everywhere -> certificate
write the request down -> judge -> gather -> black out -> ask -> the head agrees -> download -> no third party in it
"""

import json
import zipfile
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import pytest
from playwright.async_api import Browser, Page

from safeguard.access.actors import Actor, ActorKind
from safeguard.access.roles import Role
from safeguard.database import pool
from safeguard.database.bootstrap import Addresses
from safeguard.database.context import ContextKey
from safeguard.incidents.recording import record_incident
from safeguard.incidents.reports import NewIncident, NewPerson
from safeguard.strongbox import masters
from safeguard.work import begin
from tests.factories.incidents import SCHOOL
from tests.factories.organisations import make_organisation, make_person
from tests.journeys.browser import DESK, PHONE, look, window
from tests.journeys.house import House
from tests.records.making import recorded

pytestmark = pytest.mark.anyio

OTHER = "Quintilla Featherstone"


@dataclass(frozen=True, slots=True)
class School:
    """A lead, a head, a record long over, and whom it is about."""

    lead: Actor
    head: Actor
    incident: UUID
    person: UUID


async def open_school(addresses: Addresses, key: ContextKey, data: Path) -> School:
    opened = pool.Database(addresses.app, key)
    pool.use(opened)
    masters.use(masters.Masters(data / "keys"))
    try:
        organisation = await make_organisation()
        lead, head = [await member(organisation, role) for role in (Role.LEAD, Role.HEAD)]
        incident, person = await recorded(lead, "Oleander")
        new = NewIncident(
            narrative=f"{OTHER} took the phone of Ana Oleander Brook. Their cousin Bartholomew saw it.",
            people=(NewPerson(name=OTHER, role="alleged", kind="child", connection="pupil"),),
        )
        async with begin(lead) as work:
            await record_incident(work, new, SCHOOL)
    finally:
        pool.use(None)
        await opened.close()
    return School(lead, head, incident, person)


async def member(organisation: UUID, role: Role) -> Actor:
    user_id, name = await make_person(organisation, [role])
    return Actor(ActorKind.PERSON, organisation, user_id, frozenset({role}), name)


async def test_a_record_past_its_time_is_disposed_of(
    browser: Browser, house: House, addresses: Addresses, key: ContextKey, data: Path
) -> None:
    school = await open_school(addresses, key, data)
    async with window(browser, DESK) as desk, window(browser, PHONE) as phone:
        await house.let_in(desk, school.lead)
        await house.let_in(phone, school.head)
        lead, head = await look(desk), await look(phone)
        await lead.page.goto(f"{house.address}/evidence")
        await lead.page.get_by_role("link", name="Keeping records").click()
        await lead.page.get_by_role("table", name="Closed incidents").get_by_role("link").click()
        await hold_and_lift(lead.page)
        await lead.page.goto(f"{house.address}/records/incidents/{school.incident}")
        await lead.page.get_by_role("button", name="Ask for its disposal").click()
        await lead.page.get_by_text("Choose on what ground it may go.").first.wait_for()
        await lead.page.get_by_label("Its period of retention is over").check()
        await lead.page.get_by_label("I have looked at this record").check()
        await lead.page.get_by_role("button", name="Ask for its disposal").click()
        await lead.page.wait_for_url("**/approvals/**")
        await agree(head.page, house, lead.page.url)
        await lead.page.goto(f"{house.address}/records/disposals")
        await lead.page.get_by_role("table").get_by_role("link").click()
        await lead.page.get_by_role("heading", name="What was erased").wait_for()
        assert await lead.problems() == []
        async with lead.page.expect_download() as coming:
            await lead.page.get_by_role("link", name="Download the certificate").click()
        assert (await (await coming.value).path()).read_bytes().startswith(b"%PDF")
        gone = await lead.page.goto(f"{house.address}/incidents/{school.incident}")
        assert gone is not None
        assert gone.status == 404


async def hold_and_lift(page: Page) -> None:
    """On hold it cannot be disposed of; lifted it can."""
    await page.get_by_label("The police ask for it").check()
    await page.get_by_label("Why, and who asked for that?").fill("DC Sample rang.")
    await page.get_by_role("button", name="Put it on hold").click()
    await page.get_by_text("A hold stands: nothing is disposed of while it does.").wait_for()
    await page.get_by_role("link", name="Lift this hold").click()
    await page.get_by_label("Why need it not be kept any longer").fill("DC Sample wrote that the case is over.")
    await page.get_by_role("button", name="Lift the hold").click()
    await page.get_by_text("Lifted").first.wait_for()


async def agree(page: Page, house: House, url: str) -> None:
    """The head finds it under Approvals, and agrees."""
    await page.goto(url.partition("?")[0])
    await page.get_by_role("button", name="Approve").click()
    await page.wait_for_url(f"{house.address}/approvals?done=approved")


async def test_somebody_gets_what_is_kept_about_them_and_nothing_about_others(
    browser: Browser, house: House, addresses: Addresses, key: ContextKey, data: Path, tmp_path: Path
) -> None:
    school = await open_school(addresses, key, data)
    async with window(browser, DESK, accept_downloads=True) as desk, window(browser, PHONE) as phone:
        await house.let_in(desk, school.lead)
        await house.let_in(phone, school.head)
        lead, head = await look(desk), await look(phone)
        page = lead.page
        await page.goto(f"{house.address}/people/{school.person}")
        await page.get_by_role("link", name="Somebody asks what we keep").click()
        await page.get_by_label("The person themselves").check()
        await page.get_by_label("Their name").fill("Ana Brook")
        await page.get_by_label("When did it come?").fill("2026-01-05")
        await page.get_by_role("button", name="Write it down").click()
        await page.get_by_label("They showed a document").check()
        await page.get_by_label("Which papers did you see").fill("She came with her passport.")
        await page.get_by_label("Yes: they are under eighteen").check()
        await page.get_by_label("No: nothing in it").check()
        await page.get_by_role("button", name="Keep this").first.click()
        await page.get_by_text("She came with her passport.").first.wait_for()
        await page.get_by_role("button", name="Gather what we keep").click()
        await page.get_by_text("Under: What happened.").first.wait_for()
        await page.get_by_label("Black out these words").fill("bartholomew")
        await page.get_by_label("On what ground?").select_option("another")
        await page.get_by_role("button", name="Black out", exact=True).click()
        await page.get_by_text("Their cousin [another person] saw it.").wait_for()
        assert await lead.problems() == []
        await page.get_by_role("link", name="The request").click()
        await page.get_by_role("button", name="Ask for its release").click()
        await page.wait_for_url("**/approvals/**")
        await agree(head.page, house, page.url)
        await page.goto(f"{house.address}/records/requests")
        await page.get_by_role("table").get_by_role("link").click()
        async with page.expect_download() as coming:
            await page.get_by_role("link", name="Download the answer").click()
        answer = tmp_path / "answer.zip"
        await (await coming.value).save_as(answer)
        with zipfile.ZipFile(answer) as archive:
            said = json.dumps(json.loads(archive.read("data.json")))
        assert "Oleander" in said
        assert not [word for word in (*OTHER.split(), "Bartholomew") if word.lower() in said.lower()]
