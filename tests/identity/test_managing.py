import asyncio

import pytest

from safeguard import clock
from safeguard.access.roles import Role
from safeguard.errors import Conflict, Forbidden, NotFound
from safeguard.identity import approving, granting, inviting, managing, queries, removing
from safeguard.work import begin
from tests.identity.conftest import Account, AsOwner, MakeAccount

pytestmark = pytest.mark.anyio


async def test_an_administrator_cannot_make_themselves_lead(account: MakeAccount) -> None:
    administrator = await account(Role.ADMINISTRATOR)
    with pytest.raises(Forbidden, match="yourself"):
        async with begin(administrator.actor) as work:
            await managing.change_roles(work, administrator.user_id, [Role.ADMINISTRATOR, Role.LEAD])


async def test_an_administrator_cannot_invite_their_own_address_as_lead(account: MakeAccount) -> None:
    administrator = await account(Role.ADMINISTRATOR)
    with pytest.raises(Forbidden, match="yourself"):
        async with begin(administrator.actor) as work:
            await inviting.invite(work, administrator.email, [Role.LEAD])


@pytest.mark.parametrize("role", [Role.LEAD, Role.DEPUTY, Role.HEAD, Role.PASTORAL])
async def test_where_there_is_a_lead_only_a_lead_opens_cases_to_others(account: MakeAccount, role: Role) -> None:
    lead = await account(Role.LEAD)
    administrator = await account(Role.ADMINISTRATOR, organisation=lead.organisation_id)
    teacher = await account(Role.REPORTER, organisation=lead.organisation_id)
    with pytest.raises(Forbidden, match="safeguarding lead"):
        async with begin(administrator.actor) as work:
            await managing.change_roles(work, teacher.user_id, [role])
    with pytest.raises(Forbidden, match="safeguarding lead"):
        async with begin(administrator.actor) as work:
            await inviting.invite(work, f"new@{clock.new_id().hex}.example", [role])
    async with begin(lead.actor) as work:
        proposal = await managing.change_roles(work, teacher.user_id, [role], reason="They take over in May.")
    assert (proposal is not None) == (role in granting.TAKES_TWO)


async def test_a_deputy_does_not_make_leads(account: MakeAccount) -> None:
    lead = await account(Role.LEAD)
    deputy = await account(Role.DEPUTY, organisation=lead.organisation_id)
    with pytest.raises(Forbidden):
        async with begin(deputy.actor) as work:
            await managing.change_roles(work, deputy.user_id, [Role.LEAD])


async def test_an_administrator_names_the_first_lead_while_the_organisation_is_set_up(
    account: MakeAccount, as_owner: AsOwner
) -> None:
    administrator = await account(Role.ADMINISTRATOR)
    teacher = await account(Role.REPORTER, organisation=administrator.organisation_id)
    await as_owner("update organisations set state = 'setting_up' where id = %s", administrator.organisation_id)
    async with begin(administrator.actor) as work:
        assert await managing.change_roles(work, teacher.user_id, [Role.LEAD]) is None
        assert (await queries.get_member(work, teacher.user_id)).roles == (Role.LEAD,)


async def test_an_organisation_keeps_a_lead(account: MakeAccount) -> None:
    lead = await account(Role.LEAD)
    administrator = await account(Role.ADMINISTRATOR, organisation=lead.organisation_id)
    with pytest.raises(Conflict):
        async with begin(administrator.actor) as work:
            await removing.remove(work, lead.user_id, "left")
    with pytest.raises(Conflict):
        async with begin(lead.actor) as work:
            await managing.change_roles(work, lead.user_id, [Role.REPORTER])


async def test_two_leads_who_remove_each_other_at_once_leave_one(account: MakeAccount) -> None:
    lead = await account(Role.LEAD)
    other = await account(Role.LEAD, organisation=lead.organisation_id)
    head = await account(Role.HEAD, organisation=lead.organisation_id)

    async def remove(by: Account, whom: Account) -> None:
        async with begin(by.actor) as work:
            proposal = await removing.remove(work, whom.user_id, "left", "They left.")
        assert proposal
        async with begin(head.actor) as work:
            await approving.approve(work, proposal.id)

    done = await asyncio.gather(remove(lead, other), remove(other, lead), return_exceptions=True)
    assert sorted(type(one) is Conflict for one in done) == [False, True]


async def test_nobody_removes_themselves(account: MakeAccount) -> None:
    lead = await account(Role.LEAD)
    await account(Role.LEAD, organisation=lead.organisation_id)
    with pytest.raises(Forbidden):
        async with begin(lead.actor) as work:
            await removing.remove(work, lead.user_id, "left")


async def test_a_member_of_another_organisation_does_not_exist_here(account: MakeAccount) -> None:
    lead, other = await account(Role.LEAD), await account(Role.REPORTER)
    async with begin(lead.actor) as work:
        assert [member.user_id for member in await queries.list_members(work)] == [lead.user_id]
        with pytest.raises(NotFound):
            await managing.change_roles(work, other.user_id, [Role.DEPUTY])
        with pytest.raises(NotFound):
            await removing.remove(work, other.user_id, "left")


@pytest.mark.parametrize("role", [Role.REPORTER, Role.PASTORAL, Role.HEAD, Role.GOVERNOR])
async def test_only_those_who_manage_accounts_see_and_change_them(account: MakeAccount, role: Role) -> None:
    member = await account(role)
    async with begin(member.actor) as work:
        for attempt in (
            queries.list_members(work),
            queries.list_invitations(work),
            queries.list_tokens(work),
            removing.remove(work, member.user_id, "left"),
            managing.change_roles(work, member.user_id, [Role.LEAD]),
        ):
            with pytest.raises(Forbidden):
                await attempt
