"""Which incidents touched a control of the standards: those whose lessons name it, the latest first."""

from typing import Final

from safeguard.access.policy import Permission
from safeguard.standards.panels import Touched, Touching
from safeguard.work import Work

MOST: Final = 5
LATEST: Final = """
select i.id, i.reference, e.written_at, left(e.words, 200)
from public.entries e
join public.incidents i on i.organisation_id = e.organisation_id and i.id = e.incident_id
where e.organisation_id = (select sec.current_organisation()) and e.kind = 'lesson' and $1 = any (e.controls)
    and not exists (
        select from public.entries s where s.organisation_id = e.organisation_id and s.supersedes_id = e.id)
order by e.written_at desc, e.id desc
limit $2
"""


async def incidents_touching(work: Work, control: str) -> Touched:
    """The latest incidents that touched a control, for those who read every incident; nothing for others."""
    if not work.may(Permission.INCIDENT_READ):
        return Touched()
    rows = await work.driver.fetch(LATEST, control, MOST)
    return Touched(tuple(Touching(*row) for row in rows), readable=True)
