"""A lost second step of somebody who belongs to several organisations: two people of each agree, and nobody less."""

from datetime import timedelta
from uuid import UUID

import pytest

from safeguard.access.roles import Role
from safeguard.identity import acts, approving, two_person
from safeguard.identity.acts import Proposal
from safeguard.identity.factors import losing
from safeguard.work import begin
from tests.factories.organisations import make_member
from tests.identity.conftest import Account, AsOwner, MakeAccount

pytestmark = pytest.mark.anyio
COUNT = "select count(*) from second_factors where user_id = %s"
FOUND_AGAIN = """
insert into second_factors (user_id, id, kind, label, created_at)
values (%s, gen_random_uuid(), 'invented', 'Stands for a second step', now())
"""


@pytest.fixture(autouse=True)
def bound() -> None:
    acts.bind(*two_person.ACTS)


async def school(account: MakeAccount) -> tuple[Account, Account]:
    """Two people who can decide together."""
    lead = await account(Role.LEAD)
    return lead, await account(Role.HEAD, organisation=lead.organisation_id)


async def agree(pair: tuple[Account, Account], person: UUID) -> Proposal:
    lead, head = pair
    async with begin(lead.actor) as work:
        asked = await losing.ask(work, person, "It fell into the lake.")
    async with begin(head.actor) as work:
        return await approving.approve(work, asked.id)


async def supply(account: MakeAccount, *schools: tuple[Account, Account]) -> UUID:
    """Somebody who works as a deputy in each."""
    first, *others = schools
    teacher = await account(Role.DEPUTY, organisation=first[0].organisation_id)
    for lead, _ in others:
        await make_member(lead.organisation_id, teacher.user_id, "Sam Sample", teacher.email, [Role.DEPUTY])
    return teacher.user_id


async def test_it_happens_with_the_last_of_all_the_organisations(account: MakeAccount, as_owner: AsOwner) -> None:
    one, two, three = [await school(account) for _ in range(3)]
    teacher = await supply(account, one, two, three)
    for pair in (one, two):
        agreed = await agree(pair, teacher)
        assert agreed.state == "approved"
        assert "once the other organisations" in agreed.told
        assert await as_owner(COUNT, teacher) == [(1,)]
    last = await agree(three, teacher)
    assert "once the other organisations" not in last.told
    assert await as_owner(COUNT, teacher) == [(0,)]


@pytest.mark.parametrize("what_came_between", ["a long time", "another second step", "they joined a third"])
async def test_an_agreement_of_before_opens_nothing(
    account: MakeAccount, as_owner: AsOwner, what_came_between: str
) -> None:
    one, two = [await school(account) for _ in range(2)]
    teacher = await supply(account, one, two)
    agreed = await agree(one, teacher)
    if what_came_between == "a long time":
        moved = "update proposals set decided_at = decided_at - %s where id = %s"
        await as_owner(moved, timedelta(days=15), agreed.id)
    elif what_came_between == "another second step":
        await as_owner(FOUND_AGAIN, teacher)
    else:
        three = await school(account)
        await make_member(three[0].organisation_id, teacher, "Sam Sample", "", [Role.REPORTER])
    [before] = await as_owner(COUNT, teacher)
    await agree(two, teacher)
    assert await as_owner(COUNT, teacher) == [before]


async def test_what_was_agreed_to_is_used_once(account: MakeAccount, as_owner: AsOwner) -> None:
    one, two = [await school(account) for _ in range(2)]
    teacher = await supply(account, one, two)
    await agree(one, teacher)
    await agree(two, teacher)
    await as_owner(FOUND_AGAIN, teacher)
    await agree(one, teacher)
    assert await as_owner(COUNT, teacher) == [(1,)]
