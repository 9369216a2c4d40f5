"""Signing in as people do, in a real browser with a real ceremony: its virtual authenticator holds the passkeys."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from playwright.async_api import Browser, Page, expect
from pyotp import TOTP

from safeguard.access.roles import Role
from tests.identity.conftest import PASSWORD, Account, MakeAccount, account, as_owner, stored_hash  # noqa: F401
from tests.journeys.browser import DESK, PHONE, Sight, look, window
from tests.journeys.house import House

pytestmark = pytest.mark.anyio

AUTHENTICATOR: dict[str, Any] = {
    "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
    "isUserVerified": True, "automaticPresenceSimulation": True,
}  # fmt: skip


@asynccontextmanager
async def at(browser: Browser, size: tuple[int, int] = DESK, **options: Any) -> AsyncIterator[Sight]:
    """Somebody at a window of their own, with a device that can hold passkeys."""
    async with window(browser, size, **options) as context:
        sight = await look(context)
        client = await context.new_cdp_session(sight.page)
        await client.send("WebAuthn.enable")
        await client.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
        yield sight


async def give_password(page: Page, house: House, person: Account, next_path: str = "") -> None:
    await page.goto(f"{house.address}/sign-in{next_path}")
    await page.fill("#email", person.email)
    await page.fill("#password", PASSWORD)
    await page.get_by_role("button", name="Sign in", exact=True).click()


async def make_passkey(page: Page) -> None:
    await page.get_by_role("button", name="Make a passkey").click()
    await expect(page.get_by_role("heading", name="Your recovery codes")).to_be_visible()


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
async def test_a_lead_makes_a_passkey_at_the_first_sign_in_and_needs_no_password_from_then_on(
    browser: Browser,
    house: House,
    account: MakeAccount,  # noqa: F811
    size: tuple[int, int],
) -> None:
    lead = await account(Role.LEAD, bare=True)
    async with at(browser, size) as sight:
        page = sight.page
        await give_password(page, house, lead, "?next=/audit")
        await expect(page.get_by_role("heading", name="Set up your second step")).to_be_visible()
        assert await sight.problems() == []
        await sight.picture(f"second-step-begin-{size[0]}")
        await make_passkey(page)
        await expect(page.locator(".sg-codes li")).to_have_count(10)
        assert await sight.problems() == []
        await sight.picture(f"second-step-codes-{size[0]}")
        await page.get_by_role("link", name="I have kept them: continue").click()
        await page.wait_for_url("**/audit")
        await page.goto(f"{house.address}/account/second-step")
        await expect(page.get_by_role("rowheader", name="Passkey")).to_be_visible()
        assert await sight.problems() == []
        await sight.picture(f"second-step-list-{size[0]}")
        await page.context.clear_cookies()
        await page.goto(f"{house.address}/sign-in?next=/audit")
        await sight.picture(f"second-step-door-{size[0]}")
        await page.get_by_role("button", name="Sign in with a passkey").click()
        await page.wait_for_url("**/audit")


async def test_a_passkey_is_the_second_step_after_a_password_too(
    browser: Browser,
    house: House,
    account: MakeAccount,  # noqa: F811
) -> None:
    lead = await account(Role.LEAD, bare=True)
    async with at(browser) as sight:
        page = sight.page
        await give_password(page, house, lead)
        await make_passkey(page)
        recovery = await page.locator(".sg-codes li").first.inner_text()
        await page.context.clear_cookies()
        await give_password(page, house, lead, "?next=/audit")
        await expect(page.get_by_role("heading", name="Your second step")).to_be_visible()
        await page.fill("#code", "000000")  # Enter sends what was typed, and asks no passkey in its place
        await page.press("#code", "Enter")
        await expect(page.get_by_text("Please look at this:")).to_be_visible()
        await page.fill("#code", recovery)
        await page.press("#code", "Enter")
        await page.wait_for_url("**/audit")
        await page.context.clear_cookies()
        await give_password(page, house, lead, "?next=/audit")
        await expect(page.get_by_role("heading", name="Your second step")).to_be_visible()
        assert await sight.problems() == []
        await sight.picture("second-step-asked")
        await page.get_by_role("button", name="Use your passkey").click()
        await page.wait_for_url("**/audit")


async def test_an_app_is_set_up_without_script(
    browser: Browser,
    house: House,
    account: MakeAccount,  # noqa: F811
) -> None:
    lead = await account(Role.LEAD, bare=True)
    async with window(browser, PHONE, java_script_enabled=False) as context:
        page = await context.new_page()
        await give_password(page, house, lead, "?next=/audit")
        secret = (await page.locator(".sg-scan .sg-key").inner_text()).replace(" ", "")
        assert await page.get_by_role("button", name="Make a passkey").count() == 0
        await page.fill("#code", TOTP(secret).now())
        await page.get_by_role("button", name="Set up the app").click()
        await page.get_by_role("link", name="I have kept them: continue").click()
        await page.wait_for_url("**/audit")


async def test_a_reporter_reports_with_a_password_alone_and_reads_nothing(
    browser: Browser,
    house: House,
    account: MakeAccount,  # noqa: F811
) -> None:
    teacher = await account(Role.REPORTER, bare=True)
    async with at(browser, PHONE) as sight:
        page = sight.page
        await give_password(page, house, teacher)
        await page.get_by_role("link", name="Report something now").click()
        await expect(page.locator("#narrative")).to_be_visible()
        assert await sight.problems() == []
        await page.fill("#narrative", "Something happened in the yard.")
        await page.get_by_role("button", name="Record incident").click()
        await expect(page.get_by_role("heading", name="Your report was kept")).to_be_visible()
        assert await sight.problems() == []
        await sight.picture("second-step-reported")
        await page.goto(f"{house.address}/incidents")
        await expect(page.get_by_role("heading", name="Set up your second step")).to_be_visible()


async def test_a_page_that_nobody_uses_is_covered_and_comes_back_as_it_was(
    browser: Browser,
    house: House,
    account: MakeAccount,  # noqa: F811
) -> None:
    lead = await account(Role.LEAD, bare=True)
    async with at(browser) as sight:
        page = sight.page
        await give_password(page, house, lead)
        await make_passkey(page)
        await page.clock.install()
        await page.goto(f"{house.address}/incidents/new")
        await page.fill("#narrative", "Half a sentence about")
        lock = page.locator("[data-lock-now]").first
        await expect(lock).to_have_js_property("hidden", False)  # its script comes after the page
        async with page.expect_response("**/lock"):
            await page.clock.fast_forward(11 * 60 * 1000)
        await expect(page.get_by_role("heading", name="Locked")).to_be_visible()
        await expect(page.locator("#narrative")).to_be_hidden()
        assert await sight.axe() == []
        await sight.picture("second-step-locked")
        elsewhere = await page.context.new_page()
        await elsewhere.goto(f"{house.address}/audit")
        await expect(elsewhere.get_by_role("heading", name="This page is locked")).to_be_visible()
        await page.fill("#lock-password", "not this one at all")
        await page.get_by_role("button", name="Unlock").click()
        await expect(page.get_by_text("This is not your password.")).to_be_visible()
        await page.fill("#lock-password", PASSWORD)
        await page.get_by_role("button", name="Unlock").click()
        await expect(page.locator("#narrative")).to_be_visible()
        assert await page.input_value("#narrative") == "Half a sentence about"
        await page.get_by_role("button", name="Record incident").click()
        await page.wait_for_url("**/incidents/*recorded=yes")
