"""What takes two people, through the whole application."""

import re
from dataclasses import replace
from html import unescape

import pytest

from safeguard.access.roles import Role
from safeguard.web import surroundings
from tests.identity.conftest import AsOwner, MakeAccount
from tests.identity.test_pages import OpenBrowser, browser, sign_in  # noqa: F401  a fixture
from tests.web.browsing import Browser

pytestmark = pytest.mark.anyio

LINK = re.compile(r'value="https://safeguard\.test(/approve/[\w-]{22})"')
WAITS = re.compile(r'href="/approvals"><span class="sg-bell__word">Approvals</span> <span class="sg-bell__count">1<')
WHY = "The lead is on leave from May."


async def ask_for_a_lead(tab: Browser, user_id: object) -> str:
    """The address of the proposal that a lead's form makes."""
    person = f"/settings/people/{user_id}"
    answer = await tab.send(f"{person}/roles", {"roles": "lead", "reason": WHY}, page=person)
    assert answer.status_code == 303, answer.text
    assert "/approvals/" in answer.headers["location"]
    return answer.headers["location"].split("?")[0]


async def test_a_role_that_takes_two_leads_to_its_approval(account: MakeAccount, browser: OpenBrowser) -> None:  # noqa: F811
    lead, tab = await account(Role.LEAD), await browser()
    teacher = await account(Role.REPORTER, organisation=lead.organisation_id)
    head, other = await account(Role.HEAD, organisation=lead.organisation_id), await browser()
    await sign_in(tab, lead.email)
    address = await ask_for_a_lead(tab, teacher.user_id)
    shown = (await tab.get(address)).text
    assert head.actor.name in shown
    assert "Sample Chair" not in shown  # asked where nobody here can decide
    assert ">Approve<" not in re.sub(r"\s+", "", shown)
    await sign_in(other, head.email)
    assert WAITS.search((await other.get("/account")).text)
    assert not WAITS.search((await tab.get("/account")).text)
    assert teacher.actor.name in (await other.get("/approvals")).text
    answer = await other.send(address, {"do": "approve", "reason": ""})
    assert (answer.status_code, answer.headers["location"]) == (303, "/approvals?done=approved")
    assert "lead" in (await tab.get("/approvals")).text
    assert not WAITS.search((await other.get("/account")).text)


async def test_without_a_reason_everything_typed_is_kept(account: MakeAccount, browser: OpenBrowser) -> None:  # noqa: F811
    lead, tab = await account(Role.LEAD), await browser()
    teacher = await account(Role.REPORTER, organisation=lead.organisation_id)
    await sign_in(tab, lead.email)
    person = f"/settings/people/{teacher.user_id}"
    answer = await tab.send(f"{person}/roles", {"roles": "deputy", "deputy_from": "2031-11-25"}, page=person)
    assert answer.status_code == 422
    assert "Say why" in answer.text
    assert re.search(r'value="deputy"[^>]*checked', answer.text)
    assert 'value="2031-11-25"' in answer.text


async def test_the_outside_person_decides_by_a_link(
    account: MakeAccount,
    browser: OpenBrowser,  # noqa: F811
    as_owner: AsOwner,
) -> None:
    lead, tab, stranger = await account(Role.LEAD), await browser(), await browser()
    teacher = await account(Role.REPORTER, organisation=lead.organisation_id)
    await sign_in(tab, lead.email)
    address = await ask_for_a_lead(tab, teacher.user_id)
    assert "not whose hand opened it" in (await tab.get(address)).text
    made = await tab.send(f"{address}/link", {}, page=address)
    shown = await tab.get(made.headers["location"])
    assert "that you gave it to them and to nobody else is your word" in shown.text
    found = LINK.search(unescape(shown.text))
    assert found
    shown = await stranger.get(found[1])
    assert shown.status_code == 200
    assert WHY not in shown.text
    assert lead.actor.name in shown.text
    refused = await stranger.send(found[1], {"do": "decline", "reason": ""})
    assert (refused.status_code, "Say why not" in refused.text) == (422, True)
    done = await stranger.send(found[1], {"do": "approve"})
    assert (done.status_code, "You have approved this" in done.text) == (200, True)
    over = await stranger.get(found[1])
    assert (over.status_code, "decided already" in over.text) == (410, True)
    assert await as_owner("select roles from memberships where user_id = %s", teacher.user_id) == [(["lead"],)]


async def test_nobody_outside_is_asked_while_somebody_here_can_decide(
    account: MakeAccount,
    browser: OpenBrowser,  # noqa: F811
) -> None:
    lead, tab = await account(Role.LEAD), await browser()
    await account(Role.LEAD, organisation=lead.organisation_id)
    teacher = await account(Role.REPORTER, organisation=lead.organisation_id)
    await sign_in(tab, lead.email)
    address = await ask_for_a_lead(tab, teacher.user_id)
    assert f"{address}/link" not in (await tab.get(address)).text
    answer = await tab.send(f"{address}/link", {}, page=address)
    assert (answer.status_code, "Somebody here can decide this" in answer.text) == (409, True)


async def test_a_link_that_nobody_made_is_not_there(browser: OpenBrowser) -> None:  # noqa: F811
    assert (await (await browser()).get("/approve/no-such-link")).status_code == 404


async def test_taking_it_back_ends_it(account: MakeAccount, browser: OpenBrowser) -> None:  # noqa: F811
    lead, tab = await account(Role.LEAD), await browser()
    teacher = await account(Role.REPORTER, organisation=lead.organisation_id)
    await sign_in(tab, lead.email)
    address = await ask_for_a_lead(tab, teacher.user_id)
    answer = await tab.send(f"{address}/withdraw", {}, page=address)
    assert answer.headers["location"] == "/approvals?done=withdrawn"
    assert "Taken back" in (await tab.get("/approvals")).text


async def test_an_administrators_token_says_that_it_waits(account: MakeAccount, browser: OpenBrowser) -> None:  # noqa: F811
    administrator, tab = await account(Role.ADMINISTRATOR), await browser()
    await sign_in(tab, administrator.email)
    fields = {"name": "Import", "role": "lead", "days": "30", "reason": "Moving over.", "scopes": "incidents:write"}
    answer = await tab.send("/settings/tokens", fields)
    shown = await tab.get(answer.headers["location"])
    assert "It opens nothing yet" in shown.text
    assert "Waits for approval" in shown.text


async def test_where_the_service_sends_mail_the_link_goes_to_the_person_named(
    account: MakeAccount,
    browser: OpenBrowser,  # noqa: F811
    as_owner: AsOwner,
) -> None:
    lead, tab = await account(Role.LEAD), await browser()
    surroundings.use(replace(surroundings.current(), mails=True))
    teacher = await account(Role.REPORTER, organisation=lead.organisation_id)
    await sign_in(tab, lead.email)
    address = await ask_for_a_lead(tab, teacher.user_id)
    mailed = await tab.send(f"{address}/link", {}, page=address)
    shown = (await tab.get(mailed.headers["location"])).text
    assert ("on its way to them by mail" in shown, LINK.search(unescape(shown))) == (True, None)
    await tab.send(
        "/settings/people/invitations", {"email": "nia@sample.example", "roles": "reporter"}, page="/settings/people"
    )
    posted = await as_owner(
        "select template, address, secret is not null from outbox where organisation_id = %s order by created_at",
        lead.organisation_id,
    )
    assert ("approval_asked", "chair@example.org", True) in posted
    assert ("invitation", "nia@sample.example", True) in posted
