"""Whether anything of a referral changed since its page was made: asked every few seconds by every open page.

One statement on indices, without what was said: a conversation of years is read only when there is something new.
"""

from typing import Final
from uuid import UUID

from safeguard.access.policy import Permission
from safeguard.channel.correspondents import is_removed
from safeguard.channel.keeping import PATIENCE
from safeguard.errors import NotFound
from safeguard.web.polling import mark
from safeguard.work import Work

STANDS: Final = """
select r.helpline_id, r.version, s.said, s.delivered, s.judged, s.late,
    (select string_agg(concat_ws('/', f.state, f.fault), ',' order by f.id) from public.referral_files f
     where f.organisation_id = r.organisation_id and f.referral_id = r.id) as files
from public.referrals r
cross join lateral (
    select count(*) as said, count(b.delivered_at) as delivered, count(b.verdict) as judged,
        count(*) filter (where b.delivered_at is null and b.put_at < $2) as late
    from public.referral_steps s
    left join public.channel_outbox b on b.organisation_id = s.organisation_id and b.id = s.outbox_id
    where s.organisation_id = r.organisation_id and s.referral_id = r.id) s
where r.organisation_id = (select sec.current_organisation()) and r.id = $1
"""


async def mark_referral(work: Work, referral_id: UUID) -> str:
    """The mark of a referral's page; raises `NotFound`."""
    work.require(Permission.REFERRAL_READ)
    row = await work.driver.fetchrow(STANDS, referral_id, work.now() - PATIENCE)
    if row is None:
        raise NotFound
    return mark(*row, await is_removed(work, row["helpline_id"]))
