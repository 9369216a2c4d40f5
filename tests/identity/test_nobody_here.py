"""The outside second person stands in for nobody who is there: every act that takes two, in both directions."""

from dataclasses import replace
from pathlib import Path
from typing import Final
from uuid import UUID

import pytest

from safeguard import clock, settings
from safeguard.access.roles import Role
from safeguard.app import create_app
from safeguard.concerns import admitting
from safeguard.errors import Conflict
from safeguard.identity import acts, approving, outside, two_person
from safeguard.identity.acts import Act, Proposal
from safeguard.incidents.hiding import breaking, ending
from safeguard.records import disposing
from safeguard.records.access import releasing
from safeguard.records.kinds import acting
from safeguard.sign_on import connecting
from safeguard.work import Work, begin
from tests.identity.conftest import Account, AsOwner, MakeAccount

pytestmark = pytest.mark.anyio

ALL: Final = (
    *two_person.ACTS, *breaking.ACTS, *ending.ACTS, *admitting.ACTS, *connecting.ACTS, *disposing.ACTS, *acting.ACTS,
    *releasing.ACTS,
)  # fmt: skip
OUTSIDE: Final = tuple(act for act in ALL if act.outside)
INSIDE: Final = tuple(act for act in ALL if not act.outside)
"""What somebody here has to answer for afterwards, such as a program's token."""
LEAVES: Final = "update memberships set state = 'ended' where user_id = %s"
RETURNS: Final = "update memberships set state = 'active' where user_id = %s"


async def asked(by: Account, act: Act) -> Proposal:
    """Asked for about nothing in particular: who may decide is what is tried, and nothing is carried out."""
    details = {"from": str(clock.new_id())}
    async with begin(by.actor) as work:
        return await approving.propose(work, act.code, clock.new_id(), "Why not.", details=details)


def _one_of(roles: frozenset[Role]) -> Role:
    """A head, who reads the vault too, where a head may."""
    return Role.HEAD if Role.HEAD in roles else min(roles)


async def link_to(by: Account, proposal: Proposal) -> str:
    async with begin(by.actor) as work:
        return (await approving.make_link(work, proposal.id)).path.removeprefix("/approve/")


async def test_every_act_of_the_application_is_tried(monkeypatch: pytest.MonkeyPatch, data: Path) -> None:
    monkeypatch.setattr(acts, "_acts", {})
    create_app(settings.load({"SAFEGUARD_REQUEST_LIMITS": "no"}, data))
    assert {act.code for act in ALL if act.outside} == {code for code, act in acts._acts.items() if act.outside}


@pytest.mark.parametrize("act", OUTSIDE, ids=[act.code for act in OUTSIDE])
async def test_the_link_counts_only_while_nobody_here_can_decide(
    account: MakeAccount, as_owner: AsOwner, act: Act
) -> None:
    carried_out: list[UUID] = []  # in place of what the act does

    async def note(_work: Work, proposal: Proposal) -> None:
        carried_out.append(proposal.id)

    acts.bind(replace(act, perform=note))
    asker = await account(_one_of(act.proposers))
    other = await account(_one_of(act.approvers), organisation=asker.organisation_id)
    proposal = await asked(asker, act)
    with pytest.raises(Conflict, match="Somebody here can decide"):
        await link_to(asker, proposal)
    await as_owner(LEAVES, other.user_id)
    token = await link_to(asker, proposal)
    await as_owner(RETURNS, other.user_id)
    there = await outside.find_asked(token)
    for decide in (outside.approve(there, token, clock.new_request_id()),
                   outside.decline(there, token, "No.", clock.new_request_id())):  # fmt: skip
        with pytest.raises(Conflict, match="can decide this by now"):
            await decide
    assert (carried_out, (await outside.find_asked(token)).state) == ([], "open")
    await as_owner(LEAVES, other.user_id)
    await outside.approve(there, token, clock.new_request_id())
    assert (carried_out, (await outside.find_asked(token)).state) == ([proposal.id], "approved")


@pytest.mark.parametrize("act", INSIDE, ids=[act.code for act in INSIDE])
async def test_what_somebody_here_answers_for_afterwards_is_never_decided_outside(
    account: MakeAccount, act: Act
) -> None:
    acts.bind(act)
    asker = await account(_one_of(act.proposers))
    proposal = await asked(asker, act)
    with pytest.raises(Conflict):
        await link_to(asker, proposal)
