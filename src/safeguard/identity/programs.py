"""Programs that somebody answers for, for the page on which they are taken out: their tokens end with them."""

from typing import Final
from uuid import UUID

from safeguard.identity.parting import Charge
from safeguard.web.languages import ngettext
from safeguard.work import Work

ANSWERED_FOR: Final = """
select count(distinct user_id) from tokens where sponsor_id = $1 and revoked_at is null and expires_at > $2
"""


async def count_programs(work: Work, user_id: UUID) -> int:
    """How many programs have a token for which they answer."""
    return int(await work.driver.fetchval(ANSWERED_FOR, user_id, work.now()) or 0)


def _said(many: int) -> str:
    return ngettext(
        "%(num)s program whose token they answer for: it opens nothing any more",
        "%(num)s programs whose tokens they answer for: they open nothing any more",
        many,
    )


IN_HAND: Final = Charge(_said, count_programs)
