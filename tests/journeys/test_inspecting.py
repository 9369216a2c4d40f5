"""A lead lets an inspector in; the inspector reads, asks, and checks the pack in verify.html opened from a disk.

ask for a pack -> invite -> join -> give a pack -> read, search, open a record, read live -> ask -> answer with further
evidence -> download both -> verdict -> end
"""

import re
from pathlib import Path
from uuid import UUID

import pytest
from playwright.async_api import Browser, Page

from safeguard.access.actors import Actor, ActorKind
from safeguard.access.roles import Role
from safeguard.database import pool
from safeguard.database.bootstrap import Addresses
from safeguard.database.context import ContextKey
from safeguard.strongbox import masters
from tests.factories.organisations import make_organisation, make_person
from tests.factories.owning import owning
from tests.journeys.browser import DESK, PHONE, look, window
from tests.journeys.house import House
from tests.journeys.inspected import made_pack

pytestmark = pytest.mark.anyio

PASSWORD = "nine patient kites return"
QUESTION = "Who decided that, and when?"
ANSWER = "The deputy, on the same afternoon."


async def school(addresses: Addresses, key: ContextKey, data: Path) -> tuple[Actor, UUID]:
    """A school with one pack that is ready."""
    opened = pool.Database(addresses.app, key)
    pool.use(opened)
    masters.use(masters.Masters(data / "keys"))
    try:
        organisation = await make_organisation()
        user_id, name = await make_person(organisation, (Role.LEAD,))
        lead = Actor(ActorKind.PERSON, organisation, user_id, frozenset({Role.LEAD}), name)
        pack, _ = await made_pack(lead, addresses, data)
    finally:
        pool.use(None)
        await opened.close()
    return lead, pack


async def test_an_inspector_reads_asks_and_checks(
    browser: Browser, house: House, addresses: Addresses, key: ContextKey, data: Path, tmp_path: Path
) -> None:
    lead, pack = await school(addresses, key, data)
    async with window(browser, DESK) as desk, window(browser, PHONE, accept_downloads=True) as phone:
        await house.let_in(desk, lead)
        at_desk, visitor = await look(desk), await look(phone)
        await ask_for_inspection_pack(at_desk.page, house)
        await visitor.page.goto(await let_inspector_in(at_desk.page, house))
        await join(visitor.page, house)
        await house.let_in(phone, await newcomer(lead, addresses))
        await give(at_desk.page, pack)
        await visitor.page.goto(f"{house.address}/inspect")
        await read_live(visitor.page)
        await read(visitor.page)
        file, page = await take_along(visitor.page, house, tmp_path)
        await ask(visitor.page, house)
        await answer(at_desk.page, pack)
        await visitor.page.reload()
        await visitor.page.get_by_text(ANSWER).wait_for()
        await visitor.page.get_by_text("Further evidence:").wait_for()
        await check(visitor.page, page, file)
        await end(at_desk.page)
        await visitor.page.goto(f"{house.address}/inspect")
        await visitor.page.get_by_text("Ended").first.wait_for()
        assert at_desk.complaints == []


async def ask_for_inspection_pack(page: Page, house: House) -> None:
    """Of a case that is not there, which is refused with everything kept; then by chance, with the inspector's word."""
    await page.goto(f"{house.address}/evidence")
    await page.get_by_role("link", name="Make a pack").click()
    await page.get_by_role("link", name="Inspection", exact=True).click()
    await page.get_by_label("The inspector", exact=True).check()
    await page.fill("#references", "AAA-AAA")
    await page.get_by_role("button", name="Make the pack").click()
    await page.get_by_text("Not an incident of these days: AAA-AAA. Read it again.").first.wait_for()
    assert await page.input_value("#references") == "AAA-AAA"
    await page.get_by_label("Chance", exact=True).check()
    await page.fill("#seed", "kingfisher")
    await page.get_by_role("button", name="Make the pack").click()
    await page.get_by_role("heading", name="Inspection, Ofsted, schools").wait_for()


async def read_live(page: Page) -> None:
    """The incidents of the days that were given, names withheld."""
    await page.get_by_role("link", name="Read the incidents recorded from").click()
    await page.get_by_role("table").get_by_role("link").first.click()
    await page.get_by_text("Person 1: Affected").wait_for()
    assert "Hale" not in await page.inner_text("main")
    await page.get_by_role("link", name="Incidents as they stand").click()
    await page.get_by_role("main").get_by_role("link", name="Reading room").click()


async def let_inspector_in(page: Page, house: House) -> str:
    """The lead's three clicks and a form; gives the link that is shown once."""
    await page.goto(f"{house.address}/evidence")
    await page.get_by_role("link", name="Inspections").click()
    await page.get_by_role("link", name="Let an inspector in").click()
    await page.fill("#inspector", "Ina Sample")
    await page.fill("#email", "ina.sample@example.org")
    await page.get_by_label("Ofsted, schools").check()
    await page.fill("#purpose", "A routine inspection.")
    await page.get_by_label("Let them read incidents as they stand, too").check()
    await page.get_by_role("button", name="Let them in").click()
    await page.locator("#made").wait_for()
    return await page.input_value("#made")


async def join(page: Page, house: House) -> None:
    await page.fill("#name", "Ina Sample")
    await page.fill("#password", PASSWORD)
    await page.get_by_role("button", name="Open the reading room").click()
    await page.wait_for_url(lambda url: "/invitation/" not in url)


async def newcomer(lead: Actor, addresses: Addresses) -> Actor:
    """Who just joined: from here on with a second step, which an inspector's account asks for like everybody's."""
    async with owning(addresses.owner) as owner:
        found = await owner.execute(
            "select user_id, name from memberships where organisation_id = %s and email = 'ina.sample@example.org'",
            (lead.organisation_id,),
        )
        user_id, name = await found.fetchone() or (None, "")
    return Actor(ActorKind.PERSON, lead.organisation_id, user_id, frozenset({Role.INSPECTOR}), name)


async def give(page: Page, pack: UUID) -> None:
    await page.select_option("#pack", str(pack))
    await page.select_option("#heading", "records")
    await page.get_by_role("button", name="Give it to them").click()
    await page.get_by_role("table", name="Packs that the inspector reads").wait_for()


async def read(page: Page) -> None:
    """The room, the pack, a search, and a record with every version."""
    await page.get_by_role("heading", name="Record keeping and timeliness").wait_for()
    await page.get_by_role("main").get_by_role("link", name=re.compile("^Incident")).first.click()
    await page.get_by_text("All are unaltered, and none about the records in it is missing.").wait_for()
    await page.fill("#q", "teacher abusive")
    await page.get_by_role("main").get_by_role("button", name="Search").click()
    await page.wait_for_url("**?q=teacher*")
    await page.get_by_role("table").get_by_role("link").first.click()
    await page.get_by_role("heading", name="Version 1").wait_for()
    said = await page.inner_text("main")
    assert "Person 1, part in it" in said
    assert "Recorded by" in said
    assert "people.1" not in said
    for wanted in ("Records of this part", "Incidents in this pack"):
        await page.get_by_role("link", name=re.compile("^Incident")).first.click()
        await page.get_by_role("table", name=wanted).wait_for()


async def take_along(page: Page, house: House, folder: Path) -> tuple[Path, Path]:
    """The pack and the page that checks it, as files of the inspector's own."""
    async with page.expect_download() as coming:
        await page.get_by_role("link", name="Take the pack with you").click()
    pack = folder / "pack.zip"
    await (await coming.value).save_as(pack)
    await page.get_by_role("link", name="Check it yourself").click()
    async with page.expect_download() as coming:
        await page.get_by_role("link", name="Download verify.html").click()
    verifier = folder / "verify.html"
    await (await coming.value).save_as(verifier)
    return pack, verifier


async def ask(page: Page, house: House) -> None:
    await page.goto(f"{house.address}/inspect")
    await page.fill("#words", QUESTION)
    await page.get_by_role("button", name="Write it").click()
    await page.get_by_text("Not answered yet").wait_for()


async def answer(page: Page, pack: UUID) -> None:
    await page.reload()
    await page.get_by_text(QUESTION).wait_for()
    await page.get_by_label("Answer").fill(ANSWER)
    await page.locator("select[name=pack]").last.select_option(str(pack))
    await page.get_by_role("button", name="Answer").click()
    await page.get_by_text(ANSWER).wait_for()


async def check(page: Page, verifier: Path, pack: Path) -> None:
    """From the disk: no service is asked."""
    other = await page.context.new_page()
    await other.goto(verifier.as_uri())
    await other.set_input_files("#pack", pack)
    await other.locator("#outcome[data-verdict='VALID but KEY NOT KNOWN']").wait_for()
    assert "All are unaltered" in await other.inner_text("#outcome")
    await other.close()


async def end(page: Page) -> None:
    await page.get_by_role("button", name="End the access now").click()
    await page.get_by_text("Over since").wait_for()
