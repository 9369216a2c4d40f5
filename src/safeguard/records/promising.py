"""What the law gives a day for: answers to requests for what is kept about somebody, reports of breaches.

Seen with the eyes of whoever asks: a request about them, or by them, is not there.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from safeguard.access.policy import Permission
from safeguard.incidents.deadlines import Deadline, on_day
from safeguard.records.access.queries import Request, list_requests
from safeguard.records.logs.breaching import HOURS, Breach, list_breaches
from safeguard.tenancy.calendars.counting import Due, State
from safeguard.tenancy.calendars.reading import Clocks
from safeguard.tenancy.calendars.saying import due_said, left_said
from safeguard.web.languages import gettext
from safeguard.work import Work

A_WEEK = timedelta(days=7)
"""Before its last day a request comes to the home page."""


@dataclass(frozen=True, slots=True)
class Promised:
    """An answer, or a report."""

    id: UUID
    href: str
    deadline: Deadline
    presses: bool
    by_the_clock: bool


async def list_promised(work: Work, clocks: Clocks) -> tuple[Promised, ...]:
    """What is still owed, what is due first on top; a request whose clock stands is not."""
    found: list[Promised] = []
    if work.may(Permission.RECORDS_MANAGE):
        found += [_report(each, clocks, work.now()) for each in await list_breaches(work) if not each.is_settled]
    if work.may(Permission.RECORDS_ANSWER):
        requests = [each for each in await list_requests(work) if each.is_open and not each.stopped_on]
        found += [_answer(each, clocks, work.now()) for each in requests]
    return tuple(sorted(found, key=lambda one: one.deadline.when.at if one.deadline.when else work.now()))


def _answer(request: Request, clocks: Clocks, now: datetime) -> Promised:
    """It presses from a week before its last day."""
    deadline = on_day(clocks, gettext("Answer to a request for what is kept about somebody"), request.due_on, now)
    near = request.due_on - now.astimezone(clocks.calendar.zone).date() <= A_WEEK
    if near and deadline.state is State.DUE:
        deadline = replace(deadline, state=State.AT_RISK)
    return Promised(request.id, f"/records/requests/{request.id}", deadline, near, False)


def _report(breach: Breach, clocks: Clocks, now: datetime) -> Promised:
    """It presses from the moment at which it is written down: 72 hours are few."""
    zone = clocks.calendar.zone
    when = Due(breach.due_at, breach.due_at.astimezone(zone).date())
    stands = State.OVERDUE if now >= breach.due_at else State.AT_RISK
    left = left_said(clocks.calendar, HOURS, when, now)
    said = due_said(HOURS, when, now, clocks.calendar)
    name = gettext("Decide whether a breach of personal data is reported")
    return Promised(breach.id, f"/records/breaches/{breach.id}", Deadline(name, when, stands, left, said), True, True)
