"""Records to dispose of: an incident long over, with everything that can hang on one, full of canary words."""

from datetime import date
from uuid import UUID

from safeguard import clock
from safeguard.access.actors import Actor, ActorKind
from safeguard.access.roles import Role
from safeguard.drafts.keeping import save
from safeguard.identity import approving
from safeguard.incidents.adding import add_entry
from safeguard.incidents.closing import Closing, close
from safeguard.incidents.entering import NewEntry
from safeguard.incidents.identifying import identify
from safeguard.incidents.recording import record_incident
from safeguard.incidents.reports import NewIncident, NewPerson
from safeguard.incidents.triaging import assess
from safeguard.people.recording import record_person
from safeguard.records import proposing
from safeguard.records.holding import About
from safeguard.web.fields import Fields
from safeguard.work import begin
from tests.factories.incidents import SCHOOL
from tests.factories.organisations import make_person
from tests.factories.people import called

TODAY = date(2026, 11, 22)
CLOSING = Closing(summary="Closed.", follow_up="Spoke.", decision="None.", outcome="Well.")


async def second(lead: Actor, role: Role = Role.HEAD) -> Actor:
    """Somebody else of the same organisation who may agree."""
    user_id, name = await make_person(lead.organisation_id, [role])
    return Actor(ActorKind.PERSON, lead.organisation_id, user_id, frozenset({role}), name)


async def recorded(lead: Actor, word: str, born_on: date | None = date(1990, 5, 14)) -> tuple[UUID, UUID]:
    """A closed incident about somebody who is long grown up, with `word` wherever one can write; and that person."""
    async with begin(lead) as work:
        person = await record_person(
            work, called(f"Ana {word}", "Brook", born_on=born_on, notes=f"{word} moved."), SCHOOL
        )
    new = NewIncident(
        narrative=f"Somebody wrote {word} on the wall.",
        people=(NewPerson(name=f"Ana {word}", role="affected", kind="child", connection="pupil", group_name="Year 9"),),
        accounts=f"@{word}",
    )
    async with begin(lead) as work:
        story = await record_incident(work, new, SCHOOL)
    incident = story.facts.id
    async with begin(lead) as work:
        await identify(work, incident, story.people[0].id, 1, person.id)
    for entry in (
        NewEntry(words=f"Spoke about {word}."),
        NewEntry(kind="lesson", words=f"Learnt {word}.", controls=("M5",)),
        NewEntry(kind="action", words=f"Ask {word}.", owner_name="Sam", due_on=clock.now().date()),
    ):
        async with begin(lead) as work:
            await add_entry(work, incident, entry)
    async with begin(lead) as work:
        await save(work, clock.new_id(), 0, f"/incidents/{incident}/entries/new", Fields.of([("words", word)]))
    async with begin(lead) as work:
        found = await work.driver.fetchval("select version from public.incidents where id = $1", incident)
        version = (await assess(work, incident, int(found or 0), "high", f"Because of {word}.")).version
    async with begin(lead) as work:
        await close(work, incident, version, CLOSING)
    return incident, person.id


async def disposed(lead: Actor, other: Actor, about: About, ground: str = "period") -> UUID:
    """Asked for by one and agreed to by the other; the disposal."""
    async with begin(lead) as work:
        proposal = await proposing.ask(work, about, ground, TODAY)
    async with begin(other) as work:
        await approving.approve(work, proposal.id)
    return proposal.subject_id
