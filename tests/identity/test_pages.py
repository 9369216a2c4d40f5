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
from tests.identity.conftest import PASSWORD, SPARE, AsOwner, Later, MakeAccount, spare
from tests.web.browsing import Browser, open_browser, token_of

pytestmark = pytest.mark.anyio

NEW_PASSWORD = "nine otters by the lock"
OpenBrowser = Callable[..., Awaitable[Browser]]
ALSO_REPORTS = """
insert into memberships (organisation_id, user_id, name, email, roles) values (%s, %s, 'Name', %s, '{reporter}')
"""


@pytest.fixture
async def browser(database: pool.Database) -> AsyncIterator[OpenBrowser]:
    """`await browser()`: a fresh browser before this room's pages; `await browser(address)`: somewhere on the net."""
    surroundings.use(
        Surroundings(
            public_url="https://safeguard.test", profile_of=profile_of, sign_in_page=sign_in_page,
            proof_page=proof_page, undecided=count_waiting,
        )
    )  # fmt: skip
    keys.use(ServerKey(clock.random_bytes(32)))
    app = application.build(ROUTES, [])
    async with app.lifespan(), AsyncExitStack() as stack:

        async def make(address: str = "127.0.0.1") -> Browser:
            return Browser(await stack.enter_async_context(open_browser(app, address)))

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
    again = unescape(re.search(r'name="kept" value="([^"]+)"', resumed.text)[1])
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
    kept = unescape(re.search(r'name="kept" value="([^"]+)"', refused.text)[1])
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
    kept = unescape(re.search(r'name="kept" value="([^"]+)"', refused.text)[1])
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
