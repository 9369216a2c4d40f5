"""The pages, through the whole application, as browsers send their forms."""

import re
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import pytest

from safeguard import app as application
from safeguard import clock
from safeguard.access.roles import Role
from safeguard.database import pool
from safeguard.identity.proposals import count_waiting
from safeguard.identity.routes import ROUTES, proof_page, sign_in_page
from safeguard.tenancy.profiles import profile_of
from safeguard.web import keys, surroundings
from safeguard.web.keys import ServerKey
from safeguard.web.surroundings import Surroundings
from tests.factories.organisations import make_organisation
from tests.identity.conftest import PASSWORD, SPARE, Account, AsOwner, Later, MakeAccount, spare
from tests.web.browsing import Browser, open_browser, token_of

pytestmark = pytest.mark.anyio

NEW_PASSWORD = "nine otters by the lock"
OpenBrowser = Callable[[], Awaitable[Browser]]
ALSO_REPORTS = """
insert into memberships (organisation_id, user_id, name, email, roles) values (%s, %s, 'Name', %s, '{reporter}')
"""


@pytest.fixture
async def browser(database: pool.Database) -> AsyncIterator[OpenBrowser]:
    """`await browser()`: a fresh browser before this room's pages."""
    surroundings.use(
        Surroundings(
            public_url="https://safeguard.test", profile_of=profile_of, sign_in_page=sign_in_page,
            proof_page=proof_page, undecided=count_waiting,
        )
    )  # fmt: skip
    keys.use(ServerKey(clock.random_bytes(32)))
    app = application.build(ROUTES, [])
    async with app.lifespan(), AsyncExitStack() as stack:

        async def make() -> Browser:
            return Browser(await stack.enter_async_context(open_browser(app)))

        yield make


async def sign_in(browser: Browser, email: str, password: str = PASSWORD, **more: str) -> Any:
    """Both steps, as people take them: the answer to the second, or to the first when there is no second."""
    answer = await browser.send("/sign-in", {"email": email, "password": password, **more})
    step = str(answer.headers.get("location", ""))
    return await second_step(browser, email, step) if step.startswith("/second-step") else answer


_used: Counter[str] = Counter()


async def second_step(browser: Browser, email: str, step: str = "/second-step") -> Any:
    """The second step at this address, with one of the person's recovery codes."""
    _used[email] += 1
    code = spare(UUID(hex=email.partition("@")[2].partition(".")[0]), _used[email])
    wanted = parse_qs(urlsplit(step).query).get("next", ["/"])[0]
    return await browser.send("/second-step", {"do": "code", "code": code, "next": wanted}, page=step)


def without_tokens(html: str) -> str:
    html = re.sub(r'(name="question" value=|challenge&#34;: &#34;)[^ ,]+', r"\1", html)
    return re.sub(r'(csrf_token" value="|X-CSRF-Token&#34;: &#34;|"X-CSRF-Token": ")[^"&]+', r"\1", html)


async def test_sign_in_sets_the_session_cookie_and_goes_where_it_was_asked(
    account: MakeAccount, browser: OpenBrowser
) -> None:
    lead, tab = await account(Role.LEAD), await browser()
    answer = await sign_in(tab, lead.email, next="/account")
    assert (answer.status_code, answer.headers["location"]) == (303, "/account")
    session = next(line for line in answer.headers.get_list("set-cookie") if line.startswith("__Host-session="))
    for needed in ("Secure", "HttpOnly", "SameSite=lax", "Path=/"):
        assert needed.lower() in session.lower()
    assert "domain" not in session.lower()
    shown = await tab.get("/account")
    assert shown.status_code == 200
    assert lead.email in shown.text


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:x"])
async def test_sign_in_leads_nowhere_else(account: MakeAccount, browser: OpenBrowser, elsewhere: str) -> None:
    lead, tab = await account(Role.LEAD), await browser()
    answer = await sign_in(tab, lead.email, next=elsewhere)
    assert answer.headers["location"] == "/"


async def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(
    account: MakeAccount, browser: OpenBrowser
) -> None:
    lead, tab = await account(Role.LEAD), await browser()
    wrong = await sign_in(tab, lead.email, "not this one at all")
    unknown = await sign_in(tab, "x" + lead.email[1:], "not this one at all")
    assert wrong.status_code == unknown.status_code == 422
    assert "is not right" in wrong.text
    assert "not this one at all" not in wrong.text
    same = without_tokens(wrong.text).replace(lead.email, "x" + lead.email[1:])
    assert same == without_tokens(unknown.text)
    assert sorted(wrong.headers) == sorted(unknown.headers)


async def test_too_many_tries_are_told_on_the_same_page(
    account: MakeAccount, browser: OpenBrowser, later: Later
) -> None:
    await later("0 seconds")
    lead, tab = await account(Role.LEAD), await browser()
    for _ in range(5):
        await sign_in(tab, lead.email, "not this one at all")
    answer = await sign_in(tab, lead.email)
    assert answer.status_code == 429
    assert answer.headers["retry-after"] == "1"
    assert "too many tries" in answer.text
    assert lead.email in answer.text


async def test_an_empty_form_says_what_is_missing(browser: OpenBrowser) -> None:
    answer = await sign_in(await browser(), "", "")
    assert answer.status_code == 422
    assert "Enter an email address." in answer.text


async def test_signing_in_gives_a_fresh_id_each_time(account: MakeAccount, browser: OpenBrowser) -> None:
    lead, tab = await account(Role.LEAD), await browser()
    await sign_in(tab, lead.email)
    first = tab.client.cookies["__Host-session"]
    await sign_in(tab, lead.email)
    assert tab.client.cookies["__Host-session"] != first


async def test_signing_in_again_ends_the_session_that_the_browser_had(
    account: MakeAccount, browser: OpenBrowser, as_owner: AsOwner
) -> None:
    lead, tab = await account(Role.LEAD), await browser()
    await sign_in(tab, lead.email)
    await sign_in(tab, lead.email)
    assert await as_owner("select count(*) from sessions where user_id = %s", lead.user_id) == [(1,)]


async def test_a_session_chosen_by_somebody_else_is_not_taken(account: MakeAccount, browser: OpenBrowser) -> None:
    lead, tab = await account(Role.LEAD), await browser()
    tab.client.cookies.set("__Host-session", "fixed", domain="safeguard.test", path="/")
    await sign_in(tab, lead.email)
    assert tab.client.cookies["__Host-session"] != "fixed"


async def test_signing_out_leaves_nothing_behind(account: MakeAccount, browser: OpenBrowser) -> None:
    lead, tab = await account(Role.LEAD), await browser()
    await sign_in(tab, lead.email)
    old = tab.client.cookies["__Host-session"]
    answer = await tab.send("/sign-out", {}, page="/account")
    assert (answer.status_code, answer.headers["location"]) == (303, "/signed-out")
    assert '"cache"' in answer.headers["clear-site-data"]
    assert "__Host-session" not in tab.client.cookies
    assert (await tab.get("/signed-out")).status_code == 200
    tab.client.cookies.set("__Host-session", old, domain="safeguard.test", path="/")
    again = await tab.get("/account")
    assert (again.status_code, again.headers["location"]) == (303, "/sign-in?next=/account")


async def test_the_device_outlives_the_session(account: MakeAccount, browser: OpenBrowser, later: Later) -> None:
    """10,000 wrong passwords against one victim, while they sign in from their usual device (here: fewer)."""
    await later("0 seconds")
    lead, own = await account(Role.LEAD), await browser()
    await sign_in(own, lead.email)
    await own.send("/sign-out", {}, page="/account")
    statuses = []
    for _ in range(9):
        attacker = await browser()
        statuses.append((await sign_in(attacker, lead.email, "guess after guess")).status_code)
    assert statuses == [422] * 5 + [429] * 4
    assert (await sign_in(own, lead.email)).status_code == 303


async def test_a_form_typed_before_the_session_ended_comes_back(
    account: MakeAccount, browser: OpenBrowser, as_owner: AsOwner
) -> None:
    lead, tab = await account(Role.LEAD), await browser()
    await sign_in(tab, lead.email)
    token = await tab.token("/account")
    await as_owner("delete from sessions where user_id = %s", lead.user_id)
    refused = await tab.send("/account/name", {"name": "Nia Okafor-Lindqvist"}, token=token)
    assert refused.status_code == 401
    assert "Nia Okafor" not in refused.text
    kept = re.search(r'name="kept" value="([^"]+)"', refused.text)
    assert kept
    resumed = await tab.send(
        "/sign-in",
        {"email": lead.email, "password": PASSWORD, "kept": unescape(kept[1])},
        token=token_of(refused.text),
    )
    assert resumed.status_code == 200
    assert "Nia Okafor-Lindqvist" not in resumed.text
    again = unescape(re.search(r'name="kept" value="([^"]+)"', resumed.text)[1])  # pyright: ignore
    fields = {"do": "code", "code": spare(lead.user_id, SPARE - 1), "kept": again}
    resumed = await tab.send("/second-step", fields, token=token_of(resumed.text))
    assert resumed.status_code == 200
    assert "Nia Okafor-Lindqvist" in resumed.text
    sent = await tab.send("/account/name", {"name": "Nia Okafor-Lindqvist"}, token=token_of(resumed.text))
    assert sent.status_code == 303


async def test_a_kept_form_survives_a_mistyped_password(
    account: MakeAccount, browser: OpenBrowser, as_owner: AsOwner
) -> None:
    lead, tab = await account(Role.LEAD), await browser()
    await sign_in(tab, lead.email)
    token = await tab.token("/account")
    await as_owner("delete from sessions where user_id = %s", lead.user_id)
    refused = await tab.send("/account/name", {"name": "Nia Okafor-Lindqvist"}, token=token)
    kept = unescape(re.search(r'name="kept" value="([^"]+)"', refused.text)[1])  # pyright: ignore
    wrong = await tab.send(
        "/sign-in", {"email": lead.email, "password": "mistyped, sorry", "kept": kept}, token=token_of(refused.text)
    )
    assert wrong.status_code == 422
    assert kept in wrong.text


async def test_a_kept_form_is_given_to_nobody_else(
    account: MakeAccount, browser: OpenBrowser, as_owner: AsOwner
) -> None:
    lead, other, tab = await account(Role.LEAD), await account(Role.LEAD), await browser()
    await sign_in(tab, lead.email)
    token = await tab.token("/account")
    await as_owner("delete from sessions where user_id = %s", lead.user_id)
    refused = await tab.send("/account/name", {"name": "Nia Okafor-Lindqvist"}, token=token)
    kept = unescape(re.search(r'name="kept" value="([^"]+)"', refused.text)[1])  # pyright: ignore
    answer = await tab.send(
        "/sign-in", {"email": other.email, "password": PASSWORD, "kept": kept}, token=token_of(refused.text)
    )
    assert "Nia Okafor" not in answer.text


async def test_a_password_in_a_refused_form_is_never_kept(
    account: MakeAccount, browser: OpenBrowser, as_owner: AsOwner
) -> None:
    lead, tab = await account(Role.LEAD), await browser()
    await sign_in(tab, lead.email)
    token = await tab.token("/account")
    await as_owner("delete from sessions where user_id = %s", lead.user_id)
    refused = await tab.send(
        "/account/password", {"current_password": PASSWORD, "new_password": NEW_PASSWORD}, token=token
    )
    assert refused.status_code == 401
    assert 'name="kept"' not in refused.text


async def test_switching_organisation(account: MakeAccount, browser: OpenBrowser, as_owner: AsOwner) -> None:
    lead, tab = await account(Role.LEAD), await browser()
    club = await make_organisation("club")
    await as_owner(ALSO_REPORTS, club, lead.user_id, lead.email)
    slug = (await as_owner("select slug from organisations where id = %s", club))[0][0]
    await sign_in(tab, lead.email)
    before = tab.client.cookies["__Host-session"]
    answer = await tab.send("/switch", {"organisation": slug}, page="/account")
    assert answer.status_code == 303
    assert tab.client.cookies["__Host-session"] != before
    assert "Sample club" in (await tab.get("/account")).text
    stranger = await tab.send("/switch", {"organisation": "not-mine"}, page="/account")
    assert stranger.status_code == 404


async def invite(tab: Browser, email: str, *roles: str) -> str:
    """Invite through the page; returns the link's path."""
    answer = await tab.client.post(
        "/settings/people/invitations",
        data={"csrf_token": await tab.token("/settings/people"), "email": email, "roles": list(roles)},
        headers={"sec-fetch-site": "same-origin"},
    )
    assert answer.status_code == 303, answer.text
    shown = (await tab.get(answer.headers["location"])).text
    return re.search(r'value="https://safeguard\.test(/invitation/[^"]+)"', shown)[1]  # pyright: ignore


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
    assert (await tab.send(f"{page}/remove", {}, page=page)).status_code == 303
    assert (await tab.get(page)).status_code == 404


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
