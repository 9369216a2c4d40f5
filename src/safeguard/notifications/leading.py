"""Nobody answers for the records any more: those who can ask for another lead are told, and without them outside."""

from typing import Final
from uuid import UUID

from safeguard.access.policy import ALLOWED, Permission
from safeguard.identity import granting
from safeguard.notifications.finding import holding
from safeguard.notifications.onward import OUTSIDE
from safeguard.notifications.telling import News, tell
from safeguard.post.posting import post_mail_to
from safeguard.work import Work

KEY: Final = "lead needed"


async def tell_that_a_lead_is_needed(work: Work, left: UUID) -> None:
    """`notice.lead_needed`: whoever may ask for one, while nobody leads; the person outside when that is nobody."""
    if await granting.count_answering(work):
        return
    asking = await holding(work, ALLOWED[Permission.LEAD_REPLACE])
    told = await tell(work, asking, News("lead.needed", work.organisation_id, None, str(left)))
    address: str | None = None if told else await work.driver.fetchval(OUTSIDE)
    if address:
        await post_mail_to(work, address, "lead_needed", key=f"{KEY} {left}")
