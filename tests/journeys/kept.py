"""What is kept from somebody: an incident that names a member of staff, and concerns in the vault."""

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from safeguard.access.actors import Actor
from safeguard.concerns import handling
from safeguard.concerns.handling import Said
from safeguard.concerns.raising import NewConcern, raise_concern
from safeguard.incidents.recording import record_incident
from safeguard.incidents.reports import NewIncident, NewPerson
from safeguard.tenancy.profiles import profile_of
from safeguard.work import begin

LONG = "Wolfeschlegelsteinhausenbergerdorff-Featherstonehaugh"


@dataclass(frozen=True, slots=True)
class Kept:
    """Where to find it."""

    alleging: UUID
    shut_out: UUID
    """The member who is kept from the incident, and from the concern that is open."""
    concern: UUID
    closed_concern: UUID


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
    return Kept(alleging, subject.user_id, concern, closed)


async def _raise(who: Actor, new: NewConcern) -> UUID:
    async with begin(who) as work:
        return (await raise_concern(work, new)).id
