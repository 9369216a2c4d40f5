"""What incidents taught, for the plan of improvements: how each is called, and what its lessons say."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Final
from uuid import UUID

from safeguard.access.policy import Permission
from safeguard.standards.origins import Origin
from safeguard.work import Work

NAMED: Final = """
select i.id, i.reference, coalesce((
    select array_agg(left(e.words, 300) order by e.written_at desc, e.id desc)
    from public.entries e
    where e.organisation_id = i.organisation_id and e.incident_id = i.id and e.kind = 'lesson'
        and not exists (
            select from public.entries s where s.organisation_id = e.organisation_id and s.supersedes_id = e.id)
    ), '{}') as learnt
from public.incidents i
where i.organisation_id = (select sec.current_organisation()) and i.id = any ($1)
"""
BETWEEN: Final = """
select count(distinct e.incident_id)
from public.entries e
where e.organisation_id = (select sec.current_organisation()) and e.kind = 'lesson' and $1 = any (e.controls)
    and e.written_at >= $2 and e.written_at < $3
    and not exists (
        select from public.entries s where s.organisation_id = e.organisation_id and s.supersedes_id = e.id)
"""


async def incidents_that_taught(work: Work, ids: Collection[UUID]) -> Mapping[UUID, Origin]:
    """By reference, for those who read every incident; what is kept from them is not there for them."""
    if not work.may(Permission.INCIDENT_READ):
        return {}
    return {
        row["id"]: Origin(row["reference"], f"/incidents/{row['id']}", tuple(row["learnt"]))
        for row in await work.driver.fetch(NAMED, list(ids))
    }


async def count_lessons(work: Work, control: str, since: datetime, until: datetime) -> int | None:
    """How many incidents' lessons named a control in a span; None for whoever does not read incidents."""
    if not work.may(Permission.INCIDENT_READ):
        return None
    return int(await work.driver.fetchval(BETWEEN, control, since, until) or 0)
