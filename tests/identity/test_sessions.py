import json

import pytest

from safeguard.access.roles import Role
from safeguard.errors import NotFound, SignInRequired
from safeguard.identity import accounts, managing, removing, sessions
from safeguard.identity.signing_in import SignedIn, authenticate
from safeguard.work import begin, enter_session
from tests.factories.organisations import make_organisation
from tests.identity.conftest import PASSWORD, AsOwner, Later, MakeAccount, sign_in, some_browser

pytestmark = pytest.mark.anyio

ALSO_REPORTS = """
insert into memberships (organisation_id, user_id, name, email, roles) values (%s, %s, 'Name', %s, '{reporter}')
"""


async def is_open(signed_in: SignedIn) -> bool:
    try:
        async with enter_session(signed_in.session.hash):
            return True
    except SignInRequired:
        return False


async def test_a_session_ends_after_thirty_idle_minutes(account: MakeAccount, later: Later) -> None:
    signed_in = await sign_in(await account(Role.LEAD))
    await later("29 minutes")
    assert await is_open(signed_in)
    await later("58 minutes")
    assert await is_open(signed_in)
    await later("89 minutes")
    assert not await is_open(signed_in)


async def test_a_session_ends_after_twelve_hours_however_busy(account: MakeAccount, later: Later) -> None:
    signed_in = await sign_in(await account(Role.LEAD))
    for minutes in range(25, 12 * 60, 25):
        await later(f"{minutes} minutes")
        assert await is_open(signed_in)
    await later("12 hours 1 minute")
    assert not await is_open(signed_in)


async def test_the_last_request_is_noted_once_a_minute(account: MakeAccount, as_owner: AsOwner, later: Later) -> None:
    lead = await account(Role.LEAD)
    signed_in = await sign_in(lead)
    seen = "select last_seen_at from sessions where user_id = %s"
    first = await as_owner(seen, lead.user_id)
    assert await is_open(signed_in)
    assert await as_owner(seen, lead.user_id) == first
    await later("2 minutes")
    assert await is_open(signed_in)
    assert await as_owner(seen, lead.user_id) > first


async def test_a_made_up_session_is_nobodys(database: object) -> None:
    with pytest.raises(SignInRequired):
        async with enter_session(b"made up"):
            pass


async def test_sign_out_ends_the_session_at_once(account: MakeAccount) -> None:
    signed_in = await sign_in(await account(Role.LEAD))
    async with enter_session(signed_in.session.hash) as (work, row):
        await sessions.end(work, row.session_id)
    assert not await is_open(signed_in)


async def test_people_see_their_own_sessions_and_end_them(account: MakeAccount) -> None:
    lead, other = await account(Role.LEAD), await account(Role.LEAD)
    phone, laptop, foreign = await sign_in(lead), await sign_in(lead), await sign_in(other)
    async with enter_session(phone.session.hash) as (_, row):
        phone_id = row.session_id
    async with enter_session(foreign.session.hash) as (_, row):
        foreign_id = row.session_id
    async with enter_session(laptop.session.hash) as (work, _):
        assert len(await sessions.list_sessions(work)) == 2
        await sessions.end(work, phone_id)
    async with enter_session(laptop.session.hash) as (work, _):
        with pytest.raises(NotFound):
            await sessions.end(work, foreign_id)
    assert not await is_open(phone)
    assert await is_open(foreign)


async def test_a_removed_member_is_out_at_the_next_request(account: MakeAccount) -> None:
    lead = await account(Role.LEAD)
    teacher = await account(Role.REPORTER, organisation=lead.organisation_id)
    signed_in = await sign_in(teacher)
    async with begin(lead.actor) as work:
        await removing.remove(work, teacher.user_id, "left")
    assert not await is_open(signed_in)


async def test_a_disabled_person_is_out_at_the_next_request(account: MakeAccount, as_owner: AsOwner) -> None:
    lead = await account(Role.LEAD)
    signed_in = await sign_in(lead)
    await as_owner("update users set disabled_at = now() where id = %s", lead.user_id)
    assert not await is_open(signed_in)


async def test_changed_roles_hold_at_the_next_request(account: MakeAccount) -> None:
    lead = await account(Role.LEAD)
    teacher = await account(Role.REPORTER, organisation=lead.organisation_id)
    signed_in = await sign_in(teacher)
    async with begin(lead.actor) as work:
        await managing.change_roles(work, teacher.user_id, [Role.PASTORAL])
    async with enter_session(signed_in.session.hash) as (work, _):
        assert work.actor.roles == {Role.PASTORAL}


async def test_switching_gives_a_new_id_and_the_other_organisations_roles(
    account: MakeAccount, as_owner: AsOwner
) -> None:
    lead = await account(Role.LEAD)
    club = await make_organisation("club")
    await as_owner(ALSO_REPORTS, club, lead.user_id, lead.email)
    signed_in = await sign_in(lead, organisation=lead.organisation_id)
    async with enter_session(signed_in.session.hash) as (work, row):
        assert [one["id"] for one in json.loads(row.elsewhere)] == [str(club)]
        fresh = await sessions.switch(work, signed_in.session.hash, club)
    assert not await is_open(signed_in)
    async with enter_session(fresh.hash) as (work, _):
        assert work.organisation_id == club
        assert work.actor.roles == {Role.REPORTER}
    told = "select count(*) from audit.leaves where organisation_id = %s and entry like '%%session.started%%'"
    assert (await as_owner(told, club))[0][0] == 1


async def test_nobody_switches_to_where_they_do_not_belong(account: MakeAccount) -> None:
    lead = await account(Role.LEAD)
    elsewhere = await make_organisation()
    signed_in = await sign_in(lead)
    with pytest.raises(NotFound):
        async with enter_session(signed_in.session.hash) as (work, _):
            await sessions.switch(work, signed_in.session.hash, elsewhere)
    assert await is_open(signed_in)


async def test_sign_in_comes_back_to_the_organisation_last_used_on_this_device(
    account: MakeAccount, as_owner: AsOwner
) -> None:
    lead = await account(Role.LEAD)
    club = await make_organisation("club")
    await as_owner(ALSO_REPORTS, club, lead.user_id, lead.email)
    here = await sign_in(lead)
    there = await sign_in(lead, device=here.device.text, organisation=club)
    again = await sign_in(lead, device=here.device.text)
    elsewhere = await sign_in(lead)
    assert there.device.text == here.device.text
    assert [await organisation_of(one) for one in (here, again, elsewhere)] == [
        lead.organisation_id, club, lead.organisation_id,
    ]  # fmt: skip


async def organisation_of(signed_in: SignedIn) -> object:
    async with enter_session(signed_in.session.hash) as (work, _):
        return work.organisation_id


async def test_a_new_password_ends_every_other_session_and_renews_this_one(account: MakeAccount) -> None:
    lead = await account(Role.LEAD)
    phone, laptop = await sign_in(lead), await sign_in(lead)
    async with enter_session(laptop.session.hash) as (work, row):
        fresh = await accounts.change_password(
            work, PASSWORD, "nine otters by the lock", email=lead.email, organisation_name="Sample school",
            session_hash=laptop.session.hash, session_id=row.session_id,
        )  # fmt: skip
    assert not await is_open(phone)
    assert not await is_open(laptop)
    async with enter_session(fresh.hash):
        pass
    assert await authenticate(lead.email, PASSWORD, some_browser()) is None
    assert await authenticate(lead.email, "nine otters by the lock", some_browser())


async def test_the_database_opens_a_session_only_to_whoever_proved_who_they_are(account: MakeAccount) -> None:
    """An injected statement in an ordinary request has no `sign-in` context, and cannot make one."""
    lead = await account(Role.LEAD)
    with pytest.raises(Exception, match="needs a context for sign-in"):
        async with begin(lead.actor) as work:
            await work.driver.execute(
                "select identity.open_session('\\x00', gen_random_uuid(), '\\x00', 'A browser', '{password}', null)"
            )


@pytest.mark.parametrize("table", ["users", "sessions", "devices", "throttles"])
async def test_the_app_reads_no_table_of_people_and_sessions(account: MakeAccount, table: str) -> None:
    lead = await account(Role.LEAD)
    with pytest.raises(Exception, match="permission denied"):
        async with begin(lead.actor) as work:
            await work.driver.fetch(f"select * from {table}")


@pytest.mark.parametrize("table", ["tokens", "invitations"])
async def test_the_app_never_reads_a_secrets_hash_back(account: MakeAccount, table: str) -> None:
    lead = await account(Role.LEAD)
    with pytest.raises(Exception, match="permission denied"):
        async with begin(lead.actor) as work:
            await work.driver.fetch(f"select token_hash from {table}")


@pytest.mark.parametrize("factors", ["{provider}", "{provider_two}", "{provider,totp}"])
async def test_whoever_came_in_by_one_organisations_provider_switches_to_no_other(
    account: MakeAccount, as_owner: AsOwner, factors: str
) -> None:
    lead = await account(Role.LEAD)
    club = await make_organisation("club")
    await as_owner(ALSO_REPORTS, club, lead.user_id, lead.email)
    signed_in = await sign_in(lead, organisation=lead.organisation_id)
    await as_owner("update sessions set factors = %s where token_hash = %s", factors, signed_in.session.hash)
    with pytest.raises(NotFound):
        async with enter_session(signed_in.session.hash) as (work, _):
            await sessions.switch(work, signed_in.session.hash, club)
    assert await is_open(signed_in)
