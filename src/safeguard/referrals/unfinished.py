"""Referrals of one incident that the helpline has not ended, for the incident's own page and for closing it."""

from typing import Final
from uuid import UUID

import msgspec

from safeguard.access.policy import Permission
from safeguard.referrals.record import ENDED
from safeguard.referrals.wording import STATES
from safeguard.web.languages import gettext
from safeguard.work import Work

AT_MOST: Final = 20
OPEN: Final = """
select r.id, r.helpline_name, r.state from public.referrals r
where r.organisation_id = (select sec.current_organisation()) and r.incident_id = $1 and r.state <> all ($2::text[])
order by r.sent_at, r.id limit $3
"""


class Unfinished(msgspec.Struct, frozen=True):
    """One that still runs."""

    to: str
    state: str
    href: str


async def list_unfinished(work: Work, incident_id: UUID) -> tuple[Unfinished, ...]:
    """Those of this incident, the earliest first; none for whoever reads no referrals."""
    if not work.may(Permission.REFERRAL_READ):
        return ()
    rows = await work.driver.fetch(OPEN, incident_id, sorted(ENDED), AT_MOST)
    return tuple(
        Unfinished(row["helpline_name"], gettext(STATES[row["state"]][0]), f"/referrals/{row['id']}") for row in rows
    )
