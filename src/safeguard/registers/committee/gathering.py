"""The committee: its remit, who sits in it, its meetings, and the actions that go into the one action plan.

Of a child in it only the first name is kept: the minutes are evidence, and evidence is shown to others.
"""

from datetime import date, datetime
from typing import Final
from uuid import UUID

import msgspec

from safeguard import clock
from safeguard.access.policy import Permission
from safeguard.errors import Conflict, FieldError, Invalid
from safeguard.registers import feeding
from safeguard.registers.acting import Link
from safeguard.registers.by_day import LATEST
from safeguard.registers.rows import HERE, add, adding, document, fetch, find, get, shown
from safeguard.tenancy.profile import Profile
from safeguard.work import Work

NAME_LIMIT: Final = 200
WORDS_LIMIT: Final = 20_000
MOST: Final = 500


class Committee(msgspec.Struct, frozen=True, kw_only=True):
    """What the committee is for."""

    id: UUID
    name: str
    remit: str
    meets: str = ""
    version: int = 1
    recorded_at: datetime
    recorded_by_name: str


class Seat(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who sits in it."""

    id: UUID
    name: str
    part: str = ""
    is_child: bool = False
    joined_on: date
    left_on: date | None = None
    recorded_at: datetime
    recorded_by_name: str


class Meeting(msgspec.Struct, frozen=True, kw_only=True):
    """When they met, and what was agreed."""

    id: UUID
    held_on: date
    present: str
    minutes: str
    item_id: UUID | None = None
    recorded_at: datetime
    recorded_by_name: str


class Met(msgspec.Struct, frozen=True):
    """A meeting, with how many of its actions are open."""

    meeting: Meeting
    actions: int
    open: int


ADD: Final = adding("committees", Committee)
ADD_SEAT: Final = adding("committee_members", Seat)
ADD_MEETING: Final = adding("committee_meetings", Meeting)
CHANGE: Final = """
update public.committees c set name = $2, remit = $3, meets = $4, version = c.version + 1
where c.organisation_id = (select sec.current_organisation()) and c.version = $1
"""
LEAVE: Final = """
update public.committee_members m set left_on = $2
where m.organisation_id = (select sec.current_organisation()) and m.id = $1 and m.left_on is null
    and m.struck_on is null
"""
COMMITTEE: Final = f"select {shown(Committee, 'c')}::text from public.committees c where c.{HERE}"  # noqa: S608  ours
SEATS: Final = f"""
select {shown(Seat, "m")}::text from public.committee_members m where m.{HERE} and m.struck_on is null
order by m.left_on nulls first, m.is_child, m.joined_on, m.id limit {MOST}
"""  # noqa: S608  our own constants
SEAT: Final = f"""
select {shown(Seat, "m")}::text from public.committee_members m
where m.{HERE} and m.id = $1 and m.struck_on is null
"""  # noqa: S608  our own constants
MEETINGS: Final = f"""
select json_build_object('meeting', {shown(Meeting, "m")},
    'actions', (select count(*) from public.meeting_actions a
        where a.organisation_id = m.organisation_id and a.meeting_id = m.id),
    'open', (select count(*) from public.meeting_actions a
        join public.improvements i on i.organisation_id = a.organisation_id and i.id = a.improvement_id
        where a.organisation_id = m.organisation_id and a.meeting_id = m.id
            and i.state in ('planned', 'doing')))::text
from public.committee_meetings m where m.{HERE} and m.struck_on is null and (m.held_on, m.id) < ($1, $2)
order by m.held_on desc, m.id desc limit $3
"""  # noqa: S608  our own constants
MEETING: Final = f"""
select {shown(Meeting, "m")}::text from public.committee_meetings m
where m.{HERE} and m.id = $1 and m.struck_on is null
"""  # noqa: S608  our own constants


async def describe(work: Work, name: str, remit: str, meets: str, seen: int) -> Committee:
    """Write down what the committee is for; `seen` is the version that was read, 0 for none."""
    work.require(Permission.REGISTER_KEEP)
    errors = [] if name else [FieldError("name", "Say what you call it.")]
    if not remit:
        errors.append(FieldError("remit", "Say what it looks after, and what it decides."))
    if errors:
        raise Invalid(*errors)
    before = await find_committee(work)
    if (before.version if before else 0) != seen:
        raise Conflict(
            "Somebody else changed this while you had it open. What you typed is kept: look at theirs first."
        )
    after = Committee(
        id=before.id if before else clock.new_id(), name=name, remit=remit, meets=meets, version=seen + 1,
        recorded_at=work.now(), recorded_by_name=work.actor.name,
    )  # fmt: skip
    if before is None:
        await add(work, ADD, after)
    elif await work.driver.execute(CHANGE, seen, name, remit, meets) != "UPDATE 1":
        raise Conflict
    work.record("committee.described", after.id, document=document("committee", after, after.id, after.version))
    return after


async def take_seat(work: Work, name: str, part: str, joined_on: date | None, *, is_child: bool) -> Seat:
    """Somebody joins; of a child only the first name. Raises `Invalid`."""
    work.require(Permission.REGISTER_KEEP)
    errors = [] if name else [FieldError("member", "Write their name.")]
    if is_child and len(name.split()) > 1:
        errors.append(FieldError("member", "Of a child, write the first name only."))
    if joined_on is None:
        errors.append(FieldError("joined_on", "Say since when."))
    if errors or joined_on is None:
        raise Invalid(*errors)
    seat = Seat(
        id=clock.new_id(), name=name, part=part, is_child=is_child, joined_on=joined_on, recorded_at=work.now(),
        recorded_by_name=work.actor.name,
    )  # fmt: skip
    await add(work, ADD_SEAT, seat)
    work.record("seat.taken", seat.id, document=document("seat", seat, seat.id))
    return seat


async def leave_seat(work: Work, seat_id: UUID, today: date) -> None:
    """Somebody leaves, today; raises `NotFound` or `Conflict`."""
    work.require(Permission.REGISTER_KEEP)
    seat = await get(work, Seat, SEAT, seat_id)
    left_on = max(today, seat.joined_on)
    if await work.driver.execute(LEAVE, seat_id, left_on) != "UPDATE 1":
        raise Conflict("They had left before.")
    after = msgspec.structs.replace(seat, left_on=left_on)
    work.record("seat.left", seat_id, document=document("seat", after, seat_id, 2))


async def record_meeting(work: Work, profile: Profile, held_on: date | None, present: str, minutes: str) -> Meeting:
    """Record a meeting with its minutes, and keep them as evidence; raises `Invalid`."""
    work.require(Permission.REGISTER_KEEP)
    errors = [] if held_on else [FieldError("held_on", "Say when they met.")]
    if not present:
        errors.append(FieldError("present", "Say who was there."))
    if not minutes:
        errors.append(FieldError("minutes", "Say what was talked about and what was agreed."))
    if errors or held_on is None:
        raise Invalid(*errors)
    called = committee.name if (committee := await find_committee(work)) else profile.title("committee")
    evidence = feeding.Shown(
        kind="meeting", title=f"Minutes: {called}", kept_at="Registers, Committee", dated_on=held_on,
        renew_on=feeding.a_year_on(held_on),
    )  # fmt: skip
    meeting = Meeting(
        id=clock.new_id(), held_on=held_on, present=present, minutes=minutes,
        item_id=await feeding.feed(work, profile, evidence, feeding.COMMITTEE), recorded_at=work.now(),
        recorded_by_name=work.actor.name,
    )  # fmt: skip
    await add(work, ADD_MEETING, meeting)
    work.record("meeting.recorded", meeting.id, document=document("meeting", meeting, meeting.id))
    return meeting


async def find_committee(work: Work) -> Committee | None:
    """What it is for, if anybody wrote it down."""
    work.require(Permission.REGISTER_READ)
    return await find(work, Committee, COMMITTEE)


async def list_seats(work: Work) -> tuple[Seat, ...]:
    """Who sits in it, and who did."""
    work.require(Permission.REGISTER_READ)
    return await fetch(work, Seat, SEATS)


async def list_meetings(work: Work, after: tuple[date, UUID] = LATEST, limit: int = MOST) -> tuple[Met, ...]:
    """Meetings, the latest first."""
    work.require(Permission.REGISTER_READ)
    return await fetch(work, Met, MEETINGS, *after, limit)


async def get_meeting(work: Work, meeting_id: UUID) -> Meeting:
    """One meeting; raises `NotFound`."""
    work.require(Permission.REGISTER_READ)
    return await get(work, Meeting, MEETING, meeting_id)


ACTIONS: Final = Link("meeting_actions", "meeting_id", get_meeting)
"""What was agreed."""
