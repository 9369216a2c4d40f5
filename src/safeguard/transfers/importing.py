"""Taking a file over: a person matched or new, and each incident as an imported record with its own author and day.

An incident is taken over once, in whichever bundle and however often it comes: its number at its first recorder is
unique here. What stands here already is not changed. What has no place here stands as words in an entry, so that
nothing is lost or passed off as ours. Attached files go through the same checks as those that people attach, and wait
for the virus check before anybody can open them.
"""

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC
from hashlib import sha256
from typing import Final
from uuid import UUID

import msgspec

from safeguard import clock
from safeguard.access.policy import Permission
from safeguard.attachments.attaching import ADD as ADD_FILE
from safeguard.attachments.attaching import about as about_file
from safeguard.attachments.inspecting import FileInspection
from safeguard.attachments.receiving import read_most
from safeguard.audit.documents import Document
from safeguard.errors import Conflict
from safeguard.incidents.changing import insert_entry
from safeguard.incidents.identifying import TIE
from safeguard.incidents.queries import READ
from safeguard.incidents.reports import WORDS_LIMIT, Happened, NewIncident, NewPerson, tidied
from safeguard.incidents.story import Entry, decode_story
from safeguard.intake.earlier import Earlier
from safeguard.intake.importing.use import Import
from safeguard.intake.records import make
from safeguard.people.details import Details
from safeguard.people.person import Contact, Identifier
from safeguard.people.queries import get_person
from safeguard.people.recording import record_person
from safeguard.strongbox import objects
from safeguard.strongbox.sealing import make_object_key
from safeguard.tenancy.blocking import blocks
from safeguard.tenancy.profile import Profile
from safeguard.transfers.adding import add_to_notes, told_with
from safeguard.transfers.bundling import Bundle
from safeguard.transfers.clearing import clear_later
from safeguard.transfers.disagreed import take_disagreements
from safeguard.transfers.file import Attached, Incident, PersonFile, Subject
from safeguard.transfers.queries import Incoming, get_incoming
from safeguard.transfers.saying import UNIVERSAL, Account, moment, referral_accounts, truth, words_of
from safeguard.transfers.wording import entry_kind, said
from safeguard.web.uploading import Refused
from safeguard.work import Work

PROMISE: Final = "It came with a person's file from the organisation that kept it before."
MOST_PEOPLE: Final = 30
NOTES, MOST_WITH_IT = 20_000, 10_000
"""Of a person's notes; and of what is said there of the file itself."""
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
            files += await _attach(work, incident_id, incident, bundle.members)
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


def details_of(file: PersonFile, profile: Profile) -> Details:
    """What is said of the person, in this organisation's codes; what has none stands in the notes."""
    one, strange = file.person, list[str]()
    identifiers = [Identifier(kind=each.kind, value=each.value) for each in one.identifiers]
    strange += [
        f"{said(each.kind)}: {each.value}" for each in identifiers if each.kind not in profile.person_identifiers
    ]
    strange += [f"Was there as: {said(one.connection)}"] if one.connection not in ("", *profile.connections) else []
    strange += [said(flag) for flag in one.flags if flag not in profile.person_flags]
    notes = "\n".join(filter(None, (one.notes, *(f"At {file.sender.name}: {each}" for each in strange))))
    with_it = "\n".join(told_with(file))[:MOST_WITH_IT]
    notes = "\n".join(filter(None, (notes[: NOTES - len(with_it) - 1], with_it)))
    return Details(
        kind=one.kind, given_name=one.given_name[:200], family_name=one.family_name[:200],
        known_as=one.known_as[:200], former_names=tuple(name[:200] for name in one.former_names),
        born_on=one.born_on, connection=one.connection if one.connection in profile.connections else None,
        address=one.address[:1000], notes=notes,
        identifiers=tuple(each for each in identifiers if each.kind in profile.person_identifiers),
        flags=tuple(flag for flag in one.flags if flag in profile.person_flags),
        contacts=tuple(_contact(one, number, profile) for number in range(len(one.contacts))),
    )  # fmt: skip


def _contact(one: Subject, number: int, profile: Profile) -> Contact:
    told = one.contacts[number]
    known = told.relation if told.relation in profile.relations else "other"
    return Contact(
        name=told.name[:200], relation=known, phone=told.phone[:200], email=told.email[:200],
        responsibility=told.responsibility, no_contact=told.no_contact, notes=told.notes[:2000],
    )  # fmt: skip


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
    incident = _subject_first(told)
    report, rest = _report(incident, profile)
    ended = incident.closing
    record = Earlier(
        number=place, original_id=number, author=incident.recorded_by,
        written=incident.recorded_at.astimezone(UTC).isoformat(timespec="minutes"), recorded=incident.recorded_at,
        report=report, is_open=incident.state != "closed", outcome=(ended.outcome if ended else "")[:WORDS_LIMIT],
        action=(ended.follow_up if ended else "")[:WORDS_LIMIT],
    )  # fmt: skip
    if not await make(work, batch, record, profile):
        return None
    incident_id: UUID = (await work.driver.fetch(KNOWN, [number]))[0]["incident_id"]
    subject = next((number for number, one in enumerate(incident.people[:MOST_PEOPLE], 1) if one.subject), None)
    if subject is not None:
        row = await work.driver.fetchval(SUBJECT, incident_id, subject)
        await work.driver.execute(TIE, [row], [person_id])
    await _follow_up(work, incident_id, _accounts(incident), rest)
    return incident_id


def _subject_first(incident: Incident) -> Incident:
    """The same with the person whose file it is on top, so that they are among those who are taken over."""
    return msgspec.structs.replace(incident, people=tuple(sorted(incident.people, key=lambda one: not one.subject)))


def _report(incident: Incident, profile: Profile) -> tuple[NewIncident, str]:
    """The report in this organisation's codes, and what has no place in it."""
    known = {
        "platforms": profile.platforms, "four_c": profile.areas, "risk_areas": profile.risk_areas,
        "issue_types": profile.issues,
    }  # fmt: skip
    codes = {name: tuple(code for code in getattr(incident, name) if code in there) for name, there in known.items()}
    strange = [said(code) for name, there in known.items() for code in getattr(incident, name) if code not in there]
    long = {name: getattr(incident, name) for name in ("child_words", "immediate_action", "accounts", "place_detail")}
    rest = [f"Number there: {incident.reference}", f"Risk there: {said(incident.risk)}"]
    rest += [f"Also said there: {', '.join(strange)}"] if strange else []
    rest += [f"{said(name)}, the rest: {words[WORDS_LIMIT:]}" for name, words in long.items() if words[WORDS_LIMIT:]]
    rest += list(_told_there(incident))
    rest += [f"Also in it: {one.name} ({one.role})" for one in incident.people[MOST_PEOPLE:]]
    if incident.closing:
        rest += [
            f"{said(name)}: {words}" for name in ("summary", "decision") if (words := getattr(incident.closing, name))
        ]
    report = NewIncident(
        narrative=incident.narrative or "The file says nothing of what happened.",
        happened=Happened(
            precision=incident.happened_precision if incident.happened_from else "unknown",
            from_=incident.happened_from, until=incident.happened_until, words=incident.happened_words,
        ),
        place=incident.place if incident.place in profile.places else None,
        device=incident.device if incident.device in profile.devices else None,
        danger_now=incident.danger_now, lead_told=incident.lead_told, discovered_at=incident.discovered_at,
        people=tuple(
            NewPerson(
                name=one.name, role=one.role, kind=one.kind, group_name=one.group_name[:500], notes=one.notes,
                connection=one.connection if one.connection in profile.connections else None,
            )
            for one in incident.people[:MOST_PEOPLE]
        ),
    )  # fmt: skip
    report = msgspec.structs.replace(report, **{name: words[:WORDS_LIMIT] for name, words in long.items()}, **codes)
    return _placed(tidied(report), report), "\n".join(rest)


def _told_there(incident: Incident) -> Iterator[str]:
    """What of an incident has no field of its own where it is taken over."""
    informed = incident.parents_informed not in ("", "not_said")
    if informed or incident.parents_reason:
        yield f"Parents: {incident.parents_informed} {incident.parents_reason}".rstrip()
    plain = (
        ("Reported there as", said(incident.reported_type)),
        ("Read there", moment(incident.acknowledged_at, UNIVERSAL)),
        ("Had come there from elsewhere", moment(incident.imported_at, UNIVERSAL)),
        ("Discovered", moment(incident.discovered_at, UNIVERSAL)),
        ("Danger at that time", truth(incident.danger_now)), ("Lead told at once", truth(incident.lead_told)),
    )  # fmt: skip
    yield from (f"{label}: {words}" for label, words in plain if words)
    yield from (f"{one.asked or said(one.code)}: {one.said}" for one in incident.answers)
    for one in incident.people:
        if one.result:
            yield f"How it ended for {one.name}: {said(one.result)}"
        if one.connection:
            yield f"{one.name} was there as: {said(one.connection)}"


def _placed(tidy: NewIncident, before: NewIncident) -> NewIncident:
    """Nobody is left out as saying nothing: their place in the list ties them to the person."""
    return msgspec.structs.replace(tidy, people=before.people)


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


def _accounts(incident: Incident) -> list[Account]:
    """Everything that was added to it there, each with its author and moment, in the order in which it was."""
    entries = [Account(entry_kind(one.kind), one.written_at, one.author, words_of(one)) for one in incident.entries]
    return sorted((*entries, *referral_accounts(incident)), key=lambda one: one.at)


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
    newer = [one for one in _accounts(incident) if (one.at, one.told) not in here]
    files = tuple(one for one in incident.attachments if one.sha256 not in kept)
    rest = [_report(incident, profile)[1]]
    if ended := incident.closing:
        rest += [f"Outcome there: {ended.outcome}"] if ended.outcome else []
        rest += [f"Follow-up there: {ended.follow_up}"] if ended.follow_up else []
    update = msgspec.structs.replace(incident, attachments=files)
    told = f"It stands there as {incident.state}.\n" + "\n".join(rest)
    if newer or files or not any(told in (one.words or "") for one in story.entries):
        await _follow_up(work, incident_id, newer, told)
    return await _attach(work, incident_id, update, members, story.facts.issue_types)


async def _attach(
    work: Work, incident_id: UUID, incident: Incident, members: Mapping[str, bytes], here: Sequence[str] = ()
) -> int:
    """Keep the files that may be kept; how many. What is refused is told in an entry, with the reason.

    `here` are the issue types of an incident that stands here already: what it is called here rules files out too, and
    before a byte of them is stored.
    """
    types = (*incident.issue_types, *here)
    kept, most = 0, await read_most(work) * 1_000_000
    for one in incident.attachments:
        try:
            media_type = _looked_at(one, members[one.path], types, most)
        except Refused as refusal:
            await insert_entry(work, Entry(
                id=clock.new_id(), incident_id=incident_id, kind="note", written_at=work.now(),
                author_id=work.actor.user_id, author_name=work.actor.name,
                words=f"A file that came with it was not taken: {one.name}. {refusal}",
            ))  # fmt: skip
            continue
        await _keep(work, incident_id, one, members[one.path], media_type)
        kept += 1
    return kept


def _looked_at(one: Attached, content: bytes, types: Sequence[str], most: int) -> str:
    if blocks(types):
        raise Refused("Nothing is attached to an incident of this kind.")
    if not content or len(content) > most:
        raise Refused(f"It is empty, or larger than {most // 1_000_000} MB.")
    inspection = FileInspection(one.name, most)
    inspection.see(content)
    return inspection.end()


async def _keep(work: Work, incident_id: UUID, one: Attached, content: bytes, media_type: str) -> None:
    file_id, name = clock.new_id(), f"files/{clock.System().random_bytes(16).hex()}"
    key, wrapped = await make_object_key(work, about_file(file_id))
    await objects.put(objects.current(), name, key, _once(content))
    at, by = one.attached_at or work.now(), f"{one.attached_by[:150]} (imported)".strip()
    await work.driver.execute(
        ADD_FILE, file_id, incident_id, one.name, one.note[:2000], media_type, len(content), bytes.fromhex(one.sha256),
        name, wrapped, at, work.actor.user_id, by,
    )  # fmt: skip
    fields = {
        "incident_id": str(incident_id), "name": one.name, "media_type": media_type, "size": len(content),
        "sha256": one.sha256, "attached_at": at.astimezone(UTC).isoformat(), "attached_by_name": by,
        "promise": PROMISE,
    }  # fmt: skip
    work.record("attachment.added", file_id, document=Document("attachment", file_id, 1, fields))
    work.ask("attachment.check", file_id, key=str(file_id))


def _document(incoming: Incoming, taken: Taken) -> Document:
    fields = {
        "sender_name": incoming.sender_name, "sha256": incoming.sha256.hex(), "person_id": str(taken.person_id),
        "made": taken.made, "known": taken.known, "files": taken.files,
    }  # fmt: skip
    return Document("incoming", incoming.id, incoming.version + 1, fields)


async def _once(content: bytes) -> AsyncIterator[bytes]:
    yield content
