"""Standing in for a time, and handing over for good, also where there is nobody else."""

from datetime import timedelta

import pytest
from asyncpg import InsufficientPrivilegeError

from safeguard import clock
from safeguard.access.roles import Role
from safeguard.errors import Conflict
from safeguard.identity import approving, handing_over, managing, outside
from safeguard.identity.managing import Period
from safeguard.work import begin, enter_session
from tests.identity.conftest import Account, AsOwner, MakeAccount, sign_in
from tests.identity.test_belonging import count, with_everything
from tests.identity.test_sessions import is_open

pytestmark = pytest.mark.anyio

MOVE = "update memberships set deputy_from = deputy_from - %s, deputy_until = deputy_until - %s where user_id = %s"


async def agree_outside(lead: Account, proposal_id: object) -> None:
    """The outside second person, by the link that whoever asked hands over."""
    async with begin(lead.actor) as work:
        link = await approving.make_link(work, proposal_id)
    token = link.path.removeprefix("/approve/")
    await outside.approve(await outside.find_asked(token), token, clock.new_request_id())


async def test_a_deputy_stands_in_from_a_day_until_a_day_and_no_longer(account: MakeAccount, as_owner: AsOwner) -> None:
    lead = await account(Role.LEAD)
    deputy = await account(Role.REPORTER, organisation=lead.organisation_id)
    period = Period(clock.now() + timedelta(days=1), clock.now() + timedelta(days=3))
    async with begin(lead.actor) as work:
        proposal = await managing.change_roles(
            work, deputy.user_id, [Role.REPORTER, Role.DEPUTY], reason="The lead is away.", period=period
        )
    assert proposal is not None
    await agree_outside(lead, proposal.id)
    signed_in = await sign_in(deputy)
    for days, expected in ((0, {Role.REPORTER}), (2, {Role.REPORTER, Role.DEPUTY}), (2, {Role.REPORTER})):
        await as_owner(MOVE, timedelta(days=days), timedelta(days=days), deputy.user_id)
        async with enter_session(signed_in.session.hash) as (work, _):
            assert work.actor.roles == expected


async def test_a_club_of_one_hands_over_with_the_outside_second_person_and_nobody_is_left_without_a_lead(
    account: MakeAccount,
) -> None:
    lead = await account(Role.LEAD)
    successor = await account(Role.REPORTER, organisation=lead.organisation_id)
    leaving, taking = await sign_in(lead), await sign_in(successor)
    async with begin(lead.actor) as work:
        proposal = await handing_over.ask(work, lead.user_id, successor.user_id, "A new welfare officer was elected.")
    assert await is_open(leaving)
    await agree_outside(lead, proposal.id)
    assert not await is_open(leaving)
    async with enter_session(taking.session.hash) as (work, _):
        assert work.actor.roles == {Role.REPORTER, Role.LEAD}


async def test_days_as_a_deputy_pass_as_days_and_never_become_more(account: MakeAccount, as_owner: AsOwner) -> None:
    head = await account(Role.HEAD)
    lead = await account(Role.LEAD, organisation=head.organisation_id)
    soon, later_on = clock.now() + timedelta(days=8), clock.now() + timedelta(days=12)
    past, over = clock.now() - timedelta(days=8), clock.now() - timedelta(days=2)
    give = "update memberships set deputy_from = %s, deputy_until = %s where user_id = %s"
    for (start, end), taker_is_deputy, then in (
        ((soon, later_on), True, ({Role.REPORTER, Role.DEPUTY}, Period(soon, later_on))),
        ((past, over), True, ({Role.REPORTER}, managing.ALWAYS)),
        ((soon, later_on), False, ({Role.REPORTER, Role.DEPUTY}, Period(soon, later_on))),
        ((past, over), False, ({Role.REPORTER}, managing.ALWAYS)),
    ):
        with_days = await account(Role.REPORTER, Role.DEPUTY, organisation=lead.organisation_id)
        without = await account(Role.REPORTER, organisation=lead.organisation_id)
        await as_owner(give, start, end, with_days.user_id)
        taking, leaving = (with_days, without) if taker_is_deputy else (without, with_days)
        async with begin(lead.actor) as work:
            proposal = await handing_over.ask(work, leaving.user_id, taking.user_id, "Somebody new.")
        assert (f"{soon:%B %Y}" in proposal.told and "as deputy" in proposal.told) is (Role.DEPUTY in then[0])
        async with begin(head.actor) as work:
            await approving.approve(work, proposal.id)
            held = await managing.get_held(work, taking.user_id)
        assert (held.roles, held.period) == then


async def test_what_is_agreed_to_at_a_handover_is_what_happens(account: MakeAccount, as_owner: AsOwner) -> None:
    head = await account(Role.HEAD)
    lead = await account(Role.LEAD, organisation=head.organisation_id)
    leaving = await account(Role.REPORTER, organisation=lead.organisation_id)
    taking = await account(Role.REPORTER, organisation=lead.organisation_id)
    async with begin(lead.actor) as work:
        proposal = await handing_over.ask(work, leaving.user_id, taking.user_id, "Somebody new.")
        passes, stays = await handing_over.ACT.shown(work, proposal)
    assert "programs" in passes.value
    assert "vault" in stays.value
    await as_owner("update memberships set roles = '{reporter,deputy}' where user_id = %s", leaving.user_id)
    with pytest.raises(Conflict, match="has changed since"):
        async with begin(head.actor) as work:
            await approving.approve(work, proposal.id)


async def test_the_work_passes_to_the_successor_and_what_somebody_was_trusted_with_by_name_does_not(
    account: MakeAccount, as_owner: AsOwner
) -> None:
    head = await account(Role.HEAD)
    lead = await account(Role.LEAD, organisation=head.organisation_id)
    successor = await account(Role.REPORTER, organisation=lead.organisation_id)
    names = await with_everything(as_owner, head, lead)
    theirs = {**names, "who": successor.user_id}
    async with begin(lead.actor) as work:
        proposal = await handing_over.ask(work, lead.user_id, successor.user_id, "A new lead was elected.")
    with pytest.raises(InsufficientPrivilegeError):  # whoever asked cannot make it happen
        async with begin(lead.actor) as work:
            await work.driver.execute(handing_over.PASS_ON, lead.user_id, successor.user_id)
    async with begin(head.actor) as work:
        await approving.approve(work, proposal.id)
    assert set((await count(as_owner, names)).values()) == {0}
    passed = {column for column, left in (await count(as_owner, theirs)).items() if left}
    assert passed == {"tokens.sponsor_id", "tokens.user_id", "webhooks.made_by", "confidants.user_id"}
