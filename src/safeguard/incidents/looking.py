"""Who has looked at an incident, as the verifiable log tells it.

The log names people by handles; the mapping and the names are this organisation's own. Reading is told to the log at
the end of the request, so whoever looks now does not see themselves yet.
"""

from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec

from safeguard.access.policy import Permission
from safeguard.work import Work

LOOKED: Final = """
with seen as (
    select l.entry from audit.leaves l
    where l.organisation_id = (select sec.current_organisation()) and l.object = (
        select o.handle from audit.objects o
        where o.organisation_id = (select sec.current_organisation()) and o.kind = 'incident' and o.id = $1)
    order by l.index desc limit 500
), reads as (
    select substr(s.entry, 63, 24) as handle, max(substr(s.entry, 19, 27)) as at, count(*) as times
    from seen s where substr(s.entry, 47, 16) = E'incident.viewed\\n' group by 1
    union all
    select substr(s.entry, 62, 24), max(substr(s.entry, 19, 27)), count(*)
    from seen s where substr(s.entry, 47, 15) = E'incident.shown\\n' group by 1
), readers as (
    select a.user_id, r.at::timestamptz as at, r.times from reads r
    left join audit.actors a
        on a.organisation_id = (select sec.current_organisation()) and a.handle = decode(r.handle, 'base64')
    union all
    select n.user_id, max(n.opened_at), count(*) from public.inspection_openings n
    where n.organisation_id = (select sec.current_organisation()) and n.record = 'incident ' || $1::text group by 1
)
select coalesce(m.name, ''), max(r.at), sum(r.times)::bigint
from readers r
left join public.memberships m
    on m.organisation_id = (select sec.current_organisation()) and m.user_id = r.user_id
group by 1 order by 2 desc limit 20
"""
"""An entry's first lines stand at fixed places: the time after 18 characters, the event after 46, and after this event,
the handle. They are counted as text, and only what is left for each person is read as a time and looked up. What an
inspector opened the database adds when their access has run out."""


class Look(msgspec.Struct, frozen=True):
    """Somebody who has read an incident."""

    name: str
    """Empty for somebody whose name is erased, or for the service itself."""
    last: datetime
    times: int


async def list_looks(work: Work, incident_id: UUID) -> tuple[Look, ...]:
    """Who has read it, the latest first: of its newest 500 log entries, up to twenty people."""
    work.require(Permission.INCIDENT_READ)
    return tuple(Look(*row) for row in await work.driver.fetch(LOOKED, incident_id))
