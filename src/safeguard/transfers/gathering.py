"""Gathering a person's file for the next place: everything that is tied to them and that whoever sends it may read.

What the sender must not know of is not found, and concerns about staff are in the vault, which nothing here reads. A
file goes whole; what is left out, and what is blacked out, is said in it with the reason. Files that nobody may open
here - locked, not checked yet, infected, of an incident whose type rules files out - never leave.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, Final
from uuid import UUID

import msgspec

from safeguard.access.policy import Permission
from safeguard.attachments.kinds import BY_TYPE
from safeguard.attachments.queries import File
from safeguard.errors import FieldError, Invalid, NotFound
from safeguard.incidents.queries import READ
from safeguard.incidents.story import Entry as StoryEntry
from safeguard.incidents.story import Person, Story, decode_story
from safeguard.people.person import PERSON_COLUMNS
from safeguard.people.person import Person as PersonRecord
from safeguard.people.queries import decode_person
from safeguard.records.access.queries import Redaction
from safeguard.records.access.redacting import Marker
from safeguard.tenancy.blocking import blocks
from safeguard.transfers.file import (
    FORMAT,
    Attached,
    Closing,
    Contact,
    Entry,
    Identifier,
    Incident,
    LeftOut,
    Part,
    PersonFile,
    Sender,
    Subject,
    encode,
)
from safeguard.work import Work

SAME: Final = """
with recursive up as (
    select p.id from public.people p where p.organisation_id = (select sec.current_organisation()) and p.id = $1
    union
    select p.id from public.people p join up on p.merged_into_id = up.id
    where p.organisation_id = (select sec.current_organisation()))
select array_agg(id) from up
"""
PERSON: Final = f"""
select row_to_json(r)::text from (
    select {", ".join(f"p.{name}" for name in PERSON_COLUMNS)}, p.address <> '' as has_address
    from public.people p where p.organisation_id = (select sec.current_organisation()) and p.id = $1) r
"""  # noqa: S608  our own constants
TIED: Final = """
select i.id from public.incidents i
where i.organisation_id = (select sec.current_organisation()) and exists (
    select from public.incident_people n
    where n.organisation_id = i.organisation_id and n.incident_id = i.id and n.removed_at is null
        and n.person_id = any ($1))
order by i.recorded_at, i.id
"""
OWN: Final = """
select o.id, o.name, o.kind, coalesce(o.urn, '') as urn from public.organisations o
where o.id = (select sec.current_organisation())
"""
INTERNAL: Final = frozenset({"assignment", "lesson", "review", "link", "unlinking"})
"""Entries about how the organisation works, or about other incidents: not of this person's file."""
SHORTEST: Final = 3
KEPT_BACK: Final = {
    "blocked": "It belongs to an incident of a kind to which nothing is attached.",
    "locked": "It is locked: nobody may open it.",
    "waiting": "It was not checked for viruses yet.",
    "infected": "The virus check found something harmful in it.",
}
NAMED: Final = "Names of others are blacked out, and inside a file nothing can be."
ANONYMOUS: Final = "Somebody else"
REASON: Final = "Say why it does not go whole: the next place has to know that something is missing, and may ask."
NOT_IN_FILE: Final = "Of what is to stay, something is not in this person's file: look at its numbers again."


@dataclass(frozen=True, slots=True)
class Wish:
    """What the sender decided."""

    recipient: str
    basis: str
    leave: frozenset[UUID] = frozenset()
    """Incidents that stay."""
    names: bool = False
    """Whether the names of others are blacked out."""
    files: bool = False
    """Where names are blacked out: whether attached files go all the same, because somebody looked at each."""
    why: str = ""
    """Why it does not go whole."""
    role: str = ""
    telephone: str = ""


@dataclass(frozen=True, slots=True)
class Gathered:
    """What would leave."""

    person: PersonRecord
    file: PersonFile
    left: Mapping[UUID, str]
    """Incidents that stay: their references."""
    sources: Mapping[str, UUID] = field(default_factory=dict[str, UUID])
    """Path in the bundle -> the attachment that lies there."""
    entire: Mapping[UUID, bytes] = field(default_factory=dict[UUID, bytes])
    """Incidents that go whole: what each was like."""

    @property
    def digest(self) -> str:
        """What the sender looked at: the same again only while nothing changed."""
        still = msgspec.structs.replace(self.file, bundle=UUID(int=0), made_at=datetime(2000, 1, 1, tzinfo=UTC))
        return sha256(encode(still)).hexdigest()


async def gather(work: Work, person_id: UUID, wish: Wish, bundle: UUID) -> Gathered:
    """Everything, less what is left out; raises `NotFound`, and `Invalid` where a reason is missing."""
    work.require(Permission.RECORDS_MANAGE)
    if (wish.leave or wish.names) and not wish.why:
        raise Invalid(FieldError("why", REASON))
    person = await read_person(work, person_id)
    whole = await read_same(work, person_id)
    stories = [await _story(work, row["id"]) for row in await work.driver.fetch(TIED, list(whole))]
    if wish.leave - {story.facts.id for story in stories}:
        raise Invalid(FieldError("leave", NOT_IN_FILE))
    going = [story for story in stories if story.facts.id not in wish.leave]
    incidents = [_incident(story, whole) for story in going]
    file = PersonFile(
        format=FORMAT, bundle=bundle, made_at=work.now(), sender=await _sender(work, wish), recipient=wish.recipient,
        basis=wish.basis, person=_subject(person), incidents=tuple(incidents),
        left_out=tuple(_left_out(stories, wish)),
    )  # fmt: skip
    if wish.names:
        others = [one for story in going for one in story.people]
        file = _without_names(file if wish.files else _without_files(file), person, others, whole)
    left = {story.facts.id: story.facts.reference for story in stories if story.facts.id in wish.leave}
    entire = {} if wish.names else {one.facts.id: said for one in going if (said := as_sent(one, whole))}
    return Gathered(person, file, left, {one.path: one.id for one in file.attachments}, entire)


def as_sent(story: Story, whole: frozenset[UUID]) -> bytes | None:
    """Digest of an incident as it goes when nothing is kept back; None while some of its files have to stay."""
    if any(_kept_back(story, one) for one in story.files):
        return None
    return sha256(msgspec.json.encode(_incident(story, whole))).digest()


async def read_same(work: Work, person_id: UUID) -> frozenset[UUID]:
    """The person, and whatever records were merged into theirs."""
    return frozenset(await work.driver.fetchval(SAME, person_id) or [])


async def read_person(work: Work, person_id: UUID) -> PersonRecord:
    """The person with their address; raises `NotFound`, also for a record that was merged into another."""
    text = await work.driver.fetchval(PERSON, person_id)
    if text is None or (person := decode_person(text)).merged_into_id:
        raise NotFound
    return person


async def _story(work: Work, incident_id: UUID) -> Story:
    text = await work.driver.fetchval(READ, incident_id, None)
    if text is None:
        raise NotFound
    return decode_story(text)


async def _sender(work: Work, wish: Wish) -> Sender:
    row = await work.driver.fetchrow(OWN)
    if row is None:
        raise NotFound
    return Sender(
        organisation=row["id"], name=row["name"], kind=row["kind"], urn=row["urn"], contact=work.actor.name,
        role=wish.role, telephone=wish.telephone,
    )  # fmt: skip


def _subject(person: PersonRecord) -> Subject:
    return Subject(
        id=person.id, kind=person.kind, given_name=person.given_name, family_name=person.family_name,
        known_as=person.known_as, former_names=person.former_names, born_on=person.born_on,
        group_name=person.group_name, flags=person.flags, address=person.address, notes=person.notes,
        identifiers=tuple(Identifier(kind=one.kind, value=one.value) for one in person.identifiers),
        contacts=tuple(
            Contact(**{name: getattr(one, name) for name in one.__struct_fields__}) for one in person.contacts
        ),
    )  # fmt: skip


def _incident(story: Story, whole: frozenset[UUID]) -> Incident:
    f = story.facts
    ending = (f.closing_summary, f.closing_follow_up, f.closing_decision, f.closing_outcome)
    closing = Closing(
        closed_at=f.closed_at, summary=ending[0] or "", follow_up=ending[1] or "", decision=ending[2] or "",
        outcome=ending[3] or "",
    )  # fmt: skip
    return Incident(
        id=f.id, reference=f.reference, recorded_at=f.recorded_at, recorded_by=f.recorded_by_name, state=f.state,
        risk=f.risk, happened_from=f.happened_from, happened_until=f.happened_until, happened_words=f.happened_words,
        happened_precision=f.happened_precision, place=f.place or "", place_detail=f.place_detail,
        platforms=f.platforms, device=f.device or "", accounts=f.accounts, four_c=f.four_c, risk_areas=f.risk_areas,
        issue_types=f.issue_types, narrative=f.narrative, child_words=f.child_words,
        immediate_action=f.immediate_action, parents_informed=f.parents_informed, parents_reason=f.parents_reason,
        people=tuple(_part(one, whole) for one in story.present),
        entries=tuple(_entry(one) for one in story.entries if one.kind not in INTERNAL),
        attachments=tuple(_attached(one) for one in story.files if not _kept_back(story, one)),
        closing=closing if f.state == "closed" else None,
    )  # fmt: skip


def _part(one: Person, whole: frozenset[UUID]) -> Part:
    return Part(
        name=one.name, role=one.role, kind=one.kind, group_name=one.group_name, notes=one.notes,
        subject=one.person_id in whole,
    )  # fmt: skip


def _entry(one: StoryEntry) -> Entry:
    about = " · ".join(filter(None, (one.contact_name, one.contact_reference, one.owner_name, one.person_name)))
    return Entry(
        id=one.id, kind=one.kind, written_at=one.written_at, author=one.author_name, words=one.words,
        reason=one.reason, follow_up=one.follow_up, decision=one.decision, outcome=one.outcome, about=about[:500],
        due_on=one.due_on, done_at=one.done_at, corrects=one.supersedes_id,
    )  # fmt: skip


def _attached(one: File) -> Attached:
    return Attached(
        id=one.id, path=f"attachments/{one.id}.{BY_TYPE[one.media_type].extension}", name=one.name,
        media_type=one.media_type, size=one.size, sha256=one.sha256, note=one.note, attached_at=one.attached_at,
        attached_by=one.attached_by_name,
    )  # fmt: skip


def _kept_back(story: Story, one: File) -> str:
    """Why a file stays; empty when it may go."""
    if blocks(story.facts.issue_types):
        return KEPT_BACK["blocked"]
    if one.locked_at:
        return KEPT_BACK["locked"]
    return "" if one.state == "clean" else KEPT_BACK[one.state]


def _left_out(stories: Sequence[Story], wish: Wish) -> Iterator[LeftOut]:
    if wish.names:
        yield LeftOut(what="Names of others", why=wish.why)
    for story in stories:
        if story.facts.id in wish.leave:
            yield LeftOut(what=f"An incident recorded on {story.facts.recorded_at:%d.%m.%Y}", why=wish.why)
            continue
        for one in story.files:
            if why := _kept_back(story, one) or (NAMED if wish.names and not wish.files else ""):
                yield LeftOut(what=f"A file of incident {story.facts.reference}", why=why)


def _without_files(file: PersonFile) -> PersonFile:
    """The same with no file attached: what stands in one cannot be blacked out."""
    incidents = tuple(msgspec.structs.replace(one, attachments=()) for one in file.incidents)
    return msgspec.structs.replace(file, incidents=incidents)


def _without_names(
    file: PersonFile, person: PersonRecord, people: Iterable[Person], whole: frozenset[UUID]
) -> PersonFile:
    """The same, with the names of everybody else in these incidents blacked out wherever they stand."""
    own = {part.lower() for part in f"{person.name} {person.known_as} {' '.join(person.former_names)}".split()}
    others = {one.name for one in people if one.person_id not in whole and one.name.lower() != person.name.lower()}
    parts = {part.strip(".,;:()'\"") for name in others for part in name.split()}
    phrases = {said for said in others | parts if len(said) >= SHORTEST and said.lower() not in own}
    marker = Marker(Redaction(UUID(int=0), said, "another", True, "", None) for said in sorted(phrases))
    told = msgspec.to_builtins(file.incidents)
    incidents = msgspec.convert(_marked(told, marker), tuple[Incident, ...])
    return msgspec.structs.replace(file, incidents=tuple(_nameless(one) for one in incidents))


def _nameless(incident: Incident) -> Incident:
    people = tuple(
        one if one.subject else msgspec.structs.replace(one, name=ANONYMOUS, group_name="") for one in incident.people
    )
    return msgspec.structs.replace(incident, people=people)


WRITTEN: Final = frozenset({
    "name", "notes", "note", "narrative", "child_words", "immediate_action", "place_detail", "accounts",
    "parents_reason", "happened_words", "words", "reason", "follow_up", "decision", "outcome", "summary", "about",
})  # fmt: skip


def _marked(value: Any, marker: Marker, name: str = "") -> Any:
    match value:
        case dict():
            return {key: _marked(each, marker, key) for key, each in value.items()}
        case list() | tuple():
            return [_marked(each, marker, name) for each in value]
        case str() if name in WRITTEN:
            return marker(value)
        case _:
            return value
