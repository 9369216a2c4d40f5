"""A referral from end to end in two browsers, carried by the real worker: a school refers, the helpline asks, takes
addresses to a platform, and the school sees each step; both close, both logs verify, and the receipts match.
"""

from base64 import b64decode, b64encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from hashlib import sha256
from json import loads
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from anyio import sleep, to_thread
from playwright.async_api import Browser, Page, expect

from safeguard import settings
from safeguard.access.actors import Actor, ActorKind
from safeguard.access.roles import Role
from safeguard.attachments.kinds import PDF
from safeguard.database import pool
from safeguard.database.context import load_key
from safeguard.evidence import merkle
from safeguard.evidence.notes import parse_checkpoint
from safeguard.evidence.sealing import FileKeySigner
from safeguard.evidence.verifying.notes import parse_key, parse_note
from safeguard.incidents.recording import record_incident
from safeguard.strongbox import masters, objects
from safeguard.work import begin
from tests.attachments import files
from tests.attachments.scanner import scanning
from tests.factories import organisations
from tests.factories.incidents import IMPERSONATION, SCHOOL
from tests.factories.organisations import make_organisation, make_person
from tests.faults.running import Up
from tests.journeys.browser import DESK, look, window
from tests.journeys.house import House
from tests.ready import ready
from tests.referrals.enclosing import attach_file
from tests.referrals.papers import letter

pytestmark = pytest.mark.anyio

PATIENCE = 45_000
"""Milliseconds: what is carried within seconds is asked for every ten."""
LETTER = letter(padding=250_000)
REMOVED, PASSED, REFUSED = (f"https://social.example/{name}" for name in ("removed", "passed", "refused"))
LEAVES = "select index, hash from audit.leaves where organisation_id = $1 and log = 'general' order by index"
SIGNED = """
select note from audit.checkpoints where organisation_id = $1 and log = 'general' order by size desc limit 1
"""
SENT = """
select o.hash, o.verdict, o.receipt, i.hash as arrived from channel_outbox o
left join channel_inbox i on i.organisation_id = o.other_id and i.hash = o.hash and i.state = 'accepted'
where o.organisation_id = $1 order by o.sequence
"""


@asynccontextmanager
async def running(data: Path, scanner: str) -> AsyncIterator[Up]:
    """The whole service; it is waited for beside the scanner, which answers from here."""
    with Up(ready(data), SAFEGUARD_SCANNER_URL=scanner) as up:
        await to_thread.run_sync(up.wait_until_ready)
        yield up


@asynccontextmanager
async def settled(place: settings.Settings) -> AsyncIterator[tuple[Actor, Actor, UUID]]:
    """A school's lead, a helpline's supervisor and an incident, in the database of that deployment."""
    before = organisations.owner_url
    organisations.owner_url = place.owner_url
    database = pool.Database(place.app_url, load_key(place.keys / "context"))
    pool.use(database)
    masters.use(masters.Masters(place.keys))
    objects.use(objects.open_store(place.objects_url))
    try:
        lead, supervisor = await person("school", Role.LEAD), await person("helpline", Role.SUPERVISOR)
        async with begin(lead) as work:
            incident = (await record_incident(work, IMPERSONATION, SCHOOL)).facts.id
        for name, whole in (("Ana Hale, letter.pdf", LETTER), ("stays.pdf", files.PDF)):
            await attach_file(lead, incident, name, PDF, whole)
        yield lead, supervisor, incident
    finally:
        objects.use(None)
        pool.use(None)
        await database.close()
        organisations.owner_url = before


async def person(kind: str, role: Role) -> Actor:
    organisation = await make_organisation(kind)
    user_id, name = await make_person(organisation, [role])
    return Actor(ActorKind.PERSON, organisation, user_id, frozenset({role}), name)


async def test_a_school_refers_and_sees_each_step_until_both_close(browser: Browser, tmp_path: Path) -> None:
    async with scanning(tmp_path / "clamd") as scanner, running(tmp_path / "data", scanner) as up:
        place = settings.load({}, up.data)
        async with settled(place) as (lead, supervisor, incident):
            house = House(f"http://localhost:{up.port}", place.owner_url)
            async with window(browser, DESK) as ours, window(browser, DESK) as theirs:
                await house.let_in(ours, lead)
                await house.let_in(theirs, supervisor)
                school, desk = (await look(ours)), (await look(theirs))
                at = await refer(school.page, house.address, incident)
                await take(desk.page, house.address)
                await open_the_letter(school.page, desk.page, at)
                await ask_and_answer(school.page, desk.page, at)
                await take_to_the_platform(desk.page)
                await see_each_address(school.page, at)
                await end(school.page, desk.page, at)
                assert school.complaints + desk.complaints == []
            await both_logs_hold(place, lead.organisation_id, supervisor.organisation_id)


async def refer(page: Page, address: str, incident: UUID) -> str:
    """The lead refers, sees what will leave, and sends it."""
    await page.goto(f"{address}/incidents/{incident}/refer")
    await page.check("input[name=asked][value=mediation]")
    await page.fill("#question", "Please have these taken down.")
    await page.check("input[name=reported][value=yes]")
    await page.check("input[name=reported_to][value=tiktok]")
    await page.check("input[name=answered][value=no]")
    await page.fill("#urls", "\n".join((REMOVED, PASSED, REFUSED)))
    await page.fill("#reason", "The account harms a member of staff.")
    await choose_the_letter(page)
    await page.get_by_role("button", name="See what will leave").click()
    await page.get_by_role("heading", name="This is what will leave").wait_for()
    sending = page.get_by_role("button", name="Send this to the helpline")
    await sending.wait_for()
    if await page.locator("input[name=looked]").count():
        await page.check("input[name=looked]")
    await sending.click()
    await page.wait_for_url("**/referrals/*")
    return page.url.partition("?")[0]


async def choose_the_letter(page: Page) -> None:
    """One of the two documents, under a name that tells of nobody, with the lead's word for it."""
    letter = page.locator("#files fieldset").filter(has_text="Ana Hale, letter.pdf")
    await letter.get_by_label("Send this file").check()
    await letter.get_by_label("I have opened this file").check()


async def open_the_letter(school: Page, desk: Page, at: str) -> None:
    """It stands in the case once it was checked, opens as what was sent, and the school reads that it was taken in."""
    case = desk.url.partition("#")[0]
    await shows(desk, case, "Download")
    await expect(desk.locator("#files ~ ul > li")).to_have_count(1)
    async with desk.expect_download() as expected:
        await desk.get_by_role("link", name="Download").click()
    there = await (await expected.value).path()
    assert sha256(there.read_bytes()).digest() == sha256(LETTER).digest()
    await shows(school, at, "Taken in there")
    assert await school.get_by_text("stays.pdf").count() == 0
    await desk.goto(case)


async def shows(page: Page, at: str, words: str) -> None:
    """Stay on the page until it says so by itself: a worker carries it there, and the page asks for what is new."""
    if page.url.partition("#")[0].partition("?")[0] != at:
        await page.goto(at)
    await expect(page.get_by_text(words).first).to_be_visible(timeout=PATIENCE)


async def take(page: Page, address: str) -> None:
    """It stands in the queue; the desk receives and looks at it."""
    await shows(page, f"{address}/helpline", "Please have these taken down.")
    await page.locator("#queue tbody a").first.click()
    for state in ("acknowledged", "triaged"):
        await move(page, state)


async def move(page: Page, state: str, reason: str = "") -> None:
    """Take the case to its next state."""
    await page.check(f"form[action$='/state'] input[value={state}]")
    await page.fill("#reason", reason)
    async with page.expect_navigation():
        await page.get_by_role("button", name="Move on").click()


async def ask_and_answer(school: Page, desk: Page, at: str) -> None:
    """The helpline asks, the school answers, and each sees the other's words."""
    await move(desk, "awaiting_referrer", "When did you report them?")
    await shows(school, at, "The helpline waits for your answer")
    await expect(school.get_by_text("When did you report them?").first).to_be_visible()
    await expect(school.get_by_text("It has waited since")).to_be_visible()
    await shows(desk, desk.url.partition("#")[0], "Their organisation is reminded of it.")
    await shows(school, f"{at.partition('/referrals')[0]}/", "The helpline waits for your answer")
    await school.locator("a[href^='/referrals/']").first.click()
    await expect(school.locator("#words")).to_be_visible()
    await school.fill("#words", "Last week, from the account that was harmed.")
    async with school.expect_navigation():
        await school.get_by_role("button", name="Send message").click()
    if await school.locator("input[name=looked]").count():
        await school.check("input[name=looked]")
        async with school.expect_navigation():
            await school.get_by_role("button", name="Send message").click()
    await shows(desk, desk.url.partition("#")[0], "Last week, from the account")


async def take_to_the_platform(desk: Page) -> None:
    """One is removed, one is the Foundation's, one is refused and reported again."""
    case = desk.url.partition("#")[0]
    await move(desk, "escalated")
    for address, steps in {
        REMOVED: ("reported", "removed"), PASSED: ("passed_iwf",), REFUSED: ("reported", "refused", "re_reported"),
    }.items():  # fmt: skip
        await desk.goto(case)
        await desk.get_by_role("link", name=address).click()
        for step in steps:
            await desk.check(f"input[name=state][value={step}]")
            async with desk.expect_navigation():
                await desk.locator("form[action^='/helpline/addresses/'] button[type=submit]").first.click()
    await desk.goto(case)
    await move(desk, "platform_responded")
    await move(desk, "resolved")


async def see_each_address(school: Page, at: str) -> None:
    """The school sees how each address stands."""
    await shows(school, at, "Resolved")
    rows = school.locator("#live table tbody tr")
    for address, words in ((REMOVED, "Removed"), (PASSED, "Passed to the Internet Watch"), (REFUSED, "Reported again")):
        await expect(rows.filter(has_text=address)).to_contain_text(words)


async def end(school: Page, desk: Page, at: str) -> None:
    """Both close; the school says what it was worth, and every thing that it sent has its receipt."""
    await move(desk, "closed", "Two are gone, one is with the Foundation.")
    await school.goto(f"{at}/close")
    await school.check("input[name=outcome][value=resolved]")
    await school.check("input[name=helpful][value='5']")
    async with school.expect_navigation():
        await school.get_by_role("button", name="Close it").click()
    await expect(school.get_by_text("On its way")).to_have_count(0, timeout=PATIENCE)
    await shows(desk, desk.url.partition("#")[0], "5 of 5")
    await school.goto(at)
    await expect(school.get_by_text("closed it")).to_have_count(2)


async def both_logs_hold(place: settings.Settings, school: UUID, helpline: UUID) -> None:
    """Each log's entries give the root that its key signed; each envelope is the other's, whose receipt names it."""
    signer = FileKeySigner((place.keys / "log").read_bytes(), place.origin, "")
    owner = await asyncpg.connect(place.owner_url)
    try:
        for organisation in (school, helpline):
            leaves: list[Any] = await owner.fetch(LEAVES, organisation)
            note = (await owner.fetchrow(SIGNED, organisation))["note"]
            signed = parse_checkpoint(note)
            key = parse_key(signer.signer_of(signed.origin).vkey)
            assert parse_note(note.encode(), "checkpoint").signers((key,), "checkpoint") == (key,)
            assert [row["index"] for row in leaves] == list(range(len(leaves)))
            assert merkle.tree_head([row["hash"] for row in leaves[: signed.size]]) == signed.root
        for organisation, least in ((school, 3), (helpline, 8)):
            sent = await _receipted(owner, organisation)
            assert len(sent) >= least
            for row in sent:
                assert row["arrived"] == row["hash"]
                assert row["verdict"] == "accepted"
                assert b64encode(row["hash"]) in _payload(row["receipt"])
    finally:
        await owner.close()


async def _receipted(owner: Any, organisation: UUID) -> list[Any]:
    """What an organisation sent, once each has its receipt: the last is carried after the page that shows it."""
    sent: list[Any] = []
    for _ in range(80):
        sent = await owner.fetch(SENT, organisation)
        if all(row["verdict"] for row in sent):
            break
        await sleep(0.5)
    return sent


def _payload(receipt: bytes) -> bytes:
    """What the receipt's signature covers."""
    return b64decode(loads(receipt)["payload"])
