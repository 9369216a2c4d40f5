"""One account is guessed at from everywhere at once, and its owner signs in meanwhile: pages, hashes and counters."""

import asyncio
from collections import Counter

import httpx
import pytest

from safeguard.access.roles import Role
from safeguard.database import pool
from safeguard.identity import throttling
from tests.identity import test_pages
from tests.identity.conftest import PASSWORD, AsOwner, MakeAccount
from tests.identity.test_pages import OpenBrowser, sign_in
from tests.identity.test_throttling import TEN_THOUSAND
from tests.web.browsing import Browser

pytestmark = pytest.mark.anyio

browser = test_pages.browser

PLACES = 60
"""From as many networks as make twice the account's budget for devices that it never used."""


async def test_ten_thousand_wrong_passwords_keep_nobody_from_signing_in_at_their_usual_device(
    account: MakeAccount, browser: OpenBrowser, as_owner: AsOwner
) -> None:
    lead, usual = await account(Role.LEAD), await browser()
    assert (await sign_in(usual, lead.email)).status_code == 303
    strangers = [await browser(f"2001:db8:{place:x}::1") for place in range(1, PLACES + 1)]
    tokens = [await tab.token("/sign-in") for tab in strangers]

    async def guess(tab: Browser, token: str) -> httpx.Response:
        return await tab.send("/sign-in", {"email": lead.email, "password": "guess after guess"}, token=token)

    guesses = asyncio.gather(*(guess(tab, token) for tab, token in zip(strangers, tokens, strict=True)))
    meanwhile = await sign_in(usual, lead.email)
    answers = await guesses
    assert meanwhile.status_code == 303
    assert Counter(answer.status_code for answer in answers) == {422: 30, 429: PLACES - 30}
    counted = throttling.attempt_of(lead.email, "2001:db8::1", None)
    async with pool.current().connection() as connection:  # the rest of ten thousand, by the counter that the page asks
        more = await connection.fetchval(TEN_THOUSAND, counted.account, counted.organisation, None, lead.user_id.hex)
        await connection.execute(pool.COMMIT)
    assert more == 0
    assert (await sign_in(usual, lead.email)).status_code == 303
    stranger = await browser("2001:db8:ffff::1")
    assert (await stranger.send("/sign-in", {"email": lead.email, "password": PASSWORD})).status_code == 429
    assert (await usual.get("/account")).status_code == 200
