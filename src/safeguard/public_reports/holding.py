"""Reports that are held until a lead has looked: taken in as an incident, or set aside together with one reason.

What is set aside stays, with who did it and why, and can still be taken in. A report in which somebody may be in danger
is set aside by itself, or not at all.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import msgspec

from safeguard.access.policy import Permission
from safeguard.errors import FieldError, Invalid, NotFound
from safeguard.evidence.queries import get_organisation
from safeguard.evidence.report.saying import minute
from safeguard.incidents.recording import record_incident
from safeguard.public_reports.adding import note_in_incident
from safeguard.public_reports.arriving import ARRIVED, HOUSE
from safeguard.public_reports.doors import visitor
from safeguard.public_reports.sent import Sent
from safeguard.public_reports.telling import AGAIN
from safeguard.public_reports.urgency import sounds_urgent
from safeguard.tenancy.effective import own_profile
from safeguard.work import Work

MOST: Final = 50
"""Shown at once."""
LIST: Final = """
select r.id, r.kept_at, r.held_for, r.held_words, r.urgent from public.public_reports r
where r.organisation_id = (select sec.current_organisation()) and r.state = 'held'
order by not r.urgent, r.kept_at, r.id limit $1
"""
ASIDE: Final = """
select r.id, r.kept_at, r.held_for, r.held_words, r.urgent, r.looked_at, r.looked_by_name, r.reason
from public.public_reports r
where r.organisation_id = (select sec.current_organisation()) and r.state = 'set_aside' and r.held_words <> ''
order by r.looked_at desc, r.id limit $1
"""
COUNT: Final = """
select count(*) from (
    select from public.public_reports r
    where r.organisation_id = (select sec.current_organisation()) and r.state = 'held' limit 100) r
"""
LOCK: Final = """
select r.held_words, r.kept_at from public.public_reports r
where r.organisation_id = (select sec.current_organisation()) and r.id = $1
    and r.state in ('held', 'set_aside') and r.held_words <> '' for update
"""
HELD: Final = """
select r.id, r.held_words, r.urgent from public.public_reports r
where r.organisation_id = (select sec.current_organisation()) and r.id = any ($1::uuid[]) and r.state = 'held'
order by r.id for update
"""
TAKE: Final = """
update public.public_reports r set state = 'open', incident_id = $2, arrival_id = $3, looked_at = $4, looked_by = $5,
    looked_by_name = $6
where r.organisation_id = (select sec.current_organisation()) and r.id = $1
"""
SET_ASIDE: Final = """
update public.public_reports r set state = 'set_aside', reason = $2, looked_at = $3, looked_by = $4, looked_by_name = $5
where r.organisation_id = (select sec.current_organisation()) and r.id = any ($1::uuid[]) and r.state = 'held'
returning r.id
"""

WROTE_AGAIN: Final = "Somebody wrote again while you read. Their new words are on this page now: read them first."

DANGER: Final = "In one of these somebody may be in danger. Take it in, or set it aside by itself."

_decode = msgspec.json.Decoder(Sent).decode


class Held(msgspec.Struct, frozen=True):
    """A report that waits to be looked at."""

    id: UUID
    kept_at: datetime
    held_for: str
    sent: Sent
    urgent: bool = False
    """Whether somebody may be in danger, by what was answered or by the words."""
    looked_at: datetime | None = None
    looked_by_name: str = ""
    reason: str = ""
    """Why it was set aside."""


async def list_held(work: Work) -> tuple[Held, ...]:
    """Those in which somebody may be in danger first, then the oldest that wait."""
    work.require(Permission.INCIDENT_TRIAGE)
    telling = (await own_profile(work)).emergency.words
    rows = await work.driver.fetch(LIST, MOST)
    found = [_held(row, _decode(row["held_words"]), telling) for row in rows]
    return tuple(sorted(found, key=lambda each: not each.urgent))


async def list_aside(work: Work) -> tuple[Held, ...]:
    """Those that were set aside last, each with who did it and why."""
    work.require(Permission.INCIDENT_TRIAGE)
    telling = (await own_profile(work)).emergency.words
    rows = await work.driver.fetch(ASIDE, MOST)
    return tuple(
        msgspec.structs.replace(
            _held(row, _decode(row["held_words"]), telling), looked_at=row["looked_at"],
            looked_by_name=row["looked_by_name"], reason=row["reason"],
        )
        for row in rows
    )  # fmt: skip


def _held(row: Any, sent: Sent, telling: tuple[str, ...]) -> Held:
    urgent = row["urgent"] or sounds_urgent(sent, telling)
    return Held(row["id"], row["kept_at"], row["held_for"], sent, urgent)


async def count_held(work: Work) -> int:
    """How many wait; 100 means that many or more."""
    work.require(Permission.INCIDENT_TRIAGE)
    return int(await work.driver.fetchval(COUNT) or 0)


async def count_danger(work: Work) -> int:
    """In how many of those that `list_held` brings somebody may be in danger."""
    return sum(each.urgent for each in await list_held(work))


async def take_in(work: Work, report_id: UUID) -> UUID:
    """Make an incident of it, recorded by whoever wrote it and not by who looked; gives the incident.

    It came when it was sent, and every time limit runs from then: that it was held is ours, and no child's.
    """
    work.require(Permission.INCIDENT_TRIAGE)
    row = await work.driver.fetchrow(LOCK, report_id)
    if row is None:
        raise NotFound
    sent, came = _decode(row["held_words"]), row["kept_at"]
    how = await _how_it_came(work, came)
    profile = await own_profile(work)
    urgent = sounds_urgent(sent, profile.emergency.words)
    with as_visitor(work, sent.author):
        incident_id = (await record_incident(work, sent.incident(), profile, came=came, urgent=urgent)).facts.id
        arrival_id = await note_in_incident(work, incident_id, HOUSE, how)
        for more in sent.more:
            await note_in_incident(work, incident_id, AGAIN, more.words, more.at)
    await work.driver.execute(TAKE, report_id, incident_id, arrival_id, work.now(), work.actor.user_id, work.actor.name)
    work.record("public_report.taken", report_id)
    return incident_id


async def _how_it_came(work: Work, came: datetime) -> str:
    zone = (await get_organisation(work)).zone
    sent, let_through = (minute(moment, zone) for moment in (came, work.now()))
    return f"{ARRIVED} Sent {sent}; held back until somebody looked, and let through {let_through}."


async def set_aside(work: Work, chosen: Sequence[str], reason: str) -> int:
    """Set these aside as they were read, each as `id.messages`; gives how many.

    Raises `Invalid` when none was chosen, when somebody wrote again meanwhile, which is read first, and for several
    when somebody may be in danger in one of them.
    """
    work.require(Permission.INCIDENT_TRIAGE)
    read = _as_read(chosen[:MOST])
    if not read:
        raise Invalid(FieldError("report", "Tick the reports that you want to set aside."))
    telling = (await own_profile(work)).emergency.words
    for row in await work.driver.fetch(HELD, list(read)):
        sent = _decode(row["held_words"])
        if len(sent.more) > read[row["id"]]:
            raise Invalid(FieldError("report", WROTE_AGAIN))
        if len(read) > 1 and (row["urgent"] or sounds_urgent(sent, telling)):
            raise Invalid(FieldError("report", DANGER))
    rows = await work.driver.fetch(SET_ASIDE, list(read), reason, work.now(), work.actor.user_id, work.actor.name)
    for row in rows:
        work.record("public_report.set_aside", row["id"])
    return len(rows)


def _as_read(chosen: Sequence[str]) -> dict[UUID, int]:
    """Report -> how many further messages of it stood on the page; nothing when a value is none of ours."""
    try:
        pairs = [each.partition(".") for each in chosen]
        return {UUID(report): int(messages or 0) for report, _, messages in pairs}
    except ValueError:
        return {}


@contextmanager
def as_visitor(work: Work, name: str) -> Iterator[None]:
    """What is recorded in here was written by whoever wrote by the public page; the log names who took it in."""
    acting = work.actor
    work.actor = visitor(acting.organisation_id, name)
    try:
        yield
    finally:
        work.actor = acting
