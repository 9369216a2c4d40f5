"""Whatever crosses on the way, both sides end alike and nothing said is lost: the closings, and walks of both sides."""

from random import Random

import pytest

from safeguard.errors import Conflict
from safeguard.helpline.moving import move_case
from safeguard.helpline.queries import list_entries
from safeguard.helpline.states import ENDED, FOLLOWS, State
from safeguard.helpline.writing import add_to_case
from safeguard.referrals.conversing import close, reopen, withdraw, write
from safeguard.work import begin
from tests.referrals.test_ending import FINISHED, case_of, moved, referred, settle, told

pytestmark = pytest.mark.anyio
DECLINED = (State.ACKNOWLEDGED, State.DECLINED)


async def says(both, referral, act, *words: str) -> None:
    async with begin(both.school) as work:
        await act(work, referral.id, *words)


async def written(both, referral) -> list[str]:
    async with begin(both.helpline) as work:
        return [entry.words for entry in await list_entries(work, (await case_of(both, referral)).id)]


async def stand(both, referral) -> tuple[str, str]:
    """The referral's state here, and the case's there."""
    return (await told(both, referral)).referral.state, str((await case_of(both, referral)).state)


@pytest.mark.parametrize("ways", ["out_first", "in_first", "between"])
@pytest.mark.parametrize(("ended", "end"), [(FINISHED, "closed"), (DECLINED, "declined")])
async def test_who_writes_and_then_closes_while_the_desks_end_is_on_its_way_ends_it_on_both_sides(
    both, incident, ended, end, ways
):
    referral = await referred(both, incident)
    await both.all()
    await moved(both, referral, *ended)
    await says(both, referral, write, "It posts again.")
    if ways == "between":
        await both.all()
    await says(both, referral, close, "resolved", "It went by itself.")
    for step in (both.reply_all, both.all) if ways == "in_first" else (both.all, both.reply_all):
        await step()
    await settle(both)
    assert await stand(both, referral) == (end, end)
    assert (await told(both, referral)).referral.closed_at
    said = await written(both, referral)
    assert any("It posts again." in words for words in said)
    assert "It went by itself." in said


async def test_who_writes_and_closes_while_the_desk_has_taken_it_up_again_leaves_it_to_the_desk(both, incident):
    referral = await referred(both, incident)
    await both.all()
    await moved(both, referral, *FINISHED)
    await says(both, referral, write, "It posts again.")
    await both.all()
    case = await case_of(both, referral)
    async with begin(both.helpline) as work:
        await add_to_case(work, case, "note", "", "I rang the platform.", (), distressing=False)
    await says(both, referral, close, "resolved")
    await settle(both)
    assert await stand(both, referral) == ("closed", "triaged")
    assert (await case_of(both, referral)).heard_at


@pytest.mark.parametrize("ended", [FINISHED, DECLINED])
async def test_what_was_withdrawn_while_the_desks_end_is_on_its_way_is_withdrawn_on_both_sides(both, incident, ended):
    referral = await referred(both, incident)
    await both.all()
    before = await moved(both, referral, *ended)
    await says(both, referral, withdraw, "It was another account.")
    await settle(both)
    assert await stand(both, referral) == ("withdrawn", "withdrawn")
    assert (await case_of(both, referral)).ended_at == before.ended_at


@pytest.mark.parametrize("first", ["school", "helpline"])
async def test_what_was_closed_and_opened_again_while_the_desks_end_is_on_its_way_goes_on(both, incident, first):
    referral = await referred(both, incident)
    await both.all()
    await moved(both, referral, *FINISHED)
    await says(both, referral, close, "resolved")
    await says(both, referral, reopen, "It is back.")
    for step in (both.all, both.reply_all) if first == "school" else (both.reply_all, both.all):
        await step()
    await settle(both)
    assert await stand(both, referral) == ("triaged", "triaged")


class Walk:
    """Several referrals, of which both sides do whatever they may at any moment, while envelopes are carried or not."""

    def __init__(self, both, referrals, random: Random) -> None:
        self.both, self.referrals, self.random = both, referrals, random
        self.said: dict = {each.id: [] for each in referrals}
        self.answered: dict = {each.id: [] for each in referrals}
        self.way: list[str] = []

    async def step(self) -> None:
        act = self.random.choice((
            self.writes, self.writes, self.closes, self.closes, self.withdraws, self.reopens, self.moves, self.moves,
            self.moves, self.ends, self.ends, self.answers, self.both.all, self.both.reply_all,
        ))  # fmt: skip
        if act in {self.both.all, self.both.reply_all}:
            await act()
            self.way.append(act.__name__)
            return
        referral = self.random.choice(self.referrals)
        try:
            await act(referral)
        except Conflict:
            return
        self.way.append(f"{act.__name__} {self.referrals.index(referral)}")

    async def _say(self, referral, act, *outcome: str) -> None:
        words = f"Words {len(self.way)} of {referral.id}."
        await says(self.both, referral, act, *outcome, words)
        self.said[referral.id].append(words)

    async def writes(self, referral) -> None:
        await self._say(referral, write)

    async def closes(self, referral) -> None:
        await self._say(referral, close, "resolved")

    async def withdraws(self, referral) -> None:
        await self._say(referral, withdraw)

    async def reopens(self, referral) -> None:
        await self._say(referral, reopen)

    async def moves(self, referral) -> None:
        await self._move(referral, lambda state: state not in ENDED)

    async def ends(self, referral) -> None:
        await self._move(referral, lambda state: state in ENDED - {State.WITHDRAWN})

    async def _move(self, referral, wanted) -> None:
        case = await case_of(self.both, referral)
        if after := [state for state in State if state in FOLLOWS[case.state] and wanted(state)]:
            words = f"Words {len(self.way)} of {referral.id}."
            async with begin(self.both.helpline) as work:
                await move_case(work, case, self.random.choice(after), words, case.version, ending="other")
            self.answered[referral.id].append(words)

    async def answers(self, referral) -> None:
        words, case = f"Words {len(self.way)} of {referral.id}.", await case_of(self.both, referral)
        async with begin(self.both.helpline) as work:
            await add_to_case(work, case, "answer", "", words, (), distressing=False)
        self.answered[referral.id].append(words)


@pytest.mark.parametrize("seed", [22, 25, 32])
async def test_whatever_both_do_and_whatever_crosses_both_stand_alike_and_nothing_said_is_lost(both, incident, seed):
    """One difference there may be: who closes in the midst of the desk's work leaves the rest to the desk."""
    referrals = [await referred(both, incident) for _ in range(4)]
    await both.all()
    walk = Walk(both, referrals, Random(seed))
    for _ in range(90):
        await walk.step()
    for _ in range(3):
        await settle(both)
    for number, referral in enumerate(referrals):
        here, there = await stand(both, referral)
        case, way = await case_of(both, referral), [each for each in walk.way if each.endswith(("all", str(number)))]
        if here == "closed" and not case.ended:
            ends = [each.split()[0] for each in way if each.startswith(("closes", "withdraws", "reopens"))]
            assert ends[-1] == "closes", way
        elif {here, there} != {"submitted", "acknowledged"}:
            assert here == there, way
        everything = "\n".join(await written(both, referral))
        assert [words for words in walk.said[referral.id] if words not in everything] == [], way
        heard = [getattr(step.body, "words", "") + getattr(step.body, "reason", "")
                 for step in (await told(both, referral)).steps if step.direction == "in"]  # fmt: skip
        assert [words for words in walk.answered[referral.id] if words not in heard] == [], way
