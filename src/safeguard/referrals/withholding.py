"""Keeping back files that went with a referral, when one turns out to be what nobody may look at.

What has not left stays here. Of what has left the helpline is told, in an envelope, and locks its own copy.
"""

from typing import Final
from uuid import UUID

from safeguard.channel.bodies import FileStands
from safeguard.channel.sending import send
from safeguard.referrals.record import log_of
from safeguard.work import Work

LOCKED: Final = """
select f.id, f.referral_id, f.version, f.state, r.helpline_id
from public.referral_files f
join public.referrals r on r.organisation_id = f.organisation_id and r.id = f.referral_id
join public.attachments a on a.organisation_id = f.organisation_id and a.id = f.attachment_id
where f.organisation_id = (select sec.current_organisation()) and f.incident_id = $1 and a.locked_at is not null
    and f.state in ('waiting', 'sent', 'taken')
order by f.id for update of f
"""
KEPT: Final = """
update public.referral_files f set state = $2, fault = 'locked', version = f.version + 1, changed_at = $3
where f.organisation_id = (select sec.current_organisation()) and f.id = $1
"""


async def withhold(work: Work, incident_id: UUID) -> None:
    """Keep back every file of this incident that was locked. Safe to run twice."""
    rows = await work.driver.fetch(LOCKED, incident_id)
    if not rows:
        return
    log = await log_of(work, incident_id)
    for row in rows:
        waits = row["state"] == "waiting"
        await work.driver.execute(KEPT, row["id"], "dropped" if waits else "locked", work.now())
        event = "enclosure.dropped" if waits else "enclosure.withheld"
        work.record(event, row["id"], version=row["version"] + 1, log=log)
        if not waits:
            body = FileStands(referral=row["referral_id"], file=row["id"], state="locked")
            await send(work, row["helpline_id"], body, log=log)
