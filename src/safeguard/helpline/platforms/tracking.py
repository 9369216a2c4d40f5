"""What waits for a platform: every address that was reported and is not decided, how often it was asked, since when."""

from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec

from safeguard.access.policy import Permission
from safeguard.work import Work

MOST: Final = 200
WAITING: Final = """
select u.id, u.address, u.host, u.state, u.platform_reference, u.reported_at, u.chased_at,
    (select count(*) from public.helpline_url_steps s where s.organisation_id = u.organisation_id and s.url_id = u.id
        and s.state in ('reported', 're_reported') and s.undoes is null and not exists (
            select from public.helpline_url_steps w
            where w.organisation_id = s.organisation_id and w.url_id = s.url_id and w.undoes = s.id))::int as asked,
    (select c.reference from public.helpline_case_urls l
        join public.helpline_cases c on c.organisation_id = l.organisation_id and c.id = l.case_id
        where l.organisation_id = u.organisation_id and l.url_id = u.id
        order by c.at_risk desc, c.received_at, c.id limit 1) as case_reference,
    exists (select from public.helpline_case_urls l
        join public.helpline_cases c on c.organisation_id = l.organisation_id and c.id = l.case_id
        where l.organisation_id = u.organisation_id and l.url_id = u.id and c.at_risk) as at_risk
from public.helpline_urls u
where u.organisation_id = (select sec.current_organisation()) and u.platform = $1
    and u.state in ('reported', 're_reported', 'no_response')
order by at_risk desc, u.chased_at nulls first, u.id limit $2
"""


class Escalation(msgspec.Struct, frozen=True, kw_only=True):
    """One address that a platform was asked about, and has not decided."""

    id: UUID
    address: str
    host: str
    state: str
    platform_reference: str = ""
    reported_at: datetime | None = None
    chased_at: datetime | None = None
    asked: int = 0
    """How often the helpline reported it."""
    case_reference: str | None = None
    at_risk: bool = False

    def silent_days(self, now: datetime) -> int:
        """Whole days since it was last asked."""
        return (now - self.chased_at).days if self.chased_at else 0


async def list_escalations(work: Work, platform: str) -> tuple[Escalation, ...]:
    """What waits for a platform: children at risk first, then what has waited longest."""
    work.require(Permission.HELPLINE_WORK)
    rows = await work.driver.fetch(WAITING, platform, MOST)
    return tuple(Escalation(**dict(row)) for row in rows)
