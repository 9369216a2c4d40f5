"""`/standards/registers/committee`: remit, members, meetings, and what comes out of them."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Final
from uuid import UUID

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Template

from safeguard.access.policy import Permission
from safeguard.errors import Conflict, Invalid
from safeguard.registers.acting import list_actions, plan_action
from safeguard.registers.action_forms import ActionForm
from safeguard.registers.by_day import after_key, key_of
from safeguard.registers.committee.gathering import (
    ACTIONS,
    NAME_LIMIT,
    WORDS_LIMIT,
    Met,
    Seat,
    describe,
    find_committee,
    get_meeting,
    leave_seat,
    list_meetings,
    list_seats,
    record_meeting,
    take_seat,
)
from safeguard.registers.fields import Version
from safeguard.registers.here import own_profile
from safeguard.registers.striking.striking import list_struck
from safeguard.standards.here import own_frameworks
from safeguard.standards.queries import members
from safeguard.web.forms import Day, Form, Text, Tick, blank, read, today_here
from safeguard.web.pages import after, page
from safeguard.web.paging import DEFAULT_LIMIT, Key, cut, leaf, read_cursor, scope_of
from safeguard.work import Work

BASE: Final = "/standards/registers/committee"
USUAL: Final = "pies/M2"
SCOPE: Final = scope_of("meetings", {})
MEETINGS: Final = 10
"""On a page: above those who sit in it, who are looked for as often."""


@dataclass(frozen=True, slots=True)
class RemitForm:
    """What it is for."""

    name: Annotated[str, Text(longest=NAME_LIMIT)]
    remit: Annotated[str, Text(longest=WORDS_LIMIT, lines=True)]
    meets: Annotated[str, Text(longest=NAME_LIMIT)]
    seen: Annotated[int, Version()]


@dataclass(frozen=True, slots=True)
class SeatForm:
    """Somebody who joins."""

    member: Annotated[str, Text(longest=NAME_LIMIT)]
    part: Annotated[str, Text(longest=NAME_LIMIT)]
    is_child: Annotated[bool, Tick()]
    joined_on: Annotated[date | None, Day()]


@dataclass(frozen=True, slots=True)
class MeetingForm:
    """A meeting."""

    held_on: Annotated[date | None, Day()]
    present: Annotated[str, Text(longest=2_000, lines=True)]
    minutes: Annotated[str, Text(longest=WORDS_LIMIT, lines=True)]


@get(BASE, permission=Permission.REGISTER_READ)
async def show_committee(request: Request[Any, Any, Any], work: NamedDependency[Work]) -> Template:
    """Who they are, what for, and their meetings."""
    return await _committee(request, work, blank(SeatForm, joined_on=today_here().isoformat()))


@get(BASE + "/remit", permission=Permission.REGISTER_KEEP)
async def show_remit(request: Request[Any, Any, Any], work: NamedDependency[Work]) -> Template:
    """The form for what it is for."""
    now = await find_committee(work)
    name = now.name if now else own_profile().title("committee")
    starts = {"remit": now.remit, "meets": now.meets} if now else {}
    form = blank(RemitForm, name=name, seen=str(now.version if now else 0), **starts)
    return page(request, "registers/committee/remit.html", form=form, errors=(), theirs=None)


@post(BASE + "/remit", permission=Permission.REGISTER_KEEP, status_code=303)
async def take_remit(request: Request[Any, Any, Any], work: NamedDependency[Work]) -> Template | Redirect:
    """Write down what it is for."""
    form = await read(request, RemitForm)
    try:
        said = form.value
        await describe(work, said.name, said.remit, said.meets, said.seen)
    except Invalid as refusal:
        wrong = form.refused(refusal)
        return page(request, "registers/committee/remit.html", status=422, form=wrong, errors=wrong.errors, theirs=None)
    except Conflict as refusal:
        theirs = await find_committee(work)
        return page(
            request, "registers/committee/remit.html", status=409, form=form, errors=(), theirs=theirs,
            problem=refusal.detail,
        )  # fmt: skip
    return after(BASE)


@post(BASE + "/members", permission=Permission.REGISTER_KEEP, status_code=303)
async def take_member(request: Request[Any, Any, Any], work: NamedDependency[Work]) -> Template | Redirect:
    """Somebody joins."""
    form = await read(request, SeatForm)
    try:
        said = form.value
        await take_seat(work, said.member, said.part, said.joined_on, is_child=said.is_child)
    except Invalid as refusal:
        return await _committee(request, work, form.refused(refusal), status=422)
    return after(BASE + "#members")


@post(BASE + "/members/{seat_id:uuid}/leave", permission=Permission.REGISTER_KEEP, status_code=303)
async def take_leaving(work: NamedDependency[Work], seat_id: FromPath[UUID]) -> Redirect:
    """Somebody leaves."""
    await leave_seat(work, seat_id, today_here())
    return after(BASE + "#members")


@get(BASE + "/meetings/new", permission=Permission.REGISTER_KEEP)
async def show_new_meeting(request: Request[Any, Any, Any], work: NamedDependency[Work]) -> Template:
    """The form for a meeting; who sits in the committee is put in as having been there."""
    there = "\n".join(seat.name for seat in await list_seats(work) if seat.left_on is None)
    form = blank(MeetingForm, held_on=today_here().isoformat(), present=there)
    return page(request, "registers/committee/new.html", form=form, errors=())


@post(BASE + "/meetings/new", permission=Permission.REGISTER_KEEP, status_code=303)
async def take_new_meeting(request: Request[Any, Any, Any], work: NamedDependency[Work]) -> Template | Redirect:
    """Record a meeting; what was agreed comes next."""
    form = await read(request, MeetingForm)
    try:
        said = form.value
        meeting = await record_meeting(work, own_profile(), said.held_on, said.present, said.minutes)
    except Invalid as refusal:
        wrong = form.refused(refusal)
        return page(request, "registers/committee/new.html", status=422, form=wrong, errors=wrong.errors)
    return after(f"{BASE}/meetings/{meeting.id}")


@get(BASE + "/meetings/{meeting_id:uuid}", permission=Permission.REGISTER_READ)
async def show_meeting(
    request: Request[Any, Any, Any], work: NamedDependency[Work], meeting_id: FromPath[UUID]
) -> Template:
    """One meeting, and what came out of it."""
    return await _meeting(request, work, meeting_id, blank(ActionForm, control=USUAL))


@post(BASE + "/meetings/{meeting_id:uuid}", permission=Permission.REGISTER_KEEP, status_code=303)
async def take_action(
    request: Request[Any, Any, Any], work: NamedDependency[Work], meeting_id: FromPath[UUID]
) -> Template | Redirect:
    """Put what was agreed into the action plan."""
    form = await read(request, ActionForm)
    await get_meeting(work, meeting_id)
    try:
        framework, control = form.value.chosen()
        await plan_action(work, ACTIONS, meeting_id, framework, control, form.value.plan())
    except Invalid as refusal:
        return await _meeting(request, work, meeting_id, form.refused(refusal), status=422)
    return after(f"{BASE}/meetings/{meeting_id}")


async def _committee(request: Request[Any, Any, Any], work: Work, form: Form[SeatForm], status: int = 200) -> Template:
    seats, start = await list_seats(work), read_cursor(request.query_params.get("after"), SCOPE)
    sitting = [seat for seat in seats if seat.left_on is None]
    meetings = await list_meetings(work, after_key(start), MEETINGS + 1)
    latest = meetings if start is None else await list_meetings(work, limit=1)
    return page(
        request, "registers/committee/show.html", status=status, committee=await find_committee(work),
        seats=leaf(sitting, request.query_params.get("members"), DEFAULT_LIMIT, _seat),
        sitting=len(sitting), children=sum(seat.is_child for seat in sitting),
        left=[seat for seat in seats if seat.left_on],
        meetings=cut(meetings, MEETINGS, _key, SCOPE), first=start is None,
        latest=latest[0].meeting.held_on if latest else None, form=form, errors=form.errors, today=today_here(),
        struck=await list_struck(work, "meetings", "members"),
    )  # fmt: skip


def _seat(seat: Seat) -> UUID:
    return seat.id


def _key(met: Met) -> Key:
    return key_of(met.meeting.held_on, met.meeting.id)


async def _meeting(
    request: Request[Any, Any, Any], work: Work, meeting_id: UUID, form: Form[ActionForm], status: int = 200
) -> Template:
    return page(
        request, "registers/committee/meeting.html", status=status, meeting=await get_meeting(work, meeting_id),
        actions=await list_actions(work, ACTIONS, meeting_id), form=form, errors=form.errors,
        frameworks=own_frameworks(), members=await members(work), today=today_here(),
    )  # fmt: skip


ROUTES = [
    show_committee, show_remit, take_remit, take_member, take_leaving, show_new_meeting, take_new_meeting,
    show_meeting, take_action,
]  # fmt: skip
