"""Closing: a record ends with a summary, how it was followed up, what was decided, and the outcome (KCSIE).

It can be reopened with a reason. The closing words stay in the timeline and in the earlier versions.
"""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

import msgspec

from safeguard.access.policy import Permission
from safeguard.errors import Conflict, FieldError, Invalid
from safeguard.incidents.acknowledging import received
from safeguard.incidents.changing import insert_entry, locked, new_entry, open_one, save
from safeguard.incidents.entering import too_long
from safeguard.incidents.letting_go import without_handler
from safeguard.incidents.reports import tidy
from safeguard.incidents.story import Facts
from safeguard.work import Work


class Closing(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The four things without which an incident stays open."""

    summary: str
    follow_up: str
    decision: str
    outcome: str
    left_open: str = ""
    """Why it is closed although something is still open: an action, an awaited answer, somebody's outcome."""


ASKED = {
    "summary": "Sum up what happened, in a few sentences.",
    "follow_up": "Say how it was followed up: who did what, and when.",
    "decision": "Say what was decided and why, and what was considered and not done.",
    "outcome": "Say how it ended for the people in it.",
}


OPEN_ENDS: Final = """
select exists (
    select from public.entries e
    where e.organisation_id = (select sec.current_organisation()) and e.incident_id = $1 and e.done_at is null
        and (e.kind = 'action' or (e.kind = 'contact' and e.awaits_answer))
        and not exists (
            select from public.entries s where s.organisation_id = e.organisation_id and s.supersedes_id = e.id)
) or exists (
    select from public.incident_people n
    where n.organisation_id = (select sec.current_organisation()) and n.incident_id = $1 and n.removed_at is null
        and n.role in ('affected', 'alleged')
        and not exists (
            select from public.entries o
            where o.organisation_id = n.organisation_id and o.incident_id = n.incident_id
                and o.kind = 'person_outcome' and o.person_id = n.id)
)
"""


async def has_open_ends(work: Work, incident_id: UUID) -> bool:
    """Whether an action or an answer is still open, or nothing says how it ended for somebody harmed or alleged."""
    return bool(await work.driver.fetchval(OPEN_ENDS, incident_id))


async def close(
    work: Work, incident_id: UUID, version: int, closing: Closing, also: Sequence[FieldError] = ()
) -> Facts:
    """Close an incident; raises `Invalid` for what is missing and `Conflict` when it is closed already.

    `also` is what else needs another look, so that all is said at once.
    """
    work.require(Permission.INCIDENT_CLOSE)
    said = {name: tidy(getattr(closing, name)) for name in (*ASKED, "left_open")}
    if errors := [*(FieldError(name, ASKED[name]) for name in ASKED if not said[name]), *too_long(said), *also]:
        raise Invalid(*errors)
    story = await open_one(work, incident_id, version)
    facts = await received(work, story)
    await insert_entry(
        work,
        new_entry(work, incident_id, "closing", words=said["summary"], follow_up=said["follow_up"],
                  decision=said["decision"], outcome=said["outcome"], reason=said["left_open"]),
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
        closing_decision=None, closing_outcome=None, **await without_handler(work, story.facts),
    )  # fmt: skip
