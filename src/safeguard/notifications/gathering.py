"""The gathered mail: one a day for whoever wants it so, and none when there is nothing that they have not seen."""

from typing import Final
from uuid import UUID

from safeguard.notifications.telling import zone_here
from safeguard.post.posting import post_mail
from safeguard.work import Work

UNSEEN: Final = """
select exists (
    select from public.notices n
    where n.organisation_id = (select sec.current_organisation()) and n.recipient_id = $1 and n.read_at is null
        and not exists (select from public.outbox o where o.organisation_id = n.organisation_id and o.notice_id = n.id))
"""


async def send_gathered(work: Work, person: UUID) -> None:
    """`notice.digest`: say once a day that something waits."""
    if await work.driver.fetchval(UNSEEN, person):
        today = work.now().astimezone(await zone_here(work)).date()
        await post_mail(work, person, "digest", key=f"digest {person} {today}")
