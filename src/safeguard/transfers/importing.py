"""Taking a file over: a person matched or new, and each incident as an imported record with its own author and day.

An incident is taken over once, in whichever bundle and however often it comes: its number at its first recorder is
unique here. What stands here already is not changed. What has no place here stands as words in an entry, so that
nothing is lost or passed off as ours.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC
from hashlib import sha256
from typing import Final
from uuid import UUID

import msgspec

from safeguard import clock
from safeguard.access.policy import Permission
from safeguard.audit.documents import Document
from safeguard.errors import Conflict
from safeguard.incidents.changing import insert_entry
from safeguard.incidents.identifying import TIE
from safeguard.incidents.queries import READ
from safeguard.incidents.reports import WORDS_LIMIT
from safeguard.incidents.restricting import writing_of
from safeguard.incidents.story import Entry, decode_story
from safeguard.intake.earlier import Earlier
from safeguard.intake.importing.use import Import
from safeguard.intake.records import make
from safeguard.people.queries import get_person
from safeguard.people.recording import record_person
from safeguard.tenancy.profile import Profile
from safeguard.transfers.adding import add_to_notes
from safeguard.transfers.attaching import attach
from safeguard.transfers.bundling import Bundle
from safeguard.transfers.clearing import clear_later
from safeguard.transfers.disagreed import take_disagreements
from safeguard.transfers.file import Incident, PersonFile
from safeguard.transfers.queries import Incoming, get_incoming
from safeguard.transfers.saying import Account
from safeguard.transfers.translating import MOST_PEOPLE, accounts_of, details_of, report_of, subject_first
from safeguard.work import Work

LOCK: Final = """
select i.id from public.incidents i
where i.organisation_id = (select sec.current_organisation()) and i.id = $1 for update
"""
KNOWN: Final = """
select r.original_id, r.incident_id from public.imported_records r
where r.organisation_id = (select sec.current_organisation()) and r.original_id = any ($1)
"""
BATCH: Final = """
insert into public.imports (organisation_id, id, source, file_name, size, sha256, columns, state, row_count, done_count,
    made_count, known_count, uploaded_at, uploaded_by, uploaded_by_name, started_at, finished_at)
values ((select sec.current_organisation()), $1, $2, 'file.json', $3, $4, '{}', 'done', $5, $5, $6, $7, $8, $9, $10,
    $8, $8)
"""
SUBJECT: Final = """
select n.id from public.incident_people n
where n.organisation_id = (select sec.current_organisation()) and n.incident_id = $1 and n.position = $2
"""
FOUND_BY: Final = """
update public.incidents i set tsv = i.tsv || to_tsvector('pg_catalog.english', left($2, 100000))
where i.organisation_id = (select sec.current_organisation()) and i.id = $1 and pg_column_size(i.tsv) < 600000
"""
DONE: Final = """
update public.incoming_transfers set state = 'imported', version = version + 1, ended_at = $2, ended_by_name = $3,
    person_id = $4, made_count = $5, known_count = $6, file_count = $7, locked_key = null, secret = null
where organisation_id = (select sec.current_organisation()) and id = $1
"""


@dataclass(frozen=True, slots=True)
class Taken:
    """What came of it."""

    person_id: UUID
    made: int
    known: int
    files: int


async def take_over(work: Work, incoming_id: UUID, bundle: Bundle, person_id: UUID | None, profile: Profile) -> Taken:
    """Take the file over, for somebody who is here already or as somebody new; raises `Conflict`, `NotFound`."""
    work.require(Permission.RECORDS_MANAGE)
    incoming = await get_incoming(work, incoming_id, lock=True)
    if incoming.state != "opened":
        raise Conflict("Somebody has taken this file over already, or declined it.")
    file = bundle.file
    person = await (
        get_person(work, person_id) if person_id else record_person(work, details_of(file, profile), profile)
    )
    if person_id:
        await add_to_notes(work, person, file, profile)
    known = await known_here(work, incoming, file)
    new = [one for one in file.incidents if number_of(incoming, file, one) not in known]
    batch = await _batch(work, incoming, len(file.incidents), len(new))
    made = files = 0
    for place, incident in enumerate(new, start=1):
        incident_id = await _make_new(work, batch, incoming, file, incident, place, person.id, profile)
        if incident_id is not None:
            made += 1
            async with writing_of(work, report_of(incident, profile)[0].people):
                files += await attach(work, incident_id, incident, bundle.members)
    for incident in file.incidents:
        if (incident_id := known.get(number_of(incoming, file, incident))) is not None:
            files += await _add_newer(work, incident_id, incident, bundle.members, profile)
    await take_disagreements(work, person.id, file)
    taken = Taken(person.id, made, len(file.incidents) - made, files)
    now = work.now()
    await work.driver.execute(DONE, incoming.id, now, work.actor.name, person.id, taken.made, taken.known, taken.files)
    work.record("incoming.imported", incoming.id, document=_document(incoming, taken))
    clear_later(work, incoming.id, "taken")
    return taken


async def known_here(work: Work, incoming: Incoming, file: PersonFile) -> dict[str, UUID]:
    """Which of its incidents were taken over before: their numbers -> the incident here."""
    numbers = [number_of(incoming, file, one) for one in file.incidents]
    return {row[0]: row[1] for row in await work.driver.fetch(KNOWN, numbers)}


def number_of(incoming: Incoming, file: PersonFile, incident: Incident) -> str:
    """What an incident is known by, wherever it goes: its first recorder and its number there.

    An uploaded file says who recorded it and proves nothing: its incidents are known by what they say as well, so that
    none can stand in the way of one that comes in an envelope later, or of another upload that says otherwise.
    """
    number = f"{file.sender.organisation}/{incident.id}"
    if incoming.way != "upload":
        return number
    said = msgspec.json.encode((incident.recorded_at, incident.recorded_by, incident.narrative))
    return f"upload/{sha256(said).hexdigest()[:16]}/{number}"


async def _batch(work: Work, incoming: Incoming, count: int, new: int) -> Import:
    found = Import(
        id=clock.new_id(), version=1, source=incoming.sender_name[:100], file_name="file.json", size=incoming.size,
        columns="{}", day_order=None, state="done", row_count=count, done_count=count, made_count=new,
        known_count=count - new, wrong_count=0, uploaded_at=work.now(), uploaded_by_name=work.actor.name,
        finished_at=work.now(),
    )  # fmt: skip
    await work.driver.execute(
        BATCH, found.id, found.source, found.size, incoming.sha256, count, new, count - new, work.now(),
        work.actor.user_id, work.actor.name,
    )  # fmt: skip
    return found


async def _make_new(
    work: Work, batch: Import, incoming: Incoming, file: PersonFile, incident: Incident, place: int, person_id: UUID,
    profile: Profile,
) -> UUID | None:  # fmt: skip
    """The incident here; None where somebody else has just taken the same over.

    One that is here and kept from whoever does this is nothing that they may know of or add to: what the file says of
    it becomes a record of its own, as it would if there were none, and nothing of the file is lost.
    """
    number = number_of(incoming, file, incident)
    made = await _make(work, batch, number, incident, place, person_id, profile)
    if made is not None or number in await known_here(work, incoming, file):
        return made
    return await _make(work, batch, f"{number} in {incoming.id}", incident, place, person_id, profile)


async def _make(
    work: Work, batch: Import, number: str, told: Incident, place: int, person_id: UUID, profile: Profile
) -> UUID | None:
    """The incident here; None where there is one of this number, whether or not the actor may know of it."""
    incident = subject_first(told)
    report, rest = report_of(incident, profile)
    ended = incident.closing
    record = Earlier(
        number=place, original_id=number, author=incident.recorded_by,
        written=incident.recorded_at.astimezone(UTC).isoformat(timespec="minutes"), recorded=incident.recorded_at,
        report=report, is_open=incident.state != "closed", outcome=(ended.outcome if ended else "")[:WORDS_LIMIT],
        action=(ended.follow_up if ended else "")[:WORDS_LIMIT],
    )  # fmt: skip
    if not await make(work, batch, record, profile):
        return None
    async with writing_of(work, report.people):
        incident_id: UUID = (await work.driver.fetch(KNOWN, [number]))[0]["incident_id"]
        subject = next((number for number, one in enumerate(incident.people[:MOST_PEOPLE], 1) if one.subject), None)
        if subject is not None:
            row = await work.driver.fetchval(SUBJECT, incident_id, subject)
            await work.driver.execute(TIE, [row], [person_id])
        await _follow_up(work, incident_id, accounts_of(incident), rest)
    return incident_id


async def _follow_up(work: Work, incident_id: UUID, accounts: Sequence[Account], rest: str) -> None:
    """The entries of the other side as notes, each with its own author and moment; then what had no place."""
    for one in accounts:
        await insert_entry(work, Entry(
            id=clock.new_id(), incident_id=incident_id, kind="note", written_at=one.at,
            author_name=f"{one.author[:150]} (imported)".strip(), words=one.told,
        ))  # fmt: skip
    await insert_entry(work, Entry(
        id=clock.new_id(), incident_id=incident_id, kind="note", written_at=work.now(), author_id=work.actor.user_id,
        author_name=work.actor.name, words=f"Taken over from a file. {rest}",
    ))  # fmt: skip
    await work.driver.execute(FOUND_BY, incident_id, "\n".join(one.words for one in accounts))


async def _add_newer(
    work: Work, incident_id: UUID, incident: Incident, members: Mapping[str, bytes], profile: Profile
) -> int:
    """Add what an earlier file did not have of an incident that is here; how many files."""
    await work.driver.execute(LOCK, incident_id)
    text = await work.driver.fetchval(READ, incident_id, None)
    if text is None:
        return 0
    story = decode_story(text)
    here, kept = {(one.written_at, one.words) for one in story.entries}, {one.sha256 for one in story.files}
    newer = [one for one in accounts_of(incident) if (one.at, one.told) not in here]
    files = tuple(one for one in incident.attachments if one.sha256 not in kept)
    rest = [report_of(incident, profile)[1]]
    if ended := incident.closing:
        rest += [f"Outcome there: {ended.outcome}"] if ended.outcome else []
        rest += [f"Follow-up there: {ended.follow_up}"] if ended.follow_up else []
    update = msgspec.structs.replace(incident, attachments=files)
    told = f"It stands there as {incident.state}.\n" + "\n".join(rest)
    if newer or files or not any(told in (one.words or "") for one in story.entries):
        await _follow_up(work, incident_id, newer, told)
    return await attach(work, incident_id, update, members, story.facts.issue_types)


def _document(incoming: Incoming, taken: Taken) -> Document:
    fields = {
        "sender_name": incoming.sender_name, "sha256": incoming.sha256.hex(), "person_id": str(taken.person_id),
        "made": taken.made, "known": taken.known, "files": taken.files,
    }  # fmt: skip
    return Document("incoming", incoming.id, incoming.version + 1, fields)
