"""`/standards/registers/home`: what a children's home has ready for its inspector.

The pages open in every kind of organisation (a residential school may be registered as a home); they are led to where
the profile has the clocks of these duties.
"""

from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Template

from safeguard.access.policy import Permission
from safeguard.errors import Invalid
from safeguard.registers.acting import list_actions, plan_action
from safeguard.registers.action_forms import ActionForm
from safeguard.registers.duties.queries import get_done, read_standings
from safeguard.registers.here import own_profile
from safeguard.registers.home.annex_a import NOT_HERE
from safeguard.registers.home.counting import count_annex_a, midnight
from safeguard.registers.home.following import (
    ACTIONS,
    REVIEW,
    VISIT,
    list_followed,
    list_sendings,
    record_sending,
)
from safeguard.registers.home.forms import SentForm
from safeguard.registers.home.notifying import CLOCK, list_notifications, list_unsaid
from safeguard.registers.home.spans import read_span
from safeguard.standards.files.queries import list_files
from safeguard.standards.here import own_frameworks
from safeguard.standards.queries import members
from safeguard.web.forms import Form, blank, read, today_here, zone_here
from safeguard.web.pages import after, page
from safeguard.work import Work

BASE: Final = "/standards/registers/home"
USUAL: Final = "pies/S2"


@get(BASE, permission=Permission.REGISTER_READ)
async def show_home(request: Request[Any, Any, Any], work: NamedDependency[Work]) -> Template:
    """Regulations 40, 44 and 45, and the figures, of the days that are asked for: a year, unless somebody says."""
    span, profile, zone = read_span(request.query_params, today_here()), own_profile(), zone_here()
    reads = work.may(Permission.INCIDENT_READ)
    clock = profile.clocks.get(CLOCK)
    since, until = midnight(span.from_on, zone), midnight(span.until_on + timedelta(days=1), zone)
    return page(
        request, "registers/home/show.html", span=span, not_here=NOT_HERE, reads=reads,
        standings={each.clock.code: each for each in await read_standings(work, profile)},
        visits=await list_followed(work, VISIT), reviews=await list_followed(work, REVIEW),
        figures=await count_annex_a(work, span.from_on, span.until_on, zone) if reads else None,
        told=await list_notifications(work, since, until) if reads else (),
        unsaid=await list_unsaid(work, clock, since, until) if reads and clock else (), clock=CLOCK,
    )  # fmt: skip


@get(BASE + "/reports/{done_id:uuid}", permission=Permission.REGISTER_READ)
async def show_report(
    request: Request[Any, Any, Any], work: NamedDependency[Work], done_id: FromPath[UUID]
) -> Template:
    """One visit or review: what was found, its files, what came of it, where it was sent."""
    return await _report(request, work, done_id)


@post(BASE + "/reports/{done_id:uuid}/sent", permission=Permission.REGISTER_KEEP, status_code=303)
async def take_sent(
    request: Request[Any, Any, Any], work: NamedDependency[Work], done_id: FromPath[UUID]
) -> Template | Redirect:
    """Its report was sent on."""
    form = await read(request, SentForm)
    try:
        await record_sending(work, done_id, form.value.sent_on, form.value.sent_to)
    except Invalid as refusal:
        return await _report(request, work, done_id, sending=form.refused(refusal), status=422)
    return after(f"{BASE}/reports/{done_id}#sent")


@post(BASE + "/reports/{done_id:uuid}/actions", permission=Permission.REGISTER_KEEP, status_code=303)
async def take_recommendation(
    request: Request[Any, Any, Any], work: NamedDependency[Work], done_id: FromPath[UUID]
) -> Template | Redirect:
    """Put a recommendation into the action plan."""
    form = await read(request, ActionForm)
    await get_done(work, done_id)
    try:
        framework, control = form.value.chosen()
        await plan_action(work, ACTIONS, done_id, framework, control, form.value.plan())
    except Invalid as refusal:
        return await _report(request, work, done_id, planning=form.refused(refusal), status=422)
    return after(f"{BASE}/reports/{done_id}#actions")


async def _report(
    request: Request[Any, Any, Any],
    work: Work,
    done_id: UUID,
    *,
    sending: Form[SentForm] | None = None,
    planning: Form[ActionForm] | None = None,
    status: int = 200,
) -> Template:
    done = await get_done(work, done_id)
    sending = sending or blank(SentForm, sent_on=today_here().isoformat(), sent_to="Ofsted")
    planning = planning or blank(ActionForm, control=USUAL)
    shows_files = done.item_id is not None and work.may(Permission.STANDARDS_READ)
    return page(
        request, "registers/home/report.html", status=status, done=done, today=today_here(),
        duty=own_profile().clocks.get(done.duty), actions=await list_actions(work, ACTIONS, done_id),
        sendings=await list_sendings(work, done_id), sending=sending, planning=planning,
        files=await list_files(work, done.item_id) if shows_files and done.item_id else (),
        errors=(*sending.errors, *planning.errors), frameworks=own_frameworks(), members=await members(work),
    )  # fmt: skip


ROUTES = [show_home, show_report, take_sent, take_recommendation]
