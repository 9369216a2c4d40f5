"""Reports by the public page that are held: whoever handles incidents is told once a day for as long as any waits.

Not of each: they are held because they come in a flood, and a notice for each would be the flood again. But the one
that matters may be among them, so the head hears of it when nobody has looked within the time that a report may wait.
"""

from datetime import timedelta
from uuid import UUID

from safeguard.notifications.finding import ABOVE, HANDLERS, HELD, STILL_HELD, holding
from safeguard.notifications.onward import ask_outside
from safeguard.notifications.telling import News, tell
from safeguard.tenancy.effective import effective
from safeguard.tenancy.whereabouts import zone_here
from safeguard.work import Work


async def tell_of_held(work: Work, report_id: UUID) -> None:
    """`public_report.held`: told of the oldest that waits, once on each day on which another came."""
    held = await work.driver.fetchrow(STILL_HELD, report_id)
    if held is None:
        return
    news = News("public_report.held", await _oldest(work, report_id), None, await _today(work))
    if not await tell(work, await holding(work, HANDLERS), news):
        await _tell_above(work, news.subject_id)
    await _look_again(work, report_id, danger=held["danger"])


async def tell_that_they_wait(work: Work, report_id: UUID) -> None:
    """`notice.held_waiting`: nobody has looked at this one. The head is told once a day."""
    if await work.driver.fetchrow(STILL_HELD, report_id):
        await _tell_above(work, await _oldest(work, report_id))


async def _oldest(work: Work, report_id: UUID) -> UUID:
    """The one that waits longest: one subject for all of a day's notices."""
    return await work.driver.fetchval(HELD) or report_id


async def _tell_above(work: Work, oldest: UUID) -> None:
    """The head; where there is none (a small club), the person outside whom the organisation named: once for each
    report that has become the oldest, for somebody must be able to look."""
    news = News("public_report.waiting", oldest, None, await _today(work))
    if not await tell(work, await holding(work, ABOVE), news):
        await ask_outside(work, oldest)


async def _look_again(work: Work, report_id: UUID, *, danger: bool) -> None:
    name = "notices.wait_danger" if danger else "notices.wait"
    minutes = int(str((await effective(work, name)).value))
    later = work.now() + timedelta(minutes=minutes)
    work.ask("notice.held_waiting", report_id, key=str(report_id), run_at=later)


async def _today(work: Work) -> str:
    return work.now().astimezone(await zone_here(work)).date().isoformat()
