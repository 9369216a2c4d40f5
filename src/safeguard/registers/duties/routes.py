"""`/standards/registers/duties`: visits and reviews that come round again, when each was done and is due."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any
from uuid import UUID

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Template

from safeguard.access.policy import Permission
from safeguard.errors import Conflict, Invalid
from safeguard.registers.duties.doing import NAME_LIMIT, NOTE_LIMIT, record_done, strike
from safeguard.registers.duties.duty import BASE, Done, NewDone, get_duty
from safeguard.registers.duties.queries import clocks_here, get_done, last_done, list_done, read_standings, standing
from safeguard.registers.here import own_profile
from safeguard.web.forms import Day, Form, Text, blank, read, today_here
from safeguard.web.pages import after, page
from safeguard.web.paging import leaf
from safeguard.work import Work

MANY = 10
"""Times on a page, each with what came of it."""


@dataclass(frozen=True, slots=True)
class DoneForm:
    """That it was done."""

    done_on: Annotated[date | None, Day()]
    done_by: Annotated[str, Text(longest=NAME_LIMIT)]
    kept_at: Annotated[str, Text(longest=500)]
    note: Annotated[str, Text(longest=NOTE_LIMIT, lines=True)]


@dataclass(frozen=True, slots=True)
class StrikeForm:
    """What is wrong with a record."""

    reason: Annotated[str, Text(longest=2_000, lines=True)]


@get(BASE, permission=Permission.REGISTER_READ)
async def show_duties(request: Request[Any, Any, Any], work: NamedDependency[Work]) -> Template:
    """Every duty of this kind of organisation, and where it stands."""
    return page(request, "registers/duties/list.html", duties=await read_standings(work, own_profile()))


@get(BASE + "/{code:str}", permission=Permission.REGISTER_READ)
async def show_duty(request: Request[Any, Any, Any], work: NamedDependency[Work], code: FromPath[str]) -> Template:
    """One duty: its history, and the form for the latest."""
    get_duty(own_profile(), code)
    return await _duty(request, work, code, blank(DoneForm))


@post(BASE + "/{code:str}", permission=Permission.REGISTER_KEEP, status_code=303)
async def take_done(
    request: Request[Any, Any, Any], work: NamedDependency[Work], code: FromPath[str]
) -> Template | Redirect:
    """Record that it was done."""
    get_duty(own_profile(), code)
    form = await read(request, DoneForm)
    try:
        said = form.value
        new = NewDone(duty=code, done_on=said.done_on, done_by=said.done_by, kept_at=said.kept_at, note=said.note)
        await record_done(work, own_profile(), new, today_here())
    except Invalid as refusal:
        return await _duty(request, work, code, form.refused(refusal), status=422)
    return after(f"{BASE}/{code}?recorded=yes")


@get(BASE + "/records/{done_id:uuid}", permission=Permission.REGISTER_KEEP)
async def show_strike(
    request: Request[Any, Any, Any], work: NamedDependency[Work], done_id: FromPath[UUID]
) -> Template:
    """The form for striking out what was recorded by mistake."""
    return await _strike(request, work, done_id, blank(StrikeForm))


@post(BASE + "/records/{done_id:uuid}", permission=Permission.REGISTER_KEEP, status_code=303)
async def take_strike(
    request: Request[Any, Any, Any], work: NamedDependency[Work], done_id: FromPath[UUID]
) -> Template | Redirect:
    """Strike it out."""
    form = await read(request, StrikeForm)
    try:
        done = await strike(work, done_id, form.value.reason, today_here())
    except Invalid as refusal:
        return await _strike(request, work, done_id, form.refused(refusal), status=422)
    except Conflict:
        done = await get_done(work, done_id)
    return after(f"{BASE}/{done.duty}")


async def _duty(
    request: Request[Any, Any, Any], work: Work, code: str, form: Form[DoneForm], status: int = 200
) -> Template:
    profile = own_profile()
    duty, last = get_duty(profile, code), await last_done(work, [code])
    stands = standing(duty, last.get(code), await clocks_here(work, profile), work.now())
    return page(
        request, "registers/duties/show.html", status=status, duty=stands,
        history=leaf(await list_done(work, code), request.query_params.get("after"), MANY, _id),
        form=form, errors=form.errors, recorded=request.query_params.get("recorded") == "yes",
    )  # fmt: skip


def _id(done: Done) -> UUID:
    return done.id


async def _strike(
    request: Request[Any, Any, Any], work: Work, done_id: UUID, form: Form[StrikeForm], status: int = 200
) -> Template:
    done = await get_done(work, done_id)
    return page(
        request, "registers/duties/strike.html", status=status, done=done, duty=get_duty(own_profile(), done.duty),
        form=form, errors=form.errors,
    )  # fmt: skip


ROUTES = [show_duties, show_duty, take_done, show_strike, take_strike]
