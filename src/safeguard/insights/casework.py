"""What is under way: open clocks, actions past their day, referrals of a period, and addresses that were asked about.

Counted when it is asked for, since what is overdue stands in an index of its own and referrals are few; for those who
see every figure. Row security leaves out what this reader may not know of.

What waits is counted in the order of its index: without an order the planner looks for a hundred of them through the
whole table, which ends soon where there are many, and reads the incidents of everybody where there are none.
"""

from datetime import date, datetime, time
from typing import Final

import msgspec

from safeguard.access.policy import Permission
from safeguard.tenancy.whereabouts import zone_here
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
        and r.closed_at is null),
    (select count(*) from (
        select from public.incidents i
        where i.organisation_id = (select sec.current_organisation()) and i.state = 'new' and i.restricted_at is null
        order by case i.risk when 'emergency' then 0 when 'high' then 1 else 2 end, i.recorded_at
        limit 101) u),
    (select min(u.at) from (values (0), (1), (2)) ranks(rank), lateral (
        select i.recorded_at as at from public.incidents i
        where i.organisation_id = (select sec.current_organisation()) and i.state = 'new' and i.restricted_at is null
            and case i.risk when 'emergency' then 0 when 'high' then 1 else 2 end = ranks.rank
        order by i.recorded_at limit 1) u),
    a.followed, a.gone
from (
    select count(*) as followed, count(*) filter (where l.state in ('removed', 'restricted')) as gone
    from (
        select distinct on (s.referral_id, s.body ->> 'url') s.body ->> 'state' as state
        from public.referral_steps s
        join public.referrals r on r.organisation_id = s.organisation_id and r.id = s.referral_id
        where s.organisation_id = (select sec.current_organisation()) and s.kind = 'url.step'
            and r.sent_at >= $2 and r.sent_at < $3
        order by s.referral_id, s.body ->> 'url', s.at desc, s.id desc) l
    where l.state not in ('passed_to_iwf', 'passed_to_police', 'gone_before_report', 'not_actionable')) a
"""


class Casework(msgspec.Struct, frozen=True):
    """Figures of now, and of the referrals that were sent in a period."""

    overdue: int = 0
    """Actions in open incidents whose day is past."""
    referred: int = 0
    """Referrals sent in the period."""
    referrals_open: int = 0
    """Of these, those that are not closed."""
    unread: int = 0
    """Incidents that nobody has acknowledged; 101 for more than a hundred."""
    unread_since: datetime | None = None
    """When the one that has waited longest was recorded."""
    addresses: int = 0
    """Addresses of which the helpline told us a step, in the referrals of the period.

    As in the helpline's own rates, those that the Internet Watch Foundation or the police have, that were gone before
    anybody reported them, or that no platform could act on are left out: no platform was asked to remove them.
    """
    addresses_gone: int = 0
    """Of these, those that are taken down or shut off."""


NONE: Final = Casework()


async def read_casework(work: Work, today: date, first: date, following: date) -> Casework:
    """The figures as of today, for a period that ends before the day `following`, where the organisation is."""
    work.require(Permission.INSIGHTS_EXACT)
    zone = await zone_here(work)
    since, until = (datetime.combine(day, time(), zone) for day in (first, following))
    row = await work.driver.fetchrow(READ, today, since, until)
    return Casework(*row) if row else NONE
