"""Whoever reported by the public page wrote again: told until somebody has read it, as a new report is.

First whoever handles it, or everybody who handles incidents where nobody does, or where the words say that somebody may
be in danger: the one who has it may be away. Then everybody who handles incidents, and then the head. Like the looks at
a new report these are asked for one after another, and find nothing to tell once it was read.
"""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from safeguard.notifications.finding import HANDLERS, MESSAGES, Report, belonging, find_report, holding
from safeguard.notifications.onward import pass_on, tell_who_asks_why
from safeguard.notifications.telling import News, tell
from safeguard.notifications.waiting import may_wait
from safeguard.work import Work

WAITING: Final = "notice.message_waiting"
WAITING_LONG: Final = "notice.message_waiting_long"


async def tell_of_message(work: Work, incident_id: UUID) -> None:
    """`incident.written_to`: once for each message."""
    report = await find_report(work, incident_id)
    if report is None:
        return
    count = str(await work.driver.fetchval(MESSAGES, incident_id))
    news = News("incident.urgent" if report.heard_urgent else "incident.written_to", report.id, report.id, count)
    handler = frozenset[UUID]() if report.heard_urgent else await belonging(work, report.assigned_to)
    told = (handler and await tell(work, handler, news)) or await tell(work, await holding(work, HANDLERS), news)
    if not told:
        await pass_on(work, report.id, report.recorded_by, count)
    elif report.heard_at:
        await _look_again(work, report, WAITING, count)


async def tell_that_it_waits(work: Work, incident_id: UUID) -> None:
    """`notice.message_waiting`: nobody has said that they read it, so everybody who handles incidents is told."""
    report = await find_report(work, incident_id)
    if report is None or report.heard_at is None or not await _is_long(work, report):
        return
    round_ = report.heard_at.isoformat()
    if await tell(work, await holding(work, HANDLERS), News("incident.unread", report.id, report.id, round_)):
        await _look_again(work, report, WAITING_LONG, round_)
    else:
        await pass_on(work, report.id, report.recorded_by, round_)


async def tell_above(work: Work, incident_id: UUID) -> None:
    """`notice.message_waiting_long`: the head asks why."""
    report = await find_report(work, incident_id)
    if report is None or report.heard_at is None or not await _is_long(work, report):
        return
    await tell_who_asks_why(work, News("incident.unread_long", report.id, report.id, report.heard_at.isoformat()))


async def _is_long(work: Work, report: Report) -> bool:
    """Whether what waits now is what this look was asked for: read in between, a later message has looks of its own."""
    since: datetime = report.heard_at or work.now()
    return work.now() - since >= await _may_wait(work, report)


async def _may_wait(work: Work, report: Report) -> timedelta:
    return await may_wait(work, danger=report.heard_urgent or report.risk == "emergency")


async def _look_again(work: Work, report: Report, kind: str, round_: str) -> None:
    run_at = work.now() + await _may_wait(work, report)
    work.ask(kind, report.id, key=f"{report.id} {round_}", run_at=run_at)
