"""Both sides show the same state, whichever of them acts and by whichever way."""

import pytest

from safeguard.channel import bodies
from safeguard.helpline.hearing import hear
from safeguard.helpline.queries import list_entries
from safeguard.helpline.states import State
from safeguard.referrals.conversing import close, reopen, write
from safeguard.work import begin
from tests.referrals.test_ending import case_of, moved, referred, settle, told

pytestmark = pytest.mark.anyio


async def stand(both, referral) -> tuple[str, str]:
    """The referral's state here, and the case's there."""
    return (await told(both, referral)).referral.state, str((await case_of(both, referral)).state)


async def test_a_question_that_was_answered_is_looked_at_on_both_sides(both, incident):
    referral = await referred(both, incident)
    await both.all()
    await moved(both, referral, State.ACKNOWLEDGED, State.TRIAGED, State.AWAITING_REFERRER)
    await settle(both)
    assert await stand(both, referral) == ("awaiting_referrer", "awaiting_referrer")
    async with begin(both.school) as work:
        await write(work, referral.id, "It is the account with the red picture.")
    await settle(both)
    assert await stand(both, referral) == ("triaged", "triaged")


async def test_what_the_school_reopens_is_looked_at_on_both_sides(both, incident):
    referral = await referred(both, incident)
    await both.all()
    await moved(both, referral, State.ACKNOWLEDGED, State.TRIAGED, State.ADVICE_GIVEN, State.CLOSED)
    await settle(both)
    async with begin(both.school) as work:
        await reopen(work, referral.id, "It posts again.")
    await settle(both)
    assert await stand(both, referral) == ("triaged", "triaged")
    assert "It posts again." not in [getattr(step.body, "reason", "") for step in await answers(both, referral)]


async def test_what_was_never_taken_up_and_is_reopened_stands_as_sent_on_both_sides(both, incident):
    referral = await referred(both, incident)
    await both.all()
    async with begin(both.school) as work:
        await close(work, referral.id, "resolved", "Solved.")
    async with begin(both.school) as work:
        await reopen(work, referral.id, "Not solved.")
    await settle(both)
    assert await stand(both, referral) == ("submitted", "submitted")


async def test_a_withdrawal_by_telephone_is_told_and_ends_it_on_both_sides(both, incident):
    referral = await referred(both, incident)
    await both.all()
    await moved(both, referral, State.ACKNOWLEDGED, State.TRIAGED, State.WITHDRAWN)
    await settle(both)
    assert await stand(both, referral) == ("withdrawn", "withdrawn")
    last = (await told(both, referral)).steps[-1].body
    assert isinstance(last, bodies.Closed)
    assert (last.outcome, last.words) == ("withdrawn", "Done.")
    assert (await told(both, referral)).referral.closed_at is not None


async def test_a_mail_that_opens_a_referred_case_again_is_told_to_whoever_referred(both, incident):
    referral = await referred(both, incident)
    await both.all()
    case = await moved(both, referral, State.ACKNOWLEDGED, State.TRIAGED, State.ADVICE_GIVEN, State.CLOSED)
    async with begin(both.helpline) as work:
        await hear(work, case, "email", "It is up again.", "They wrote again by mail.")
    await settle(both)
    assert await stand(both, referral) == ("triaged", "triaged")


@pytest.mark.parametrize(
    "way",
    [(), (State.ACKNOWLEDGED,), (State.ACKNOWLEDGED, State.TRIAGED),
     (State.ACKNOWLEDGED, State.TRIAGED, State.ESCALATED)],
    ids=["new", "received", "triaged", "escalated"],
)  # fmt: skip
async def test_a_school_that_closes_in_the_midst_of_it_is_seen_at_the_desk(both, incident, way):
    referral = await referred(both, incident)
    await both.all()
    before = await moved(both, referral, *way)
    assert before.heard_at is None
    async with begin(both.school) as work:
        await close(work, referral.id, "resolved")
    await settle(both)
    case = await case_of(both, referral)
    assert case.heard_at is not None
    async with begin(both.helpline) as work:
        assert (await list_entries(work, case.id))[-1].words == "Closed by whoever referred."


async def test_how_it_ended_is_said_by_each_side_and_shown_at_both(both, incident):
    referral = await referred(both, incident)
    await both.all()
    await moved(both, referral, State.ACKNOWLEDGED, State.TRIAGED, State.ADVICE_GIVEN, State.CLOSED)
    await settle(both)
    assert (await told(both, referral)).endings == (("in", "advice_given"),)
    async with begin(both.school) as work:
        await close(work, referral.id, "not_upheld", "They left it up.")
    await settle(both)
    case = await case_of(both, referral)
    assert (case.ending, case.referrer_ending) == ("advice_given", "not_upheld")
    assert (await told(both, referral)).endings == (("out", "not_upheld"), ("in", "advice_given"))
    async with begin(both.school) as work:
        await reopen(work, referral.id, "It posts again.")
    await settle(both)
    case = await case_of(both, referral)
    assert (case.ending, case.referrer_ending, (await told(both, referral)).endings) == ("", "", ())


@pytest.mark.parametrize(("said", "kept"), [("not_upheld", "not_upheld"), ("", ""), ("of_a_later_version", "")])
async def test_a_school_that_closes_says_how_and_another_versions_code_is_left_out(both, incident, said, kept):
    referral = await referred(both, incident)
    await both.all()
    await moved(both, referral, State.ACKNOWLEDGED, State.TRIAGED, State.AWAITING_REFERRER)
    async with begin(both.school) as work:
        await close(work, referral.id, said)
    await settle(both)
    case = await case_of(both, referral)
    assert (case.state, case.ending, case.referrer_ending) == (State.CLOSED, kept, kept)


async def answers(both, referral):
    return [step for step in (await told(both, referral)).steps if step.direction == "in"]
