"""What happened to an incident while it was restricted, told to the general log once it is so no more.

The database takes the mark away when everybody from whom it was kept is let in as another than was meant, and when what
was kept to a few, and from nobody, is opened to all (migrations/sql/85_circles.sql). The general log then has to hear
how the incident stands, with its entries and files: else the packs that show that log would leave it out. What the
restricted log heard stays there.
"""

from typing import Final
from uuid import UUID

from safeguard.work import Work

RETELL: Final = "incident.retell"
UNHEARD: Final = """
with here as (
    select i.organisation_id, i.id from public.incidents i
    where i.organisation_id = (select sec.current_organisation()) and i.id = $1 and i.restricted_at is null
    for no key update  -- whoever is kept from it meanwhile waits until this is told, or is seen
), parts as (
    select 'incident' as kind, h.id from here h
    union all
    select 'entry', e.id from here h join public.entries e using (organisation_id) where e.incident_id = h.id
    union all
    select 'attachment', a.id from here h join public.attachments a using (organisation_id) where a.incident_id = h.id
), latest as (
    select distinct on (d.kind, d.id) d.kind, d.id, d.version, d.commitment from audit.documents d
    join parts p on p.kind = d.kind and p.id = d.id
    where d.organisation_id = (select sec.current_organisation())
    order by d.kind, d.id, d.version desc
)
select t.kind, t.id, t.version, t.commitment from latest t
where not exists (
    select from audit.leaves l
    join audit.objects o on o.organisation_id = l.organisation_id and o.handle = l.object
    where l.organisation_id = (select sec.current_organisation()) and l.log = 'general' and o.kind = t.kind
        and o.id = t.id and split_part(l.entry, E'\\n', 8) = encode(t.commitment, 'base64'))
order by t.kind desc, t.id
"""


async def retell(work: Work, incident_id: UUID) -> int:
    """Tell the general log how it stands; gives how much it had not heard. Nothing while it is restricted."""
    rows = await work.driver.fetch(UNHEARD, incident_id)
    for row in rows:
        work.record(
            "incident.retold", row["id"], kind=row["kind"], version=row["version"], commitment=row["commitment"]
        )
    return len(rows)
