"""Somebody outside has still to hear of an incident: whoever handles it is told once, an hour after it is known.

A lead who rang the regulator at once has written it down by then. While there is time, it looks again; nobody is told
of what presses nobody. Each beginning of such a clock is told of once.
"""

from datetime import timedelta
from typing import Final
from uuid import UUID

from safeguard.incidents.deadlines import OWED
from safeguard.incidents.owing import list_owed
from safeguard.incidents.reminding import LOOK_AT_OWED, LOOK_AT_OWED_AFTER
from safeguard.notifications.finding import HANDLERS, belonging, find_report, holding
from safeguard.notifications.telling import News, tell
from safeguard.registers.duties.queries import clocks_here
from safeguard.tenancy.effective import own_profile
from safeguard.work import Work

AGAIN: Final = timedelta(hours=12)


async def look_later(work: Work, incident_id: UUID) -> None:
    """Ask for a look at a new report, where this kind of organisation has such a clock."""
    profile = await own_profile(work)
    if any(clock.starts in OWED for clock in profile.clocks.values()):
        work.ask(LOOK_AT_OWED, incident_id, key=str(incident_id), run_at=work.now() + LOOK_AT_OWED_AFTER)


async def tell_of_owed(work: Work, incident_id: UUID) -> None:
    """`notice.outside_owed`: whoever handles it, or everybody who handles incidents."""
    profile, report = await own_profile(work), await find_report(work, incident_id)
    if report is None or not any(clock.starts in OWED for clock in profile.clocks.values()):
        return
    clocks = await clocks_here(work, profile)
    owed = await list_owed(work, clocks, ids=[incident_id], starts=OWED)
    pressing = [each for each in owed if each.deadline.presses]
    if pressing:
        news = News("incident.owed", incident_id, incident_id, max(each.began for each in pressing).isoformat())
        handler = await belonging(work, report.assigned_to)
        if not (handler and await tell(work, handler, news)):
            await tell(work, await holding(work, HANDLERS), news)
    elif owed:
        run_at = work.now() + AGAIN
        work.ask(LOOK_AT_OWED, incident_id, key=f"{incident_id} {run_at:%Y-%m-%d %H}", run_at=run_at)
