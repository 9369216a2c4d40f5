import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from safeguard import clock
from safeguard.access.roles import Role
from safeguard.errors import Conflict, Forbidden, Gone, Invalid, NotFound
from safeguard.identity import approving, inviting, joining, managing, outside, proposals, queries, renaming
from safeguard.identity.acts import Proposal
from safeguard.identity.factors import losing
from safeguard.tenancy.organising import change_details
from safeguard.tenancy.queries import get_own
from safeguard.work import begin
from tests.identity.conftest import Account, AsOwner, Later, MakeAccount, some_browser

pytestmark = pytest.mark.anyio

WHY = "The lead is on leave from May."


async def ask(by: Account, whom: Account, roles: Sequence[Role] = (Role.LEAD,)) -> Proposal:
    async with begin(by.actor) as work:
        proposal = await managing.change_roles(work, whom.user_id, roles, reason=WHY)
    assert proposal is not None
    return proposal


async def link_of(by: Account, proposal: Proposal) -> str:
    async with begin(by.actor) as work:
        return (await approving.make_link(work, proposal.id)).path.removeprefix("/approve/")


async def roles_of(who: Account) -> list[str]:
    async with begin(who.actor) as work:
        return await work.driver.fetchval("select roles from memberships where user_id = $1", who.user_id)


async def events_of(who: Account, as_owner: AsOwner) -> list[str]:
    rows = await as_owner(
        "select split_part(entry, E'\\n', 3) from audit.leaves where organisation_id = %s and log = 'general'"
        " and entry like '%%approval.%%' order by index",
        who.organisation_id,
    )
    return [row[0] for row in rows]


async def test_a_lead_is_made_by_two(account: MakeAccount, as_owner: AsOwner) -> None:
    lead = await account(Role.LEAD)
    head = await account(Role.HEAD, organisation=lead.organisation_id)
    teacher = await account(Role.REPORTER, organisation=lead.organisation_id)
    proposal = await ask(lead, teacher, (Role.REPORTER, Role.LEAD))
    assert await roles_of(teacher) == ["reporter"]
    async with begin(head.actor) as work:
        await approving.approve(work, proposal.id)
    assert await roles_of(teacher) == ["lead", "reporter"]
    assert await events_of(lead, as_owner) == ["approval.proposed", "approval.given"]


async def test_a_role_that_takes_nobody_else_is_given_at_once_beside_one_that_does(account: MakeAccount) -> None:
    lead = await account(Role.LEAD)
    teacher = await account(Role.REPORTER, organisation=lead.organisation_id)
    await ask(lead, teacher, (Role.PASTORAL, Role.DEPUTY))
    assert await roles_of(teacher) == ["pastoral", "reporter"]


async def test_nobody_approves_what_they_asked_for(account: MakeAccount) -> None:
    lead = await account(Role.LEAD, Role.HEAD)
    teacher = await account(Role.REPORTER, organisation=lead.organisation_id)
    proposal = await ask(lead, teacher)
    with pytest.raises(Forbidden, match="yourself"):
        async with begin(lead.actor) as work:
            await approving.approve(work, proposal.id)


async def test_nobody_approves_their_own_role(account: MakeAccount) -> None:
    lead = await account(Role.LEAD)
    head = await account(Role.HEAD, organisation=lead.organisation_id)
    proposal = await ask(lead, head, (Role.HEAD, Role.LEAD))
    with pytest.raises(NotFound):
        async with begin(head.actor) as work:
            await approving.approve(work, proposal.id)
    async with begin(head.actor) as work:
        assert (await proposals.list_approvals(work)).waiting == ()


@pytest.mark.parametrize("role", [Role.DEPUTY, Role.ADMINISTRATOR, Role.PASTORAL, Role.REPORTER])
async def test_only_a_lead_or_a_head_agrees_to_a_role(account: MakeAccount, role: Role) -> None:
    lead = await account(Role.LEAD)
    teacher = await account(Role.REPORTER, organisation=lead.organisation_id)
    other = await account(role, organisation=lead.organisation_id)
    proposal = await ask(lead, teacher)
    with pytest.raises(NotFound):
        async with begin(other.actor) as work:
            await approving.approve(work, proposal.id)
    assert await roles_of(teacher) == ["reporter"]


async def test_a_lead_of_another_organisation_finds_nothing(account: MakeAccount) -> None:
    lead, stranger = await account(Role.LEAD), await account(Role.LEAD)
    teacher = await account(Role.REPORTER, organisation=lead.organisation_id)
    proposal = await ask(lead, teacher)
    async with begin(stranger.actor) as work:
        for attempt in (
            approving.approve(work, proposal.id),
            approving.withdraw(work, proposal.id),
            approving.make_link(work, proposal.id),
            proposals.get_detail(work, proposal.id),
        ):
            with pytest.raises(NotFound):
                await attempt


async def name_outside(by: Account, email: str) -> None:
    async with begin(by.actor) as work:
        own = await get_own(work)
        details = replace(own.details, second_person_name="Jo Sample", second_person_email=email)
        await change_details(work, details, own.version)


async def test_nobody_names_somebody_else_outside_and_agrees_through_them(
    account: MakeAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    lead = await account(Role.LEAD)
    other = await account(Role.ADMINISTRATOR, organisation=lead.organisation_id)
    teacher = await account(Role.REPORTER, organisation=lead.organisation_id)
    await name_outside(lead, "chair@example.org")
    proposal = await ask(lead, teacher)
    assert await link_of(lead, proposal)  # whom they named first
    await name_outside(lead, "another@example.org")
    with pytest.raises(Conflict, match="less than seven days ago"):
        await link_of(lead, proposal)
    async with begin(other.actor) as work:
        theirs = await losing.ask(work, lead.user_id, WHY)
    assert await link_of(other, theirs)  # whoever did not change it does not wait
    monkeypatch.setattr(renaming, "WAITS", timedelta(0))
    assert await link_of(lead, proposal)


async def test_rights_are_looked_at_again_when_it_is_decided(account: MakeAccount, as_owner: AsOwner) -> None:
    lead = await account(Role.LEAD)
    other = await account(Role.LEAD, organisation=lead.organisation_id)
    teacher = await account(Role.REPORTER, organisation=lead.organisation_id)
    proposal = await ask(lead, teacher)
    await as_owner("update memberships set roles = '{reporter}' where user_id = %s", lead.user_id)
    with pytest.raises(Conflict, match="no longer"):
        async with begin(other.actor) as work:
            await approving.approve(work, proposal.id)
    assert await roles_of(teacher) == ["reporter"]
    async with begin(other.actor) as work:
        await approving.decline(work, proposal.id, "They left.")


async def test_a_refusal_needs_a_reason_and_changes_nothing(account: MakeAccount) -> None:
    lead = await account(Role.LEAD)
    head = await account(Role.HEAD, organisation=lead.organisation_id)
    teacher = await account(Role.REPORTER, organisation=lead.organisation_id)
    proposal = await ask(lead, teacher)
    with pytest.raises(Invalid):
        async with begin(head.actor) as work:
            await approving.decline(work, proposal.id, "  ")
    async with begin(head.actor) as work:
        await approving.decline(work, proposal.id, "Not before the training.")
    with pytest.raises(Conflict, match="decided already"):
        async with begin(head.actor) as work:
            await approving.approve(work, proposal.id)
    assert await roles_of(teacher) == ["reporter"]


async def test_the_same_is_not_asked_twice_at_once(account: MakeAccount) -> None:
    lead = await account(Role.LEAD)
    teacher = await account(Role.REPORTER, organisation=lead.organisation_id)
    proposal = await ask(lead, teacher)
    with pytest.raises(Conflict, match="already"):
        await ask(lead, teacher)
    async with begin(lead.actor) as work:
        await approving.withdraw(work, proposal.id)
    await ask(lead, teacher)


async def test_two_who_decide_at_once_decide_once(account: MakeAccount) -> None:
    lead = await account(Role.LEAD)
    deciding = [await account(Role.HEAD, organisation=lead.organisation_id) for _ in range(2)]
    teacher = await account(Role.REPORTER, organisation=lead.organisation_id)
    proposal = await ask(lead, teacher)

    async def decide(head: Account, yes: bool) -> None:
        async with begin(head.actor) as work:
            if yes:
                await approving.approve(work, proposal.id)
            else:
                await approving.decline(work, proposal.id, "No.")

    done = await asyncio.gather(decide(deciding[0], True), decide(deciding[1], False), return_exceptions=True)
    assert sorted(type(one) is Conflict for one in done) == [False, True]


async def test_what_nobody_decides_runs_out(account: MakeAccount, as_owner: AsOwner) -> None:
    lead = await account(Role.LEAD)
    head = await account(Role.HEAD, organisation=lead.organisation_id)
    teacher = await account(Role.REPORTER, organisation=lead.organisation_id)
    proposal = await ask(lead, teacher)
    await as_owner("update proposals set expires_at = now() where id = %s", proposal.id)
    with pytest.raises(Conflict, match="in time"):
        async with begin(head.actor) as work:
            await approving.approve(work, proposal.id)
    await ask(lead, teacher)


async def test_an_organisation_of_one_is_never_stuck(account: MakeAccount, as_owner: AsOwner) -> None:
    lead = await account(Role.LEAD, Role.HEAD, Role.ADMINISTRATOR)
    teacher = await account(Role.REPORTER, organisation=lead.organisation_id)
    proposal = await ask(lead, teacher)
    token = await link_of(lead, proposal)
    asked = await outside.find_asked(token)
    assert (asked.state, asked.second_person_name, asked.proposed_by_name) == ("open", "Sample Chair", lead.actor.name)
    await outside.approve(asked, token, clock.new_request_id())
    assert await roles_of(teacher) == ["lead"]
    assert await as_owner("select decided_by, decided_by_name from proposals where id = %s", proposal.id) == [
        (None, "Sample Chair")
    ]


async def test_the_link_shows_no_reason_and_no_record(account: MakeAccount) -> None:
    lead = await account(Role.LEAD)
    teacher = await account(Role.REPORTER, organisation=lead.organisation_id)
    asked = await outside.find_asked(await link_of(lead, await ask(lead, teacher)))
    assert WHY not in str(asked)


async def test_a_link_works_once(account: MakeAccount) -> None:
    lead = await account(Role.LEAD)
    teacher = await account(Role.REPORTER, organisation=lead.organisation_id)
    token = await link_of(lead, await ask(lead, teacher))
    asked = await outside.find_asked(token)

    async def approve() -> None:
        await outside.approve(asked, token, clock.new_request_id())

    done = await asyncio.gather(*(approve() for _ in range(4)), return_exceptions=True)
    assert [type(one) for one in done if one is not None] == [Gone] * 3
    assert (await outside.find_asked(token)).state == "approved"


async def test_a_decision_that_fails_leaves_the_link_as_it_was(account: MakeAccount) -> None:
    lead = await account(Role.LEAD)
    teacher = await account(Role.REPORTER, organisation=lead.organisation_id)
    token = await link_of(lead, await ask(lead, teacher))
    asked = await outside.find_asked(token)
    with pytest.raises(Invalid):
        await outside.decline(asked, token, "", clock.new_request_id())
    assert (await outside.find_asked(token)).state == "open"


async def test_a_newer_link_replaces_an_older_one(account: MakeAccount) -> None:
    lead = await account(Role.LEAD)
    teacher = await account(Role.REPORTER, organisation=lead.organisation_id)
    proposal = await ask(lead, teacher)
    first, second = await link_of(lead, proposal), await link_of(lead, proposal)
    assert [(await outside.find_asked(token)).state for token in (first, second)] == ["replaced", "open"]


async def test_a_link_runs_out_after_three_days(account: MakeAccount, later: Later) -> None:
    lead = await account(Role.LEAD)
    teacher = await account(Role.REPORTER, organisation=lead.organisation_id)
    token = await link_of(lead, await ask(lead, teacher))
    await later("71 hours")
    assert (await outside.find_asked(token)).state == "open"
    await later("73 hours")
    assert (await outside.find_asked(token)).state == "expired"


async def test_a_link_made_for_somebody_else_outside_opens_no_more(account: MakeAccount, as_owner: AsOwner) -> None:
    lead = await account(Role.LEAD)
    teacher = await account(Role.REPORTER, organisation=lead.organisation_id)
    token = await link_of(lead, await ask(lead, teacher))
    asked = await outside.find_asked(token)
    await as_owner(
        "update organisations set second_person_email = 'new@example.org' where id = %s", lead.organisation_id
    )
    with pytest.raises(Gone):
        await outside.approve(asked, token, clock.new_request_id())
    assert await roles_of(teacher) == ["reporter"]


async def test_where_nobody_outside_is_named_there_is_no_link_and_that_is_said(
    account: MakeAccount, as_owner: AsOwner
) -> None:
    lead = await account(Role.LEAD)
    teacher = await account(Role.REPORTER, organisation=lead.organisation_id)
    proposal = await ask(lead, teacher)
    await as_owner("update organisations set second_person_email = null where id = %s", lead.organisation_id)
    with pytest.raises(Conflict, match="Settings"):
        await link_of(lead, proposal)


async def test_a_made_up_link_is_nobodys(database: object) -> None:
    with pytest.raises(NotFound):
        await outside.find_asked("made-up")


async def test_an_invited_lead_joins_at_once_and_leads_once_somebody_agrees(account: MakeAccount) -> None:
    lead = await account(Role.LEAD)
    head = await account(Role.HEAD, organisation=lead.organisation_id)
    async with begin(lead.actor) as work:
        invited = await inviting.invite(work, f"new@{clock.new_id().hex}.example", [Role.LEAD], reason=WHY)
        assert [one.roles for one in (await queries.list_invitations(work))[0]] == [(Role.REPORTER,)]
    assert invited.waits_for is not None
    invitation = await joining.find_invitation(invited.token)
    await joining.join_as_new(invitation, invited.token, "Sam Sample", "nine otters by the lock", some_browser())
    async with begin(head.actor) as work:
        await approving.approve(work, invited.waits_for.id)
    async with begin(lead.actor) as work:
        [joined] = [one for one in await queries.list_members(work) if one.name == "Sam Sample"]
    assert joined.roles == (Role.LEAD,)


async def test_an_approval_before_they_join_goes_into_the_invitation(account: MakeAccount) -> None:
    lead = await account(Role.LEAD)
    head = await account(Role.HEAD, organisation=lead.organisation_id)
    async with begin(lead.actor) as work:
        invited = await inviting.invite(work, f"new@{clock.new_id().hex}.example", [Role.DEPUTY], reason=WHY)
    assert invited.waits_for is not None
    async with begin(head.actor) as work:
        await approving.approve(work, invited.waits_for.id)
    assert (await joining.find_invitation(invited.token)).roles == (Role.DEPUTY,)


async def test_nothing_is_approved_for_an_invitation_that_was_withdrawn(account: MakeAccount) -> None:
    lead = await account(Role.LEAD)
    head = await account(Role.HEAD, organisation=lead.organisation_id)
    async with begin(lead.actor) as work:
        invited = await inviting.invite(work, f"new@{clock.new_id().hex}.example", [Role.DEPUTY], reason=WHY)
        await inviting.withdraw(work, invited.id)
    assert invited.waits_for is not None
    with pytest.raises(Conflict, match="decided already"):  # it went with the invitation
        async with begin(head.actor) as work:
            await approving.approve(work, invited.waits_for.id)


async def test_the_database_itself_refuses_one_person_twice(account: MakeAccount, as_owner: AsOwner) -> None:
    lead = await account(Role.LEAD)
    teacher = await account(Role.REPORTER, organisation=lead.organisation_id)
    proposal = await ask(lead, teacher)
    with pytest.raises(Exception, match="proposals_two_check"):
        async with begin(lead.actor) as work:
            await work.driver.execute(
                "update proposals set state = 'approved', decided_at = now(), decided_by = $2 where id = $1",
                proposal.id, lead.user_id,
            )  # fmt: skip
