"""What there is of inspections: for the lead all of them, for an inspector their own while they last."""

from datetime import date, datetime
from typing import Final, Literal
from uuid import UUID

import msgspec

from safeguard.errors import NotFound
from safeguard.evidence.bodies import Body, load_bodies
from safeguard.inspection.kinds import kind_name
from safeguard.work import Work

UNANSWERED: Final = (
    "n.kind = 'question' and not exists (select from public.inspection_notes r where r.organisation_id"
    " = n.organisation_id and r.answers = n.id)"
)
"""Of a note `n`."""
COLUMNS: Final = f"""
    i.id, i.inspector, i.email, i.body, i.purpose, i.created_at, i.expires_at, i.ended_at, i.live_from, i.live_until,
    i.ended_at is null and i.expires_at > sec.clock() as open,
    exists (select from public.memberships m where m.organisation_id = i.organisation_id and m.email = i.email
        and m.state = 'active') as joined,
    (select count(*) from public.inspection_notes n where n.organisation_id = i.organisation_id
        and n.inspection_id = i.id and {UNANSWERED}) as unanswered
"""  # noqa: S608  our own constants
OWN: Final = "i.organisation_id = (select sec.current_organisation())"
LIST: Final = f"select {COLUMNS} from public.inspections i where {OWN} order by i.created_at desc limit 200"  # noqa: S608  our own constants
READ: Final = f"select {COLUMNS} from public.inspections i where {OWN} and i.id = $1"  # noqa: S608  our own constants
THEIRS: Final = f"""
select {COLUMNS} from public.inspections i
join public.memberships me on me.organisation_id = i.organisation_id and me.email = i.email
    and me.user_id = (select sec.current_user_id()) and me.state = 'active'
where {OWN} and ($1::uuid is null or i.id = $1) order by i.created_at desc
"""  # noqa: S608  our own constants
PACKS: Final = """
select g.pack_id, g.heading, g.added_at, p.title, p.disclosure, p.as_of, p.ready_at, p.locked_at, p.size, p.sha256,
    p.kind, p.disposed_at, p.redacted
from public.inspection_packs g
join public.packs p on p.organisation_id = g.organisation_id and p.id = g.pack_id
where g.organisation_id = (select sec.current_organisation()) and g.inspection_id = $1 order by g.added_at, p.title
"""
NOTES: Final = """
select n.id, n.kind, n.words, n.written_at, coalesce(m.name, ''), n.answers, n.pack_id, p.title,
    p.disposed_at is null and p.locked_at is null and exists (
        select from public.inspection_packs g
        where g.organisation_id = n.organisation_id and g.inspection_id = n.inspection_id and g.pack_id = n.pack_id)
from public.inspection_notes n
left join public.memberships m on m.organisation_id = n.organisation_id and m.user_id = n.written_by
left join public.packs p on p.organisation_id = n.organisation_id and p.id = n.pack_id
where n.organisation_id = (select sec.current_organisation()) and n.inspection_id = $1 order by n.written_at, n.id
"""
OPENINGS: Final = """
select o.what, p.title, o.record, o.opened_at, i.reference from public.inspection_openings o
left join public.packs p on p.organisation_id = o.organisation_id and p.id = o.pack_id
left join public.incidents i on i.organisation_id = o.organisation_id
    and i.id = case when o.record like 'incident %' then substr(o.record, 10)::uuid end
where o.organisation_id = (select sec.current_organisation()) and o.inspection_id = $1
    and (o.until <= sec.clock() or o.user_id = (select sec.current_user_id()))
order by o.opened_at desc limit 500
"""
OFFERED: Final = """
select p.id, p.title, p.kind, p.ready_at is not null, p.redacted, p.requested_at,
    coalesce(btrim(w.given_name || ' ' || w.family_name), '')
from public.packs p
left join public.people w on w.organisation_id = p.organisation_id and w.id = p.person_id
where p.organisation_id = (select sec.current_organisation()) and p.locked_at is null and p.disposed_at is null
    and (p.wrapped_key is not null or p.ready_at is null and p.requested_at > sec.clock() - interval '1 day')
order by p.requested_at desc limit 100
"""


class Inspection(msgspec.Struct, frozen=True):
    """Who may read what, why, and until when."""

    id: UUID
    inspector: str
    email: str
    body_code: str
    purpose: str
    created_at: datetime
    expires_at: datetime
    ended_at: datetime | None
    live_from: date | None
    live_until: date | None
    is_open: bool
    has_joined: bool
    unanswered: int
    """How many of their questions nobody has answered."""

    @property
    def body(self) -> Body:
        """Whose inspector it is, and their headings."""
        return load_bodies()[self.body_code]

    @property
    def over_at(self) -> datetime:
        """When it ended, or will."""
        return self.ended_at or self.expires_at


class Given(msgspec.Struct, frozen=True):
    """A pack that the inspector was given."""

    pack_id: UUID
    heading: str
    added_at: datetime
    title: str
    disclosure: str
    as_of: datetime | None
    ready_at: datetime | None
    locked_at: datetime | None
    size: int | None
    sha256: bytes | None
    kind: str
    disposed_at: datetime | None
    redacted: bool
    """Whether names are withheld in it."""

    @property
    def is_here(self) -> bool:
        """Whether it can be read: made, and neither locked nor erased with a record that was disposed of."""
        return bool(self.ready_at and not self.locked_at and not self.disposed_at)


class Note(msgspec.Struct, frozen=True):
    """A note, a question or an answer."""

    id: UUID
    kind: Literal["note", "question", "answer"]
    words: str
    written_at: datetime
    author: str
    answers: UUID | None
    pack_id: UUID | None
    """Further evidence that came with an answer."""
    pack_title: str | None
    is_here: bool = True
    """Whether that pack can still be read: neither erased nor locked, and not taken back."""


class Opening(msgspec.Struct, frozen=True):
    """Something that was opened."""

    what: str
    title: str | None
    record: str | None
    opened_at: datetime
    reference: str | None = None
    """Of an incident that whoever asks may know of."""

    @property
    def which(self) -> str:
        """The pack, and what of it; or the incident."""
        record = f"{kind_name(self.record.split()[0])} {self.reference or ''}".strip() if self.record else ""
        return " · ".join(filter(None, (self.title, record)))


class Offered(msgspec.Struct, frozen=True):
    """A pack that could be given."""

    id: UUID
    title: str
    kind: str
    is_ready: bool
    """Else it is being made: it can be given, and is read once it is there."""
    redacted: bool
    """Whether names are withheld in it."""
    requested_at: datetime
    whose: str
    """Of a person's file, the person; else empty."""


async def list_inspections(work: Work) -> tuple[Inspection, ...]:
    """All of this organisation's, the latest first."""
    return tuple(Inspection(*row) for row in await work.driver.fetch(LIST))


async def get_inspection(work: Work, inspection_id: UUID) -> Inspection:
    """One of this organisation's; raises `NotFound`."""
    row = await work.driver.fetchrow(READ, inspection_id)
    if row is None:
        raise NotFound
    return Inspection(*row)


async def list_theirs(work: Work, inspection_id: UUID | None = None) -> tuple[Inspection, ...]:
    """The inspections of the person who asks."""
    return tuple(Inspection(*row) for row in await work.driver.fetch(THEIRS, inspection_id))


async def list_given(work: Work, inspection_id: UUID) -> tuple[Given, ...]:
    """The packs that were given."""
    return tuple(Given(*row) for row in await work.driver.fetch(PACKS, inspection_id))


async def list_notes(work: Work, inspection_id: UUID) -> tuple[Note, ...]:
    """Notes of one's own, questions and answers, in their order."""
    return tuple(Note(*row) for row in await work.driver.fetch(NOTES, inspection_id))


async def list_openings(work: Work, inspection_id: UUID) -> tuple[Opening, ...]:
    """What was opened, the latest first; nothing until the access has run out."""
    return tuple(Opening(*row) for row in await work.driver.fetch(OPENINGS, inspection_id))


async def list_offered(work: Work) -> tuple[Offered, ...]:
    """The packs that are ready, and those that are being made since yesterday; the latest first."""
    return tuple(Offered(*row) for row in await work.driver.fetch(OFFERED))
