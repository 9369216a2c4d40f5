"""What whoever leaves was handling: given to their successor, or to nobody, so that it is seen to be nobody's.

Bound to `identity.parting`, and done in the transaction in which they leave, with the organisation's eyes: each
incident has an entry that says so and a next version, told to the log that hears of it. A successor has what they may
know of and may handle; the rest waits under Unassigned, and those who handle incidents are told once, of what they
may know. Tasks stay under the name of whoever was given them: with nobody here to remind, whoever gave them is
reminded.
"""

from typing import Final
from uuid import UUID

from safeguard.access.policy import ALLOWED, Permission
from safeguard.identity.parting import Charge
from safeguard.incidents.assigning import list_handlers
from safeguard.incidents.changing import held, insert_entry, new_entry, save
from safeguard.web.languages import ngettext
from safeguard.work import LogName, Work

GIVEN_ON: Final = "incident.passed_on"
NOTICE: Final = "notice.handler_left"
THEIRS: Final = """
select i.id, sec.log_of_incident(i.id) as log from public.incidents i
where i.organisation_id = (select sec.current_organisation()) and i.state <> 'closed' and i.assigned_to = $1
order by i.recorded_at, i.id
"""
HOW_MANY: Final = """
select count(*) from public.incidents i
where i.organisation_id = (select sec.current_organisation()) and i.state <> 'closed' and i.assigned_to = $1
"""
TASKS: Final = """
select count(*) from public.entries e
join public.incidents i on i.organisation_id = e.organisation_id and i.id = e.incident_id and i.state <> 'closed'
where e.organisation_id = (select sec.current_organisation()) and e.kind in ('action', 'plan') and e.owner_id = $1
    and e.done_at is null
    and not exists (select from public.entries s where s.organisation_id = e.organisation_id and s.supersedes_id = e.id)
"""
OPEN_TASKS: Final = TASKS.replace("count(*)", "e.id") + "order by e.due_on nulls last, e.id limit 100"
LEFT: Final = "notice.task_left"
NO_MORE: Final = "%(name)s, who handled this, handles no incidents here any more."


async def count_handled(work: Work, user_id: UUID) -> int:
    """How many open incidents somebody handles."""
    return int(await work.driver.fetchval(HOW_MANY, user_id) or 0)


async def count_tasks(work: Work, user_id: UUID) -> int:
    """How many tasks of theirs are not done."""
    return int(await work.driver.fetchval(TASKS, user_id) or 0)


async def give_on(work: Work, user_id: UUID, successor: UUID | None) -> None:
    """Give every open incident of somebody's to `successor`, or to nobody where they may not have it."""
    unassigned: dict[LogName, list[UUID]] = {"general": [], "restricted": []}
    for row in await work.driver.fetch(THEIRS, user_id):
        log: LogName = "restricted" if row["log"] == "restricted" else "general"
        if not await _pass_on(work, row["id"], successor, log):
            unassigned[log].append(row["id"])
    # One that everybody who handles incidents may know of stands for all that are; of the others each asks for itself.
    for incident_id in (*unassigned["general"][:1], *unassigned["restricted"]):
        work.ask(NOTICE, incident_id)


async def tell_of_tasks(work: Work, user_id: UUID, _successor: UUID | None) -> None:
    """Ask that those who gave somebody's tasks hear at once that nobody has them: the first hundred to be due."""
    for row in await work.driver.fetch(OPEN_TASKS, user_id):
        work.ask(LEFT, row["id"])


def _say_handled(many: int) -> str:
    return ngettext(
        "%(num)s open incident: it becomes nobody's, its record says so, and those who handle incidents are told",
        "%(num)s open incidents: they become nobody's, each record says so, and those who handle incidents are told",
        many,
    )


def _say_tasks(many: int) -> str:
    return ngettext(
        "%(num)s task that is not done: it becomes nobody's, and whoever gave it is told",
        "%(num)s tasks that are not done: they become nobody's, and whoever gave them is told",
        many,
    )


async def _pass_on(work: Work, incident_id: UUID, successor: UUID | None, log: LogName) -> bool:
    """Whether somebody has it now."""
    story = await held(work, incident_id)
    able = await list_handlers(work, incident_id) if successor else ()
    handler = next((one for one in able if one.id == successor), None)
    to, name = (handler.id, handler.name) if handler else (None, "")
    words = NO_MORE % {"name": story.facts.assigned_name}
    entry = new_entry(work, incident_id, "assignment", words=words, owner_id=to, owner_name=name)
    await insert_entry(work, entry, log=log)
    await save(work, story.facts, story.people, GIVEN_ON, log, assigned_to=to, assigned_name=name)
    return handler is not None


IN_HAND: Final = (
    Charge(_say_handled, count_handled, give_on, ALLOWED[Permission.INCIDENT_TRIAGE]),
    Charge(_say_tasks, count_tasks, tell_of_tasks, ALLOWED[Permission.INCIDENT_TRIAGE]),
)
