"""Who asks, what entitles them, and what an answer might do: nothing is released without, and nonsense is refused."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from safeguard.access.actors import Actor
from safeguard.access.roles import Role
from safeguard.errors import Invalid
from safeguard.records.access.handling import NewRequest, receive
from safeguard.records.access.judging import ENTITLED, Judgement, judge
from safeguard.records.access.queries import get_request
from safeguard.records.access.wording import ASKERS, GROUNDS
from safeguard.work import begin
from tests.records.making import TODAY, recorded

pytestmark = pytest.mark.anyio

Someone = Callable[..., Awaitable[Actor]]
GOOD = Judgement("parental_responsibility", "document", "yes", "some", "Her passport and a birth certificate.",
                 TODAY - timedelta(days=2), "Not what the nurse heard.", "No contact with the father.", "On our list.",
                 "A neighbour, who told us.", "Dr Sample, paediatrician")  # fmt: skip


async def test_what_was_seen_is_kept_with_whoever_saw_it_and_when(someone: Someone) -> None:
    lead = await someone(Role.LEAD)
    _, person = await recorded(lead, "clover")
    async with begin(lead) as work:
        request = await receive(work, NewRequest(person, "parent", "Carla Brook", "", TODAY))
    async with begin(lead) as work:
        await judge(work, request, GOOD, TODAY)
    async with begin(lead) as work:
        kept = await get_request(work, request)
    assert (kept.ground, kept.identity, kept.competent, kept.harm) == (
        "parental_responsibility", "document", "yes", "some",
    )  # fmt: skip
    assert (kept.seen, kept.seen_on, kept.seen_by_name) == (GOOD.seen, TODAY - timedelta(days=2), lead.name)
    assert (kept.wishes, kept.limits, kept.advised_by) == (GOOD.wishes, GOOD.limits, GOOD.advised_by)
    for wrong, field in (
        (replace(GOOD, ground="authority"), "ground"),
        (replace(GOOD, ground="own"), "ground"),
        (replace(GOOD, seen=""), "seen"),
        (replace(GOOD, seen_on=TODAY + timedelta(days=1)), "seen_on"),
        (replace(GOOD, competent="adult"), "competent"),
        (replace(GOOD, wishes=""), "wishes"),
        (replace(GOOD, harm_words=""), "harm_words"),
        (replace(GOOD, advised_by=""), "advised_by"),
    ):
        with pytest.raises(Invalid) as refused:
            async with begin(lead) as work:
                await judge(work, request, wrong, TODAY)
        assert field in {error.field for error in refused.value.errors}
    async with begin(lead) as work:
        assert await get_request(work, request) == kept, "what is refused changes nothing"


def test_every_asker_has_something_that_may_entitle_them() -> None:
    assert set(ENTITLED) == set(ASKERS)
    assert set().union(*ENTITLED.values()) == set(GROUNDS)
