"""Reading the log: entries as they stand, with the names that this organisation's own mappings still give them.

A page of entries is cut by index, the newest first. Only the log that the reader may know of is read here: general.
What was erased shows as erased; the entry itself stays and still verifies.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from safeguard.access.policy import Permission
from safeguard.audit.events import EVENTS
from safeguard.work import Work

READ: Final = """
with page as (
    select l.index, l.entry, l.object,
           decode(split_part(l.entry, E'\\n', 4), 'base64') as actor
    from audit.leaves l
    where l.organisation_id = (select sec.current_organisation()) and l.log = 'general' and l.index < $1
        and ($3::text is null or split_part(l.entry, E'\\n', 3) = $3)
        and ($4::uuid is null or l.object in (
            select o.handle from audit.objects o
            where o.organisation_id = (select sec.current_organisation()) and o.id = $4))
    order by l.index desc limit $2
)
select p.index, p.entry, o.kind, o.id, a.user_id, m.name
from page p
left join audit.objects o on o.organisation_id = (select sec.current_organisation()) and o.handle = p.object
left join audit.actors a on a.organisation_id = (select sec.current_organisation()) and a.handle = p.actor
left join public.memberships m on m.organisation_id = (select sec.current_organisation()) and m.user_id = a.user_id
order by p.index desc
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

    index: int
    at: datetime
    event: str
    who: str
    """A name; "Safeguard" for the system; empty when the mapping was erased."""
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


async def read_log(
    work: Work, *, before: int | None = None, event: str | None = None, about: UUID | None = None, limit: int = 50
) -> tuple[Entry, ...]:
    """Up to `limit` entries of the general log, newest first; those of one event or about one object, if named."""
    work.require(Permission.AUDIT_READ)
    rows = await work.driver.fetch(READ, LAST if before is None else before, limit, event, about)
    return tuple(_told(*row) for row in rows)


async def read_head(work: Work) -> Head:
    """The general log's size and its newest checkpoint."""
    work.require(Permission.AUDIT_READ)
    [row] = await work.driver.fetch(HEAD)
    return Head(*row)


def _told(
    index: int, entry: str, kind: str | None, object_id: UUID | None, user: UUID | None, name: str | None
) -> Entry:
    lines = entry.split("\n")
    who = name or ("Safeguard" if user is not None and user.int == 0 else "")
    moment = datetime.fromisoformat(lines[1])
    return Entry(index, moment, lines[2], who, lines[4], kind, object_id, int(lines[6]))
