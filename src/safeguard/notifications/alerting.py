"""Alerts that a product calls high or urgent: whoever handles incidents is told at once, then the head.

A product's word is not ours, and most of what it notices is nothing. But a child who types that they want to die may be
among it, so such an alert waits no longer than a report of danger may.
"""

from typing import Final
from uuid import UUID

from safeguard.intake.onward import give_onward
from safeguard.notifications.finding import HANDLERS, holding
from safeguard.notifications.onward import tell_who_asks_why
from safeguard.notifications.telling import News, tell
from safeguard.notifications.waiting import may_wait
from safeguard.work import Work

WAITS: Final = """
select exists (select from public.alerts a
               where a.organisation_id = (select sec.current_organisation()) and a.id = $1 and a.state = 'new')
"""


async def tell_of_alert(work: Work, alert_id: UUID) -> None:
    """`notice.alert_pressing`: everybody who handles incidents and may know of it."""
    if not await work.driver.fetchval(WAITS, alert_id):
        return
    if not await tell(work, await holding(work, HANDLERS), News("alert.pressing", alert_id, None)):
        await _tell_above(work, alert_id)
    run_at = work.now() + await may_wait(work, danger=True)
    work.ask("notice.alert_waiting", alert_id, key=str(alert_id), run_at=run_at)


async def tell_that_it_waits(work: Work, alert_id: UUID) -> None:
    """`notice.alert_waiting`: nobody has settled it, so the head asks why."""
    if await work.driver.fetchval(WAITS, alert_id):
        await _tell_above(work, alert_id, waited=True)


async def give_on(work: Work, alert_id: UUID) -> None:
    """`notice.alert_onward`: whoever reads the vault hears of the concern that it becomes."""
    await give_onward(work, alert_id)


async def _tell_above(work: Work, alert_id: UUID, *, waited: bool = False) -> None:
    """The head, who asks whoever leads; never about one of whom it may be."""
    if await give_onward(work, alert_id, waited=waited):
        return
    await tell_who_asks_why(work, News("alert.waiting", alert_id, None))
