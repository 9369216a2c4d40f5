"""Reading the log: entries as they stand, with the names that this organisation's own mappings still give them.

The general log is cut by index, the newest first. Of the restricted log its readers see the entries of records that
they may read, without their places and without any size: both would tell what else that log holds. The acts on one
record are read from both logs, by their time. What was erased shows as erased; the entry itself stays and verifies.

What an inspector opened is logged as an opening, which names no record. Which record it was stands in a table that the
database shows when their access has run out: from then on those entries are among the acts on that record.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final, Literal, TypeAlias
from uuid import UUID
from zoneinfo import ZoneInfo

from safeguard.access.policy import Permission
from safeguard.audit.events import EVENTS
from safeguard.work import Work

Sort: TypeAlias = Literal["reading", "changing"]

READING: Final = (
    r"(\.(viewed|read|opened|downloaded|exported|listed|searched|revealed|shown)|^inspection_opening\.made)$"
)
ABOUT: Final = """
    select o.handle from audit.objects o
    where o.organisation_id = (select sec.current_organisation()) and o.id = {0}
    union all
    select o.handle from public.inspection_openings n
    join audit.objects o on o.organisation_id = n.organisation_id and o.id = n.id
    where n.organisation_id = (select sec.current_organisation()) and case
        when n.record is not null then split_part(n.record, ' ', 2)::uuid in (
            select {0} union all select e.id from public.entries e
            where e.organisation_id = (select sec.current_organisation()) and e.incident_id = {0})
        when n.what in ('pack', 'report', 'download') then exists (
            select from public.packs p
            where p.organisation_id = n.organisation_id and p.id = n.pack_id
                and ({0} in (p.id, p.incident_id, p.person_id) or {0} = any (p.sampled)))
        end
"""
"""The handles of a record, and of what an inspector opened of it: the record, or a pack that was made of it. Row
security hides the openings until the access has run out."""
NARROWED: Final = f"""
        and ($3::text is null or split_part(l.entry, E'\\n', 3) = $3)
        and ($4::uuid is null or l.object in ({ABOUT.format("$4")}))
        and ($5::uuid is null or split_part(l.entry, E'\\n', 4) in (
            select encode(a.handle, 'base64') from audit.actors a
            where a.organisation_id = (select sec.current_organisation()) and a.user_id = $5))
        and ($6::text is null or split_part(l.entry, E'\\n', 2) >= $6)
        and ($7::text is null or split_part(l.entry, E'\\n', 2) < $7)
        and ($8::text is null or (split_part(l.entry, E'\\n', 3) ~ $8) = $9)
"""  # noqa: S608  our own constants
NAMED: Final = """
select p.log, p.index, p.entry, o.kind, o.id, a.user_id, m.name
from page p
left join audit.objects o on o.organisation_id = (select sec.current_organisation()) and o.handle = p.object
left join audit.actors a on a.organisation_id = (select sec.current_organisation()) and a.handle = p.actor
left join public.memberships m on m.organisation_id = (select sec.current_organisation()) and m.user_id = a.user_id
"""
GENERAL: Final = f"""
with page as (
    select l.log, l.index, l.entry, l.object, decode(split_part(l.entry, E'\\n', 4), 'base64') as actor
    from audit.leaves l
    where l.organisation_id = (select sec.current_organisation()) and l.log = 'general' and l.index < $1
        {NARROWED}
    order by l.index desc limit $2
)
{NAMED} order by p.index desc
"""  # noqa: S608  our own constants
BY_TIME: Final = f"""
with page as (
    select l.log, l.index, l.entry, l.object, decode(split_part(l.entry, E'\\n', 4), 'base64') as actor
    from audit.leaves l
    where l.organisation_id = (select sec.current_organisation()) and l.log = any ($10)
        {NARROWED}
    order by split_part(l.entry, E'\\n', 2) desc, l.log, l.index desc limit $2 offset $1
)
{NAMED} order by split_part(p.entry, E'\\n', 2) desc, p.log, p.index desc
"""  # noqa: S608  our own constants
LOOKED: Final = f"""
with acts as (
    select split_part(l.entry, E'\\n', 4) as actor, split_part(l.entry, E'\\n', 5) as role,
        split_part(l.entry, E'\\n', 3) as event, split_part(l.entry, E'\\n', 2)::timestamptz as at
    from audit.leaves l
    where l.organisation_id = (select sec.current_organisation()) and l.object in ({ABOUT.format("$1")})
)
select coalesce(m.name, ''), a.user_id, count(*) filter (where c.event ~ $2), count(*) filter (where c.event !~ $2),
    min(c.at), max(c.at), count(*) filter (where c.event = 'incident.shown'), bool_or(c.role = 'inspector')
from acts c
left join audit.actors a
    on a.organisation_id = (select sec.current_organisation()) and a.handle = decode(c.actor, 'base64')
left join public.memberships m on m.organisation_id = a.organisation_id and m.user_id = a.user_id
group by 1, 2 order by 6 desc limit 200
"""  # noqa: S608  our own constants
MEMBERS: Final = """
select m.user_id, m.name from public.memberships m
where m.organisation_id = (select sec.current_organisation()) order by m.name, m.user_id limit 500
"""
HEAD: Final = """
select g.id, g.size, c.size, c.signed_at
from audit.logs g
left join lateral (
    select k.size, k.signed_at from audit.checkpoints k
    where k.organisation_id = g.organisation_id and k.log = g.log order by k.size desc limit 1) c on true
where g.organisation_id = (select sec.current_organisation()) and g.log = 'general'
"""
LAST = 2**62


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the log, told for people."""

    index: int | None
    """Its place in the general log; None in the restricted one, whose places tell how much it holds."""
    at: datetime
    event: str
    who: str
    """A name; "Safeguard" for the system; empty when the mapping was erased."""
    user_id: UUID | None
    role: str
    kind: str | None
    object_id: UUID | None
    version: int

    @property
    def sentence(self) -> str:
        """What happened."""
        return EVENTS.get(self.event, self.event)


@dataclass(frozen=True, slots=True)
class Head:
    """How far the log reaches, and how far it is signed."""

    id: UUID
    size: int
    signed_size: int | None
    signed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the entries are narrowed to."""

    event: str | None = None
    about: UUID | None = None
    who: UUID | None = None
    first: date | None = None
    last: date | None = None
    """This day included."""
    sort: Sort | None = None


@dataclass(frozen=True, slots=True)
class Looker:
    """Somebody who read or changed one record."""

    who: str
    user_id: UUID | None
    reads: int
    changes: int
    first: datetime
    last: datetime
    shown: int = 0
    """Of the reads, how often they showed it to an inspector on their screen."""
    is_inspector: bool = False
    """Whether they read it as an inspector, whose access has run out."""


ALL: Final = Wanted()


async def read_log(
    work: Work, wanted: Wanted = ALL, *, before: int | None = None, limit: int = 50, zone: ZoneInfo = ZoneInfo("UTC")
) -> tuple[Entry, ...]:
    """Up to `limit` entries of the general log below an index, newest first."""
    work.require(Permission.AUDIT_READ)
    values = (LAST if before is None else before, limit, *_narrowed(wanted, zone))
    return tuple(_told(*row) for row in await work.driver.fetch(GENERAL, *values))


async def read_apart(
    work: Work,
    wanted: Wanted,
    logs: tuple[str, ...],
    *,
    skip: int = 0,
    limit: int = 50,
    zone: ZoneInfo = ZoneInfo("UTC"),
) -> tuple[Entry, ...]:
    """Entries of these logs that the reader may know of, newest first, after the first `skip`."""
    work.require(Permission.AUDIT_READ)
    rows = await work.driver.fetch(BY_TIME, skip, limit, *_narrowed(wanted, zone), list(logs))
    return tuple(_told(*row) for row in rows)


async def list_lookers(work: Work, about: UUID) -> tuple[Looker, ...]:
    """Who has read or changed a record, the latest first; up to two hundred people."""
    work.require(Permission.AUDIT_READ)
    rows = await work.driver.fetch(LOOKED, about, READING)
    return tuple(Looker(_name(row[1], row[0]), *row[1:]) for row in rows)


async def list_members(work: Work) -> tuple[tuple[UUID, str], ...]:
    """Everybody who belongs or belonged here, by name, for the filter."""
    work.require(Permission.AUDIT_READ)
    return tuple((row[0], row[1]) for row in await work.driver.fetch(MEMBERS))


async def read_head(work: Work) -> Head:
    """The general log's size and its newest checkpoint."""
    work.require(Permission.AUDIT_READ)
    [row] = await work.driver.fetch(HEAD)
    return Head(*row)


def _narrowed(wanted: Wanted, zone: ZoneInfo) -> tuple[object, ...]:
    pattern, reads = (READING, wanted.sort == "reading") if wanted.sort else (None, True)
    until = wanted.last + timedelta(days=1) if wanted.last else None
    days = (_written(wanted.first, zone), _written(until, zone))
    return (wanted.event, wanted.about, wanted.who, *days, pattern, reads)


def _written(day: date | None, zone: ZoneInfo) -> str | None:
    """The beginning of a day as an entry writes a time: both sort as text."""
    if day is None:
        return None
    return datetime.combine(day, time(), zone).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _told(
    log: str, index: int, entry: str, kind: str | None, object_id: UUID | None, user: UUID | None, name: str | None
) -> Entry:
    lines = entry.split("\n")
    moment, place = datetime.fromisoformat(lines[1]), index if log == "general" else None
    return Entry(place, moment, lines[2], _name(user, name), user, lines[4], kind, object_id, int(lines[6]))


def _name(user: UUID | None, name: str | None) -> str:
    return name or ("Safeguard" if user is not None and user.int == 0 else "")
