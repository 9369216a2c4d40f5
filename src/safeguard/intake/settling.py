"""Settling alerts: one becomes an incident, or many are closed as false alerts with one reason.

Closing an alert asks for none of the four things that close an incident: nothing was recorded of anybody yet.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from safeguard.access.policy import Permission
from safeguard.errors import Conflict, FieldError, Invalid, NotFound
from safeguard.incidents.recording import record_incident
from safeguard.incidents.reports import NewIncident, tidy
from safeguard.incidents.restricting import writing_of
from safeguard.incidents.story import Story
from safeguard.intake.alerts import lock_alerts
from safeguard.tenancy.profile import Profile
from safeguard.work import Work

MOST: Final = 100
LONGEST_REASON: Final = 2_000
SETTLED: Final = "Somebody has settled this alert already. Open it to see what became of it."
SETTLE: Final = """
update public.alerts a set state = $2, incident_id = $3, reason = case when $4 = '' then a.reason else $4 end,
    settled_at = $5, settled_by = $6, settled_by_name = $7, version = a.version + 1
where a.organisation_id = (select sec.current_organisation()) and a.id = any ($1)
    and (a.state = 'new' or a.state = 'closed' and $2 = 'turned')
"""
KEEP_FROM: Final = """
insert into public.exclusions (organisation_id, id, incident_id, user_id, cause, since)
select m.organisation_id, gen_random_uuid(), $1, m.user_id, 'named', $3 from public.memberships m
where m.organisation_id = (select sec.current_organisation()) and m.user_id = any ($2)
on conflict do nothing
"""


@dataclass(frozen=True, slots=True)
class Closed:
    """How many were closed, and how many were left because somebody had settled them meanwhile."""

    done: int
    left: int


async def turn_into_incident(work: Work, alert_id: UUID, new: NewIncident, profile: Profile) -> Story:
    """Record what the alert tells as an incident, also after it was closed by mistake.

    Raises `NotFound`, `Conflict` when it is an incident already, and `Invalid`.
    """
    work.require(Permission.INCIDENT_TRIAGE)
    found = await lock_alerts(work, [alert_id])
    if not found:
        raise NotFound
    if found[0].state == "turned":
        raise Conflict(SETTLED)
    story = await record_incident(work, new, profile)
    async with writing_of(work, story.people):
        if any(person.role == "alleged" for person in story.people):  # by an account, where no name would tell
            await work.driver.execute(KEEP_FROM, story.facts.id, list(found[0].kept_from), work.now())
        await _settle(work, [alert_id], "turned", incident_id=story.facts.id)
    work.record("alert.turned", alert_id, version=found[0].version + 1, log=found[0].log)
    return story


async def close_alerts(work: Work, ids: Sequence[UUID], reason: str) -> Closed:
    """Close these as false alerts; raises `Invalid` without a reason. What is settled already is left."""
    work.require(Permission.INCIDENT_CLOSE)
    reason = tidy(reason)
    if errors := [*_wrong(ids, reason)]:
        raise Invalid(*errors)
    open_ones = [alert for alert in await lock_alerts(work, sorted(set(ids))) if alert.state == "new"]
    await _settle(work, [alert.id for alert in open_ones], "closed", reason=reason)
    for alert in open_ones:
        work.record("alert.closed", alert.id, version=alert.version + 1, log=alert.log)
    return Closed(len(open_ones), len(set(ids)) - len(open_ones))


def _wrong(ids: Sequence[UUID], reason: str) -> list[FieldError]:
    errors: list[FieldError] = []
    if not ids:
        errors.append(FieldError("picked", "Tick at least one alert."))
    elif len(set(ids)) > MOST:
        errors.append(FieldError("picked", f"Up to {MOST} at once."))
    if not reason:
        errors.append(FieldError("reason", "Say how you know that these are false alerts."))
    elif len(reason) > LONGEST_REASON:
        errors.append(FieldError("reason", f"Keep this under {LONGEST_REASON:,} characters."))
    return errors


async def _settle(
    work: Work, ids: list[UUID], state: str, *, incident_id: UUID | None = None, reason: str = ""
) -> None:
    await work.driver.execute(SETTLE, ids, state, incident_id, reason, work.now(), work.actor.user_id, work.actor.name)
