"""Gathering a person's file for the next place: everything that is tied to them and that whoever sends it may read.

What the sender must not know of is not found, and concerns about staff are in the vault, which nothing here reads. A
file goes whole; what is left out, and what is blacked out, is said in it with the reason. Files that nobody may open
here - locked, not checked yet, infected, of an incident whose type rules files out - never leave.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from typing import Final
from uuid import UUID

import msgspec

from safeguard.access.policy import Permission
from safeguard.errors import FieldError, Invalid, NotFound
from safeguard.incidents.presenting import ASKED
from safeguard.incidents.queries import READ
from safeguard.incidents.story import Story, decode_story
from safeguard.people.person import PERSON_COLUMNS, Person
from safeguard.people.queries import decode_person
from safeguard.records.access.searching import names_of
from safeguard.tenancy.effective import own_profile
from safeguard.tenancy.report_forms.history import read_history
from safeguard.transfers.blacking import without_files, without_names
from safeguard.transfers.disagreed import read_disagreements
from safeguard.transfers.file import FORMAT, LeftOut, PersonFile, Referral, Sender, encode
from safeguard.transfers.referred import read_referrals
from safeguard.transfers.telling import incident_of, kept_back, subject_of
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
CALLED: Final = """
select p.given_name, p.family_name, p.known_as, p.former_names from public.people p
where p.organisation_id = (select sec.current_organisation()) and p.id = any ($1) order by p.id
"""
NAMED: Final = "Names of others are blacked out, and inside a file nothing can be."
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

    person: Person
    file: PersonFile
    left: Mapping[UUID, str]
    """Incidents that stay: their references."""
    sources: Mapping[str, UUID] = field(default_factory=dict[str, UUID])
    """Path in the bundle -> the attachment that lies there."""
    entire: Mapping[UUID, bytes] = field(default_factory=dict[UUID, bytes])
    """Incidents that go whole: what each was like."""
    asked: Mapping[UUID, Mapping[str, str]] = field(default_factory=dict[UUID, Mapping[str, str]])
    """The questions with which each incident was reported, by the field that answers them: for the document to read."""

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
    referred = await read_referrals(work, going)
    incidents = [incident_of(story, whole, referred[story.facts.id]) for story in going]
    file = PersonFile(
        format=FORMAT, bundle=bundle, made_at=work.now(), sender=await _sender(work, wish), recipient=wish.recipient,
        basis=wish.basis, person=subject_of(person), incidents=tuple(incidents),
        disagreements=await read_disagreements(work, whole), left_out=tuple(_left_out(stories, wish)),
    )  # fmt: skip
    if wish.names:
        others = [one for story in stories for one in story.people]
        also = await _also_called(work, {one.person_id for one in others if one.person_id} - whole)
        file = without_names(file if wish.files else without_files(file), person, others, whole, also)
    left = {story.facts.id: story.facts.reference for story in stories if story.facts.id in wish.leave}
    entire = (
        {}
        if wish.names
        else {one.facts.id: said for one in going if (said := as_sent(one, whole, referred[one.facts.id]))}
    )
    asked = await _asked(work, going)
    return Gathered(person, file, left, {one.path: one.id for one in file.attachments}, entire, asked)


async def _also_called(work: Work, people: Iterable[UUID]) -> list[str]:
    """Every name that the list of people has of these: of a pupil whom all call Gigi it has another."""
    rows = await work.driver.fetch(CALLED, list(people))
    return [name for row in rows for name in (*names_of(row), *filter(None, [row["known_as"]]))]


async def _asked(work: Work, stories: Sequence[Story]) -> dict[UUID, Mapping[str, str]]:
    history = await read_history(work, await own_profile(work))
    labels = {one.facts.id: history.labels(one.facts.form_version, one.facts.recorded_at) for one in stories}
    return {each: {name: said[code] for name, code in ASKED.items() if code in said} for each, said in labels.items()}


def as_sent(story: Story, whole: frozenset[UUID], referrals: Sequence[Referral]) -> bytes | None:
    """Digest of an incident as it goes when nothing is kept back; None while some of its files have to stay."""
    if any(kept_back(story, one) for one in story.files):
        return None
    return sha256(msgspec.json.encode(incident_of(story, whole, referrals))).digest()


async def read_same(work: Work, person_id: UUID) -> frozenset[UUID]:
    """The person, and whatever records were merged into theirs."""
    return frozenset(await work.driver.fetchval(SAME, person_id) or [])


async def read_person(work: Work, person_id: UUID) -> Person:
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


def _left_out(stories: Sequence[Story], wish: Wish) -> Iterator[LeftOut]:
    if wish.names:
        yield LeftOut(what="Names of others", why=wish.why)
    for story in stories:
        if story.facts.id in wish.leave:
            yield LeftOut(what=f"An incident recorded on {story.facts.recorded_at:%d.%m.%Y}", why=wish.why)
            continue
        for one in story.files:
            if why := kept_back(story, one) or (NAMED if wish.names and not wish.files else ""):
                yield LeftOut(what=f"A file of incident {story.facts.reference}", why=why)
