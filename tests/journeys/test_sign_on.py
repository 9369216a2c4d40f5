"""Signing in at an organisation's own provider: connected by an administrator, agreed by a lead, linked, used."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import psycopg
import pytest
from playwright.async_api import Browser, Page

from safeguard.access.actors import Actor, ActorKind
from safeguard.access.roles import Role
from tests.factories.organisations import make_organisation, make_person
from tests.journeys.browser import PHONE, window
from tests.journeys.house import House
from tests.journeys.provider import CLIENT, SECRET, OpenIDProvider, openid_provider

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("database")]


@pytest.fixture(scope="module")
def provider(house: House) -> Iterator[OpenIDProvider]:
    with openid_provider(f"{house.address}/sign-in/return") as running:
        yield running


async def member(organisation_id: object, role: Role) -> Actor:
    user_id, name = await make_person(organisation_id, (role,))  # pyright: ignore[reportArgumentType]
    return Actor(ActorKind.PERSON, organisation_id, user_id, frozenset({role}), name)  # pyright: ignore[reportArgumentType]


@asynccontextmanager
async def seat(browser: Browser, house: House, who: Actor | None) -> AsyncIterator[Page]:
    """A browser of somebody's own, signed in or not."""
    async with window(browser, PHONE) as context:
        if who:
            await house.let_in(context, who)
        yield await context.new_page()


async def connect(page: Page, house: House, provider: OpenIDProvider, secret: str = SECRET) -> str:
    """Describe the provider; the address of its page."""
    await page.goto(f"{house.address}/settings/sign-on/new")
    await page.fill("#label", "Alder account")
    await page.fill("#issuer", provider.issuer)
    await page.fill("#client_id", CLIENT)
    await page.fill("#client_secret", secret)
    await page.select_option("#two_claim", "amr")
    await page.fill("#two_value", "mfa")
    await page.get_by_role("button", name="Save").click()
    await page.get_by_role("button", name="Try it").wait_for()
    return page.url.partition("?")[0]


async def test_a_provider_is_connected_agreed_to_linked_and_lets_its_people_in(
    browser: Browser, house: House, provider: OpenIDProvider
) -> None:
    organisation_id = await make_organisation("school")
    administrator, lead = await member(organisation_id, Role.ADMINISTRATOR), await member(organisation_id, Role.LEAD)
    async with seat(browser, house, administrator) as page, seat(browser, house, lead) as other:
        connection = await connect(page, house, provider)
        await page.get_by_role("button", name="Try it").click()
        await provider.sign_in(page, "admin")
        await page.get_by_role("heading", name="Alder account works").wait_for()
        await page.get_by_text("It says “pwd”, which counts as one").wait_for()
        await page.get_by_role("link", name="Ask that it be opened").click()
        await page.fill("#reason", "One account for everything.")
        await page.get_by_role("button", name="Ask for approval").click()
        await page.wait_for_url("**/approvals/**")
        await other.goto(page.url)
        await other.get_by_role("button", name="Approve").click()
        await other.wait_for_url("**/approvals?done=approved")
        await other.goto(f"{house.address}/account/sign-on")
        await other.get_by_role("button", name="Link Alder account").click()
        await provider.sign_in(other, "anna+two")
        await other.get_by_text("Your account there is linked").wait_for()
        await page.goto(connection)
        await page.get_by_text("1 person").wait_for()
    door = f"{house.address}/sign-in/with?organisation={slug_of(house, organisation_id)}"
    await check_doors(browser, house, provider, door, lead)


async def check_doors(browser: Browser, house: House, provider: OpenIDProvider, door: str, lead: Actor) -> None:
    """Whoever is linked gets in, once each time; a stranger does not, nor an answer brought by another browser."""
    async with seat(browser, house, None) as page:
        await page.goto(door)
        await page.get_by_role("button", name="Sign in with Alder account").click()
        await provider.sign_in(page, "anna+two")
        await page.wait_for_url(f"{house.address}/")
        assert lead.name in await page.content()
    async with seat(browser, house, None) as page:
        await page.goto(door)
        await page.get_by_role("button", name="Sign in with Alder account").click()
        await provider.sign_in(page, "stranger+two")
        await page.get_by_text("no account here is linked to it yet").wait_for()
        await page.reload()
        await page.get_by_text("was used already").wait_for()
    async with seat(browser, house, None) as page, seat(browser, house, None) as thief:
        await page.goto(door)
        await page.get_by_role("button", name="Sign in with Alder account").click()
        await thief.goto(await provider.answer_to(page, "anna+two", house.address))
        await thief.get_by_text("was begun in another browser").wait_for()


async def test_a_wrong_secret_is_told_in_words(browser: Browser, house: House, provider: OpenIDProvider) -> None:
    organisation_id = await make_organisation("school")
    async with seat(browser, house, await member(organisation_id, Role.ADMINISTRATOR)) as page:
        await connect(page, house, provider, "not the secret")
        await page.get_by_role("button", name="Try it").click()
        await provider.sign_in(page, "admin")
        await page.get_by_text("Is the secret right?").wait_for()
        await page.get_by_text("1 key", exact=True).wait_for()


def slug_of(house: House, organisation_id: object) -> str:
    with psycopg.connect(house.owner_url) as owner:
        row = owner.execute("select slug from organisations where id = %s", (organisation_id,)).fetchone()
    assert row is not None
    return str(row[0])
