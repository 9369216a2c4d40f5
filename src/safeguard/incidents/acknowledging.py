"""Acknowledging: a lead has read a new report, and the person who wrote it can see that."""

from uuid import UUID

from safeguard.access.policy import Permission
from safeguard.errors import Conflict
from safeguard.incidents.changing import insert_entry, locked, new_entry, save
from safeguard.incidents.story import Facts, Story
from safeguard.work import Work


async def acknowledge(work: Work, incident_id: UUID, version: int) -> Facts:
    """Say that a new report was received; raises `Conflict` when somebody already did."""
    work.require(Permission.INCIDENT_TRIAGE)
    story = await locked(work, incident_id, version)
    if story.facts.state != "new":
        raise Conflict("Somebody has acknowledged this already, and the person who reported it has been told.")
    return await received(work, story)


async def received(work: Work, story: Story) -> Facts:
    """Open a new report; whoever assesses or closes one has evidently read it."""
    if story.facts.state != "new":
        return story.facts
    facts = await save(
        work, story.facts, story.people, "incident.acknowledged",
        state="open", acknowledged_at=work.now(), acknowledged_by=work.actor.user_id,
    )  # fmt: skip
    await insert_entry(work, new_entry(work, facts.id, "acknowledgement", shared=True))
    return facts
