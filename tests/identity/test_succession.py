"""Standing in for a time, and handing over for good, also where there is nobody else."""

from datetime import timedelta

import pytest

from safeguard import clock
from safeguard.access.roles import Role
from safeguard.identity import approving, handing_over, managing, outside
from safeguard.identity.managing import Period
from safeguard.work import begin, enter_session
from tests.identity.conftest import Account, AsOwner, MakeAccount, sign_in
from tests.identity.test_sessions import is_open

pytestmark = pytest.mark.anyio

MOVE = "update memberships set deputy_from = deputy_from - %s, deputy_until = deputy_until - %s where user_id = %s"


async def agree_outside(lead: Account, proposal_id: object) -> None:
    """The outside second person, by the link that whoever asked hands over."""
    async with begin(lead.actor) as work:
        link = await approving.make_link(work, proposal_id)  # pyright: ignore[reportArgumentType]
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
