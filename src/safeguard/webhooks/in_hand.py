"""Addresses that are told because somebody answers for it, for the page on which they are taken out."""

from typing import Final
from uuid import UUID

from safeguard.identity.parting import Charge
from safeguard.web.languages import ngettext
from safeguard.work import Work

ANSWERED_FOR: Final = "select count(*) from webhooks where made_by = $1 and ended_at is null"


async def count_webhooks(work: Work, user_id: UUID) -> int:
    """How many webhooks they answer for."""
    return int(await work.driver.fetchval(ANSWERED_FOR, user_id) or 0)


def _said(many: int) -> str:
    return ngettext(
        "%(num)s webhook that they answer for: it ends", "%(num)s webhooks that they answer for: they end", many
    )


IN_HAND: Final = Charge(_said, count_webhooks)
