"""An inspector stands at the door of a children's home: no account, no notice, and everything is there in three clicks.

evidence -> inspections -> this screen, laid out by the inspector's own framework -> a reference that they name, misread
at first -> a pack of the cases that they picked -> downloaded, and judged in verify.html from a disk
"""

import zipfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from uuid import UUID

import pytest
from anyio import to_thread
from playwright.async_api import Browser, Page, expect
from pypdf import PdfReader

from safeguard import paths
from safeguard.access.actors import Actor, ActorKind
from safeguard.access.roles import Role
from safeguard.database import pool
from safeguard.database.bootstrap import Addresses
from safeguard.database.context import ContextKey
from safeguard.evidence.making import Workshop, make_pack
from safeguard.evidence.sealing import FileKeySigner
from safeguard.incidents.chapter import IncidentChapter
from safeguard.incidents.recording import record_incident
from safeguard.incidents.reports import NewIncident, NewPerson
from safeguard.inspection.pack_parts import PARTS
from safeguard.jobs.claiming import claimed
from safeguard.strongbox import masters, objects
from safeguard.tenancy.profiles import profile_of
from safeguard.work import begin
from tests.factories.organisations import make_organisation, make_person
from tests.journeys.browser import DESK, PHONE, look, window
from tests.journeys.house import House

pytestmark = pytest.mark.anyio

HEADINGS = (
    "How well children are helped and protected", "Annex A: the figures asked for on the day",
    "Regulation 40: notifications", "Regulation 44: independent person's reports",
    "Regulation 45: review of the quality of care",
)  # fmt: skip
REPORTS = (
    NewIncident(
        narrative="Met somebody from a game and was asked for pictures; she told her key worker.",
        people=(NewPerson(name="Willow Featherstonehaugh", role="affected", kind="child"),),
    ),
    NewIncident(narrative="A phone was used all night, and school was missed."),
)


@dataclass(frozen=True, slots=True)
class Home:
    """A children's home with two incidents."""

    manager: Actor
    references: tuple[str, ...]


@asynccontextmanager
async def at_work(addresses: Addresses, key: ContextKey, data: Path) -> AsyncIterator[None]:
    """The database, as a worker has it."""
    opened = pool.Database(addresses.app, key)
    pool.use(opened)
    masters.use(masters.Masters(data / "keys"))
    try:
        yield
    finally:
        pool.use(None)
        await opened.close()


async def settle() -> Home:
    organisation = await make_organisation("childrens_home")
    user_id, name = await make_person(organisation, (Role.LEAD,))
    manager = Actor(ActorKind.PERSON, organisation, user_id, frozenset({Role.LEAD}), name)
    references: list[str] = []
    for report in REPORTS:
        async with begin(manager) as work:
            references.append((await record_incident(work, report, profile_of("childrens_home"))).facts.reference)
    return Home(manager, tuple(references))


async def made(home: Home, pack: UUID, addresses: Addresses, data: Path) -> None:
    """What the worker does meanwhile."""
    signer = FileKeySigner(bytes(range(32)), "safeguard.example", addresses.signer)
    shelf = objects.open_store((data / "objects").as_uri())
    shop = Workshop(signer, shelf, IncidentChapter(), data / "bench", parts=PARTS)
    async with begin(home.manager) as work:
        job = UUID(str(await work.driver.fetchval("select id from jobs.job where subject_id = $1", pack)))
    async with claimed(job) as taken:
        assert taken is not None
        await make_pack(*taken, shop)


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
async def test_an_unannounced_inspection_needs_no_account(
    browser: Browser, house: House, addresses: Addresses, key: ContextKey, data: Path, tmp_path: Path,
    size: tuple[int, int],
) -> None:  # fmt: skip
    async with at_work(addresses, key, data):
        home = await settle()
    async with window(browser, size, accept_downloads=True) as context:
        await house.let_in(context, home.manager)
        sight = await look(context)
        page = sight.page
        await on_this_screen(page, house)
        assert await sight.problems() == []
        await sight.picture(f"inspection-mode-{size[0]}")
        await name_a_case(page, home.references[0])
        assert await sight.problems() == []
        await sight.picture(f"inspection-mode-case-{size[0]}")
        await names_are_nowhere(page, home.references[0])
        pack = await ask_for_their_cases(page, house, home.references)
        async with at_work(addresses, key, data):
            await made(home, pack, addresses, data)
        file = await downloaded(page, tmp_path)
        await judge(page, file)
        assert sight.complaints == []
    report = await to_thread.run_sync(report_in, file)
    for expected in (*HEADINGS, "picked by the inspector", "Person 1"):
        assert expected in report, expected
    assert "Willow" not in report


async def on_this_screen(page: Page, house: House) -> None:
    """Three clicks from any page, the first of them in the navigation; a home has one framework, so nobody is asked."""
    await page.goto(f"{house.address}/evidence")
    await page.get_by_role("main").get_by_role("link", name="Inspections").click()
    assert await page.get_by_label("All that I may open").is_checked()
    await page.get_by_role("button", name="Show an inspector on this screen").click()
    await page.get_by_role("heading", name="Ofsted, children's homes (SCCIF)").wait_for()
    for heading in HEADINGS:
        await page.get_by_role("heading", name=heading).wait_for()
    every = page.get_by_role("main").get_by_role("link", name="Every incident that may be shown")
    await expect(every).to_have_count(2)


async def name_a_case(page: Page, reference: str) -> None:
    """Read out and mistyped, then as people type it."""
    await page.fill("#reference", "AAA-AAA")
    await page.get_by_role("button", name="Open it").click()
    await page.get_by_text("There is no incident AAA-AAA among those that may be shown").wait_for()
    assert await page.input_value("#reference") == "AAA-AAA"
    await page.fill("#reference", f" {reference.lower()} ")
    await page.get_by_role("button", name="Open it").click()
    await page.wait_for_url("**/inspections/here/*")
    await page.get_by_text("was asked for pictures").first.wait_for()


async def names_are_nowhere(page: Page, reference: str) -> None:
    """To read and nothing else: no menu, no search, no form but the one that locks the screen; then the list of all."""
    said = await page.inner_text("body")
    assert "Willow" not in said
    assert said.count("Shown to an inspector (Ofsted, children's homes (SCCIF)) by") == 2
    assert await page.get_by_role("navigation").count() == await page.locator("form:visible").count() == 0
    assert await page.locator("main a").all_inner_texts() == ["Name another"]
    await page.get_by_role("link", name="Name another").click()
    await page.get_by_role("link", name=reference).wait_for()
    assert await page.get_by_role("navigation").count() == 0
    await page.get_by_label("Any incident that the inspector names").wait_for()
    assert "Willow" not in await page.inner_text("body")


async def ask_for_their_cases(page: Page, house: House, references: tuple[str, ...]) -> UUID:
    await page.goto(f"{house.address}/inspections/here")
    await page.get_by_role("link", name="Make one under these headings").click()
    await page.get_by_label("The inspector", exact=True).check()
    await page.fill("#references", "\n".join(references))
    await page.get_by_role("button", name="Make the pack").click()
    await page.get_by_text("Making the pack").first.wait_for()
    return UUID(page.url.rpartition("/")[2])


async def downloaded(page: Page, folder: Path) -> Path:
    await page.reload()
    async with page.expect_download() as coming:
        await page.get_by_role("link", name="Download the pack").click()
    file = folder / "pack.zip"
    await (await coming.value).save_as(file)
    return file


async def judge(page: Page, file: Path) -> None:
    """Names are withheld in it, so that it is redacted; from the disk, without any service."""
    other = await page.context.new_page()
    await other.goto((paths.ASSETS / "verify.html").as_uri())
    await other.set_input_files("#pack", file)
    await other.locator("#outcome[data-verdict='VALID but KEY NOT KNOWN']").wait_for()
    said = await other.inner_text("#outcome")
    assert "VALID but KEY NOT KNOWN and REDACTED" in said
    assert "All are unaltered, and none about the records in it is missing" in said
    await other.close()


def report_in(file: Path) -> str:
    with zipfile.ZipFile(file) as archive:
        pages = PdfReader(BytesIO(archive.read("report.pdf"))).pages
        said = " ".join(" ".join(each.extract_text() for each in pages).replace("\u200b", "").split())
    return said.replace("’", "'")
