"""Acting on an incident that somebody must not know of.

The database sends every unit of work that names a restricted incident to the restricted log by itself. `follow` is for
work that is about such an incident without naming it to the log: a file, a draft, a notice.
"""

from typing import Final
from uuid import UUID

from safeguard.incidents.story import Story
from safeguard.work import Work

LOG: Final = "select sec.log_of_incident($1)"
STILL: Final = """
select exists (
    select from public.incidents i where i.organisation_id = (select sec.current_organisation()) and i.id = $1)
"""


async def follow(work: Work, incident_id: UUID) -> None:
    """Tell what this work does to the log that hears of the incident."""
    if await work.driver.fetchval(LOG, incident_id) == "restricted":
        work.restrict()


async def reads_on(work: Work, story: Story) -> bool:
    """Whether whoever has just recorded this may open it: not when they named themselves as alleged."""
    if not any(person.role == "alleged" for person in story.present):
        return True
    return bool(await work.driver.fetchval(STILL, story.facts.id))
