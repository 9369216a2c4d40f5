"""The way back out of the vault: what is not about somebody who works here, by the public page or of a colleague.

A child who is not sure whether an adult here is meant writes to those who read the vault. Where nobody of these is
meant it becomes an incident, as if it had come so: of the moment at which it was sent, by whoever wrote it, with what
was written to and fro and with their code. What a colleague raised is from then on a report of theirs, which they find
among what they reported; a concern that came from an incident has that one already. From whomever the concern is kept,
the incident is kept too.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Final
from uuid import UUID

from safeguard import clock
from safeguard.access.actors import Actor, ActorKind
from safeguard.access.policy import Permission
from safeguard.access.roles import Role
from safeguard.concerns.handling import CLOSED, Said, locked, received, required, save, write
from safeguard.concerns.reading import READ, read_concern
from safeguard.concerns.record import HOUSE, Facts, Record, decode_record
from safeguard.errors import Conflict, NotFound
from safeguard.evidence.queries import get_organisation
from safeguard.evidence.report.saying import minute
from safeguard.incidents.changing import insert_entry, new_entry
from safeguard.incidents.hiding.retelling import RETELL
from safeguard.incidents.recording import record_incident
from safeguard.incidents.reports import Happened, NewIncident, NewPerson
from safeguard.incidents.story import Entry
from safeguard.public_reports.adding import note_in_incident
from safeguard.public_reports.arriving import ARRIVED
from safeguard.public_reports.holding import as_visitor
from safeguard.public_reports.sent import UNNAMED, name_of_author
from safeguard.public_reports.telling import AGAIN
from safeguard.tenancy.effective import own_profile
from safeguard.work import Work

REPORT: Final = """
select r.arrival_id, r.urgent from public.public_reports r
where r.organisation_id = (select sec.current_organisation()) and r.concern_id = $1
"""
HAS_LEAD: Final = "select public.has_lead_beside($1)"
GIVE: Final = "select public.give_to_lead($1, $2, $3)"
DECIDED: Final = "It was decided that this is about somebody who works here. Close it with its outcome instead."
TIED: Final = (
    "An account here is tied to this. If that is wrong, say first on “Say whom it is about” that they have none."
)
NO_LEAD: Final = (
    "Nobody is there who handles incidents and may know of this, so it stays here. Let somebody know again first."
)
GIVEN: Final = "This came to those who read concerns about staff. It is not about somebody who works here: %s"


async def read_for_giving(work: Work, concern_id: UUID) -> Record:
    """A concern that could be given to the lead; raises `NotFound` for a closed one, or that came otherwise."""
    record = await read_concern(work, concern_id)
    if record.facts.state == "closed":
        raise NotFound
    if await work.driver.fetchrow(REPORT, concern_id) is None and not _is_of_colleague(record.facts):
        raise NotFound
    return record


def _is_of_colleague(facts: Facts) -> bool:
    """Whether a member raised it by itself, and not from an incident that is there."""
    return facts.raised_by is not None and facts.incident_id is None


async def give_to_lead(work: Work, concern_id: UUID, version: int, reason: str) -> None:
    """Make an incident of it and close the concern, which says where it went.

    Raises `Invalid` without a reason, `NotFound` for a concern that came from an incident or by nobody, `Stale`, and
    `Conflict` where it is closed or decided, tied to an account, or kept from everybody who handles incidents.
    """
    work.require(Permission.CONCERN_RAISE)
    reason = required(reason, "reason", "Say how you know that it is not about somebody who works here.")
    await locked(work, concern_id, version)
    # Read once it is held: whoever was writing on while this waited has done so.
    text, row = await work.driver.fetchval(READ, concern_id), await work.driver.fetchrow(REPORT, concern_id)
    if text is None:
        raise NotFound
    record = decode_record(text)
    facts = record.facts
    if row is None and not _is_of_colleague(facts):
        raise NotFound
    await _check(work, facts)
    urgent = bool(facts.child_at_risk or (row and row["urgent"]))
    with as_visitor(work, facts.raised_by_name) if row else _as_colleague(work, facts):
        made = await record_incident(
            work, _incident(facts), await own_profile(work), came=facts.raised_at, urgent=urgent
        )
    incident, arrival_id = made.facts, None
    how, told = await _how_it_came(work, facts), GIVEN % reason
    if row:
        arrival_id = await note_in_incident(work, incident.id, HOUSE, f"{ARRIVED} {how}")
        await _carry(work, record, incident.id, row["arrival_id"])
    else:
        told = f"{told}\n{how}"  # with a colleague there is no conversation by the page
    await insert_entry(work, new_entry(work, incident.id, "note", words=told))
    # Last: from here on it is hidden from whomever the concern is kept from.
    if not await work.driver.fetchval(GIVE, concern_id, incident.id, arrival_id):
        raise RuntimeError("the database refused what it was asked to give")  # the whole work is taken back
    await write(
        work, concern_id,
        Said(kind="closing", words=f"Given to the safeguarding lead as incident {incident.reference}.", reason=reason),
    )  # fmt: skip
    await save(
        work, await received(work, facts), "concern.given", state="closed", closed_at=work.now(),
        outcome="given_to_lead", outcome_reason=reason, incident_id=incident.id,
    )  # fmt: skip
    work.ask(
        RETELL, incident.id
    )  # all this is in the restricted log; where nobody is kept from it the general one hears


@contextmanager
def _as_colleague(work: Work, facts: Facts) -> Iterator[None]:
    """What is recorded in here is the report of whoever raised the concern; the log names who gave it."""
    acting = work.actor
    work.actor = Actor(
        ActorKind.PERSON, acting.organisation_id, facts.raised_by, frozenset({Role.REPORTER}), facts.raised_by_name
    )
    try:
        yield
    finally:
        work.actor = acting


async def _check(work: Work, facts: Facts) -> None:
    if facts.state == "closed":
        raise Conflict(CLOSED)
    if facts.level:
        raise Conflict(DECIDED)
    if facts.subject_user_id:
        raise Conflict(TIED)
    if not await work.driver.fetchval(HAS_LEAD, facts.id):
        raise Conflict(NO_LEAD)


def _incident(facts: Facts) -> NewIncident:
    name = name_of_author(facts.raised_by_name) if facts.raised_by is None else ""
    return NewIncident(
        narrative=facts.narrative,
        immediate_action=facts.immediate_action,
        happened=Happened(precision="about", words=facts.happened_words) if facts.happened_words else Happened(),
        people=(NewPerson(name=name, role="reporter", kind="unknown"),) if name else (),
    )


async def _how_it_came(work: Work, facts: Facts) -> str:
    zone = (await get_organisation(work)).zone
    words = f"Sent {minute(facts.raised_at, zone)}; given to the safeguarding lead {minute(work.now(), zone)}."
    about = ", ".join(each for each in (facts.subject_name, facts.subject_work) if each and each != UNNAMED)
    return f"{words}\nWhom it is about, as it stood there: {about}" if about else words


async def _carry(work: Work, record: Record, incident_id: UUID, arrival_id: UUID) -> None:
    """What was written to and fro, by whom and when it was; notes and decisions stay in the vault."""
    for each in record.entries:
        if each.kind != "message" or each.id == arrival_id:
            continue
        if each.author_id is None:
            await note_in_incident(work, incident_id, AGAIN, each.words, each.written_at)
        else:
            await insert_entry(
                work, _answer(incident_id, each.author_id, each.author_name, each.words, each.written_at)
            )


def _answer(incident_id: UUID, author_id: UUID, author_name: str, words: str, at: datetime) -> Entry:
    return Entry(
        id=clock.new_id(), incident_id=incident_id, kind="message", written_at=at, author_id=author_id,
        author_name=author_name, words=words,
    )  # fmt: skip
