"""What the law sets a day for: those who see to requests and breaches are told before it comes, and once it is over.

A request is told of a week before its last day and on the morning after it; a breach a day before its 72 hours end and
when they have. Whoever a request is about, or who asked, is told nothing: seen with their eyes there is none. Where no
lead may see to it, the head is told. Each look asks for the next; what is answered or settled by then finds nobody.
Once a day those that wait and have no look ahead of them get one: what was written down before there were looks, what
was lost with one that failed, a request whose clock runs again. Nobody is told the same twice: a notice has a key.
"""

from datetime import UTC, date, datetime, timedelta
from typing import Final
from uuid import UUID

from safeguard.access.actors import system
from safeguard.notifications.choosing import GATHERED_AT
from safeguard.notifications.finding import ABOVE, HANDLERS, holding
from safeguard.notifications.telling import News, tell
from safeguard.records.access.handling import DUE as REQUEST_DUE
from safeguard.records.logs.breaching import DUE as BREACH_DUE
from safeguard.tenancy.whereabouts import zone_here
from safeguard.work import Work, begin

REQUEST: Final = """
select r.due_on from public.access_requests r
where r.organisation_id = (select sec.current_organisation()) and r.id = $1 and r.answered_at is null
    and r.stopped_on is null
"""
BREACH: Final = """
select b.due_at from public.breaches b
where b.organisation_id = (select sec.current_organisation()) and b.id = $1 and b.reported_at is null
    and b.not_reported = ''
"""
UNWATCHED: Final = "select organisation, job, subject from public.list_unwatched_promises()"
A_WEEK: Final = timedelta(days=7)
A_DAY: Final = timedelta(days=1)


async def watch_all(work: Work) -> int:
    """`promises.due`: a look for each that waits and has none ahead; how many. Safe to run twice a day."""
    rows = await work.driver.fetch(UNWATCHED)
    today = work.now().date().isoformat()
    for row in rows:
        async with begin(system(row["organisation"])) as theirs:
            theirs.ask(row["job"], row["subject"], key=f"{row['subject']} watched {today}")
    return len(rows)


async def tell_of_request(work: Work, request_id: UUID) -> None:
    """`notice.request_due`: one whose clock stands is looked at again when it runs."""
    due_on: date | None = await work.driver.fetchval(REQUEST, request_id)
    if due_on is None:
        return
    zone = await zone_here(work)
    near, late = (datetime.combine(day, GATHERED_AT, zone).astimezone(UTC) for day in (due_on - A_WEEK, due_on + A_DAY))
    code = "request.overdue" if work.now() >= late else "request.due" if work.now() >= near else ""
    if code:
        news = News(code, request_id, None, due_on.isoformat())
        if not await tell(work, await holding(work, HANDLERS), news):
            await tell(work, await holding(work, ABOVE), news)
    _look_again(work, REQUEST_DUE, request_id, (near, late))


async def tell_of_breach(work: Work, breach_id: UUID) -> None:
    """`notice.breach_due`: until it is reported, or it is said why not."""
    due_at: datetime | None = await work.driver.fetchval(BREACH, breach_id)
    if due_at is None:
        return
    near = due_at - A_DAY
    code = "breach.overdue" if work.now() >= due_at else "breach.due" if work.now() >= near else ""
    if code:
        await tell(work, await holding(work, HANDLERS), News(code, breach_id, None))
    _look_again(work, BREACH_DUE, breach_id, (near, due_at))


def _look_again(work: Work, job: str, subject_id: UUID, moments: tuple[datetime, ...]) -> None:
    """At the next of these that is still to come."""
    for moment in moments:
        if moment > work.now():
            work.ask(job, subject_id, key=f"{subject_id} {moment.isoformat()}", run_at=moment)
            return
