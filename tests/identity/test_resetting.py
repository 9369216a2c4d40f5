"""Lost passwords."""

import re
from dataclasses import replace
from html import unescape
from typing import Any
from uuid import UUID

import pytest

from safeguard import clock
from safeguard.access.roles import Role
from safeguard.concerns import naming
from safeguard.errors import DomainError, Forbidden, Gone, TooManyRequests
from safeguard.identity import resetting, signing_in
from safeguard.post import secrets
from safeguard.web import surroundings
from safeguard.work import begin
from tests.factories.organisations import make_organisation
from tests.identity.conftest import PASSWORD, Account, AsOwner, Later, MakeAccount, sign_in, some_browser
from tests.identity.test_pages import OpenBrowser, browser, without_tokens  # noqa: F401  a fixture
from tests.identity.test_pages import sign_in as by_pages
from tests.identity.test_sessions import is_open

pytestmark = pytest.mark.anyio

NEW = "nine otters by the lock"


async def mailed(who: UUID, as_owner: AsOwner) -> list[str]:
    """The tokens of the links that were posted to somebody, the latest last."""
    rows = await as_owner(
        "select secret from outbox where recipient_id = %s and template = 'password_reset' order by created_at", who
    )
    return [secrets.unseal(row[0]).removeprefix("/reset/") for row in rows]


async def ask(email: str) -> None:
    await resetting.request_link(email, str(some_browser().client), clock.new_request_id())


async def choose(token: str, password: str = NEW) -> None:
    await resetting.choose(await resetting.find_reset(token), token, password, clock.new_request_id())


async def opens(who: Account, password: str) -> bool:
    return await signing_in.authenticate(who.email, password, some_browser()) is not None


async def test_a_link_in_the_mail_opens_another_password_and_ends_every_session(
    account: MakeAccount, as_owner: AsOwner
) -> None:
    lead = await account(Role.LEAD)
    signed_in = await sign_in(lead)
    await ask(lead.email)
    [token] = await mailed(lead.user_id, as_owner)
    await choose(token)
    assert not await is_open(signed_in)
    assert (await opens(lead, PASSWORD), await opens(lead, NEW)) == (False, True)


async def test_a_link_works_once(account: MakeAccount, as_owner: AsOwner) -> None:
    lead = await account(Role.LEAD)
    await ask(lead.email)
    [token] = await mailed(lead.user_id, as_owner)
    reset = await resetting.find_reset(token)
    await resetting.choose(reset, token, NEW, clock.new_request_id())
    with pytest.raises(Gone):
        await resetting.choose(reset, token, "four geese on a barge", clock.new_request_id())
    assert await opens(lead, NEW)


async def test_a_link_lasts_an_hour(account: MakeAccount, as_owner: AsOwner, later: Later) -> None:
    await later("0 seconds")
    lead = await account(Role.LEAD)
    await ask(lead.email)
    [token] = await mailed(lead.user_id, as_owner)
    await later("59 minutes")
    assert (await resetting.find_reset(token)).is_open
    await later("61 minutes")
    with pytest.raises(Gone):
        await resetting.find_reset(token)


async def test_a_newer_link_replaces_an_older_one(account: MakeAccount, as_owner: AsOwner) -> None:
    lead = await account(Role.LEAD)
    await ask(lead.email)
    await ask(lead.email)
    first, second = await mailed(lead.user_id, as_owner)
    with pytest.raises(Gone):
        await resetting.find_reset(first)
    assert (await resetting.find_reset(second)).email == lead.email


async def test_a_weak_password_is_refused_and_the_link_stays(account: MakeAccount, as_owner: AsOwner) -> None:
    lead = await account(Role.LEAD)
    await ask(lead.email)
    [token] = await mailed(lead.user_id, as_owner)
    with pytest.raises(DomainError):
        await choose(token, "password1234")
    await choose(token)


async def test_asking_again_and_again_is_slowed_and_signing_in_is_not(account: MakeAccount, later: Later) -> None:
    await later("0 seconds")
    lead, client = await account(Role.LEAD), "192.0.2.77"
    for _ in range(5):
        await resetting.request_link(lead.email, client, clock.new_request_id())
    with pytest.raises(TooManyRequests):
        await resetting.request_link(lead.email, client, clock.new_request_id())
    assert await signing_in.authenticate(lead.email, PASSWORD, some_browser(client)) is not None


async def test_the_answer_is_the_same_whether_or_not_there_is_an_account(
    account: MakeAccount,
    browser: OpenBrowser,  # noqa: F811
    as_owner: AsOwner,
) -> None:

    surroundings.use(replace(surroundings.current(), mails=True))
    lead, tab = await account(Role.LEAD), await browser()
    other = "x" + lead.email[1:]
    known = await tab.send("/forgotten", {"email": lead.email})
    unknown = await tab.send("/forgotten", {"email": other})
    assert known.status_code == unknown.status_code == 200
    assert without_tokens(known.text).replace(lead.email, other) == without_tokens(unknown.text)
    assert len(await mailed(lead.user_id, as_owner)) == 1


async def test_every_organisation_of_theirs_is_told_by_its_log(account: MakeAccount, as_owner: AsOwner) -> None:
    lead = await account(Role.LEAD)
    await ask(lead.email)
    [token] = await mailed(lead.user_id, as_owner)
    await choose(token)
    found = await as_owner(
        "select count(*) from audit.leaves where organisation_id = %s and entry like '%%reset.used%%'",
        lead.organisation_id,
    )
    assert found == [(1,)]


async def test_a_colleagues_link_is_made_and_told(account: MakeAccount, as_owner: AsOwner) -> None:
    lead = await account(Role.LEAD)
    teacher = await account(Role.REPORTER, organisation=lead.organisation_id)
    async with begin(lead.actor) as work:
        path = await resetting.make_link(work, teacher.user_id)
    await choose(path.removeprefix("/reset/"))
    assert await opens(teacher, NEW)
    found = await as_owner(
        "select count(*) from audit.leaves where organisation_id = %s and entry like '%%reset.made%%'",
        lead.organisation_id,
    )
    assert found == [(1,)]


@pytest.mark.parametrize("role", [Role.LEAD, Role.DEPUTY, Role.HEAD, Role.PASTORAL])
async def test_nobody_here_makes_a_link_to_an_account_that_reads_records(account: MakeAccount, role: Role) -> None:
    lead = await account(Role.LEAD)
    administrator = await account(Role.ADMINISTRATOR, organisation=lead.organisation_id)
    reader = await account(role, organisation=lead.organisation_id)
    for actor in (lead.actor, administrator.actor):
        with pytest.raises(Forbidden, match="reads records"):
            async with begin(actor) as work:
                await resetting.make_link(work, reader.user_id)


async def test_nor_to_an_account_that_the_head_lets_into_the_vault(account: MakeAccount) -> None:
    lead = await account(Role.LEAD)
    here = lead.organisation_id
    administrator, head = (
        await account(Role.ADMINISTRATOR, organisation=here),
        await account(Role.HEAD, organisation=here),
    )
    governor = await account(Role.GOVERNOR, organisation=here)
    async with begin(head.actor, purpose="session") as work:
        await naming.name(work, governor.user_id, "Chair of governors.")
    with pytest.raises(Forbidden):
        async with begin(administrator.actor) as work:
            await resetting.make_link(work, governor.user_id)


async def test_one_organisation_opens_no_account_that_another_relies_on(
    account: MakeAccount, as_owner: AsOwner
) -> None:
    lead = await account(Role.LEAD)
    teacher = await account(Role.REPORTER, organisation=lead.organisation_id)
    club = await make_organisation("club")
    await as_owner(
        "insert into memberships (organisation_id, user_id, name, email, roles) values (%s, %s, 'N', %s, '{lead}')",
        club, teacher.user_id, teacher.email,
    )  # fmt: skip
    with pytest.raises(Forbidden):
        async with begin(lead.actor) as work:
            await resetting.make_link(work, teacher.user_id)


async def test_from_the_persons_page_to_a_new_password(account: MakeAccount, browser: OpenBrowser) -> None:  # noqa: F811
    lead, tab, other = await account(Role.LEAD), await browser(), await browser()
    teacher = await account(Role.REPORTER, organisation=lead.organisation_id)
    await by_pages(tab, lead.email)
    page = f"/settings/people/{teacher.user_id}"
    made = await tab.send(f"{page}/reset", {}, page=page)
    shown = unescape((await tab.get(made.headers["location"])).text)
    found = re.search(r'value="https://safeguard\.test(/reset/[\w-]{22})"', shown)
    assert found
    wrong: Any = await other.send(found[1], {"password": "short"})
    assert (wrong.status_code, "At least 12" in wrong.text) == (422, True)
    done = await other.send(found[1], {"password": NEW})
    assert (done.status_code, "Your password is changed" in done.text) == (200, True)
    assert (await other.get(found[1])).status_code == 410
    assert (await other.send("/sign-in", {"email": teacher.email, "password": NEW})).status_code == 303
