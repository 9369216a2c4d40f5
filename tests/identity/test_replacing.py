"""A sole lead is replaced without them: two others agree, never the lead in question nor whoever asked alone."""

from uuid import UUID

import pytest

from safeguard import clock
from safeguard.access.roles import Role
from safeguard.errors import Conflict, Forbidden, Invalid, NotFound
from safeguard.identity import approving, managing, outside, proposals, replacing
from safeguard.identity.acts import Proposal
from safeguard.work import begin, enter_session
from tests.identity.conftest import Account, MakeAccount, sign_in
from tests.identity.test_sessions import is_open

pytestmark = pytest.mark.anyio

WHY = "They were dismissed."


async def asked(by: Account, leaving: Account | None, taking: Account, *, stays: bool = False) -> Proposal:
    async with begin(by.actor) as work:
        return await replacing.ask(work, leaving and leaving.user_id, taking.user_id, WHY, stays=stays)


async def roles_of(by: Account, user_id: UUID) -> frozenset[Role]:
    async with begin(by.actor) as work:
        return (await managing.get_held(work, user_id)).roles


@pytest.mark.parametrize("asker", [Role.ADMINISTRATOR, Role.DEPUTY])
async def test_the_head_agrees_and_the_lead_is_out_at_once_and_told_by_mail(account: MakeAccount, asker: Role) -> None:
    lead = await account(Role.LEAD)
    here = lead.organisation_id
    asking, head, next_one = [await account(role, organisation=here) for role in (asker, Role.HEAD, Role.REPORTER)]
    signed_in = await sign_in(lead)
    proposal = await asked(asking, lead, next_one)
    assert next_one.actor.name in proposal.told and f"in the place of {lead.actor.name}, who leaves at" in proposal.told
    for nobody in (lead, next_one):  # neither whom it is about, nor who gets it, sees it or decides it
        with pytest.raises(NotFound):
            async with begin(nobody.actor) as work:
                await approving.approve(work, proposal.id)
    async with begin(lead.actor) as work:
        assert (await proposals.list_approvals(work)).others == ()
    with pytest.raises((Forbidden, NotFound)):  # nor whoever asked
        async with begin(asking.actor) as work:
            await approving.approve(work, proposal.id)
    assert await is_open(signed_in)
    async with begin(head.actor) as work:
        await approving.approve(work, proposal.id)
        mail = await work.driver.fetchval("select address from outbox where template = 'lead_replaced'")
    assert not await is_open(signed_in)
    assert await roles_of(asking, next_one.user_id) == {Role.REPORTER, Role.LEAD}
    assert mail == lead.email


async def test_a_lead_can_stay_without_the_lead(account: MakeAccount) -> None:
    lead = await account(Role.LEAD)
    administrator = await account(Role.ADMINISTRATOR, organisation=lead.organisation_id)
    head = await account(Role.HEAD, organisation=lead.organisation_id)
    next_one = await account(Role.REPORTER, organisation=lead.organisation_id)
    proposal = await asked(administrator, lead, next_one, stays=True)
    async with begin(head.actor) as work:
        await approving.approve(work, proposal.id)
    assert await roles_of(administrator, lead.user_id) == {Role.REPORTER}


@pytest.mark.parametrize("case", ["the head asked", "the head is that lead", "there is no head"])
async def test_the_outside_second_person_agrees_where_no_head_can(account: MakeAccount, case: str) -> None:
    lead = await account(Role.LEAD, *([Role.HEAD] if case == "the head is that lead" else []))
    asking = await account(
        Role.HEAD if case == "the head asked" else Role.ADMINISTRATOR, organisation=lead.organisation_id
    )
    next_one = await account(Role.REPORTER, organisation=lead.organisation_id)
    proposal = await asked(asking, lead, next_one)
    async with begin(asking.actor) as work:
        link = await approving.make_link(work, proposal.id)
    token = link.path.removeprefix("/approve/")
    signed_in = await sign_in(lead)
    await outside.approve(await outside.find_asked(token), token, clock.new_request_id())
    assert not await is_open(signed_in)
    taking = await sign_in(next_one)
    async with enter_session(taking.session.hash) as (work, _):
        assert Role.LEAD in work.actor.roles


async def test_while_the_head_can_decide_nobody_outside_does(account: MakeAccount) -> None:
    lead = await account(Role.LEAD)
    administrator = await account(Role.ADMINISTRATOR, organisation=lead.organisation_id)
    await account(Role.HEAD, organisation=lead.organisation_id)
    next_one = await account(Role.REPORTER, organisation=lead.organisation_id)
    proposal = await asked(administrator, lead, next_one)
    with pytest.raises(Conflict, match="Somebody here can decide"):
        async with begin(administrator.actor) as work:
            await approving.make_link(work, proposal.id)


async def test_nobody_asks_for_the_lead_themselves_and_who_leads_has_no_need_to_ask(account: MakeAccount) -> None:
    lead = await account(Role.LEAD)
    deputy = await account(Role.DEPUTY, organisation=lead.organisation_id)
    reporter = await account(Role.REPORTER, organisation=lead.organisation_id)
    for taking in (deputy, lead):
        with pytest.raises(Invalid):
            await asked(deputy, lead, taking)
    for nobody in (lead, reporter):
        with pytest.raises(Forbidden):
            await asked(nobody, lead, deputy)
    with pytest.raises(Invalid) as refused:
        await asked(deputy, None, reporter)
    assert [error.field for error in refused.value.errors] == ["leaving"]


async def test_whoever_is_here_to_inspect_is_neither_offered_as_lead_nor_taken(someone) -> None:
    lead = await someone(Role.LEAD)
    deputy = await someone(Role.DEPUTY, organisation=lead.organisation_id)
    inspector = await someone(Role.INSPECTOR, organisation=lead.organisation_id)
    async with begin(deputy) as work:
        assert await replacing.list_visitors(work) == [inspector.user_id]
        with pytest.raises(Invalid) as refused:
            await replacing.ask(work, lead.user_id, inspector.user_id, "They are away.")
    assert refused.value.errors[0].message == replacing.VISITS


async def test_where_nobody_leads_one_is_given_without_anybody_being_replaced(account: MakeAccount) -> None:
    head = await account(Role.HEAD)
    administrator = await account(Role.ADMINISTRATOR, organisation=head.organisation_id)
    next_one = await account(Role.REPORTER, organisation=head.organisation_id)
    proposal = await asked(administrator, None, next_one)
    async with begin(head.actor) as work:
        await approving.approve(work, proposal.id)
    assert Role.LEAD in await roles_of(administrator, next_one.user_id)
