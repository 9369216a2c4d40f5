"""What is under way in the incidents of a period: actions past their day, and referrals.

Counted when it is asked for, since what is overdue stands in an index of its own and referrals are few; for those who
see every figure. Row security leaves out what this reader may not know of.
"""

from datetime import date
from typing import Final

import msgspec

from safeguard.access.policy import Permission
from safeguard.work import Work

READ: Final = """
select
    (select count(*) from public.entries e
     join public.incidents i on i.organisation_id = e.organisation_id and i.id = e.incident_id and i.state <> 'closed'
     where e.organisation_id = (select sec.current_organisation()) and e.kind = 'action' and e.done_at is null
        and e.due_on < $1 and not exists (
            select from public.entries s where s.organisation_id = e.organisation_id and s.supersedes_id = e.id)),
    (select count(*) from public.referrals r
     where r.organisation_id = (select sec.current_organisation()) and r.sent_at >= $2 and r.sent_at < $3),
    (select count(*) from public.referrals r
     where r.organisation_id = (select sec.current_organisation()) and r.sent_at >= $2 and r.sent_at < $3
        and r.closed_at is null)
"""


class Casework(msgspec.Struct, frozen=True):
    """Three figures."""

    overdue: int = 0
    """Actions in open incidents whose day is past."""
    referred: int = 0
    """Referrals sent in the period."""
    referrals_open: int = 0
    """Of these, those that are not closed."""


NONE: Final = Casework()


async def read_casework(work: Work, today: date, first: date, following: date) -> Casework:
    """The figures as of today, for a period that ends before the day `following`."""
    work.require(Permission.INSIGHTS_EXACT)
    row = await work.driver.fetchrow(READ, today, first, following)
    return Casework(*row) if row else NONE
