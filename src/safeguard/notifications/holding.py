"""Reports by the public page that are held: whoever handles incidents is told once a day for as long as any waits.

Not of each: they are held because they come in a flood, and a notice for each would be the flood again. But the one
that matters may be among them: where one says, by its answer or by its words, that somebody may be in danger, everybody
who handles incidents is told at once, in each quarter of an hour in which such a one came. And the head hears of what
nobody has looked at within the time that a report may wait.
"""

from typing import Final
from uuid import UUID

import msgspec

from safeguard.notifications.finding import HANDLERS, HELD, STILL_HELD, holding
from safeguard.notifications.onward import tell_who_asks_why
from safeguard.notifications.telling import News, tell
from safeguard.notifications.waiting import may_wait
from safeguard.public_reports.sent import Sent
from safeguard.public_reports.urgency import sounds_urgent
from safeguard.tenancy.effective import own_profile
from safeguard.tenancy.whereabouts import zone_here
from safeguard.work import Work

QUARTER: Final = 15


async def tell_of_held(work: Work, report_id: UUID) -> None:
    """`public_report.held`: told of the oldest that waits, once on a day on which another came; of danger at once."""
    danger = await _says_danger(work, report_id)
    if danger is None:
        return
    code = "public_report.held_urgent" if danger else "public_report.held"
    news = News(code, await _oldest(work, report_id), None, await _round(work, danger=danger))
    if not await tell(work, await holding(work, HANDLERS), news):
        await _tell_above(work, news.subject_id, danger=danger)
    await _look_again(work, report_id, danger=danger)


async def tell_that_they_wait(work: Work, report_id: UUID) -> None:
    """`notice.held_waiting`: nobody has looked at this one. The head is told once a day, of danger each time."""
    danger = await _says_danger(work, report_id)
    if danger is not None:
        await _tell_above(work, await _oldest(work, report_id), danger=danger)


async def _says_danger(work: Work, report_id: UUID) -> bool | None:
    """Whether somebody may be in danger in it; None when it waits no more."""
    held = await work.driver.fetchval(STILL_HELD, report_id)
    if held is None:
        return None
    return sounds_urgent(msgspec.json.decode(held, type=Sent), (await own_profile(work)).emergency.words)


async def _oldest(work: Work, report_id: UUID) -> UUID:
    """The one that waits longest: one subject for all of a day's notices."""
    return await work.driver.fetchval(HELD) or report_id


async def _tell_above(work: Work, oldest: UUID, *, danger: bool) -> None:
    """The head; where there is none (a small club), the person outside whom the organisation named: once for each
    report that has become the oldest, for somebody must be able to look."""
    await tell_who_asks_why(work, News("public_report.waiting", oldest, None, await _round(work, danger=danger)))


async def _look_again(work: Work, report_id: UUID, *, danger: bool) -> None:
    key = f"{report_id} {danger}" if danger else str(report_id)
    run_at = work.now() + await may_wait(work, danger=danger)
    work.ask("notice.held_waiting", report_id, key=key, run_at=run_at)


async def _round(work: Work, *, danger: bool) -> str:
    """What is told once: a day, or a quarter of an hour of it."""
    now = work.now().astimezone(await zone_here(work))
    return f"{now.date().isoformat()} {now.hour}:{now.minute // QUARTER}" if danger else now.date().isoformat()
