"""The pages of people, tokens and one's own account, as browsers send their forms."""

import re

import pytest

from safeguard import clock
from safeguard.access.roles import Role
from tests.factories.organisations import make_person
from tests.identity.conftest import PASSWORD, Account, AsOwner, MakeAccount
from tests.identity.test_pages import NEW_PASSWORD, OpenBrowser, browser, sign_in
from tests.web.browsing import Browser

__all__ = ["browser"]

pytestmark = pytest.mark.anyio
INVITED = """
insert into invitations (organisation_id, id, email, roles, token_hash, created_at, expires_at)
values (%s, %s, %s, '{reporter}', %s, now(), now() + interval '3 days')
"""


async def invite(tab: Browser, email: str, *roles: str) -> str:
    """Invite through the page; returns the link's path."""
    answer = await tab.client.post(
        "/settings/people/invitations",
        data={"csrf_token": await tab.token("/settings/people"), "email": email, "roles": list(roles)},
        headers={"sec-fetch-site": "same-origin"},
    )
    assert answer.status_code == 303, answer.text
    shown = (await tab.get(answer.headers["location"])).text
    return re.search(r'value="https://safeguard\.test(/invitation/[^"]+)"', shown)[1]


async def test_from_invitation_to_first_page(account: MakeAccount, browser: OpenBrowser) -> None:
    lead, tab, phone = await account(Role.LEAD), await browser(), await browser()
    await sign_in(tab, lead.email)
    email = f"new@{clock.new_id().hex}.example"
    path = await invite(tab, email, "reporter")
    page = await phone.get(path)
    assert page.status_code == 200
    assert email in page.text
    answer = await phone.send(path, {"name": "Nia Okafor", "password": NEW_PASSWORD})
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert "Nia Okafor" in (await phone.get("/account")).text
    assert "Nia Okafor" in (await tab.get("/settings/people")).text
    over = await phone.get(path)
    assert over.status_code == 410
    assert "has been used" in over.text


async def test_an_expired_invitation_says_what_to_do(
    account: MakeAccount, browser: OpenBrowser, as_owner: AsOwner
) -> None:
    lead, tab, phone = await account(Role.LEAD), await browser(), await browser()
    await sign_in(tab, lead.email)
    path = await invite(tab, f"new@{clock.new_id().hex}.example", "reporter")
    await as_owner("update invitations set expires_at = now() where organisation_id = %s", lead.organisation_id)
    answer = await phone.get(path)
    assert answer.status_code == 410
    assert "for a new one" in answer.text


async def test_a_weak_password_keeps_the_name_and_the_invitation(account: MakeAccount, browser: OpenBrowser) -> None:
    lead, tab, phone = await account(Role.LEAD), await browser(), await browser()
    await sign_in(tab, lead.email)
    path = await invite(tab, f"new@{clock.new_id().hex}.example", "reporter")
    answer = await phone.send(path, {"name": "Nia Okafor", "password": "password1234"})
    assert answer.status_code == 422
    assert "Others would try this password first" in answer.text
    assert 'value="Nia Okafor"' in answer.text
    assert "password1234" not in answer.text


async def test_a_made_up_invitation_is_not_found(browser: OpenBrowser) -> None:
    assert (await (await browser()).get("/invitation/AAAAAAAAAAAAAAAAAAAAAA")).status_code == 404


async def test_a_link_that_was_made_is_shown_to_its_session_only(account: MakeAccount, browser: OpenBrowser) -> None:
    lead, tab, other = await account(Role.LEAD), await browser(), await browser()
    await sign_in(tab, lead.email)
    await sign_in(other, lead.email)
    answer = await tab.send(
        "/settings/people/invitations",
        {"email": f"new@{clock.new_id().hex}.example", "roles": "reporter"},
        page="/settings/people",
    )
    assert "/invitation/" in (await tab.get(answer.headers["location"])).text
    assert "safeguard.test/invitation/" not in (await other.get(answer.headers["location"])).text


async def test_a_double_click_invites_once(account: MakeAccount, browser: OpenBrowser, as_owner: AsOwner) -> None:
    lead, tab = await account(Role.LEAD), await browser()
    await sign_in(tab, lead.email)
    token = await tab.token("/settings/people")
    fields = {"email": f"new@{clock.new_id().hex}.example", "roles": "reporter"}
    first = await tab.send("/settings/people/invitations", fields, token=token)
    second = await tab.send("/settings/people/invitations", fields, token=token)
    assert first.headers["location"] == second.headers["location"]
    count = "select count(*) from invitations where organisation_id = %s"
    assert await as_owner(count, lead.organisation_id) == [(1,)]


async def test_roles_are_changed_and_people_removed(account: MakeAccount, browser: OpenBrowser) -> None:
    lead, tab = await account(Role.LEAD), await browser()
    teacher: Account = await account(Role.REPORTER, organisation=lead.organisation_id)
    await sign_in(tab, lead.email)
    page = f"/settings/people/{teacher.user_id}"
    answer = await tab.send(f"{page}/roles", {"roles": "pastoral"}, page=page)
    assert answer.status_code == 303
    assert re.search(r'value="pastoral"\s+checked', (await tab.get(page)).text)
    shown = (await tab.get(f"{page}/remove")).text
    assert "nothing in hand" in shown
    refused = await tab.send(f"{page}/remove", {}, page=f"{page}/remove")
    assert (refused.status_code, "Choose why they are taken out" in refused.text) == (422, True)
    assert (await tab.send(f"{page}/remove", {"why": "moved"}, page=f"{page}/remove")).status_code == 303
    assert (await tab.get(page)).status_code == 404
    people = (await tab.get("/settings/people")).text
    before = people[people.index('id="former"') :]
    assert teacher.email in before
    assert "They do something else now, and need this no more" in before
    assert teacher.email not in people[: people.index('id="former"')]


async def test_the_last_lead_stays(account: MakeAccount, browser: OpenBrowser) -> None:
    lead, tab = await account(Role.LEAD), await browser()
    await sign_in(tab, lead.email)
    page = f"/settings/people/{lead.user_id}"
    answer = await tab.send(f"{page}/roles", {"roles": "reporter"}, page=page)
    assert answer.status_code == 409
    assert "Give somebody else the lead first" in answer.text


async def test_a_reporter_does_not_see_who_belongs_here(account: MakeAccount, browser: OpenBrowser) -> None:
    reporter, tab = await account(Role.REPORTER), await browser()
    await sign_in(tab, reporter.email)
    for path in ("/settings/people", "/settings/tokens", f"/settings/people/{reporter.user_id}"):
        assert (await tab.get(path)).status_code == 403


async def test_a_token_is_shown_once_and_revoked(account: MakeAccount, browser: OpenBrowser) -> None:
    lead, tab = await account(Role.LEAD), await browser()
    await sign_in(tab, lead.email)
    wanted = {"name": "Office system", "role": "reporter", "days": "30", "scopes": "evidence:export"}
    refused = await tab.send("/settings/tokens", wanted, page="/settings/tokens")
    assert (refused.status_code, "leave it out: “Make packs and download them”" in refused.text) == (422, True)
    assert 'value="Office system"' in refused.text
    assert re.search(r'value="evidence:export"[^>]* checked', refused.text)
    unsaid = await tab.send("/settings/tokens", wanted | {"scopes": ""}, page="/settings/tokens")
    assert (unsaid.status_code, "Choose what it is for" in unsaid.text) == (422, True)
    answer = await tab.send("/settings/tokens", wanted | {"scopes": "incidents:record"}, page="/settings/tokens")
    assert answer.status_code == 303, answer.text
    shown = (await tab.get(answer.headers["location"])).text
    assert re.search(r'value="sgt_[\w-]{43}"', shown)
    listed = (await tab.get("/settings/tokens")).text
    assert "Office system" in listed
    assert listed.count("Record incidents and file alerts") == 2, "in the list and on the form"
    assert "sgt_" not in listed
    [path] = re.findall(r'action="(/settings/tokens/[^"]+/revoke)"', listed)
    assert (await tab.send(path, {}, page="/settings/tokens")).status_code == 303
    assert "Office system" not in (await tab.get("/settings/tokens")).text


async def test_the_account_page_changes_name_and_password(account: MakeAccount, browser: OpenBrowser) -> None:
    lead, tab, phone = await account(Role.LEAD), await browser(), await browser()
    await sign_in(tab, lead.email)
    await sign_in(phone, lead.email)
    assert (await tab.send("/account/name", {"name": "Nia <Okafor> {{7*7}}"}, page="/account")).status_code == 303
    assert "Nia &lt;Okafor&gt; {{7*7}}" in (await tab.get("/account")).text
    wrong = await tab.send(
        "/account/password", {"current_password": "not this one", "new_password": NEW_PASSWORD}, page="/account"
    )
    assert wrong.status_code == 422
    assert NEW_PASSWORD not in wrong.text
    right = await tab.send(
        "/account/password", {"current_password": PASSWORD, "new_password": NEW_PASSWORD}, page="/account"
    )
    assert right.status_code == 303
    assert (await tab.get("/account")).status_code == 200
    assert (await phone.get("/account")).status_code == 303


async def test_sessions_are_listed_by_browser_and_ended(account: MakeAccount, browser: OpenBrowser) -> None:
    lead, tab, phone = await account(Role.LEAD), await browser(), await browser()
    phone.client.headers["user-agent"] = (
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/605"
    )
    await sign_in(tab, lead.email)
    await sign_in(phone, lead.email)
    page = (await tab.get("/account")).text
    assert "Safari on an iPhone" in page
    [path] = re.findall(r'action="(/account/sessions/[^"/]+/end)"', page)
    assert (await tab.send(path, {}, page="/account")).status_code == 303
    assert (await phone.get("/account")).status_code == 303
    assert (await tab.get("/account")).status_code == 200


async def test_a_role_that_is_not_ones_to_give_is_refused_beside_the_roles(
    account: MakeAccount, browser: OpenBrowser
) -> None:
    lead, tab = await account(Role.LEAD), await browser()
    administrator = await account(Role.ADMINISTRATOR, organisation=lead.organisation_id)
    await sign_in(tab, administrator.email)
    typed = {"email": "new@school.example", "roles": "pastoral"}
    answer = await tab.send("/settings/people/invitations", typed, page="/settings/people")
    assert answer.status_code == 403
    assert 'href="#roles' in answer.text and 'href="#email"' not in answer.text
    assert "Only a safeguarding lead can give a role that opens cases" in answer.text
    assert 'value="new@school.example"' in answer.text


async def test_whoever_looks_who_sees_what_finds_their_own_role(account: MakeAccount, browser: OpenBrowser) -> None:
    administrator, tab = await account(Role.ADMINISTRATOR), await browser()
    await sign_in(tab, administrator.email)
    shown = (await tab.get("/who-sees-what")).text
    headings = re.findall(r'<th scope="col"[^>]*>([^<]*)', shown)
    assert "Inspector" in headings
    given = shown[shown.index("Read what an inspection was given") :]
    assert given[: given.index("</tr>")].count("●") == 1
    assert {words for words in headings if "(your role)" in words} == {"Administrator (your role)"}


async def test_a_deputys_days_are_the_organisations_own_and_both_included(
    account: MakeAccount, browser: OpenBrowser, as_owner: AsOwner
) -> None:
    lead, tab = await account(Role.LEAD), await browser()
    reporter = await account(Role.REPORTER, organisation=lead.organisation_id)
    await account(Role.HEAD, organisation=lead.organisation_id)
    await sign_in(tab, lead.email)
    page, year = f"/settings/people/{reporter.user_id}", clock.now().year + 1
    days = {
        "deputy_from": f"{year}-06-24",
        "deputy_until": f"{year}-06-30",
    }  # midnight of summer is the day before in UTC
    typed = {"roles": "deputy", "reason": "A holiday.", **days}
    asked = await tab.send(f"{page}/roles", typed, page=page)
    assert asked.status_code == 303, asked.text
    assert f"from 24 June {year} to the end of 30 June {year}" in (await tab.get(asked.headers["location"])).text
    give = "update memberships set roles = %s, deputy_from = %s, deputy_until = %s where user_id = %s"
    start, end = f"{year}-06-23 23:00+00", f"{year}-06-30 23:00+00"
    await as_owner(give + " returning 1", ["deputy", "reporter"], start, end, reporter.user_id)
    listed = " ".join(re.sub(r"<[^>]+>", " ", (await tab.get("/settings/people")).text).split())
    assert re.search(rf"Deputy [^:]*: 24 June( {year})? to 30 June", listed), listed
    await as_owner(
        give + " returning 1", ["deputy", "reporter"], "2025-06-23 23:00+00", "2025-06-30 23:00+00", reporter.user_id
    )
    listed = " ".join(re.sub(r"<[^>]+>", " ", (await tab.get("/settings/people")).text).split())
    assert "ended 30 June 2025" in listed


async def test_many_accounts_are_shown_by_the_page_and_found_by_name_or_address(
    account: MakeAccount, browser: OpenBrowser, as_owner: AsOwner
) -> None:
    lead, tab = await account(Role.LEAD), await browser()
    here = lead.organisation_id
    for number in range(60):
        await make_person(here, [Role.REPORTER], f"Person {number:02}")
        await as_owner(INVITED, here, clock.new_id(), f"guest-{number:02}@example.org", clock.random_bytes(32))
    await sign_in(tab, lead.email)
    first = (await tab.get("/settings/people")).text
    assert first.count('href="/settings/people/0') == 50
    assert first.count("@example.org</") == 50 + 50
    second = (await tab.get(re.search(r'href="(/settings/people\?after=[^"]+)"', first)[1])).text
    assert "Person 59" in second and "Person 00" not in second
    assert "Back to the first" in second
    found = (await tab.get("/settings/people?q=person 5")).text
    assert "Person 59" in found and "Person 49" not in found
    assert "guest-07@example.org" in (await tab.get("/settings/people?q=GUEST-07")).text
    for words in ("%25", "_", "nobody at all"):
        assert "Nobody is called that" in (await tab.get(f"/settings/people?q={words}")).text


async def test_a_head_asks_for_another_lead_and_what_was_typed_stays_when_something_is_missing(
    account: MakeAccount, browser: OpenBrowser
) -> None:
    lead = await account(Role.LEAD)
    head = await account(Role.HEAD, organisation=lead.organisation_id)
    next_one = await account(Role.REPORTER, organisation=lead.organisation_id)
    tab, page = await browser(), "/settings/lead"
    await sign_in(tab, head.email)
    shown = (await tab.get(page)).text
    assert lead.actor.name in shown and next_one.actor.name in shown
    typed = {"leaving": str(lead.user_id), "then": "leaves", "taking": "", "lead_reason": "They were dismissed."}
    refused = await tab.send(page, typed, page=page)
    assert refused.status_code == 422
    assert "They were dismissed." in refused.text and "Choose who becomes the lead." in refused.text
    asked = await tab.send(page, {**typed, "taking": str(next_one.user_id)}, page=page)
    assert asked.status_code == 303
