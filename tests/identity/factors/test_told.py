"""What a real sign-in and a real enrolment tell: to the person themselves, by the log, the jobs and a mail."""

import re
from html import unescape

import pytest
from pyotp.totp import TOTP

from safeguard.access.roles import Role
from tests.identity.conftest import MakeAccount
from tests.identity.factors.test_pages import password_only
from tests.identity.test_pages import OpenBrowser, sign_in
from tests.notifications.telling import mailed, told
from tests.post import conftest as post
from tests.post.conftest import Mailbox
from tests.post.working import work_off
from tests.web.browsing import token_of

pytestmark = pytest.mark.anyio

mailbox = post.mailbox


async def test_a_browser_that_is_new_is_told_once_and_the_usual_one_never(
    account: MakeAccount, browser: OpenBrowser, mailbox: Mailbox
) -> None:
    lead, usual, other = await account(Role.LEAD), await browser(), await browser()
    await sign_in(usual, lead.email)
    await work_off(lead.organisation_id, mailbox.url)
    before = (await told(lead.actor)).count("browser.met")
    await sign_in(usual, lead.email)
    await work_off(lead.organisation_id, mailbox.url)
    assert (await told(lead.actor)).count("browser.met") == before
    sent = len(await mailed(lead.actor))
    await sign_in(other, lead.email)
    await work_off(lead.organisation_id, mailbox.url)
    assert (await told(lead.actor)).count("browser.met") == before + 1
    assert len(await mailed(lead.actor)) > sent
    assert {mail["To"] for mail in mailbox.mails} == {lead.email}


async def test_an_app_that_is_added_at_the_first_sign_in_is_told_with_its_codes(
    account: MakeAccount, browser: OpenBrowser, mailbox: Mailbox
) -> None:
    lead, tab = await account(Role.LEAD, bare=True), await browser()
    shown = (await tab.get(await password_only(tab, lead))).text
    key = re.search(r'class="sg-key">([A-Z2-7 ]+)<', shown)
    sealed = re.search(r'name="secret" value="([^"]+)"', shown)
    assert key and sealed
    fields = {"code": TOTP(key[1].replace(" ", "")).now(), "secret": unescape(sealed[1])}
    done = await tab.send("/account/second-step/app", fields, token=token_of(shown))
    assert done.status_code == 303
    await tab.get(done.headers["location"])
    await work_off(lead.organisation_id, mailbox.url)
    assert {"factor.added", "codes.made"} <= set(await told(lead.actor))
    assert {mail["To"] for mail in mailbox.mails} == {lead.email}
