"""The day on which the provider is down: who gets in then, and who hears of it when that becomes nobody.

Somebody who leaves takes their way in with them (86_belonging.sql), and leaving is refused to nobody for it. So it is
said before, and told at once to those who can name somebody else.
"""

from typing import Final
from uuid import UUID

from safeguard.identity.parting import Charge
from safeguard.web.languages import gettext
from safeguard.work import Work

NOTICE: Final = "notice.sign_on_alone"
REQUIRED: Final = "select id from sign_on_connections where required_from is not null and state = 'open'"
GETS_IN: Final = "select exists (select from sign_on_exemptions e where identity.enters_alone(e.user_id))"
IS_LAST: Final = """
select exists (select from sign_on_exemptions e where e.user_id = $1 and identity.enters_alone(e.user_id))
    and not exists (select from sign_on_exemptions e where e.user_id <> $1 and identity.enters_alone(e.user_id))
    and exists (select from sign_on_connections where required_from is not null and state = 'open')
"""


async def nobody_gets_in(work: Work) -> UUID | None:
    """The connection that is required while nobody gets in without it; None where all is well."""
    required = await work.driver.fetchval(REQUIRED)
    return None if required is None or await work.driver.fetchval(GETS_IN) else required


async def _count(work: Work, user_id: UUID) -> int:
    return int(bool(await work.driver.fetchval(IS_LAST, user_id)))


async def _hand_on(work: Work, user_id: UUID, _successor: UUID | None) -> None:
    if await nobody_gets_in(work):
        work.ask(NOTICE, user_id)


def _said(_: int) -> str:
    return gettext("The only way in when the provider is down: name somebody else who keeps a password")


IN_HAND: Final = Charge(_said, _count, _hand_on)
