"""A school with records past their time, a hold, disposals; requests, a complaint, a breach."""

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from safeguard import clock
from safeguard.access.actors import Actor
from safeguard.helpline.moving import move_case
from safeguard.helpline.states import State
from safeguard.identity import acts
from safeguard.people.recording import record_person
from safeguard.records import disposing, proposing
from safeguard.records.access import gathering, handling, releasing
from safeguard.records.access.handling import NewRequest
from safeguard.records.access.judging import Judgement, judge
from safeguard.records.dating import say_dates
from safeguard.records.holding import About, place_hold
from safeguard.records.kinds import acting, asking
from safeguard.records.kinds.leaving import say_left
from safeguard.records.kinds.registry import get_kind
from safeguard.records.logs.breaching import find_breach
from safeguard.records.logs.writing import receive_complaint, write_disagreement
from safeguard.registers.training.learning import NewEvent, record_event
from safeguard.standards.proving import add_item
from safeguard.work import begin
from tests.factories.incidents import SCHOOL
from tests.factories.people import called
from tests.helpline.conftest import taken
from tests.records.kinds.making import paper
from tests.records.kinds.test_shelves import closed_concern
from tests.records.making import TODAY, disposed, recorded

JUDGED = Judgement(
    "parental_responsibility", "document", "yes", "no", "Her passport, and the birth certificate.", wishes="All of it."
)
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
    waiting_request: UUID
    """One whose answer waits for somebody to agree that it leaves."""
    complaint: UUID
    breach: UUID
    old_paper: UUID
    """Evidence that is past its time."""
    long_closed: UUID
    """A concern about somebody who left."""
    concern_hold: UUID
    concern_disposal: UUID
    ended_case: UUID
    """A case of the helpline, with a disposal that waits and a hold."""
    case_hold: UUID
    case_disposal: UUID


async def outlive(lead: Actor, head: Actor, person: UUID, supervisor: Actor) -> Outlived:
    """Made by the lead, agreed to by the head; at the helpline by its supervisor."""
    acts.bind(*disposing.ACTS, *acting.ACTS, *releasing.ACTS)
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
        await judge(work, request, JUDGED, TODAY)
        await handling.refuse(work, refused, "It asks for the same again, a week later.")
    done = await disposed(lead, head, About("incident", gone))
    papers = await age(lead)
    concern = await closed_concern(lead, head, "Wren Featherstonehaugh-Brook", "the trip")
    async with begin(head, purpose="session") as work:
        await say_left(work, concern, date(2026, 7, 20), TODAY)
    async with begin(supervisor) as work:
        case = await taken(work)
        await move_case(work, case, State.WITHDRAWN, "They rang to say that it was solved.", 1)
    kept = await hold_back(head, "concern", concern, "period"), await hold_back(supervisor, "helpline_case", case.id)
    return Outlived(overdue, hold, waiting, done, request, refused, await wait(lead), complaint, breach, papers,
                    concern, *kept[0], case.id, *kept[1])  # fmt: skip


async def hold_back(keeper: Actor, kind: str, record: UUID, ground: str = "mistake") -> tuple[UUID, UUID]:
    """Its disposal is asked for, and then somebody puts it on hold: the hold, and the disposal."""
    async with begin(keeper, purpose="session") as work:
        disposal = (await asking.ask(work, get_kind(kind), [record], ground, TODAY)).subject_id
        return await place_hold(work, About(kind, record), "court", "A solicitor wrote."), disposal


async def age(lead: Actor) -> UUID:
    """Evidence and training of ten years ago, one item on hold; a leaver."""
    async with begin(lead) as work:
        old = [await add_item(work, paper(f"Minutes of {year}", date(year, 3, 1))) for year in (2014, 2015, 2016)]
        await record_event(
            work, SCHOOL, NewEvent(title="Safer strangers", audiences=("staff",), held_on=date(2016, 9, 5))
        )
        leaver = await record_person(work, called("Rowan", "Featherstonehaugh-Brook"), SCHOOL)
    async with begin(lead) as work:
        await place_hold(work, About("evidence_item", old[0].id), "inquiry", "The review of 2026 asks for it.")
        await say_dates(work, leaver.id, date(2020, 7, 20), None)
    return old[1].id


async def wait(lead: Actor) -> UUID:
    """A request whose answer waits for a second person."""
    async with begin(lead) as work:
        asked_about = await record_person(work, called("Wren", "Featherstonehaugh-Brook"), SCHOOL)
    request = await ask(lead, asked_about.id)
    async with begin(lead) as work:
        await gathering.gather(work, request)
        await judge(work, request, JUDGED, TODAY)
    async with begin(lead) as work:
        await releasing.ask_release(work, request)
    return request


async def ask(lead: Actor, person: UUID) -> UUID:
    """A request by a parent."""
    new = NewRequest(person, "parent", "Carla Featherstonehaugh-Brook", "carla@example.org", date(2026, 11, 2))
    async with begin(lead) as work:
        return await handling.receive(work, new)
