"""Receipts that should be here by now, for the home page and the inbox of whoever sees to records."""

from typing import Final

from safeguard.access.policy import Permission
from safeguard.incidents.beside import MOST, Queue
from safeguard.work import Work

LATE: Final = """
select count(*) from (
    select from public.transfers t
    where t.organisation_id = (select sec.current_organisation()) and t.state in ('sent', 'locked')
        and (t.way = 'link' and t.expires_at <= sec.clock()
             or t.due_on < (select (sec.clock() at time zone o.time_zone)::date from public.organisations o
                 where o.id = (select sec.current_organisation())))
    limit $1) l
"""


async def count_late(work: Work) -> int:
    """How many, up to 99; none for whoever does not see to records."""
    if not work.may(Permission.RECORDS_MANAGE):
        return 0
    return int(await work.driver.fetchval(LATE, MOST) or 0)


LATE_RECEIPTS: Final = Queue(
    "/transfers",
    "Receipts that are late",
    count_late,
    "A file went to the next place and no receipt came. Telephone them",
)
