"""Learning: an event with its audiences, who was there, how far they came, until when it holds."""

from datetime import date, datetime, timedelta
from typing import Final, Literal
from uuid import UUID

import msgspec

from safeguard import clock
from safeguard.access.policy import Permission
from safeguard.errors import Conflict, FieldError, Invalid
from safeguard.registers import feeding
from safeguard.registers.here import due_at, months_on
from safeguard.registers.rows import add, adding, document
from safeguard.tenancy.profile import Profile
from safeguard.work import Work

AUDIENCES: Final = ("staff", "governors", "pupils", "families", "community")
OUTCOMES: Final = ("attended", "completed", "certified", "missed")
"""Progression: was there, did what was asked afterwards, has a certificate; or should have come and did not."""
TITLE_LIMIT: Final = 200
WORDS_LIMIT: Final = 5_000
NAME_LIMIT: Final = 200
AT_ONCE: Final = 200
LAST_WARNING: Final = timedelta(days=30)
"""How long before a certificate runs out its holder is told."""


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """Something that people learnt at."""

    id: UUID
    title: str
    audiences: tuple[str, ...]
    held_on: date
    provider: str = ""
    words: str = ""
    lasts_months: int | None = None
    headcount: int | None = None
    item_id: UUID | None = None
    recorded_at: datetime
    recorded_by_name: str


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """That one person was there, or was missed."""

    id: UUID
    event_id: UUID
    audience: str
    user_id: UUID | None = None
    name: str
    outcome: Literal["attended", "completed", "certified", "missed"]
    expires_on: date | None = None
    ended_at: datetime | None = None
    recorded_at: datetime
    recorded_by_name: str


class NewEvent(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody says of an event."""

    title: str
    audiences: tuple[str, ...] = ()
    held_on: date | None = None
    provider: str = ""
    words: str = ""
    lasts_months: int | None = None
    headcount: int | None = None


class Present(msgspec.Struct, frozen=True, kw_only=True):
    """Who was there."""

    members: tuple[UUID, ...] = ()
    """Those with an account."""
    names: tuple[str, ...] = ()
    audience: str = "staff"
    outcome: str = "attended"


ADD: Final = adding("learning_events", Event)
ADD_RECORD: Final = adding("learning_records", Record)
EVENT: Final = """
select e.title, e.held_on, e.lasts_months, e.audiences from public.learning_events e
where e.organisation_id = (select sec.current_organisation()) and e.id = $1
"""
PEOPLE: Final = """
select m.user_id, m.name, 'governor' = any (m.roles) as governs from public.memberships m
where m.organisation_id = (select sec.current_organisation()) and m.user_id = any ($1) and m.state = 'active'
    and m.kind = 'person'
order by m.name, m.user_id
"""
THERE: Final = """
select r.user_id from public.learning_records r
where r.organisation_id = (select sec.current_organisation()) and r.event_id = $1 and r.ended_at is null
    and r.user_id is not null
"""
END: Final = """
update public.learning_records r set ended_at = $3
where r.organisation_id = (select sec.current_organisation()) and r.event_id = $1 and r.id = $2 and r.ended_at is null
"""


async def record_event(work: Work, profile: Profile, new: NewEvent) -> Event:
    """Record an event, and keep it as evidence for what its audiences learn; raises `Invalid`."""
    work.require(Permission.REGISTER_KEEP)
    held_on = _checked(new)
    controls = (*(feeding.LEARNING[audience] for audience in new.audiences), feeding.EVENTS)
    renew_on = months_on(held_on, new.lasts_months or 12)
    shown = feeding.Shown(
        kind="training", title=new.title, kept_at="Registers, Training", dated_on=held_on, renew_on=renew_on,
        description=new.words, told=False,
    )  # fmt: skip
    event = Event(
        id=clock.new_id(), title=new.title, audiences=new.audiences, held_on=held_on, provider=new.provider,
        words=new.words, lasts_months=new.lasts_months, headcount=new.headcount,
        item_id=await feeding.feed(work, profile, shown, controls), recorded_at=work.now(),
        recorded_by_name=work.actor.name,
    )  # fmt: skip
    await add(work, ADD, event)
    if new.lasts_months and not work.dated:
        run_at = max(work.now() + timedelta(minutes=1), due_at(renew_on) - LAST_WARNING)
        work.ask("notice.training_due", event.id, key=str(event.id), run_at=run_at)
    work.record("learning.recorded", event.id, document=document("learning", event, event.id))
    return event


async def record_present(work: Work, event: Event, present: Present) -> int:
    """Record who was there; those of an account who are recorded already are left as they are. How many were new."""
    work.require(Permission.REGISTER_KEEP)
    _check_present(present)
    known = {row["user_id"] for row in await work.driver.fetch(THERE, event.id)}
    rows = await work.driver.fetch(PEOPLE, list(present.members))
    count = 0
    for row in rows:
        if row["user_id"] not in known:
            audience = "governors" if row["governs"] and "governors" in event.audiences else present.audience
            await _record(work, event, row["name"], audience, present.outcome, row["user_id"])
            count += 1
    for name in dict.fromkeys(present.names):
        await _record(work, event, name, present.audience, present.outcome)
        count += 1
    return count


async def take_back(work: Work, event_id: UUID, record_id: UUID) -> None:
    """A record was a mistake: it counts no longer, and stays in the log."""
    work.require(Permission.REGISTER_KEEP)
    if await work.driver.execute(END, event_id, record_id, work.now()) != "UPDATE 1":
        raise Conflict("This was taken back before, or is of another event.")
    work.record("attendance.ended", record_id)


async def _record(
    work: Work, event: Event, name: str, audience: str, outcome: str, user_id: UUID | None = None
) -> None:
    lasts = event.lasts_months if outcome != "missed" else None
    record = msgspec.convert(
        {
            "id": clock.new_id(), "event_id": event.id, "audience": audience, "user_id": user_id, "name": name,
            "outcome": outcome, "expires_on": months_on(event.held_on, lasts) if lasts else None,
            "recorded_at": work.now(), "recorded_by_name": work.actor.name,
        },
        type=Record,
    )  # fmt: skip
    await add(work, ADD_RECORD, record)
    work.record("attendance.recorded", record.id, document=document("attendance", record, record.id))


def _checked(new: NewEvent) -> date:
    errors: list[FieldError] = []
    if not new.title:
        errors.append(FieldError("title", "Say what it was about."))
    if not (new.audiences and set(new.audiences) <= set(AUDIENCES)):
        errors.append(FieldError("audiences", "Choose who it was for."))
    if new.held_on is None:
        errors.append(FieldError("held_on", "Say on which day it was."))
    if errors:
        raise Invalid(*errors)
    return new.held_on or date.max


def _check_present(present: Present) -> None:
    errors: list[FieldError] = []
    if not (present.members or present.names):
        errors.append(FieldError("names", "Tick who was there, or write names."))
    if len(present.names) > AT_ONCE:
        errors.append(FieldError("names", f"The most at once is {AT_ONCE} names. Record these, then the others."))
    if any(len(name) > NAME_LIMIT for name in present.names):
        errors.append(FieldError("names", f"One of the lines is longer than a name can be ({NAME_LIMIT} characters)."))
    if present.audience not in AUDIENCES:
        errors.append(FieldError("audience", "Choose who they are."))
    if present.outcome not in OUTCOMES:
        errors.append(FieldError("outcome", "Choose how far they came."))
    if errors:
        raise Invalid(*errors)
