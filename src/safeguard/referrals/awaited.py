"""Referrals on which the helpline waits for an answer from here, and since when."""

from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec

from safeguard.access.policy import Permission
from safeguard.work import Work

AT_MOST: Final = 5
AWAITED: Final = """
select r.id, i.reference, (
    select min(s.at) from public.referral_steps s
    where s.organisation_id = r.organisation_id and s.referral_id = r.id and s.direction = 'in'
        and (s.body ->> 'state' = 'awaiting_referrer' or s.body ->> 'asks' = 'true')
        and not exists (
            select from public.referral_steps l
            where l.organisation_id = s.organisation_id and l.referral_id = s.referral_id
                and (l.at, l.id) > (s.at, s.id) and (l.direction = 'out' or l.kind = 'status'
                    and l.body ->> 'state' <> 'awaiting_referrer'))) as since
from public.referrals r
join public.incidents i on i.organisation_id = r.organisation_id and i.id = r.incident_id
where r.organisation_id = (select sec.current_organisation()) and r.state = 'awaiting_referrer'
    and ($1::uuid is null or r.id = $1)
order by since, r.id limit $2
"""


class Awaited(msgspec.Struct, frozen=True):
    """One that waits."""

    id: UUID
    reference: str
    since: datetime | None


async def list_awaited(work: Work) -> tuple[Awaited, ...]:
    """Those that have waited longest; none for whoever reads no referrals."""
    if not work.may(Permission.REFERRAL_READ):
        return ()
    return tuple(Awaited(*row) for row in await work.driver.fetch(AWAITED, None, AT_MOST))


async def awaited_since(work: Work, referral_id: UUID) -> datetime | None:
    """Since when the helpline waits on this one; None where it does not."""
    work.require(Permission.REFERRAL_READ)
    row = await work.driver.fetchrow(AWAITED, referral_id, 1)
    return row["since"] if row else None
