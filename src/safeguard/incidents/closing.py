"""Closing: a record ends with a summary, how it was followed up, what was decided, and the outcome (KCSIE).

It can be reopened with a reason. The closing words stay in the timeline and in the earlier versions.
"""

from uuid import UUID

import msgspec

from safeguard.access.policy import Permission
from safeguard.errors import Conflict, FieldError, Invalid
from safeguard.incidents.acknowledging import received
from safeguard.incidents.changing import insert_entry, locked, new_entry, open_one, save
from safeguard.incidents.entering import too_long
from safeguard.incidents.reports import tidy
from safeguard.incidents.story import Facts
from safeguard.work import Work


class Closing(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The four things without which an incident stays open."""

    summary: str
    follow_up: str
    decision: str
    outcome: str


ASKED = {
    "summary": "Sum up what happened, in a few sentences.",
    "follow_up": "Say how it was followed up: who did what, and when.",
    "decision": "Say what was decided and why, and what was considered and not done.",
    "outcome": "Say how it ended for the people in it.",
}


async def close(work: Work, incident_id: UUID, version: int, closing: Closing) -> Facts:
    """Close an incident; raises `Invalid` for what is missing and `Conflict` when it is closed already."""
    work.require(Permission.INCIDENT_CLOSE)
    said = {name: tidy(getattr(closing, name)) for name in ASKED}
    if errors := [*(FieldError(name, ASKED[name]) for name in ASKED if not said[name]), *too_long(said)]:
        raise Invalid(*errors)
    story = await open_one(work, incident_id, version)
    facts = await received(work, story)
    await insert_entry(
        work,
        new_entry(work, incident_id, "closing", words=said["summary"], follow_up=said["follow_up"],
                  decision=said["decision"], outcome=said["outcome"]),
    )  # fmt: skip
    return await save(
        work, facts, story.people, "incident.closed",
        state="closed", closed_at=work.now(), closed_by=work.actor.user_id, closing_summary=said["summary"],
        closing_follow_up=said["follow_up"], closing_decision=said["decision"], closing_outcome=said["outcome"],
    )  # fmt: skip


async def reopen(work: Work, incident_id: UUID, version: int, reason: str) -> Facts:
    """Open a closed incident again; raises `Invalid` without a reason and `Conflict` when it is open."""
    work.require(Permission.INCIDENT_CLOSE)
    reason = tidy(reason)
    if not reason:
        raise Invalid(FieldError("reason", "Say why it is opened again."))
    if errors := too_long({"reason": reason}):
        raise Invalid(*errors)
    story = await locked(work, incident_id, version)
    if story.facts.state != "closed":
        raise Conflict("This incident is open already. You can add to it.")
    await insert_entry(work, new_entry(work, incident_id, "reopening", reason=reason))
    return await save(
        work, story.facts, story.people, "incident.reopened",
        state="open", closed_at=None, closed_by=None, closing_summary=None, closing_follow_up=None,
        closing_decision=None, closing_outcome=None,
    )  # fmt: skip
