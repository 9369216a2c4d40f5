"""A request for what is kept about Ana, from what others wrote of her to the answer that is released."""

from collections.abc import Awaitable, Callable
from datetime import date
from uuid import UUID

from safeguard.access.actors import Actor
from safeguard.identity import approving
from safeguard.incidents.adding import add_entry
from safeguard.incidents.entering import NewEntry
from safeguard.incidents.identifying import identify
from safeguard.incidents.recording import record_incident
from safeguard.incidents.reports import NewIncident, NewPerson
from safeguard.people.recording import record_person
from safeguard.records.access import handling, releasing
from safeguard.records.access.handling import NewRequest
from safeguard.records.access.judging import Judgement, judge
from safeguard.work import begin
from tests.factories.incidents import SCHOOL, SHORT
from tests.factories.people import called

Someone = Callable[..., Awaitable[Actor]]
CAME = date(2026, 1, 31)


async def asked(lead: Actor, person: UUID, received: date = CAME) -> UUID:
    """A request by the person themselves."""
    async with begin(lead) as work:
        return await handling.receive(work, NewRequest(person, "self", "Ana Brook", "ana@example.org", received))


async def told_of(lead: Actor) -> tuple[UUID, UUID]:
    """Ana, and an incident in which another child and somebody in confidence are named all over."""
    async with begin(lead) as work:
        ana = await record_person(work, called("Ana", "Brook", notes="Likes to draw."), SCHOOL)
    new = NewIncident(
        narrative="Quintilla FEATHERSTONE told Ana Brook to hand over her phone. Her brother Bartholomew saw it.",
        people=(
            NewPerson(name="Ana Brook", role="affected", kind="child", connection="pupil"),
            NewPerson(name="Quintilla Featherstone", role="alleged", kind="child", connection="pupil"),
        ),
        accounts="@secret-source",
    )
    async with begin(lead) as work:
        story = await record_incident(work, new, SCHOOL)
    async with begin(lead) as work:
        await identify(work, story.facts.id, story.people[0].id, 1, ana.id)
    async with begin(lead) as work:
        await add_entry(work, story.facts.id, NewEntry(words="quintilla   featherstone said sorry to Ana."))
    async with begin(lead) as work:
        other = await record_incident(work, SHORT, SCHOOL)
    async with begin(lead) as work:  # named in the words of a record that is not hers
        await add_entry(work, other.facts.id, NewEntry(words="The driver says that ana brook saw it too."))
    return ana.id, story.facts.id


async def judged(lead: Actor, request: UUID) -> None:
    """The lead knows who asks, and holds nothing back."""
    async with begin(lead) as work:
        await judge(work, request, Judgement("own", "known", "yes", "no", standing="She is fifteen."), CAME)


async def released(lead: Actor, head: Actor, request: UUID) -> None:
    """Asked for by the lead, agreed to by the head."""
    async with begin(lead) as work:
        proposal = await releasing.ask_release(work, request)
    async with begin(head) as work:
        await approving.approve(work, proposal.id)


async def answer_of(lead: Actor, request: UUID) -> bytes:
    """The answer, as the lead downloads it."""
    async with begin(lead) as work:
        _, pieces = await releasing.download(work, request)
        return b"".join([piece async for piece in pieces])
