"""From the first day to the last: a provider and a directory are connected, somebody joins, leads, and leaves."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import anyio
import httpx
import pytest
from playwright.async_api import Browser, Page, expect

from safeguard.access.actors import Actor, ActorKind
from safeguard.access.roles import Role
from tests.factories.organisations import make_organisation, make_person
from tests.journeys.browser import DESK, look, window
from tests.journeys.house import House
from tests.journeys.provider import OpenIDProvider, openid_provider
from tests.journeys.test_second_step import AUTHENTICATOR, make_passkey
from tests.journeys.test_sign_on import connect, slug_of
from tests.provisioning.asking import Directory

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("database")]


@pytest.fixture(scope="module")
def provider(house: House) -> Iterator[OpenIDProvider]:
    with openid_provider(f"{house.address}/sign-in/return") as running:
        yield running


@asynccontextmanager
async def seat(browser: Browser, house: House, organisation: object, role: Role | None) -> AsyncIterator[Page]:
    """A window of somebody's own, with a device that can hold passkeys; signed in when they have a role."""
    async with window(browser, DESK) as context:
        if role:
            user_id, name = await make_person(organisation, [role])  # pyright: ignore[reportArgumentType]
            person = Actor(ActorKind.PERSON, organisation, user_id, frozenset({role}), name)  # pyright: ignore[reportArgumentType]
            await house.let_in(context, person)
        page = (await look(context)).page
        client = await context.new_cdp_session(page)
        await client.send("WebAuthn.enable")
        await client.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
        yield page


async def agree(page: Page, address: str) -> None:
    """Approve what is asked at this address."""
    await page.goto(address)
    await page.get_by_role("button", name="Approve").click()
    await page.wait_for_url("**/approvals?done=approved")


async def open_provider(house: House, provider: OpenIDProvider, administrator: Page, lead: Page) -> None:
    """Described and tried by the one, agreed to by the other."""
    await connect(administrator, house, provider)
    await administrator.get_by_role("button", name="Try it").click()
    await provider.sign_in(administrator, "admin")
    await administrator.get_by_role("link", name="Ask that it be opened").click()
    await administrator.fill("#reason", "One account for everything.")
    await administrator.get_by_role("button", name="Ask for approval").click()
    await administrator.wait_for_url("**/approvals/**")
    await agree(lead, administrator.url)


async def connect_directory(house: House, administrator: Page) -> str:
    """Connected by whoever looks after accounts; its token, which is shown this once."""
    await administrator.goto(f"{house.address}/settings/directory")
    await administrator.fill("#label", "Alder directory")
    await administrator.select_option("#sign_on", label="Alder account")
    await administrator.get_by_role("button", name="Connect").click()
    await administrator.get_by_role("heading", name="Alder directory").wait_for()
    return await administrator.input_value("#made")


async def come_in(house: House, provider: OpenIDProvider, page: Page, organisation: object, login: str) -> None:
    """Sign in at the provider."""
    await page.goto(f"{house.address}/sign-in/with?organisation={slug_of(house, organisation)}")
    await page.get_by_role("button", name="Sign in with Alder account").click()
    await provider.sign_in(page, login)
    await page.wait_for_url(f"{house.address}/**")


async def test_somebody_joins_by_the_directory_leads_with_a_passkey_and_is_out_once_they_leave(
    browser: Browser, house: House, provider: OpenIDProvider
) -> None:
    school = await make_organisation("school")
    with anyio.fail_after(240):
        async with (
            seat(browser, house, school, Role.ADMINISTRATOR) as administrator,
            seat(browser, house, school, Role.LEAD) as lead,
            seat(browser, house, school, None) as cara,
        ):
            await open_provider(house, provider, administrator, lead)
            token = await connect_directory(house, administrator)
            bearer = {"Authorization": f"Bearer {token}"}
            async with httpx.AsyncClient(base_url=house.address, headers=bearer, timeout=20) as client:
                it = Directory(client)
                person = await it.add("cara@alder.example", displayName="Cara Wood", externalId="cara")
                await come_in(house, provider, cara, school, "cara")
                await cara.goto(f"{house.address}/incidents/new")
                await cara.get_by_role("heading", name="Record an incident").wait_for()
                group = await it.group("Safeguarding leads", person["id"])
                await let_lead(house, administrator, lead, group["id"])
                await cara.goto(f"{house.address}/incidents/inbox")
                await make_passkey(cara)
                await cara.get_by_role("link", name="I have kept them: continue").click()
                await cara.context.clear_cookies()
                await come_in(house, provider, cara, school, "cara")
                await cara.get_by_role("button", name="Use your passkey").click()
                await cara.wait_for_url(f"{house.address}/")
                await cara.goto(f"{house.address}/incidents/inbox")
                await expect(cara).to_have_url(f"{house.address}/incidents/inbox")
                assert (await it.switch(person["id"], active=False)).status_code == 200
                await cara.goto(f"{house.address}/incidents/inbox")
                await cara.wait_for_url("**/sign-in?**")
                await cara.goto(f"{house.address}/sign-in/with?organisation={slug_of(house, school)}")
                await cara.get_by_role("button", name="Sign in with Alder account").click()  # it knows her already
                await cara.get_by_text("no account here is linked to it").wait_for()
                await administrator.reload()
                await administrator.get_by_text("Left: their access ended at once").wait_for()


async def let_lead(house: House, administrator: Page, lead: Page, group: str) -> None:
    """The administrator says what the group stands for; that opens nothing until the lead agrees."""
    await administrator.goto(administrator.url.partition("?")[0])
    await administrator.select_option(f"#role-{group}", value="lead")
    row = administrator.get_by_role("row").filter(has_text="Safeguarding leads").first
    await row.get_by_role("button", name="Keep").click()
    await administrator.get_by_text("are asked for, one by one").wait_for()
    await lead.goto(f"{house.address}/approvals")
    await lead.get_by_role("link", name="Give Cara Wood the role").first.click()
    await lead.get_by_role("button", name="Approve").click()
    await lead.wait_for_url("**/approvals?done=approved")
