"""How it ends when both sides act at once, or something is on its way: nothing is lost, and both know it is over."""

import pytest

from safeguard.access.actors import system
from safeguard.access.roles import Role
from safeguard.channel.keys import own_keys, rotate
from safeguard.helpline.moving import move_case
from safeguard.helpline.queries import FIRST, find_by_origin, list_entries, list_queue
from safeguard.helpline.states import State
from safeguard.referrals.conversing import close, reopen, withdraw, write
from safeguard.referrals.queries import read_conversation
from safeguard.referrals.referring import refer
from safeguard.work import begin
from tests.channel.conftest import Channel
from tests.referrals.making import OPENED

pytestmark = pytest.mark.anyio


async def referred(both: Channel, incident):
    async with begin(both.school) as work:
        return await refer(work, incident, OPENED, both.helpline.organisation_id, ())


async def case_of(both: Channel, referral):
    async with begin(system(both.helpline.organisation_id)) as work:
        case = await find_by_origin(work, f"{both.school.organisation_id}/{referral.id}")
        assert case
        return case


async def moved(both: Channel, referral, *states: State):
    case = await case_of(both, referral)
    async with begin(both.helpline) as work:
        for state in states:
            case = await move_case(work, case, state, "Done.", case.version)
    return case


async def told(both: Channel, referral):
    async with begin(both.school) as work:
        return await read_conversation(work, referral.id)


async def settle(both: Channel) -> None:
    """Everything the carrier does, both ways."""
    await both.all()
    await both.reply_all()


async def test_both_close_at_once_and_both_know_it_is_over(both, incident):
    referral = await referred(both, incident)
    await both.all()
    await moved(both, referral, State.ACKNOWLEDGED, State.TRIAGED, State.ADVICE_GIVEN, State.CLOSED)
    async with begin(both.school) as work:
        await close(work, referral.id, "advice_given", "Thank you.", 5, "Quick.")
    await settle(both)
    assert (await case_of(both, referral)).state is State.CLOSED
    story = await told(both, referral)
    assert (story.referral.state, story.referral.helpful) == ("closed", 5)
    assert [step.kind for step in story.steps].count("closed") == 2
    async with begin(both.helpline) as work:
        assert any("Quick." in entry.words for entry in await list_entries(work, (await case_of(both, referral)).id))


async def test_withdrawn_before_it_was_carried_it_arrives_withdrawn(both, incident):
    referral = await referred(both, incident)
    async with begin(both.school) as work:
        await withdraw(work, referral.id, "Sent too early.")
    await settle(both)
    assert (await case_of(both, referral)).state is State.WITHDRAWN
    assert all(step.delivered_at for step in (await told(both, referral)).steps if step.direction == "out")


async def test_withdrawn_while_the_helplines_answer_is_on_its_way_it_stays_withdrawn_and_the_answer_is_kept(
    both, incident
):
    referral = await referred(both, incident)
    await both.all()
    await moved(both, referral, State.ACKNOWLEDGED)
    async with begin(both.school) as work:
        await withdraw(work, referral.id, "It was resolved here.")
    await settle(both)
    story = await told(both, referral)
    assert story.referral.state == "withdrawn"
    assert "status" in [step.kind for step in story.steps]
    assert (await case_of(both, referral)).state is State.WITHDRAWN


async def test_a_message_that_meets_a_closed_case_is_kept_and_opens_it_again_on_both_sides(both, incident):
    referral = await referred(both, incident)
    await both.all()
    await moved(both, referral, State.ACKNOWLEDGED, State.TRIAGED, State.ADVICE_GIVEN, State.CLOSED)
    async with begin(both.school) as work:
        await write(work, referral.id, "It posts again.")
    await settle(both)
    case = await case_of(both, referral)
    async with begin(both.helpline) as work:
        assert any("It posts again." in entry.words for entry in await list_entries(work, case.id))
        assert [waiting.id for waiting in await list_queue(work, FIRST, 9)] == [case.id]
    assert (case.state, case.heard_at is not None) == (State.TRIAGED, True)
    story = await told(both, referral)
    assert story.referral.state == "triaged"
    assert [step.kind for step in story.steps][-2:] == ["closed", "reopened"]


async def test_keys_replaced_at_both_ends_in_between_lose_nothing(both, incident):
    referral = await referred(both, incident)
    await both.carry()
    for there in (both.helpline, both.school):
        async with begin(system(there.organisation_id)) as work:
            await rotate(work)
    await settle(both)
    await moved(both, referral, State.ACKNOWLEDGED)
    async with begin(both.school) as work:
        await write(work, referral.id, "Thank you.")
    await settle(both)
    story = await told(both, referral)
    assert story.referral.state == "acknowledged"
    assert all(step.delivered_at for step in story.steps if step.direction == "out")
    assert not story.refused


async def test_a_helpline_with_nobody_on_duty_still_receives_and_gives_receipts(someone, channel, incident, both):
    lonely = await someone(Role.LEAD, kind="helpline")
    alone = Channel(both.school, lonely, both.signer, both.at_helpline, both.at_school)
    async with begin(system(lonely.organisation_id)) as work:
        await own_keys(work)
    referral = await referred(alone, incident)
    await alone.all()
    assert (await case_of(alone, referral)).state is State.SUBMITTED
    assert all(step.delivered_at for step in (await told(alone, referral)).steps)


FINISHED = (State.ACKNOWLEDGED, State.TRIAGED, State.ADVICE_GIVEN, State.CLOSED)


async def reopened(both: Channel, referral):
    return await moved(both, referral, State.TRIAGED)


async def test_what_the_helpline_opens_again_is_open_at_whoever_referred_who_may_write(both, incident):
    referral = await referred(both, incident)
    await both.all()
    await moved(both, referral, *FINISHED)
    await settle(both)
    assert (await told(both, referral)).referral.closed_at
    await reopened(both, referral)
    await settle(both)
    story = await told(both, referral)
    assert (story.referral.state, story.referral.closed_at) == ("triaged", None)
    assert (story.steps[-1].kind, story.steps[-1].direction, story.steps[-1].body.reason) == ("reopened", "in", "Done.")
    async with begin(both.school) as work:
        await write(work, referral.id, "Good.")


async def test_a_state_that_was_said_before_our_closing_was_heard_opens_nothing(both, incident):
    referral = await referred(both, incident)
    await both.all()
    await moved(both, referral, *FINISHED[:-1])
    async with begin(both.school) as work:
        await close(work, referral.id, "advice_given")
    await both.reply_all()
    assert (await told(both, referral)).referral.state == "closed"


@pytest.mark.parametrize("first", ["school", "helpline"])
async def test_both_open_it_again_at_once_and_it_is_open_at_both_with_what_each_said(both, incident, first):
    referral = await referred(both, incident)
    await both.all()
    await moved(both, referral, *FINISHED)
    await settle(both)
    async with begin(both.school) as work:
        await reopen(work, referral.id, "It posts again.")
    await reopened(both, referral)
    for step in (both.all, both.reply_all) if first == "school" else (both.reply_all, both.all):
        await step()
    await settle(both)
    story, case = await told(both, referral), await case_of(both, referral)
    assert (story.referral.ended, case.ended) == (False, False)
    assert [step.direction for step in story.steps if step.kind == "reopened"] == ["out", "in"]
    async with begin(both.helpline) as work:
        assert "It posts again." in {entry.words for entry in await list_entries(work, case.id)}


@pytest.mark.parametrize("first", ["school", "helpline"])
async def test_what_was_withdrawn_since_is_not_opened_by_what_the_helpline_said_before_it_heard(both, incident, first):
    referral = await referred(both, incident)
    await both.all()
    await moved(both, referral, *FINISHED)
    await settle(both)
    async with begin(both.school) as work:
        await reopen(work, referral.id, "It posts again.")
    async with begin(both.school) as work:
        await withdraw(work, referral.id, "No: that was another account.")
    await reopened(both, referral)
    for step in (both.all, both.reply_all) if first == "school" else (both.reply_all, both.all):
        await step()
    await settle(both)
    assert (await told(both, referral)).referral.state == "withdrawn"
    assert (await case_of(both, referral)).state is State.WITHDRAWN


async def test_what_the_helpline_opens_after_it_heard_of_the_withdrawal_is_open_again(both, incident):
    referral = await referred(both, incident)
    async with begin(both.school) as work:
        await withdraw(work, referral.id, "Sent too early.")
    await settle(both)
    await reopened(both, referral)
    await settle(both)
    assert (await told(both, referral)).referral.state == "triaged"
