"""Acting on an incident that somebody must not know of.

The database sends every unit of work that names a restricted incident to the restricted log by itself. `follow` is for
work that is about such an incident without naming it to the log: a file, a draft, a notice.
"""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from typing import Final
from uuid import UUID

from safeguard.access.actors import ActorKind
from safeguard.incidents.reports import NewPerson
from safeguard.incidents.story import Person, Story
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


@asynccontextmanager
async def writing_of(work: Work, people: Iterable[Person | NewPerson]) -> AsyncIterator[None]:
    """Write what names these people, with the organisation's eyes where somebody is alleged: it may be whoever writes.

    They are shut out by the statement that names them, and the rest of it would be refused, or would change no row.
    """
    if work.actor.kind is ActorKind.PUBLIC or not any(person.role == "alleged" for person in people):
        yield
        return
    async with work.as_organisation():
        yield


async def reads_on(work: Work, story: Story) -> bool:
    """Whether whoever has just recorded this may open it: not when they named themselves as alleged."""
    return not any(person.role == "alleged" for person in story.present) or await still_reads(work, story.facts.id)


async def still_reads(work: Work, incident_id: UUID) -> bool:
    """The same of one that whoever acts has just changed."""
    return bool(await work.driver.fetchval(STILL, incident_id))
