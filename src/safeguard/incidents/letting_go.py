"""An incident whose handler may not know of it any more is nobody's: its record says so, and those who may handle it
are told.

Whoever is kept out loses sight of it without a word, so under their name it would wait for somebody who cannot see it.
What keeps them out by changing the incident does so in the same work and the same version. What does it from elsewhere
(two people who are one, an account that is somebody's, a new name) knows of no incident, and whoever does it may be the
one who must not: the database makes it nobody's as that work is committed (`sec.take_from_excluded`), and the
organisation's own job writes it down. What is closed waits for nobody: it is let go of when it is opened again.
"""

from typing import Final
from uuid import UUID

from safeguard.errors import NotFound
from safeguard.incidents.changing import held, insert_entry, new_entry, save
from safeguard.incidents.story import Facts
from safeguard.work import Work

LET_GO: Final = "incident.let_go"
NOTICE: Final = "notice.unhandled"
STAYS: Final = "select $2::uuid = any (sec.handlers_of_incident($1))"
NO_MORE: Final = "%(name)s, who handled this, cannot handle it any more. Somebody else has to."
SOMEBODY: Final = "Whoever handled this cannot handle it any more. Somebody else has to."
TAKEN: Final = "incident.let_go"
"""The job that the database asks for when it took an incident from whoever handled it."""
LAST: Final = """
select e.owner_name from public.entries e
where e.organisation_id = (select sec.current_organisation()) and e.incident_id = $1 and e.kind = 'assignment'
order by e.written_at desc, e.id desc limit 1
"""


async def without_handler(work: Work, facts: Facts) -> dict[str, object]:
    """What the next version of a locked incident changes of its handler: nothing, unless they cannot handle it now."""
    if facts.assigned_to is None or await work.driver.fetchval(STAYS, facts.id, facts.assigned_to):
        return {}
    await _say(work, facts.id, facts.assigned_name)
    return {"assigned_to": None, "assigned_name": ""}


async def let_go(work: Work, incident_id: UUID) -> None:
    """Where its handler was kept out, an open incident becomes nobody's as its next version."""
    story = await held(work, incident_id)
    if story.facts.state != "closed" and (changed := await without_handler(work, story.facts)):
        await save(work, story.facts, story.people, LET_GO, **changed)


async def note_taken(work: Work, incident_id: UUID) -> None:
    """`incident.let_go`: the record says that nobody handles it now, as its next version, and others are told.

    Nothing where somebody closed it or took it over meanwhile, or where it was disposed of.
    """
    try:
        story = await held(work, incident_id)
    except NotFound:
        return
    if story.facts.state == "closed" or story.facts.assigned_to:
        return
    await _say(work, incident_id, str(await work.driver.fetchval(LAST, incident_id) or ""))
    await save(work, story.facts, story.people, LET_GO)


async def _say(work: Work, incident_id: UUID, name: str) -> None:
    words = NO_MORE % {"name": name} if name else SOMEBODY
    await insert_entry(work, new_entry(work, incident_id, "assignment", words=words, owner_name=""))
    work.ask(NOTICE, incident_id)
