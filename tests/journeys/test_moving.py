"""A child moves on: their file goes to a school in the service, which signs for it, and by a link to one that is not.

find the school -> look at the exact list -> send -> carried -> opened -> taken over -> receipt
make the link -> note the passphrase -> fetched by a stranger -> fetched again: refused, and told
"""

from pathlib import Path

import anyio
import pytest
from playwright.async_api import Browser, Page, expect

from safeguard.access.actors import Actor, system
from safeguard.access.roles import Role
from safeguard.channel import receiving
from safeguard.channel.keys import own_keys
from safeguard.database.bootstrap import Addresses
from safeguard.database.context import ContextKey
from safeguard.evidence.sealing import FileKeySigner
from safeguard.transfers import age
from safeguard.transfers.receiving import receive
from safeguard.work import begin
from tests.channel.conftest import Channel, Kept
from tests.factories.organisations import make_organisation
from tests.journeys.browser import DESK, PHONE, look, window
from tests.journeys.house import House
from tests.journeys.test_records import member
from tests.journeys.working import at_work
from tests.transfers.making import Filed, filed, organisation_of

pytestmark = pytest.mark.anyio


async def two_schools(addresses: Addresses) -> tuple[Channel, Filed, str]:
    """Two leads, what carries between them, Ana's file, and the name of the other school."""
    here, there = [await member(await make_organisation(), Role.LEAD) for _ in range(2)]
    receiving.bind(helpline=Kept(), referrer=receive)
    for lead in (here, there):
        async with begin(system(lead.organisation_id)) as work:
            await own_keys(work)
    carrier = Channel(here, there, FileKeySigner(b"l" * 32, "safeguard.test", addresses.signer), Kept(), Kept())
    return carrier, await filed(here), (await organisation_of(there)).name


async def test_a_file_goes_to_another_school_and_comes_back_as_a_receipt(
    browser: Browser, house: House, addresses: Addresses, key: ContextKey, data: Path
) -> None:
    async with at_work(addresses, key, data):
        carrier, ana, name = await two_schools(addresses)
        async with window(browser, DESK) as desk, window(browser, PHONE) as phone:
            here, there = await page_of(desk, house, carrier.school), await page_of(phone, house, carrier.helpline)
            await here.goto(f"{house.address}/people/{ana.person}")
            await here.get_by_role("link", name="Send their file to the next place").click()
            await here.get_by_label("Find the organisation").fill(name)
            await here.get_by_role("button", name="Find it").click()
            await here.get_by_label(name, exact=True).check()
            await here.get_by_label("Why is it sent, and why may you?").fill("Moves there in January.")
            await here.get_by_role("button", name="See what will leave").click()
            await expect(here.get_by_role("heading", name="This is what will leave")).to_be_visible()
            await expect(here.get_by_text("It was not checked for viruses yet.")).to_be_visible()
            await here.get_by_role("button", name="Send this file").click()
            await expect(here.get_by_role("heading", name="Ana Brook")).to_be_visible()
            await carrier.all()
            await there.goto(f"{house.address}/transfers")
            await there.get_by_role("table").get_by_role("link").first.click()
            await there.get_by_label("What are you here?").fill("Designated safeguarding lead")
            await there.get_by_label("It is meant for us, and I may read it").check()
            await there.get_by_role("button", name="Open it, and send the receipt").click()
            await there.get_by_label("Somebody new here").check()
            await there.get_by_label("I have looked at what is in it").check()
            await there.get_by_role("button", name="Take it over").click()
            await expect(there.get_by_text("2 incidents are new here")).to_be_visible()
            await there.get_by_role("link", name="Open the person").click()
            await expect(there.get_by_role("heading", name="Ana Brook")).to_be_visible()
            await carrier.reply_all()
            await here.reload()
            await expect(here.get_by_text("has signed the receipt")).to_be_visible()
            await expect(here.get_by_text("Designated safeguarding lead")).to_be_visible()


async def test_a_file_goes_by_a_link_once(
    browser: Browser, house: House, addresses: Addresses, key: ContextKey, data: Path
) -> None:
    async with at_work(addresses, key, data):
        carrier, ana, _ = await two_schools(addresses)
    async with window(browser, DESK) as desk, window(browser, PHONE) as phone:
        here, outside = await page_of(desk, house, carrier.school), (await look(phone)).page
        await here.goto(f"{house.address}/people/{ana.person}/transfer")
        await here.get_by_label("By a one-time link").check()
        await here.get_by_label("Name of the school, club or provider").fill("Birch Academy")
        await here.get_by_label("Why is it sent, and why may you?").fill("Moves there in January.")
        await here.get_by_role("button", name="See what will leave").click()
        await here.get_by_role("button", name="Make the link").click()
        link = await here.locator("#link").inner_text()
        passphrase = await here.locator("#passphrase").inner_text()
        path = house.address + "/transfer/" + link.rpartition("/")[2]
        await outside.goto(path)
        await filled(outside, "2222-2222")
        await outside.get_by_role("button", name="Receive the file").click()
        await expect(outside.get_by_text("Tries left: 4").first).to_be_visible()
        await filled(outside, passphrase)
        async with outside.expect_download() as fetched:
            await outside.get_by_role("button", name="Receive the file").click()
        got = await anyio.Path(await (await fetched.value).path()).read_bytes()
        assert age.is_sealed(got)
        await outside.goto(path)
        await outside.get_by_text("It was not us", exact=True).click()
        await outside.get_by_role("button", name="It was not us: tell the sender").click()
        await expect(outside.get_by_text("They have been told that somebody tried again.")).to_be_visible()
        await here.get_by_role("link", name="I have noted both").click()
        await expect(here.get_by_text("by Sam Reed,")).to_be_visible()


async def page_of(context, house: House, lead: Actor) -> Page:
    await house.let_in(context, lead)
    return (await look(context)).page


async def filled(page: Page, passphrase: str) -> None:
    await page.get_by_label("Passphrase").fill(passphrase)
    await page.get_by_label("Your full name").fill("Sam Reed")
    await page.get_by_label("What are you there?").fill("Lead")
    await page.get_by_label("Your school, club or provider").fill("Birch Academy")
    await page.get_by_label("Still sealed").check()
    await page.get_by_label("It is meant for me, and I confirm").check()
