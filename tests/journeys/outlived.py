"""A school with records past their time: one to look at, one on hold, one that waits, one that is gone."""

from dataclasses import dataclass
from uuid import UUID

from safeguard.access.actors import Actor
from safeguard.identity import acts
from safeguard.records import disposing, proposing
from safeguard.records.holding import About, place_hold
from safeguard.work import begin
from tests.records.making import TODAY, disposed, recorded

REASON = (
    "DC Sample of the Thames Valley Police asked on the telephone that nothing about this be destroyed: crime "
    "reference 43260001, confirmed by mail the same day."
)


@dataclass(frozen=True, slots=True)
class Outlived:
    """What is there."""

    overdue: UUID
    """A closed incident whose period is over."""
    held_back: UUID
    """A hold on another."""
    asked_disposal: UUID
    done_disposal: UUID


async def outlive(lead: Actor, head: Actor) -> Outlived:
    """Made by the lead, agreed to by the head."""
    acts.bind(*disposing.ACTS)
    overdue, held, asked, gone = [(await recorded(lead, f"Sample{number}"))[0] for number in range(4)]
    async with begin(lead) as work:
        hold = await place_hold(work, About("incident", held), "police", REASON)
        waiting = (await proposing.ask(work, About("incident", asked), "period", TODAY)).subject_id
    return Outlived(overdue, hold, waiting, await disposed(lead, head, About("incident", gone)))
