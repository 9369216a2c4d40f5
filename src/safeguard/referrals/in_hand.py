"""Referrals that somebody sent and that go on, for the page on which they are taken out: bound by the application.

None is given on: what the helpline writes is told to whoever handles the incident, and where nobody does, to everybody
who handles incidents (`notifications.referring`).
"""

from typing import Final
from uuid import UUID

from safeguard.identity.parting import Charge
from safeguard.web.languages import ngettext
from safeguard.work import Work

GOING_ON: Final = """
select count(*) from public.referrals r
join public.incidents i on i.organisation_id = r.organisation_id and i.id = r.incident_id
where r.organisation_id = (select sec.current_organisation()) and r.sent_by = $1 and r.closed_at is null
"""


async def count_sent(work: Work, user_id: UUID) -> int:
    """How many referrals of theirs are not ended."""
    return int(await work.driver.fetchval(GOING_ON, user_id) or 0)


def _said(many: int) -> str:
    return ngettext(
        "%(num)s referral that goes on: what the helpline writes is told to whoever handles the incident",
        "%(num)s referrals that go on: what the helpline writes is told to whoever handles the incident",
        many,
    )


IN_HAND: Final = Charge(_said, count_sent)
