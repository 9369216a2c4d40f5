import asyncio
import json

import pytest

from safeguard import clock
from safeguard.access.actors import system
from safeguard.access.roles import Role
from safeguard.errors import Conflict, Forbidden, Gone, Invalid, NotFound
from safeguard.identity import inviting, joining
from safeguard.identity.inviting import Invited
from safeguard.work import begin, enter_session
from tests.factories.organisations import make_organisation
from tests.identity.conftest import PASSWORD, Account, AsOwner, MakeAccount, sign_in, some_browser

pytestmark = pytest.mark.anyio

NEW_PASSWORD = "nine otters by the lock"


def fresh_email() -> str:
    return f"new@{clock.new_id().hex}.example"


async def invite(by: Account, email: str, *roles: Role) -> Invited:
    async with begin(by.actor) as work:
        return await inviting.invite(work, email, roles)


async def test_a_new_person_joins_and_is_signed_in(account: MakeAccount) -> None:
    lead = await account(Role.LEAD)
    invited = await invite(lead, "  New.Person@Example.ORG ", Role.REPORTER)
    found = await joining.find_invitation(invited.token)
    assert (found.state, found.email, found.roles, found.has_account) == (
        "open", "new.person@example.org", (Role.REPORTER,), False,
    )  # fmt: skip
    signed_in = await joining.join_as_new(found, invited.token, "Nia Okafor", NEW_PASSWORD, some_browser())
    async with enter_session(signed_in.session.hash) as (work, row):
        assert work.organisation_id == lead.organisation_id
        assert (row.name, row.email, row.roles) == ("Nia Okafor", "new.person@example.org", ["reporter"])


async def test_joining_is_in_the_log(account: MakeAccount, as_owner: AsOwner) -> None:
    lead = await account(Role.LEAD)
    invited = await invite(lead, fresh_email(), Role.REPORTER)
    found = await joining.find_invitation(invited.token)
    await joining.join_as_new(found, invited.token, "Nia Okafor", NEW_PASSWORD, some_browser())
    rows = await as_owner(
        "select split_part(entry, E'\\n', 3) from audit.leaves where organisation_id = %s and log = 'general' "
        "order by index",
        lead.organisation_id,
    )
    told = [row[0] for row in rows]
    assert told[1:] == ["invitation.created", "invitation.accepted", "membership.created", "session.started"]


async def test_a_link_works_once(account: MakeAccount) -> None:
    lead = await account(Role.LEAD)
    invited = await invite(lead, fresh_email(), Role.REPORTER)
    found = await joining.find_invitation(invited.token)
    await joining.join_as_new(found, invited.token, "Nia Okafor", NEW_PASSWORD, some_browser())
    assert (await joining.find_invitation(invited.token)).state == "used"
    with pytest.raises(Gone):
        await joining.join_as_new(found, invited.token, "Nia Okafor", NEW_PASSWORD, some_browser())


async def test_two_who_open_a_link_at_once_do_not_both_join(account: MakeAccount) -> None:
    lead = await account(Role.LEAD)
    invited = await invite(lead, fresh_email(), Role.REPORTER)
    found = await joining.find_invitation(invited.token)
    joined = await asyncio.gather(
        *(joining.join_as_new(found, invited.token, name, NEW_PASSWORD, some_browser()) for name in ("Nia", "Not Nia")),
        return_exceptions=True,
    )
    assert sorted(type(one) is Gone for one in joined) == [False, True]


async def test_a_link_stops_after_three_days(account: MakeAccount, as_owner: AsOwner) -> None:
    lead = await account(Role.LEAD)
    invited = await invite(lead, fresh_email(), Role.REPORTER)
    found = await joining.find_invitation(invited.token)
    assert invited.expires_at - clock.now() > inviting.LASTS * 0.99
    await as_owner("update invitations set expires_at = now() where id = %s", invited.id)
    assert (await joining.find_invitation(invited.token)).state == "expired"
    with pytest.raises(Gone):
        await joining.join_as_new(found, invited.token, "Nia Okafor", NEW_PASSWORD, some_browser())


async def test_a_withdrawn_link_does_nothing(account: MakeAccount) -> None:
    lead = await account(Role.LEAD)
    invited = await invite(lead, fresh_email(), Role.REPORTER)
    found = await joining.find_invitation(invited.token)
    async with begin(lead.actor) as work:
        await inviting.withdraw(work, invited.id)
    assert (await joining.find_invitation(invited.token)).state == "withdrawn"
    with pytest.raises(Gone):
        await joining.join_as_new(found, invited.token, "Nia Okafor", NEW_PASSWORD, some_browser())


async def test_a_second_link_to_the_same_address_replaces_the_first(account: MakeAccount) -> None:
    lead = await account(Role.LEAD)
    email = fresh_email()
    first, second = await invite(lead, email, Role.REPORTER), await invite(lead, email, Role.PASTORAL)
    assert (await joining.find_invitation(first.token)).state == "withdrawn"
    assert (await joining.find_invitation(second.token)).state == "open"


async def test_a_link_opens_its_own_organisation_only(account: MakeAccount) -> None:
    lead, other = await account(Role.LEAD), await account(Role.LEAD)
    invited = await invite(lead, fresh_email(), Role.REPORTER)
    theirs = await joining.find_invitation((await invite(other, fresh_email(), Role.REPORTER)).token)
    with pytest.raises(Gone):
        await joining.join_as_new(theirs, invited.token, "Nia Okafor", NEW_PASSWORD, some_browser())
    with pytest.raises(NotFound):
        async with begin(other.actor) as work:
            await inviting.withdraw(work, invited.id)


async def test_a_made_up_link_is_not_found(database: object) -> None:
    with pytest.raises(NotFound):
        await joining.find_invitation("AAAAAAAAAAAAAAAAAAAAAA")


async def test_somebody_with_an_account_joins_with_their_password(account: MakeAccount) -> None:
    lead, known = await account(Role.LEAD), await account(Role.LEAD)
    invited = await invite(lead, known.email, Role.REPORTER)
    found = await joining.find_invitation(invited.token)
    assert found.has_account
    with pytest.raises(Invalid):
        await joining.join_as_known(found, invited.token, "not this one at all", some_browser())
    signed_in = await joining.join_as_known(found, invited.token, PASSWORD, some_browser())
    async with enter_session(signed_in.session.hash) as (work, row):
        assert work.organisation_id == lead.organisation_id
        assert work.actor.user_id == known.user_id
        assert len(json.loads(row.elsewhere)) == 1


async def test_a_link_never_replaces_the_password_of_an_account(account: MakeAccount) -> None:
    lead, known = await account(Role.LEAD), await account(Role.LEAD)
    invited = await invite(lead, known.email, Role.REPORTER)
    found = await joining.find_invitation(invited.token)
    with pytest.raises(Gone):
        await joining.join_as_new(found, invited.token, "Somebody Else", NEW_PASSWORD, some_browser())
    assert await sign_in(known)


async def test_the_first_lead_opens_an_organisation_that_has_named_a_second_person(
    account: MakeAccount, as_owner: AsOwner
) -> None:
    organisation_id = await make_organisation()
    await as_owner("update organisations set state = 'setting_up' where id = %s", organisation_id)
    async with begin(system(organisation_id)) as work:
        invited = await inviting.invite(work, fresh_email(), [Role.LEAD, Role.ADMINISTRATOR])
    found = await joining.find_invitation(invited.token)
    await joining.join_as_new(found, invited.token, "Nia Okafor", NEW_PASSWORD, some_browser())
    assert await as_owner("select state from organisations where id = %s", organisation_id) == [("active",)]


async def test_somebody_who_left_may_be_invited_again(account: MakeAccount, as_owner: AsOwner) -> None:
    lead = await account(Role.LEAD)
    teacher = await account(Role.DEPUTY, organisation=lead.organisation_id)
    await as_owner("update memberships set state = 'ended' where user_id = %s", teacher.user_id)
    invited = await invite(lead, teacher.email, Role.REPORTER)
    found = await joining.find_invitation(invited.token)
    signed_in = await joining.join_as_known(found, invited.token, PASSWORD, some_browser())
    async with enter_session(signed_in.session.hash) as (work, _):
        assert work.actor.roles == {Role.REPORTER}


async def test_a_member_is_not_invited_twice(account: MakeAccount) -> None:
    lead = await account(Role.LEAD)
    teacher = await account(Role.REPORTER, organisation=lead.organisation_id)
    with pytest.raises(Conflict):
        await invite(lead, teacher.email, Role.PASTORAL)


@pytest.mark.parametrize("email", ["", "nobody", "a@b", "a b@example.org", "a@example..org" + "x" * 300, "a@@b.org"])
async def test_what_is_no_address_is_told_so(account: MakeAccount, email: str) -> None:
    lead = await account(Role.LEAD)
    with pytest.raises(Invalid):
        await invite(lead, email, Role.REPORTER)


async def test_a_reporter_invites_nobody(account: MakeAccount) -> None:
    reporter = await account(Role.REPORTER)
    with pytest.raises(Forbidden):
        await invite(reporter, fresh_email(), Role.REPORTER)


async def test_the_password_of_a_new_account_is_checked(account: MakeAccount) -> None:
    lead = await account(Role.LEAD)
    invited = await invite(lead, fresh_email(), Role.REPORTER)
    found = await joining.find_invitation(invited.token)
    with pytest.raises(Invalid):
        await joining.join_as_new(found, invited.token, "Nia Okafor", "nia okafor 2026", some_browser())
    assert (await joining.find_invitation(invited.token)).state == "open"
