"""Somebody whose record was made twice and merged is one person: for holds, for periods, for what came of them."""

from datetime import date
from uuid import UUID

import pytest

from safeguard.access.actors import Actor
from safeguard.access.roles import Role
from safeguard.errors import Conflict
from safeguard.identity import approving
from safeguard.people.merging import merge
from safeguard.people.recording import record_person
from safeguard.records import holding, proposing
from safeguard.records.dating import say_dates
from safeguard.records.holding import About
from safeguard.records.people_due import list_leavers, person_due_on
from safeguard.records.proposing import find_obstacles
from safeguard.records.queries import holds_of
from safeguard.records.schedule import find_dated
from safeguard.transfers.unsent import find_unsent
from safeguard.work import begin
from tests.factories.incidents import SCHOOL
from tests.factories.people import called
from tests.records.making import TODAY, recorded, second

pytestmark = pytest.mark.anyio
CANNOT = "A hold stands"


async def _made_twice(lead: Actor, *, born_on: date | None = date(2010, 9, 3)) -> tuple[UUID, UUID, UUID]:
    """A closed incident tied to the record that was absorbed; that record; and the one that stands for the person."""
    incident, absorbed = await recorded(lead, "bellflower", born_on=None)
    async with begin(lead) as work:
        kept = await record_person(work, called("Ana", "Brook", born_on=born_on), SCHOOL)
    async with begin(lead) as work:
        await merge(work, kept.id, absorbed, "One and the same.")
    return incident, absorbed, kept.id


async def test_a_hold_on_the_record_that_was_kept_holds_what_is_tied_to_the_other(someone) -> None:
    lead = await someone(Role.LEAD)
    incident, _, kept = await _made_twice(lead)
    async with begin(lead) as work:
        await holding.place_hold(work, About("person", kept), "court", "A court case.")
        assert await find_obstacles(work, About("incident", incident)) == ("held",)
        assert (await find_dated(work, incident)).is_held
    with pytest.raises(Conflict, match=CANNOT):
        async with begin(lead) as work:
            await proposing.ask(work, About("incident", incident), "mistake", TODAY)


async def test_a_hold_on_either_record_that_comes_after_the_request_stops_the_disposal(someone) -> None:
    lead = await someone(Role.LEAD)
    head = await second(lead)
    incident, absorbed, kept = await _made_twice(lead)
    async with begin(lead) as work:
        proposal = await proposing.ask(work, About("incident", incident), "mistake", TODAY)
    async with begin(lead) as work:
        hold = await holding.place_hold(work, About("person", kept), "court", "A court case.")
    with pytest.raises(Conflict, match=CANNOT):
        async with begin(head) as work:
            await approving.approve(work, proposal.id)
    async with begin(lead) as work:
        await holding.lift_hold(work, hold, "It was settled.")
        await holding.place_hold(work, About("person", absorbed), "police", "They ask for it.")
        assert [one.ground for one in await holds_of(work, About("person", kept))] == ["police", "court"]
        assert "held" in await find_obstacles(work, About("person", kept))
    with pytest.raises(Conflict, match=CANNOT):
        async with begin(head) as work:
            await approving.approve(work, proposal.id)


async def test_the_period_counts_from_what_stands_for_the_person_and_they_are_no_leaver_without_a_record(
    someone,
) -> None:
    lead = await someone(Role.LEAD)
    incident, _, kept = await _made_twice(lead)
    async with begin(lead) as work:
        dated = await find_dated(work, incident)
        assert dated.is_sure, "the record that was kept says when they were born"
        assert dated.due_on.year - 2010 >= 25
        assert "affected" in await find_obstacles(work, About("person", kept))
    async with begin(lead) as work:
        await say_dates(work, kept, date(2015, 7, 20), None)
        assert await list_leavers(work, date(2060, 1, 1)) == ()
        assert await person_due_on(work, kept) is None
    async with begin(lead) as work:
        await say_dates(work, kept, TODAY, None)
    async with begin(lead) as work:
        assert (await find_unsent(work, kept)) is not None, "their file has still to go to the next place"
