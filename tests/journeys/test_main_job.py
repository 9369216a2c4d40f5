"""The main job from end to end, as people do it: `safeguard up`, an invitation, a report on a phone, a verified pack.

invite -> join -> invite staff -> record on a phone -> acknowledge -> follow up -> close -> pack -> verify
"""

import re
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect
from pyotp import TOTP

from tests.faults.running import Up, run
from tests.journeys.browser import DESK, PHONE, look, window

pytestmark = pytest.mark.anyio

LEAD_PASSWORD = "four quiet lanterns drift"
STAFF_PASSWORD = "seven slow bridges hum"
WORDS = "A pupil showed me an account that uses my photograph and our crest, with abusive comments under it."


async def test_from_an_invitation_to_a_verified_pack(browser: Browser, tmp_path: Path) -> None:
    with Up(tmp_path / "data") as up:
        up.wait_until_ready()
        invitation = found_organisation(up)
        async with window(browser, DESK, accept_downloads=True) as desk, window(browser, PHONE) as phone:
            lead, staff = await look(desk), await look(phone)
            await join(lead.page, invitation, "Mariam Okafor", LEAD_PASSWORD)
            await join(staff.page, await invite_staff(lead.page), "Ravi Underhill", STAFF_PASSWORD)
            reference = await record_on_a_phone(staff.page)
            await acknowledge(lead.page, reference)
            await is_told(staff.page, reference)
            await follow_up_and_close(lead.page)
            pack = await make_pack(lead.page, tmp_path)
            assert lead.complaints + staff.complaints == []
        said = run("verify", str(pack))
    assert "valid" in said.lower()


def found_organisation(up: Up) -> str:
    """An organisation made on the command line; gives the lead's invitation."""
    words = ["--kind", "school", "--name", "Alder Green", "--slug", "alder-green"]
    said = run("organisation", "create", *words, "--lead-email", "lead@alder.example", "--data", str(up.data))
    path = re.search(r"/invitation/\S+", said)
    assert path, said
    return f"http://localhost:{up.port}{path[0]}"


async def join(page: Page, invitation: str, name: str, password: str) -> None:
    """Accept an invitation, set an app up as the second step, and arrive on the home page."""
    await page.goto(invitation)
    await page.fill("#name", name)
    await page.fill("#password", password)
    await page.get_by_role("button", name="Join").click()
    key = await page.locator(".sg-scan .sg-key").text_content() or ""
    await page.fill("#code", TOTP(key.replace(" ", "")).now())
    await page.get_by_role("button", name="Set up the app").click()
    await page.get_by_role("link", name="I have kept them: continue").click()
    await page.get_by_role("link", name="Record incident").first.wait_for()


async def invite_staff(page: Page) -> str:
    """The lead invites somebody who may report; gives the link that is shown once."""
    await page.get_by_role("link", name="Accounts").first.click()
    await page.fill("#email", "staff@alder.example")
    await page.get_by_label("Staff and volunteers").check()
    await page.get_by_role("button", name="Make invitation").click()
    return await page.locator("#made").input_value()


async def record_on_a_phone(page: Page) -> str:
    """One hand: tap, type, tap; gives the reference."""
    await page.get_by_role("link", name="Record incident").tap()
    await page.get_by_label("No", exact=True).tap()
    await page.fill("#narrative", WORDS)
    await page.fill("#people-0-name", "Morgan Hale")
    await page.locator("#people-0-role").select_option("affected")
    await page.get_by_role("button", name="Today").first.tap()
    await page.locator(".sg-actionbar button:not([name=later]):not([aria-hidden])").tap()
    said = await page.get_by_text("Recorded as").inner_text()
    return said.removeprefix("Recorded as").strip()


async def acknowledge(page: Page, reference: str) -> None:
    """It is on the lead's home page, first; one press tells the reporter that it was received."""
    await page.get_by_role("link", name="Today").first.click()
    row = page.locator(".sg-need", has_text=reference)
    await row.get_by_role("link").click()
    await expect(page.locator("main")).to_contain_text(WORDS)
    await page.get_by_role("button", name="Acknowledge").click()
    await page.get_by_text("received the report").first.wait_for()


async def is_told(page: Page, reference: str) -> None:
    """The reporter sees that it was received."""
    await page.reload()
    await expect(page.locator("h1")).to_contain_text(reference)
    await expect(page.locator(".sg-heading")).to_contain_text("Received")


async def follow_up_and_close(page: Page) -> None:
    """A risk with its reason, an entry, the four things that a closed record says."""
    await page.get_by_role("link", name="Change the risk").click()
    await page.get_by_label("Medium").check()
    await page.fill("#reason", "The account names pupils.")
    await page.locator(".sg-actionbar button:not([name=later]):not([aria-hidden])").click()
    await page.fill("#words", "Reported the account to the platform; told the parents of both pupils.")
    await page.get_by_role("button", name="Add to the record").click()
    await page.get_by_text("Reported the account to the platform").wait_for()
    await page.get_by_role("link", name="Close incident").click()
    for field in ("summary", "follow_up", "decision", "outcome", "left_open"):
        await page.fill(f"#{field}", f"What the {field.replace('_', '-')} was, in a sentence.")
    await page.locator(".sg-actionbar button:not([name=later]):not([aria-hidden])").click()
    await page.get_by_text("This incident is closed").wait_for()


async def make_pack(page: Page, folder: Path) -> Path:
    """Asked for, made by the worker while the page shows how far it is, downloaded."""
    await page.get_by_role("link", name="Make an evidence pack").click()
    await page.get_by_role("button", name="Make the pack").click()
    ready = page.get_by_role("link", name="Download the pack")
    await ready.wait_for(timeout=120_000)
    async with page.expect_download() as coming:
        await ready.click()
    path = folder / "pack.zip"
    await (await coming.value).save_as(path)
    return path
