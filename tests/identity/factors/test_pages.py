"""The second step through the whole application: what opens before it, step-up, enrolling, losing, handing over."""

import re
from html import unescape

import pytest
from pyotp import TOTP

from safeguard.access.roles import Role
from tests.identity.conftest import PASSWORD, Account, AsOwner, MakeAccount, spare
from tests.identity.test_pages import OpenBrowser, sign_in
from tests.web.browsing import Browser, token_of

pytestmark = pytest.mark.anyio

STALE = "update sessions set authenticated_at = now() - interval '6 minutes' where user_id = %s"


async def password_only(tab: Browser, person: Account, **more: str) -> str:
    answer = await tab.send("/sign-in", {"email": person.email, "password": PASSWORD, **more})
    assert answer.status_code == 303
    return answer.headers["location"]


async def test_a_password_alone_opens_nothing_for_whoever_reads(account: MakeAccount, browser: OpenBrowser) -> None:
    lead, tab = await account(Role.LEAD), await browser()
    assert await password_only(tab, lead, next="/account") == "/second-step?next=/account"
    for path in ("/account", "/settings/people", "/account/second-step", "/account/second-step/add", "/approvals"):
        answer = await tab.get(path)
        assert (answer.status_code, answer.headers["location"].split("?")[0]) == (303, "/second-step"), path
    token = await tab.token("/second-step")
    refused = await tab.send("/account/name", {"name": "Somebody Else"}, token=token)
    assert refused.status_code == 401


async def test_a_stolen_password_adds_no_factor_where_there_is_one(account: MakeAccount, browser: OpenBrowser) -> None:
    lead, thief = await account(Role.LEAD), await browser()
    await password_only(thief, lead)
    token = await thief.token("/second-step")
    for path in ("app", "passkey", "codes"):
        assert (await thief.send(f"/account/second-step/{path}", {"code": "123456"}, token=token)).status_code == 401


async def test_a_reset_password_takes_no_factor_away(
    account: MakeAccount,
    browser: OpenBrowser,
    as_owner: AsOwner,
) -> None:
    lead, tab = await account(Role.LEAD), await browser()
    await as_owner("update users set password_hash = password_hash where id = %s", lead.user_id)
    count = "select count(*) from second_factors where user_id = %s"
    before = await as_owner(count, lead.user_id)
    secret = "made-for-this-test-only"
    await as_owner(
        "insert into password_resets (user_id, token_hash, created_at, expires_at)"
        " values (%s, sha256(convert_to(%s, 'UTF8')), now(), now() + interval '1 hour')",
        lead.user_id,
        secret,
    )
    done = await tab.send(f"/reset/{secret}", {"password": "nine otters by the lock"})
    assert done.status_code == 200
    assert await as_owner(count, lead.user_id) == before == [(1,)]
    answer = await tab.send("/sign-in", {"email": lead.email, "password": "nine otters by the lock"})
    assert answer.headers["location"].startswith("/second-step")


async def test_an_app_is_enrolled_at_the_first_sign_in_and_its_code_is_used_up(
    account: MakeAccount,
    browser: OpenBrowser,
) -> None:
    lead, tab = await account(Role.LEAD, bare=True), await browser()
    location = await password_only(tab, lead, next="/account")
    shown = (await tab.get(location)).text
    secret = re.search(r'class="sg-key">([A-Z2-7 ]+)<', shown)[1].replace(" ", "")
    sealed = unescape(re.search(r'name="secret" value="([^"]+)"', shown)[1])
    wrong = await tab.send("/account/second-step/app", {"code": "000000", "secret": sealed}, token=token_of(shown))
    assert (wrong.status_code, secret[:4] in wrong.text) == (422, True)
    code = TOTP(secret).now()
    fields = {"code": code, "secret": sealed, "next": "/account"}
    before = tab.client.cookies["__Host-session"]
    done = await tab.send("/account/second-step/app", fields, token=token_of(wrong.text))
    assert done.status_code == 303
    assert tab.client.cookies["__Host-session"] != before
    codes = (await tab.get(done.headers["location"])).text
    assert (
        "for ten minutes" in codes and (await tab.get(done.headers["location"])).text.count('<li class="sg-key">') == 10
    )
    assert len(re.findall(r'<li class="sg-key">', codes)) == 10
    assert f"For {lead.email} at https://safeguard.test, made on" in codes  # on paper one knows whose they are
    assert 'href="/account"' in codes
    other = await browser()
    step = await password_only(other, lead)
    assert (await other.send("/second-step", {"do": "code", "code": code}, page=step)).status_code == 422


async def test_after_five_minutes_an_act_that_asks_for_it_asks_again_and_keeps_what_was_typed(
    account: MakeAccount,
    browser: OpenBrowser,
    as_owner: AsOwner,
) -> None:
    lead, tab = await account(Role.LEAD), await browser()
    teacher = await account(Role.REPORTER, organisation=lead.organisation_id)
    await sign_in(tab, lead.email)
    await as_owner(STALE, lead.user_id)
    page = f"/settings/people/{teacher.user_id}"
    refused = await tab.send(f"{page}/roles", {"roles": "lead", "reason": "I am away from May on."}, page=page)
    assert (refused.status_code, "Show that it is you" in refused.text) == (401, True)
    assert "I am away from May on." not in refused.text
    kept = unescape(re.search(r'name="kept" value="([^"]+)"', refused.text)[1])
    before = tab.client.cookies["__Host-session"]
    fields = {"do": "code", "code": spare(lead.user_id, 20), "kept": kept}
    resumed = await tab.send("/second-step", fields, token=token_of(refused.text))
    assert (resumed.status_code, "I am away from May on." in resumed.text) == (200, True)
    assert tab.client.cookies["__Host-session"] != before
    sent = await tab.send(
        f"{page}/roles", {"roles": "lead", "reason": "I am away from May on."}, token=token_of(resumed.text)
    )
    assert (sent.status_code, "/approvals/" in sent.headers["location"]) == (303, True)


async def test_a_button_without_fields_is_offered_again_after_the_second_step(
    account: MakeAccount,
    browser: OpenBrowser,
    as_owner: AsOwner,
) -> None:
    lead, tab = await account(Role.LEAD), await browser()
    teacher = await account(Role.REPORTER, organisation=lead.organisation_id)
    await sign_in(tab, lead.email)
    page = f"/settings/people/{teacher.user_id}"
    asked = await tab.send(f"{page}/roles", {"roles": "lead", "reason": "I am away from May on."}, page=page)
    address = asked.headers["location"].split("?")[0]
    await as_owner(STALE, lead.user_id)
    refused = await tab.send(f"{address}/link", {}, page=address)
    assert refused.status_code == 401
    kept = unescape(re.search(r'name="kept" value="([^"]+)"', refused.text)[1])
    fields = {"do": "code", "code": spare(lead.user_id, 20), "kept": kept}
    back = await tab.send("/second-step", fields, token=token_of(refused.text))
    assert (back.status_code, f'action="{address}/link"' in back.text) == (200, True)
    assert "What you pressed has not been done yet." in back.text
    assert (await tab.send(f"{address}/link", {}, token=token_of(back.text))).status_code == 303


async def test_enter_in_a_field_of_the_second_step_sends_what_was_typed(
    account: MakeAccount, browser: OpenBrowser, as_owner: AsOwner
) -> None:
    lead, tab = await account(Role.LEAD), await browser()
    step = await password_only(tab, lead)
    shown = (await tab.get(step)).text
    first = re.search(r'<form[^>]+action="/second-step".*?<button[^>]+value="(\w+)"', shown, re.DOTALL)
    assert first and first[1] == "typed"  # what a browser presses when somebody presses Enter
    wrong = await tab.send("/second-step", {"do": "typed", "code": "000000"}, page=step)
    assert (wrong.status_code, 'href="#code"' in wrong.text) == (422, True)
    fields = {"do": "passkey", "passkey": "", "code": spare(lead.user_id, 21)}  # without script, and no passkey asked
    assert (await tab.send("/second-step", fields, page=step)).status_code == 303
    await as_owner("update sessions set locked_at = now() where user_id = %s", lead.user_id)
    locked = await tab.send("/second-step", {"do": "typed", "password": PASSWORD, "code": ""}, page="/second-step")
    assert locked.status_code == 303


async def test_a_remembered_browser_is_asked_at_a_step_up(
    account: MakeAccount,
    browser: OpenBrowser,
) -> None:
    lead, tab = await account(Role.LEAD), await browser()
    step = await password_only(tab, lead)
    fields = {"do": "code", "code": spare(lead.user_id, 20), "remember": "yes"}
    await tab.send("/second-step", fields, page=step)
    await tab.send("/sign-out", {}, page="/account")
    assert await password_only(tab, lead, next="/account") == "/account"
    token = await tab.token("/account/second-step")
    assert (await tab.send("/account/second-step/codes", {}, token=token)).status_code == 401


async def test_nothing_is_remembered_of_a_shared_computer(
    account: MakeAccount,
    browser: OpenBrowser,
    as_owner: AsOwner,
) -> None:
    lead, tab = await account(Role.LEAD), await browser()
    await sign_in(tab, lead.email, shared="yes")
    assert "__Host-device" not in tab.client.cookies
    assert await as_owner("select count(*) from devices where user_id = %s", lead.user_id) == [(0,)]
    assert (await tab.get("/account")).status_code == 200
    await as_owner("update sessions set last_seen_at = now() - interval '11 minutes' where user_id = %s", lead.user_id)
    assert (await tab.get("/account")).headers["location"].startswith("/sign-in")


async def test_the_only_second_step_of_a_lead_cannot_be_switched_off(
    account: MakeAccount,
    browser: OpenBrowser,
) -> None:
    lead, tab = await account(Role.LEAD), await browser()
    await sign_in(tab, lead.email)
    shown = (await tab.get("/account/second-step")).text
    [path] = re.findall(r'action="(/account/second-step/[^"/]+/remove)"', shown)
    refused = await tab.send(path, {}, token=token_of(shown))
    assert (refused.status_code, "only second step" in refused.text) == (409, True)


async def test_a_locked_session_opens_nothing_until_it_is_unlocked(
    account: MakeAccount,
    browser: OpenBrowser,
) -> None:
    lead, tab = await account(Role.LEAD), await browser()
    await sign_in(tab, lead.email)
    token = await tab.token("/account")
    assert (await tab.send("/lock", {}, token=token)).status_code == 200
    assert (await tab.get("/account")).headers["location"].startswith("/second-step")
    assert (await tab.send("/unlock", {"password": "not this one"}, token=token)).status_code == 422
    opened = await tab.send("/unlock", {"password": PASSWORD}, token=token)
    assert opened.status_code == 200
    renamed = await tab.send("/account/name", {"name": "Nia Okafor"}, token=opened.text)
    assert renamed.status_code == 303


async def test_a_password_unlocks_a_page_and_is_no_step_up(
    account: MakeAccount,
    browser: OpenBrowser,
    as_owner: AsOwner,
) -> None:
    lead, tab = await account(Role.LEAD), await browser()
    await sign_in(tab, lead.email)
    await as_owner(STALE, lead.user_id)
    token = await tab.token("/account")
    await tab.send("/lock", {}, token=token)
    opened = await tab.send("/unlock", {"password": PASSWORD}, token=token)
    assert (await tab.send("/account/second-step/codes", {}, token=opened.text)).status_code == 401


async def approved(tab: Browser, other: Browser, path: str, fields: dict[str, str], head: Account) -> None:
    """Asked for in one browser, agreed to in another."""
    asked = await tab.send(path, fields, page=path)
    assert asked.status_code == 303, asked.text
    address = asked.headers["location"].split("?")[0]
    await sign_in(other, head.email)
    done = await other.send(address, {"do": "approve"}, page=address)
    assert done.status_code == 303, done.text


async def test_two_people_let_somebody_begin_anew_and_neither_alone(
    account: MakeAccount,
    browser: OpenBrowser,
    as_owner: AsOwner,
) -> None:
    lead, tab, other, theirs = await account(Role.LEAD), await browser(), await browser(), await browser()
    head = await account(Role.HEAD, organisation=lead.organisation_id)
    deputy = await account(Role.DEPUTY, organisation=lead.organisation_id)
    await sign_in(tab, lead.email)
    await sign_in(theirs, deputy.email)
    count = "select count(*) from second_factors where user_id = %s"
    path = f"/settings/people/{deputy.user_id}/second-step-lost"
    await approved(tab, other, path, {"lost_reason": "Their telephone fell into the lake."}, head)
    assert await as_owner(count, deputy.user_id) == [(0,)]
    assert (await theirs.get("/account")).headers["location"].startswith("/sign-in")
    assert "Set up your second step" in (await theirs.get(await password_only(theirs, deputy))).text


async def test_nobody_asks_for_themselves_to_begin_anew(account: MakeAccount, browser: OpenBrowser) -> None:
    lead, tab = await account(Role.LEAD), await browser()
    await sign_in(tab, lead.email)
    path = f"/settings/people/{lead.user_id}/second-step-lost"
    assert (await tab.send(path, {"lost_reason": "I lost it."}, page=path)).status_code == 403


async def test_a_handover_gives_everything_and_takes_everything_at_once(
    account: MakeAccount,
    browser: OpenBrowser,
    as_owner: AsOwner,
) -> None:
    lead, tab, other = await account(Role.LEAD, Role.ADMINISTRATOR), await browser(), await browser()
    head = await account(Role.HEAD, organisation=lead.organisation_id)
    successor = await account(Role.REPORTER, organisation=lead.organisation_id)
    await sign_in(tab, lead.email)
    path = f"/settings/people/{lead.user_id}/handover"
    fields = {"successor": str(successor.user_id), "handover_reason": "I move away."}
    await approved(tab, other, path, fields, head)
    assert (await tab.get("/account")).headers["location"].startswith("/sign-in")
    held = "select roles, state from memberships where user_id = %s"
    assert await as_owner(held, successor.user_id) == [(["administrator", "lead", "reporter"], "active")]
    assert (await as_owner(held, lead.user_id))[0][1] == "ended"


@pytest.mark.parametrize("chosen", ["", "nobody", "00000000-0000-7000-8000-000000000000"])
async def test_a_handover_to_nobody_says_so_and_keeps_the_reason(
    account: MakeAccount,
    browser: OpenBrowser,
    chosen: str,
) -> None:
    lead, tab = await account(Role.LEAD), await browser()
    await account(Role.REPORTER, organisation=lead.organisation_id)
    await sign_in(tab, lead.email)
    path = f"/settings/people/{lead.user_id}/handover"
    answer = await tab.send(path, {"successor": chosen, "handover_reason": "I move away."}, page=path)
    assert (answer.status_code, "I move away." in answer.text) == (422, True)


async def test_whoever_only_looks_in_neither_takes_over_nor_hands_over(
    account: MakeAccount,
    browser: OpenBrowser,
    as_owner: AsOwner,
) -> None:
    lead, tab = await account(Role.LEAD), await browser()
    inspector = await account(Role.INSPECTOR, organisation=lead.organisation_id)
    teacher = await account(Role.REPORTER, organisation=lead.organisation_id)
    await sign_in(tab, lead.email)
    own, theirs = (f"/settings/people/{who.user_id}/handover" for who in (lead, inspector))
    offered = (await tab.get(own)).text
    assert (str(teacher.user_id) in offered, f'value="{inspector.user_id}"' in offered) == (True, False)
    fields = {"successor": str(inspector.user_id), "handover_reason": "I move away."}
    refused = await tab.send(own, fields, page=own)
    assert (refused.status_code, "I move away." in refused.text) == (409, True)
    assert "looks in for some days" in refused.text
    assert "/handover" not in (await tab.get(theirs.removesuffix("/handover"))).text
    assert (await tab.get(theirs)).status_code == 409
    fields = {"successor": str(teacher.user_id), "handover_reason": "The visit is over."}
    assert (await tab.send(theirs, fields, page=own)).status_code == 409
    asked = "select count(*) from proposals where organisation_id = %s"
    assert await as_owner(asked, lead.organisation_id) == [(0,)]


async def test_the_page_of_who_sees_what_is_read_off_the_table(account: MakeAccount, browser: OpenBrowser) -> None:
    teacher, tab = await account(Role.REPORTER), await browser()
    await sign_in(tab, teacher.email)
    shown = (await tab.get("/who-sees-what")).text
    row = shown[shown.index("Read every incident") :]
    assert row[: row.index("</tr>")].count("●") == 2
    assert "Answer at the helpline" not in shown  # nobody here may, so it tells nobody anything
