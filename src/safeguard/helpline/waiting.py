"""What waits at the desk, for the home page of whoever works there."""

from safeguard.access.policy import Permission
from safeguard.helpline.prompts import first_answer, late_since
from safeguard.helpline.queries import count_queue
from safeguard.incidents.desk import Desk
from safeguard.tenancy.calendars.reading import Clocks
from safeguard.work import Work


async def how_the_queue_stands(work: Work, clocks: Clocks) -> Desk | None:
    """In figures; None for whoever does not work at the desk."""
    if not work.may(Permission.HELPLINE_WORK):
        return None
    now = await count_queue(work, late_since(clocks.calendar.helpline, work.now(), first_answer(clocks)))
    return Desk(
        open=now.open, mine=now.mine, unassigned=now.unassigned, at_risk=now.at_risk,
        at_risk_with_nobody=now.at_risk_with_nobody, overdue=now.overdue, heard=now.heard,
    )  # fmt: skip
