"""Somebody has left whose file is still here: the limit for sending it runs, and the first page says so."""

from datetime import timedelta
from typing import Final

from safeguard.records.dating import say_dates
from safeguard.tenancy.profile import Profile
from safeguard.transfers.unsent import LEFT
from safeguard.work import Work

AGO: Final = timedelta(days=4)
LEAVER: Final = """
select p.id from public.people p
where p.organisation_id = (select sec.current_organisation()) and p.merged_into_id is null and p.kind = 'child'
    and exists (
        select from public.incident_people n
        join public.incidents i on i.organisation_id = n.organisation_id and i.id = n.incident_id
        where n.organisation_id = p.organisation_id and n.person_id = p.id and n.removed_at is null
            and i.state = 'closed' and i.restricted_at is null)
    and not exists (
        select from public.transfers t where t.organisation_id = p.organisation_id and t.person_id = p.id)
order by p.sort_key desc, p.id limit 1
"""


async def leave(work: Work, profile: Profile) -> bool:
    """Say that somebody with a file left some days ago; whether there is anybody, and such a limit."""
    if not any(each.starts == LEFT for each in profile.clocks.values()):
        return False
    person = await work.driver.fetchval(LEAVER)
    if person is None:
        return False
    await say_dates(work, person, (work.now() - AGO).date(), None)
    return True
