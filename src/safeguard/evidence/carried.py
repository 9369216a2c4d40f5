"""Who read a record in something that carries a copy of it: a pack, the copy for a request, a file that was sent.

The log tells such a reading of the pack, the request or the file, for that is what was opened. Here it is counted
against the record as well. What the reader of the log may not know of, the database keeps from this as from every other
list: neither who fetched a pack of a restricted incident, nor that somebody asked what is kept about the reader.

A pack of a period is held to carry what had been recorded in its days when its log was frozen; of a person's file, the
incidents that they were part of then.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal, TypeAlias
from uuid import UUID

from safeguard.access.policy import Permission
from safeguard.work import Work

Carrier: TypeAlias = Literal["pack", "request", "file"]

MOST: Final = 100
PUTTING_TOGETHER: Final = ["access.gathered", "access.redacted"]
"""Whoever does this has the whole working copy before them, also what is left out of the answer then."""
READING: Final = ["pack.downloaded", "access.read", "access.downloaded", "transfer.sent", "transfer.printed"]
CARRIED: Final = """
with about as (
    select i.recorded_at, i.restricted_at, (i.recorded_at at time zone o.time_zone)::date as on_day
    from public.incidents i join public.organisations o on o.id = i.organisation_id
    where i.organisation_id = (select sec.current_organisation()) and i.id = $1
), kept as (  -- while somebody was kept from it by mistake it was in no pack but its own
    select x.since, x.lifted_at from public.exclusions x
    where x.organisation_id = (select sec.current_organisation()) and x.incident_id = $1 and x.lifted_at is not null
), carriers as (
    select 'pack' as kind, p.id, p.title, p.as_of as since, true as whole from public.packs p
    where p.organisation_id = (select sec.current_organisation()) and p.as_of is not null and (
        $1 in (p.incident_id, p.person_id) or $1 = any (p.sampled)
        or p.kind = 'period' and exists (
            select from about a where a.on_day between p.from_on and p.until_on and a.recorded_at <= p.as_of
                and (a.restricted_at is null or a.restricted_at > p.as_of) and not exists (select from kept k
                    where p.as_of >= k.since and p.as_of < k.lifted_at))
        or p.kind = 'person' and exists (
            select from about a, public.incident_people n
            join public.people w on w.organisation_id = n.organisation_id and w.id = n.person_id
            where n.organisation_id = p.organisation_id and n.incident_id = $1
                and p.person_id in (w.id, w.merged_into_id) and a.recorded_at <= p.as_of
                and (a.restricted_at is null or a.restricted_at > p.as_of)))
    union all
    select 'request', r.id, '', coalesce((select recorded_at from about), r.written_at), bool_or(c.withheld is null)
    from public.access_items c
    join public.access_requests r on r.organisation_id = c.organisation_id and r.id = c.request_id
    where c.organisation_id = (select sec.current_organisation()) and $1 in (c.incident_id, c.source_id)
    group by r.id, r.written_at
    union all
    select 'file', t.id, '', t.sent_at, true from public.transfers t
    where t.organisation_id = (select sec.current_organisation()) and (t.person_id = $1 or exists (
        select from public.transfer_items x
        where x.organisation_id = t.organisation_id and x.transfer_id = t.id and x.incident_id = $1
            and x.left_out = ''))
), acts as (
    select c.kind, c.id, c.title, split_part(l.entry, E'\\n', 4) as actor, l.at
    from carriers c
    join audit.objects o on o.organisation_id = (select sec.current_organisation())
        and o.kind in ('pack', 'access', 'transfer') and o.id = c.id
    cross join lateral (
        select e.entry, split_part(e.entry, E'\\n', 2)::timestamptz as at, split_part(e.entry, E'\\n', 3) as event
        from audit.leaves e where e.organisation_id = o.organisation_id and e.object = o.handle) l
    where (l.event = any ($2) and c.whole or l.event = any ($3)) and l.at >= c.since - interval '1 minute'
)
select coalesce(m.name, ''), a.user_id, c.kind, c.id, c.title, count(*), max(c.at)
from acts c
left join audit.actors a
    on a.organisation_id = (select sec.current_organisation()) and a.handle = decode(c.actor, 'base64')
left join public.memberships m on m.organisation_id = a.organisation_id and m.user_id = a.user_id
group by 1, 2, 3, 4, 5 order by 7 desc, 1 limit $4
"""
"""An entry is written at the end of its request: within the minute of what it tells of."""


@dataclass(frozen=True, slots=True)
class Carried:
    """Somebody who read a record in one thing that carries it."""

    who: str
    """Empty for somebody whose name was erased."""
    user_id: UUID | None
    kind: Carrier
    id: UUID
    """Of the pack, the request or the file."""
    title: str
    """Of a pack."""
    times: int
    last: datetime


async def list_carried(work: Work, about: UUID) -> tuple[Carried, ...]:
    """Who read an incident or a person in packs, copies for requests and sent files, the latest first; up to 100."""
    work.require(Permission.AUDIT_READ)
    return tuple(Carried(*row) for row in await work.driver.fetch(CARRIED, about, READING, PUTTING_TOGETHER, MOST))
