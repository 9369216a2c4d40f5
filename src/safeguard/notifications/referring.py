"""Referrals: whoever sent one hears when the helpline writes, and when something did not arrive there.

Ten addresses that move on in one minute are one piece of news: steps of addresses are told once a day.
"""

from datetime import UTC
from typing import Final
from uuid import UUID

from safeguard.notifications import attending
from safeguard.notifications.finding import ABOVE, HANDLERS, belonging, holding
from safeguard.notifications.telling import News, tell
from safeguard.work import Work

REFERRAL: Final = """
select r.id, r.incident_id, r.sent_by, i.assigned_to from public.referrals r
join public.incidents i on i.organisation_id = r.organisation_id and i.id = r.incident_id
where r.organisation_id = (select sec.current_organisation()) and r.id = $1
"""
LATEST: Final = """
select s.id, s.kind, s.at from public.referral_steps s
where s.organisation_id = (select sec.current_organisation()) and s.referral_id = $1 and s.direction = 'in'
order by s.at desc, s.id desc limit 1
"""
ENVELOPE: Final = """
select b.subject_id, b.other_id, b.put_at from public.channel_outbox b
where b.organisation_id = (select sec.current_organisation()) and b.id = $1
"""


async def tell_of_answer(work: Work, referral_id: UUID) -> None:
    """`referral.answered`: whoever referred, and whoever has the incident now; else everybody who handles incidents."""
    latest = await work.driver.fetchrow(LATEST, referral_id)
    if latest is None:
        return
    day = latest["at"].astimezone(UTC).date().isoformat()
    await _tell(work, referral_id, "referral.answered", day if latest["kind"] == "url.step" else str(latest["id"]))


async def tell_of_undelivered(work: Work, outbox_id: UUID) -> None:
    """`envelope.undelivered`: the same people; at the helpline's end whoever has the case. Once a day for each."""
    sent = await work.driver.fetchrow(ENVELOPE, outbox_id)
    if sent is None:
        return
    day = sent["put_at"].astimezone(UTC).date().isoformat()
    if not await _tell(work, sent["subject_id"], "referral.undelivered", day):
        await attending.tell_undelivered(work, f"{sent['other_id']}/{sent['subject_id']}", day)


async def _tell(work: Work, referral_id: UUID, code: str, key: str) -> bool:
    """Tell of a referral; whether there is such a one here."""
    row = await work.driver.fetchrow(REFERRAL, referral_id)
    if row is None:
        return False
    news = News(code, row["id"], row["incident_id"], key)
    own = await belonging(work, row["sent_by"]) | await belonging(work, row["assigned_to"])
    if not (own and await tell(work, own, news)) and not await tell(work, await holding(work, HANDLERS), news):
        await tell(work, await holding(work, ABOVE), news)
    return True
