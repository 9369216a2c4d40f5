"""A new report: everybody who handles incidents is told, again when it still waits, and the head when it waits long.

The waiting is not scanned for: telling of a report asks for a look at it later, and that look for the next. Whoever
acknowledges the report in between makes the look find nothing to tell.
"""

from typing import Final
from uuid import UUID

from safeguard.notifications.finding import (
    HANDLERS,
    Report,
    assigned_by,
    belonging,
    find_report,
    holding,
)
from safeguard.notifications.onward import has_lead, pass_on, tell_who_asks_why
from safeguard.notifications.owing import look_later
from safeguard.notifications.telling import News, tell
from safeguard.notifications.waiting import may_wait
from safeguard.work import Work

GIVEN_BACK: Final = """
select e.author_id, e.written_at from public.entries e
join public.incidents i on i.organisation_id = e.organisation_id and i.id = e.incident_id
where e.organisation_id = (select sec.current_organisation()) and e.incident_id = $1 and e.kind = 'assignment'
    and i.assigned_to is null and i.state <> 'closed'
order by e.written_at desc, e.id desc limit 1
"""


async def tell_of_report(work: Work, incident_id: UUID) -> None:
    """`incident.recorded`: tell whoever handles incidents, and look again after the time that a report may wait."""
    report = await find_report(work, incident_id)
    if report is None:
        return
    handlers = await holding(work, HANDLERS, without=report.recorded_by)
    told = await tell(work, handlers, News("incident.recorded", report.id, report.id))
    await look_later(work, report.id)
    if not await has_lead(work, incident_id):
        await pass_on(work, incident_id, report.recorded_by)
        return
    if report.state != "new":
        return
    if told or await _handled_by_writer(work, report):
        await _look_again(work, report, "notice.still_waiting")
    else:
        await _tell_above(work, report)


async def tell_that_it_waits(work: Work, incident_id: UUID) -> None:
    """`notice.still_waiting`: nobody has said that it was received."""
    report = await find_report(work, incident_id)
    if report is None or report.state != "new":
        return
    handlers = await holding(work, HANDLERS)
    if not await tell(work, handlers, News("incident.waiting", report.id, report.id)):
        await pass_on(work, report.id, report.recorded_by)
    else:
        await _look_again(work, report, "notice.waiting_long")


async def tell_above(work: Work, incident_id: UUID) -> None:
    """`notice.waiting_long`: the head asks why."""
    report = await find_report(work, incident_id)
    if report is not None and report.state == "new":
        await _tell_above(work, report)


async def tell_reporter(work: Work, incident_id: UUID) -> None:
    """`incident.acknowledged`: whoever wrote it knows that it was received."""
    report = await find_report(work, incident_id)
    if report is None:
        return
    writer = await belonging(work, report.recorded_by, without=report.acknowledged_by)
    await tell(work, writer, News("incident.acknowledged", report.id, report.id))


async def tell_handler(work: Work, incident_id: UUID) -> None:
    """`incident.assigned`: whoever has it now, unless they took it themselves. Once for each time it is given."""
    report = await find_report(work, incident_id)
    if report is None:
        return
    handler = await belonging(work, report.assigned_to, without=await assigned_by(work, report.id))
    await tell(work, handler, News("incident.assigned", report.id, report.id, str(report.assigned_to)))


async def tell_that_nobody_handles_it(work: Work, incident_id: UUID) -> None:
    """`notice.handler_left`: everybody who handles incidents, once however many they were; whoever did it knows."""
    given_back = await work.driver.fetchrow(GIVEN_BACK, incident_id)
    if given_back is None:  # somebody has it by now
        return
    handlers = await holding(work, HANDLERS, without=given_back["author_id"])
    moment = f"{given_back['written_at']:%Y-%m-%d %H:%M}"
    await tell(work, handlers, News("handler.left", work.organisation_id, incident_id, moment))


async def tell_of_unhandled(work: Work, incident_id: UUID) -> None:
    """`notice.unhandled`: everybody who handles incidents and may know of it, whoever did it too; else further up.

    They kept somebody from it, or mended a name: that it lost its handler by that they may not have thought of.
    """
    given_back = await work.driver.fetchrow(GIVEN_BACK, incident_id)
    if given_back is None:  # somebody has it by now
        return
    moment = f"{given_back['written_at']:%Y-%m-%d %H:%M}"
    news = News("incident.unhandled", incident_id, incident_id, moment)
    if not await tell(work, await holding(work, HANDLERS), news):
        await pass_on(work, incident_id, None, moment)


async def _tell_above(work: Work, report: Report) -> None:
    """The head, also one who wrote it: that nobody has received it is news to them."""
    await tell_who_asks_why(work, News("incident.waiting_long", report.id, report.id))


async def _handled_by_writer(work: Work, report: Report) -> bool:
    """Whether whoever wrote it handles incidents: then it has been read."""
    return report.recorded_by in await holding(work, HANDLERS)


async def _look_again(work: Work, report: Report, kind: str) -> None:
    """Ask for the next look, after the time that this report may wait."""
    run_at = work.now() + await may_wait(work, danger=report.risk == "emergency")
    work.ask(kind, report.id, key=str(report.id), run_at=run_at)
