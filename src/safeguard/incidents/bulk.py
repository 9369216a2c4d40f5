"""Several incidents at once: acknowledged, given to somebody, or closed as a false alert where that is safe.

All are done in one transaction, in the order of their ids so that two people at once wait for each other and do not
deadlock. One that changed meanwhile is left as it is, and said; the others go on. Closing asks for care: only what is
of no known risk, in which nobody was said to be in danger or alleged to have harmed, and nothing was begun.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from safeguard.access.policy import Permission
from safeguard.errors import Conflict, FieldError, Invalid, NotFound, OnlyRead
from safeguard.incidents.acknowledging import acknowledge
from safeguard.incidents.assigning import assign
from safeguard.incidents.changing import open_one
from safeguard.incidents.closing import Closing, close
from safeguard.incidents.reports import tidy
from safeguard.work import Work

MOST: Final = 100
BEGUN: Final = """
select exists (
    select from public.entries e
    where e.organisation_id = (select sec.current_organisation()) and e.incident_id = $1
        and e.kind not in ('acknowledgement', 'assignment'))
"""


@dataclass(frozen=True, slots=True)
class Picked:
    """An incident that somebody ticked, at the version that they saw."""

    id: UUID
    version: int


@dataclass(frozen=True, slots=True)
class Done:
    """How many were done, and how many were left as they are."""

    done: int
    left: int


async def acknowledge_all(work: Work, picked: Sequence[Picked]) -> Done:
    """Say of each that it was received."""
    work.require(Permission.INCIDENT_TRIAGE)
    return await _each(picked, lambda one: acknowledge(work, one.id, one.version))


async def assign_all(work: Work, picked: Sequence[Picked], handler_id: UUID | None) -> Done:
    """Give each to somebody; raises `Invalid` when nobody is chosen, or somebody who cannot handle them."""
    work.require(Permission.INCIDENT_TRIAGE)
    if handler_id is None:
        raise Invalid(FieldError("handler", "Choose who will handle them."))
    return await _each(picked, lambda one: assign(work, one.id, one.version, handler_id))


async def close_false_alerts(work: Work, picked: Sequence[Picked], reason: str) -> Done:
    """Close each as a false alert; raises `Invalid` without a reason. What is not safely one is left."""
    work.require(Permission.INCIDENT_CLOSE)
    reason = tidy(reason)
    if not reason:
        raise Invalid(FieldError("reason", "Say how you know that these are false alerts."))
    return await _each(picked, lambda one: _close_false_alert(work, one, reason))


async def _close_false_alert(work: Work, one: Picked, reason: str) -> None:
    story = await open_one(work, one.id, one.version)
    facts = story.facts
    grave = facts.risk not in ("unassessed", "low") or facts.danger_now
    harmed = any(person.role in ("alleged", "affected") for person in story.present)
    if grave or harmed or await work.driver.fetchval(BEGUN, one.id):
        raise Conflict("This is not safely a false alert. Open it and close it by itself.")
    said = "False alert."
    closing = Closing(summary=said, follow_up="None was needed.", decision=reason, outcome="Nobody was harmed.")
    await close(work, one.id, one.version, closing)


async def _each(picked: Sequence[Picked], do: Callable[[Picked], Awaitable[object]]) -> Done:
    if not picked:
        raise Invalid(FieldError("picked", "Tick at least one incident."))
    if len(picked) > MOST:
        raise Invalid(FieldError("picked", f"Up to {MOST} at once."))
    left = 0
    for one in sorted(set(picked), key=lambda each: each.id):
        try:
            await do(one)
        except (Conflict, NotFound, OnlyRead):  # both are said before anything is written, so the others can go on
            left += 1
    return Done(len(set(picked)) - left, left)
