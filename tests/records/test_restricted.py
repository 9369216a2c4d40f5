"""A record that is kept from somebody goes without their hearing of it: never past its time, held, or disposed of."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from safeguard.access.actors import Actor
from safeguard.access.roles import Role
from safeguard.errors import NotFound
from safeguard.identity import approving
from safeguard.incidents.hiding import circle
from safeguard.records import holding, proposing
from safeguard.records.holding import About
from safeguard.records.queries import list_disposals, list_holds
from safeguard.records.schedule import find_dated, list_due
from safeguard.work import begin
from tests.records.making import TODAY, recorded, second

pytestmark = pytest.mark.anyio

Someone = Callable[..., Awaitable[Actor]]
OWN_ROWS = (
    "select id::text from disposals", "select id::text from record_holds", "select id::text from proposals",
    "select entry from audit.leaves where log = 'general' and entry like '%\nrecord.%'",
    "select entry from audit.leaves where log = 'general' and entry like '%\nhold.%'",
)  # fmt: skip


async def sight(actor: Actor) -> dict[str, Any]:
    """Everything about disposals that somebody can come by."""
    async with begin(actor, purpose="session") as work:
        seen: dict[str, Any] = {text: [row[0] for row in await work.driver.fetch(text)] for text in OWN_ROWS}
        return seen | {
            "due": await list_due(work, TODAY), "holds": await list_holds(work),
            "disposals": await list_disposals(work),
        }  # fmt: skip


async def test_whoever_it_is_kept_from_sees_what_they_would_see_if_it_had_never_been(someone: Someone) -> None:
    lead = await someone(Role.LEAD)
    head, kept_out = await second(lead), await second(lead, Role.DEPUTY)
    other_world = await someone(Role.DEPUTY)
    nothing = await sight(other_world)
    assert not any(nothing.values())
    incident, _ = await recorded(lead, "Snapdragon")
    async with begin(lead) as work:
        await circle.exclude(work, incident, kept_out.user_id)
    assert await sight(kept_out) == nothing

    about = About("incident", incident)
    async with begin(lead) as work:
        hold = await holding.place_hold(work, about, "police", "Snapdragon's case.")
    assert await sight(kept_out) == nothing
    async with begin(lead) as work:
        await holding.lift_hold(work, hold, "Over.")
        proposal = await proposing.ask(work, about, "period", TODAY)
    assert await sight(kept_out) == nothing
    async with begin(kept_out, purpose="session") as work:
        assert await find_dated(work, incident) is None
    with pytest.raises(NotFound):
        async with begin(kept_out, purpose="session") as work:
            await proposing.ask(work, about, "period", TODAY)
    with pytest.raises(NotFound):
        async with begin(kept_out, purpose="session") as work:
            await holding.place_hold(work, about, "other", "Why not.")
    with pytest.raises(NotFound):
        async with begin(kept_out, purpose="session") as work:
            await approving.approve(work, proposal.id)
    async with begin(head, purpose="session") as work:
        await approving.approve(work, proposal.id)
    assert await sight(kept_out) == nothing
    async with begin(head, purpose="session") as work:
        states = [row["state"] for row in await work.driver.fetch("select state from disposals where restricted")]
    assert states == ["done"], "who reads the vault knows that one was disposed of"
