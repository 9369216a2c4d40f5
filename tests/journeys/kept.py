"""What is kept from somebody: an incident that names a member of staff, and concerns in the vault."""

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from safeguard.access.actors import Actor
from safeguard.concerns import handling
from safeguard.concerns.handling import Said
from safeguard.concerns.raising import NewConcern, raise_concern
from safeguard.identity import acts
from safeguard.incidents.adding import add_entry
from safeguard.incidents.hiding import ending
from safeguard.incidents.hiding.standing_in import standing_in
from safeguard.incidents.recording import record_incident
from safeguard.incidents.reports import NewIncident, NewPerson
from safeguard.tenancy.profiles import profile_of
from safeguard.work import begin
from tests.factories.incidents import ACTION

NOTED = "select id from entries where incident_id = $1 and kind = 'action'"
LEADING = "select name from memberships where roles && array['lead', 'deputy'] and kind = 'person' order by name"
LONG = "Wolfeschlegelsteinhausenbergerdorff-Featherstonehaugh"


@dataclass(frozen=True, slots=True)
class Kept:
    """Where to find it."""

    alleging: UUID
    shut_out: UUID
    """The member who is kept from the incident, and from the concern that is open."""
    concern: UUID
    closed_concern: UUID
    unled: UUID
    """An incident that alleges everybody who would handle it: the head is left."""
    unled_action: UUID
    """What the head noted there, to be done by somebody."""
    waiting: UUID
    """An incident in whose words the head is named, and whose exclusion somebody asked to end."""
    lifting: UUID
    """What was asked."""


async def keep_from(subject: Actor, lead: Actor, head: Actor, reporter: Actor) -> Kept:
    """A report and a concern about one person, and a concern that has come to its end."""
    people = (NewPerson(name=subject.name, role="alleged", kind="adult", connection="staff"),)
    narrative = "A member of staff wrote to a pupil at night, several times, and asked to keep it between them."
    async with begin(lead) as work:
        new = NewIncident(narrative=narrative, people=people)
        alleging = (await record_incident(work, new, profile_of("school"))).facts.id
    about = NewConcern(subject_name=subject.name, subject_work="Teaching assistant", narrative=narrative)
    concern = await _raise(reporter, about)
    async with begin(head) as work:
        await handling.decide(work, concern, 1, "allegation", "May have behaved so that they pose a risk to children.")
    closed = await _raise(reporter, NewConcern(subject_name=f"Mx {LONG} " * 2, narrative="Gives lifts home. " * 40))
    async with begin(head) as work:
        contact = Said(kind="contact", words="No further action.", contact="lado", contacted_at=datetime.now(UTC))
        await handling.add(work, closed, contact)
        await handling.decide(work, closed, 2, "low_level", "Not in line with the code of conduct, and no more.")
        await handling.close(work, closed, 3, "low_level_kept", "Nobody was harmed.", "Spoke, and agreed what changes.")
    assert subject.user_id
    waiting, lifting = await _ask_to_end(lead, subject, f"Mr {head.name.split()[-1]} was told of it by the pupil.")
    unled = await _allege_everybody(reporter)
    action = await _note(head, unled)
    return Kept(alleging, subject.user_id, concern, closed, unled, action, waiting, lifting)


async def _ask_to_end(lead: Actor, subject: Actor, words: str) -> tuple[UUID, UUID]:
    """An incident that excludes one, and the proposal that they may know."""
    acts.bind(*ending.ACTS)
    assert subject.user_id
    async with begin(lead) as work:
        people = (NewPerson(name=subject.name, role="alleged", kind="adult", connection="staff"),)
        new = NewIncident(narrative=words, people=people)
        incident = (await record_incident(work, new, profile_of("school"))).facts.id
        how = "By the head, in her office, on Monday; a colleague was there."
        asked = await ending.ask(work, incident, subject.user_id, "told", how, "They are asked as a witness.")
    return incident, asked.id


async def _allege_everybody(reporter: Actor) -> UUID:
    """A report that names every lead and deputy."""
    async with begin(reporter) as work:
        names = [row["name"] for row in await work.driver.fetch(LEADING)]
        people = tuple(NewPerson(name=name, role="alleged", kind="adult", connection="staff") for name in names)
        new = NewIncident(narrative="They all laughed at the picture of a pupil in the staff room.", people=people)
        return (await record_incident(work, new, profile_of("school"))).facts.id


async def _note(head: Actor, incident_id: UUID) -> UUID:
    """An action that the head adds, standing in for whoever is kept from it."""
    async with begin(head, purpose="session") as work, standing_in(work, incident_id):
        await add_entry(work, incident_id, ACTION)
        found: UUID = await work.driver.fetchval(NOTED, incident_id)
        return found


async def _raise(who: Actor, new: NewConcern) -> UUID:
    async with begin(who) as work:
        return (await raise_concern(work, new)).id
