"""Whether parents or carers know, or why not: asked of every safeguarding record."""

from uuid import UUID

from safeguard.access.policy import Permission
from safeguard.errors import Conflict, FieldError, Invalid
from safeguard.incidents.changing import insert_entry, new_entry, open_one, save
from safeguard.incidents.entering import too_long
from safeguard.incidents.reports import tidy
from safeguard.incidents.story import Change, Facts, ParentsInformed
from safeguard.work import Work


async def note_parents(work: Work, incident_id: UUID, version: int, informed: ParentsInformed, reason: str) -> Facts:
    """Say whether parents or carers were informed; raises `Invalid` when they were not and no reason is given."""
    work.require(Permission.INCIDENT_FOLLOW_UP)
    reason = tidy(reason)
    if informed == "no" and not reason:
        raise Invalid(FieldError("reason", "Say why they were not told, such as: it could put the child at risk."))
    if errors := too_long({"reason": reason}):
        raise Invalid(*errors)
    story = await open_one(work, incident_id, version)
    facts = story.facts
    if (facts.parents_informed, facts.parents_reason) == (informed, reason):
        raise Conflict("Nothing is different, so nothing was saved.")
    changes = (Change("parents_informed", facts.parents_informed, informed),)
    await insert_entry(work, new_entry(work, incident_id, "classification", reason=reason, changes=changes))
    return await save(work, facts, story.people, "incident.corrected", parents_informed=informed, parents_reason=reason)
