"""An incident whose handler may not know of it any more is nobody's: its record says so, and those who may handle it
are told.

Whoever is kept out loses sight of it without a word, so under their name it would wait for somebody who cannot see it.
Done in the same work and the same version as what kept them out. What is closed waits for nobody: it is let go of when
it is opened again.
"""

from typing import Final
from uuid import UUID

from safeguard.incidents.changing import held, insert_entry, new_entry, save
from safeguard.incidents.story import Facts
from safeguard.work import Work

LET_GO: Final = "incident.let_go"
NOTICE: Final = "notice.unhandled"
STAYS: Final = "select $2::uuid = any (sec.handlers_of_incident($1))"
NO_MORE: Final = "%(name)s, who handled this, cannot handle it any more. Somebody else has to."


async def without_handler(work: Work, facts: Facts) -> dict[str, object]:
    """What the next version of a locked incident changes of its handler: nothing, unless they cannot handle it now."""
    if facts.assigned_to is None or await work.driver.fetchval(STAYS, facts.id, facts.assigned_to):
        return {}
    words = NO_MORE % {"name": facts.assigned_name}
    await insert_entry(work, new_entry(work, facts.id, "assignment", words=words, owner_name=""))
    work.ask(NOTICE, facts.id)
    return {"assigned_to": None, "assigned_name": ""}


async def let_go(work: Work, incident_id: UUID) -> None:
    """Where its handler was kept out, an open incident becomes nobody's as its next version."""
    story = await held(work, incident_id)
    if story.facts.state != "closed" and (changed := await without_handler(work, story.facts)):
        await save(work, story.facts, story.people, LET_GO, **changed)
