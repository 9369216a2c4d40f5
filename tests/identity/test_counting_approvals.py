"""How much waits for somebody stands at the top of every page, so it costs no more however much that is."""

from collections.abc import Awaitable, Callable
from uuid import UUID

import pytest

from safeguard import clock
from safeguard.access.actors import Actor
from safeguard.access.roles import Role
from safeguard.identity import acts, approving, proposals
from safeguard.identity.acts import Act, Proposal
from safeguard.work import Work, begin
from tests.factories.organisations import make_person

pytestmark = pytest.mark.anyio

Someone = Callable[..., Awaitable[Actor]]
LEADS = frozenset({Role.LEAD})


async def done(_work: Work, _proposal: Proposal) -> None:
    """Nothing is done here."""


@pytest.mark.parametrize("kept", [False, True], ids=["theirs to decide", "kept from them"])
async def test_so_many_are_looked_at_and_no_more(someone: Someone, monkeypatch: pytest.MonkeyPatch, kept: bool) -> None:
    asker = await someone(Role.LEAD)
    user_id, name = await make_person(asker.organisation_id, [Role.LEAD])
    reader = Actor(asker.kind, asker.organisation_id, user_id, LEADS, name)
    looked: list[UUID] = []

    async def kept_from(_work: Work, proposal: Proposal) -> frozenset[UUID]:
        looked.append(proposal.id)
        return frozenset({user_id} if kept else ())

    monkeypatch.setattr(acts, "_acts", {})
    acts.bind(Act("test.count", "Try counting", LEADS, LEADS, done, kept_from=kept_from))
    async with begin(asker) as work:
        for _ in range(45):
            await approving.propose(work, "test.count", clock.new_id(), "So that there are many.")
    async with begin(reader) as work:
        counted = await proposals.count_waiting(work)
    assert counted == (0 if kept else proposals.MOST_COUNTED)
    assert len(looked) == (proposals.LOOKED_AT if kept else proposals.MOST_COUNTED)
