"""Who knows, or why not: parents and carers, and for a looked-after child everybody who answers for them.

Asked of every safeguarding record (KCSIE). Each statement is an entry; the incident itself says whether the parents
know, because that is what every list and report asks first.
"""

from uuid import UUID

from safeguard.access.policy import Permission
from safeguard.errors import Conflict, FieldError, Invalid
from safeguard.incidents.changing import held_open, insert_entry, new_entry, open_one, save
from safeguard.incidents.concerning import about_person
from safeguard.incidents.entering import NewEntry, check_entry, tidied_entry, too_long
from safeguard.incidents.reports import tidy
from safeguard.incidents.story import Entry, Facts, ParentsInformed, Person
from safeguard.work import Work


async def note_parents(work: Work, incident_id: UUID, version: int, informed: ParentsInformed, reason: str) -> Facts:
    """Say whether parents or carers were informed; raises `Invalid` when they were not and no reason is given."""
    work.require(Permission.INCIDENT_FOLLOW_UP)
    reason = tidy(reason)
    if informed == "not_said":
        raise Invalid(FieldError("informed", "Choose one."))
    if informed == "no" and not reason:
        raise Invalid(FieldError("reason", "Say why they were not told, such as: it could put the child at risk."))
    if errors := too_long({"reason": reason}):
        raise Invalid(*errors)
    story = await open_one(work, incident_id, version)
    if (story.facts.parents_informed, story.facts.parents_reason) == (informed, reason):
        raise Conflict("Nothing is different, so nothing was saved.")
    entry = new_entry(work, incident_id, "informing", contact="parents", informed=informed, reason=reason)
    await insert_entry(work, entry)
    return await _projected(work, story.facts, story.people, entry)


async def note_knowledge(work: Work, incident_id: UUID, version: int, said: tuple[NewEntry, ...]) -> None:
    """Keep several statements at once; raises `Invalid` with errors named `0.reason`, by its number."""
    work.require(Permission.INCIDENT_FOLLOW_UP)
    said = tuple(tidied_entry(each) for each in said)
    if not said:
        raise Invalid(FieldError("", "Choose for at least one of them whether they know."))
    errors = [
        FieldError(f"{number}.{error.field}", error.message)
        for number, each in enumerate(said)
        for error in check_entry(each, work.now())
    ]
    if errors:
        raise Invalid(*errors)
    await open_one(work, incident_id, version)
    for each in said:
        about = await about_person(work, incident_id, each.person_id)
        kept = {name: getattr(each, name) for name in ("contact", "contact_name", "informed", "reason", "words")}
        entry = new_entry(work, incident_id, "informing", took_place_at=each.took_place_at, **kept, **about)
        await inform(work, entry)


async def inform(work: Work, entry: Entry) -> Entry:
    """Add an entry that says who knows.

    It needs no version: statements stand beside one another, and the last one counts.
    """
    story = await held_open(work, entry.incident_id)
    await insert_entry(work, entry)
    if entry.contact == "parents":
        await _projected(work, story.facts, story.people, entry)
    else:
        work.record("incident.followed_up", entry.incident_id, version=story.facts.version)
    return entry


async def _projected(work: Work, facts: Facts, people: tuple[Person, ...], entry: Entry) -> Facts:
    """The next version of the incident, which says what the last statement about the parents said."""
    return await save(
        work, facts, people, "incident.corrected",
        parents_informed=entry.informed, parents_reason=entry.reason,
    )  # fmt: skip
