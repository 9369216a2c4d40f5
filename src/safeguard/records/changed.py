"""What became of a record after its disposal was asked for: whoever agrees has to know that it is not what was read.

An incident that changed is not disposed of (87_records.sql): the disposal is declined, and asked for anew by somebody
who has looked at it again. Reading is no change. It is told to whoever may agree, who need not read the log otherwise.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from safeguard.audit.events import EVENTS
from safeguard.evidence.log_reading import READING
from safeguard.evidence.report.saying import minute
from safeguard.identity.acts import Shown
from safeguard.work import Work

MOST: Final = 20
"""So many changes are told, the latest first."""
ZONE: Final = "select o.time_zone from public.organisations o where o.id = sec.current_organisation()"
SINCE: Final = """
with acts as (
    select split_part(l.entry, E'\\n', 2)::timestamptz as at, split_part(l.entry, E'\\n', 3) as event,
        split_part(l.entry, E'\\n', 4) as actor, l.log, l.index
    from audit.leaves l
    where l.organisation_id = (select sec.current_organisation()) and l.object in (
        select o.handle from audit.objects o
        where o.organisation_id = (select sec.current_organisation()) and o.id = $1)
)
select c.at, c.event, coalesce(m.name, '') as name
from acts c
left join audit.actors a
    on a.organisation_id = (select sec.current_organisation()) and a.handle = decode(c.actor, 'base64')
left join public.memberships m on m.organisation_id = a.organisation_id and m.user_id = a.user_id
where c.at > $2 and c.event !~ $3 order by c.at desc, c.log, c.index desc limit $4
"""
ADVICE: Final = "Decline it and say so: it is asked for again once somebody has looked at what is there now."


async def shown_changes(work: Work, subject_id: UUID, asked_at: datetime) -> tuple[Shown, ...]:
    """What was done to a record since, as lines on the page of the approval; none when nothing was."""
    acts = await work.driver.fetch(SINCE, subject_id, asked_at, READING, MOST)
    if not acts:
        return ()
    zone = ZoneInfo(str(await work.driver.fetchval(ZONE)))
    return (Shown("Changed since it was asked for", "\n".join(_lines(acts, zone))), Shown("What to do", ADVICE))


def _lines(acts: list[Any], zone: ZoneInfo) -> Iterator[str]:
    for act in acts:
        by = f", by {act['name']}" if act["name"] else ""
        yield f"{minute(act['at'], zone)}: {EVENTS.get(act['event'], act['event'])}{by}"
