"""Tasks: their owner is told when they are given, on the day they asked for, when they are due, and the day after.

Each look is a job of its own, asked for when the task is given. A task that is done, corrected, or whose incident is
closed by then makes it find nothing to tell. A task whose owner is no member is its writer's to chase.
"""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from safeguard.notifications.choosing import GATHERED_AT
from safeguard.notifications.finding import HANDLERS, Task, belonging, find_task, holding, still_does
from safeguard.notifications.telling import News, tell
from safeguard.tenancy.whereabouts import zone_here
from safeguard.work import Work


async def tell_of_task(work: Work, entry_id: UUID) -> None:
    """`notice.task`: somebody else gave it to them; and two looks at it later."""
    task = await find_task(work, entry_id)
    if task is None or not task.stands:
        return
    owner = await belonging(work, task.owner_id, without=task.author_id)
    await tell(work, owner, News("task.given", task.id, task.incident_id))
    if task.due_on:
        zone = await zone_here(work)
        if task.remind_on and _morning(task.remind_on, zone) > work.now() and task.remind_on < task.due_on:
            work.ask("notice.task_remind", task.id, key=str(task.id), run_at=_morning(task.remind_on, zone))
        work.ask("notice.task_due", task.id, key=str(task.id), run_at=_morning(task.due_on, zone))
        late = _morning(task.due_on + timedelta(days=1), zone)
        work.ask("notice.task_overdue", task.id, key=str(task.id), run_at=late)


async def remind(work: Work, entry_id: UUID) -> None:
    """`notice.task_remind`: on the morning of the day that whoever set it chose, before it is due."""
    task = await find_task(work, entry_id)
    if task and task.stands and task.remind_on and task.remind_on <= await _today(work):
        await _chase(work, task, "task.remind")


async def tell_that_it_is_due(work: Work, entry_id: UUID) -> None:
    """`notice.task_due`: on the morning of its day."""
    task = await find_task(work, entry_id)
    if task and task.stands and task.due_on == await _today(work):
        await _chase(work, task, "task.due")


async def tell_that_it_is_overdue(work: Work, entry_id: UUID) -> None:
    """`notice.task_overdue`: on the morning after."""
    task = await find_task(work, entry_id)
    if task and task.stands:
        await _chase(work, task, "task.overdue")


async def tell_that_nobody_has_it(work: Work, entry_id: UUID) -> None:
    """`notice.task_left`: whoever was to do it left: whoever gave it, else everybody who handles incidents."""
    task = await find_task(work, entry_id)
    if task is None or not task.stands or await still_does(work, task.owner_id):
        return
    news = News("task.unowned", task.id, task.incident_id, key="left")
    if not await tell(work, await belonging(work, task.author_id), news):
        await tell(work, await holding(work, HANDLERS), news)


async def _chase(work: Work, task: Task, code: str) -> None:
    """Its owner; else whoever wrote it; else everybody who handles incidents: the first of these who may know of it."""
    owner = await belonging(work, task.owner_id) if await still_does(work, task.owner_id) else frozenset[UUID]()
    if await tell(work, owner, News(code, task.id, task.incident_id)):
        return
    unowned = News("task.unowned", task.id, task.incident_id, key=code)  # said again at each of its looks
    writers = unowned if owner else News(code, task.id, task.incident_id)
    if await tell(work, await belonging(work, task.author_id), writers):
        return
    await tell(work, await holding(work, HANDLERS), unowned)


async def _today(work: Work) -> date:
    return work.now().astimezone(await zone_here(work)).date()


def _morning(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, GATHERED_AT, zone).astimezone(UTC)
