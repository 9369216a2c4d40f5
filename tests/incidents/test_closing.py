"""Closing: what is still open, and why it was closed all the same."""

import anyio
import msgspec
import pytest

from safeguard.access.roles import Role
from safeguard.errors import Conflict
from safeguard.incidents.acknowledging import acknowledge
from safeguard.incidents.assigning import assign
from safeguard.incidents.closing import close, has_open_ends
from safeguard.incidents.informing import note_parents
from safeguard.incidents.standing import standing
from safeguard.incidents.triaging import Classes, assess, classify
from safeguard.work import begin
from tests.factories.incidents import ACTION, SCHOOL, SHORT
from tests.incidents.casework import CLOSING, add, read, recorded

pytestmark = pytest.mark.anyio


async def test_closing_knows_what_is_still_open(someone):
    lead = await someone(Role.LEAD)
    story = await recorded(lead)
    incident = story.facts.id
    action = await add(lead, incident, **msgspec.structs.asdict(ACTION))
    asked = await add(lead, incident, kind="contact", words="Rang.", contact="police", awaits_answer=True)
    endings = [
        {"kind": "completion", "words": "Done.", "action_id": action.id},
        {"kind": "answer", "words": "Fine.", "action_id": asked.id},
        *({"kind": "person_outcome", "words": "Well.", "result": "supported", "person_id": person.id}
          for person in story.people[:2]),
    ]  # fmt: skip
    for ending in endings:
        async with begin(lead) as work:
            assert await has_open_ends(work, incident)
        assert not standing(await read(lead, incident)).is_settled
        await add(lead, incident, **ending)
    async with begin(lead) as work:
        assert not await has_open_ends(work, incident)
    assert standing(await read(lead, incident)).is_settled


async def test_why_it_was_closed_with_something_open_stays_in_the_record(someone):
    lead = await someone(Role.LEAD)
    facts = (await recorded(lead)).facts
    async with begin(lead) as work:
        await close(work, facts.id, 1, msgspec.structs.replace(CLOSING, left_open="They moved away."))
    assert (await read(lead, facts.id)).entries[-1].reason == "They moved away."


async def test_of_fifty_who_change_one_incident_in_different_ways_at_once_one_wins(someone):
    lead = await someone(Role.LEAD)
    incident = (await recorded(lead, SHORT)).facts.id
    async with begin(lead) as work:
        version = (await acknowledge(work, incident, 1)).version
    ways = (
        lambda work: assess(work, incident, version, "high", "It spreads."),
        lambda work: assign(work, incident, version, lead.user_id),
        lambda work: classify(work, incident, version, Classes(four_c=("conduct",)), SCHOOL),
        lambda work: close(work, incident, version, CLOSING),
        lambda work: note_parents(work, incident, version, "yes", "Rang."),
    )
    outcomes = []

    async def attempt(number):
        try:
            async with begin(lead) as work:
                await ways[number % len(ways)](work)
        except Conflict:
            outcomes.append("refused")
        else:
            outcomes.append("won")

    async with anyio.create_task_group() as group:
        for number in range(50):
            group.start_soon(attempt, number)
    assert (outcomes.count("won"), len(outcomes)) == (1, 50)
    story = await read(lead, incident)
    assert story.facts.version == version + 1
    assert len(story.entries) == 2
