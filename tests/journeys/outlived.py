"""A school with records past their time, a hold, disposals; requests, a complaint, a breach."""

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from safeguard import clock
from safeguard.access.actors import Actor
from safeguard.identity import acts
from safeguard.records import disposing, proposing
from safeguard.records.access import gathering, handling
from safeguard.records.access.handling import NewRequest
from safeguard.records.holding import About, place_hold
from safeguard.records.logs.writing import find_breach, receive_complaint, write_disagreement
from safeguard.work import begin
from tests.records.making import TODAY, disposed, recorded

REASON = (
    "DC Sample of the Thames Valley Police asked on the telephone that nothing about this be destroyed: crime "
    "reference 43260001, confirmed by mail the same day."
)
LOST = "A letter about two children went to the wrong family. They rang the office, and brought it back unopened."


@dataclass(frozen=True, slots=True)
class Outlived:
    """What is there."""

    overdue: UUID
    """A closed incident whose period is over."""
    held_back: UUID
    """A hold on another."""
    asked_disposal: UUID
    done_disposal: UUID
    request: UUID
    """A request that was gathered, about somebody of the list."""
    answered_request: UUID
    complaint: UUID
    breach: UUID


async def outlive(lead: Actor, head: Actor, person: UUID) -> Outlived:
    """Made by the lead, agreed to by the head."""
    acts.bind(*disposing.ACTS)
    overdue, held, asked, gone = [(await recorded(lead, f"Sample{number}"))[0] for number in range(4)]
    async with begin(lead) as work:
        hold = await place_hold(work, About("incident", held), "police", REASON)
        waiting = (await proposing.ask(work, About("incident", asked), "period", TODAY)).subject_id
        complaint = await receive_complaint(work, date(2026, 11, 2), "Jo Sample", "access", "It took too long.")
        breach = await find_breach(work, clock.now() - timedelta(hours=3), LOST, 2, "some", "Asked for it back.")
        await write_disagreement(work, person, "Carla Brook", "She was not there that day.", "")
    request, refused = await ask(lead, person), await ask(lead, person)
    async with begin(lead) as work:
        await gathering.gather(work, request)
        await handling.judge(work, request, "She came with her passport.", "no", "")
        await handling.refuse(work, refused, "It asks for the same again, a week later.")
    done = await disposed(lead, head, About("incident", gone))
    return Outlived(overdue, hold, waiting, done, request, refused, complaint, breach)


async def ask(lead: Actor, person: UUID) -> UUID:
    """A request by a parent."""
    new = NewRequest(person, "parent", "Carla Featherstonehaugh-Brook", "carla@example.org", date(2026, 11, 2))
    async with begin(lead) as work:
        return await handling.receive(work, new)
