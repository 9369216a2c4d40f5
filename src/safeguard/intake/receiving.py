"""Receiving alerts: each is kept once, whoever sends it and however often.

The insert reads nothing back: an alert may be about whoever sends it, and then it is not there for them.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final
from uuid import UUID

from safeguard.access.policy import Permission
from safeguard.errors import Conflict, Invalid
from safeguard.intake.alert import PRESSING, NewAlert, check, digest_of, id_of, log_of, tidied
from safeguard.intake.onward import ONWARD, reaches_somebody
from safeguard.work import Work

ADD: Final = """
insert into public.alerts (organisation_id, id, source, product_id, digest, kind, severity, raised_at, received_at,
    received_by, category, user_name, group_name, device, address, words, user_id, kept_from)
values ((select sec.current_organisation()), $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)
on conflict do nothing
"""
WHO: Final = "select public.accounts_named($1)"
DIGEST: Final = """
select a.digest, a.received_at from public.alerts a
where a.organisation_id = (select sec.current_organisation()) and a.id = $1
"""
TOLD_OF_TABLE: Final = 20
"""Of how many of a table people are told: the urgent ones first. The list shows the rest above everything else."""
OTHER: Final = "This id was sent before for an alert with other content. Send a new alert under an id of its own."


@dataclass(frozen=True, slots=True)
class Received:
    """An alert that is kept now, or was kept before."""

    id: UUID
    is_new: bool
    at: datetime
    """When it came first, as far as whoever sends it may know."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a table."""

    new: int
    known: int
    other: int
    """How many came under the number of another alert, and were not kept."""


async def receive_alert(work: Work, source: str, new: NewAlert) -> Received:
    """Keep an alert of a product; raises `Invalid`, and `Conflict` when its id stands for another one."""
    work.require(Permission.INCIDENT_RECORD)
    new = tidied(new)
    if errors := check(new, work.now()):
        raise Invalid(*errors)
    received = await _add(work, source, new)
    if not received.is_new:
        before = await work.driver.fetchrow(DIGEST, received.id)
        if before and before["digest"] != digest_of(new):
            raise Conflict(OTHER)
        received = replace(received, at=before["received_at"]) if before else received
    if _presses(new, received):
        _tell(work, received)
    return received


def _tell(work: Work, received: Received) -> None:
    work.ask("notice.alert_pressing", received.id, key=str(received.id))


def _presses(new: NewAlert, received: Received) -> bool:
    """Whether people are told of it: once, and of nothing that was here already."""
    return received.is_new and new.severity in PRESSING


async def receive_all(work: Work, source: str, alerts: Sequence[NewAlert]) -> Taken:
    """Keep those that are not known yet. They were tidied and checked before."""
    work.require(Permission.INCIDENT_TRIAGE)
    kept = [(new, await _add(work, source, new)) for new in alerts]
    pressing = sorted((each for each in kept if _presses(*each)), key=lambda each: each[0].severity != "urgent")
    for _, received in pressing[:TOLD_OF_TABLE]:
        _tell(work, received)
    known = [(new, received) for new, received in kept if not received.is_new]
    other = [received.id for new, received in known if await _is_other(work, received.id, new)]
    return Taken(len(kept) - len(known), len(known) - len(other), len(other))


async def _is_other(work: Work, alert_id: UUID, new: NewAlert) -> bool:
    before = await work.driver.fetchrow(DIGEST, alert_id)
    return bool(before) and before["digest"] != digest_of(new)


async def _add(work: Work, source: str, new: NewAlert) -> Received:
    alert_id = id_of(work.organisation_id, source, new.id)
    meant: list[UUID] = await work.driver.fetchval(WHO, new.user) or []
    about = meant[0] if len(meant) == 1 else None  # whom of two it means is for people to find out
    status = await work.driver.execute(
        ADD, alert_id, source, new.id, digest_of(new), new.kind, new.severity, new.raised_at, work.now(),
        work.actor.user_id, new.category, new.user, new.group, new.device, new.address, new.words,
        about, meant,
    )  # fmt: skip
    if status != "INSERT 0 1":
        return Received(alert_id, is_new=False, at=work.now())
    work.record("alert.received", alert_id, log=log_of(meant))
    if not await reaches_somebody(work, meant):
        work.ask(ONWARD, alert_id, key=f"onward {alert_id}")
    return Received(alert_id, is_new=True, at=work.now())
