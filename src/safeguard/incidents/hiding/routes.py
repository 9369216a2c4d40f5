"""Pages of who may know: of one incident, and for an hour in an emergency of everything that is restricted."""

from typing import Any, cast
from uuid import UUID

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Template

from safeguard.access.policy import Permission
from safeguard.errors import Invalid, NotFound
from safeguard.identity.choosing import find_staff
from safeguard.incidents.hiding import breaking, circle, ending
from safeguard.incidents.hiding.ending import Ground
from safeguard.incidents.hiding.forms import ConfineForm, ExcludeForm, LiftForm, ReasonForm
from safeguard.incidents.hiding.glass import require_handling
from safeguard.incidents.queries import get_heading
from safeguard.web.forms import Form, blank, read
from safeguard.web.pages import after, page
from safeguard.work import Work

RESTRICT = Permission.INCIDENT_RESTRICT
AT = "/incidents/{incident_id:uuid}/circle"


@get(AT, permission=RESTRICT)
async def show_circle(
    request: Request[Any, Any, Any], work: NamedDependency[Work], incident_id: FromPath[UUID]
) -> Template:
    """Who may know of an incident, and who may not."""
    await require_handling(work, incident_id)
    return await _shown(request, work, incident_id, blank(ConfineForm))


@post(f"{AT}/exclude", permission=RESTRICT, fresh=True, status_code=303)
async def take_exclusion(
    request: Request[Any, Any, Any], work: NamedDependency[Work], incident_id: FromPath[UUID]
) -> Template | Redirect:
    """Keep somebody more from it."""
    form = await read(request, ExcludeForm)
    try:
        await circle.exclude(work, incident_id, form.value.person)
    except Invalid as refusal:
        return await _shown(request, work, incident_id, form.refused(refusal), 422)
    return after(f"/incidents/{incident_id}/circle")


@post(f"{AT}/confine", permission=RESTRICT, fresh=True, status_code=303)
async def take_confinement(
    request: Request[Any, Any, Any], work: NamedDependency[Work], incident_id: FromPath[UUID]
) -> Template | Redirect:
    """Keep it to a few."""
    form = await read(request, ConfineForm)
    try:
        known = {str(member.user_id): member.user_id for member in await circle.list_confidants(work)}
        people = tuple(known[typed] for typed in form.value.people if typed in known)
        await circle.confine(work, incident_id, people, form.value.reason)
    except Invalid as refusal:
        return await _shown(request, work, incident_id, form.refused(refusal), 422)
    return after(f"/incidents/{incident_id}/circle")


@post(f"{AT}/release", permission=RESTRICT, fresh=True, status_code=303)
async def take_release(
    request: Request[Any, Any, Any], work: NamedDependency[Work], incident_id: FromPath[UUID]
) -> Template | Redirect:
    """Open it to everybody who handles incidents."""
    form = await read(request, ReasonForm)
    try:
        await circle.release(work, incident_id, form.value.reason)
    except Invalid as refusal:
        return await _shown(request, work, incident_id, form.refused(refusal), 422)
    return after(f"/incidents/{incident_id}/circle")


@get(AT + "/{user_id:uuid}/lift", permission=RESTRICT)
async def show_lifting(
    request: Request[Any, Any, Any],
    work: NamedDependency[Work],
    incident_id: FromPath[UUID],
    user_id: FromPath[UUID],
) -> Template:
    """End an exclusion."""
    await require_handling(work, incident_id)
    return await _lifting(request, work, incident_id, user_id, blank(LiftForm))


@post(AT + "/{user_id:uuid}/lift", permission=RESTRICT, fresh=True, status_code=303)
async def take_lifting(
    request: Request[Any, Any, Any],
    work: NamedDependency[Work],
    incident_id: FromPath[UUID],
    user_id: FromPath[UUID],
) -> Template | Redirect:
    """Ask that they may know: they were told, on record, or another is meant. Somebody else agrees."""
    form = await read(request, LiftForm)
    try:
        said = form.value
        ground = cast("Ground", said.ground)
        proposal = await ending.ask(work, incident_id, user_id, ground, said.told_how, said.reason)
    except Invalid as refusal:
        return await _lifting(request, work, incident_id, user_id, form.refused(refusal), 422)
    return after(f"/approvals/{proposal.id}?done=asked")


@get("/restricted", permission=Permission.GLASS_BREAK)
async def show_glass(request: Request[Any, Any, Any], work: NamedDependency[Work]) -> Template:
    """Read what is restricted, in an emergency."""
    return await _glass(request, work, blank(ReasonForm))


@post("/restricted", permission=Permission.GLASS_BREAK, fresh=True, status_code=303)
async def take_glass(request: Request[Any, Any, Any], work: NamedDependency[Work]) -> Template | Redirect:
    """Ask for it."""
    form = await read(request, ReasonForm)
    try:
        proposal = await breaking.ask(work, form.value.reason)
    except Invalid as refusal:
        return await _glass(request, work, form.refused(refusal), 422)
    return after(f"/approvals/{proposal.id}")


@post("/restricted/end", permission=Permission.GLASS_BREAK, status_code=303)
async def end_glass(work: NamedDependency[Work]) -> Redirect:
    """Stop before the hour is over."""
    await breaking.end(work)
    return after("/restricted")


async def _shown(
    request: Request[Any, Any, Any], work: Work, incident_id: UUID, form: Form[Any], status: int = 200
) -> Template:
    heading, who = await get_heading(work, incident_id), await circle.read_circle(work, incident_id)
    me = work.actor.user_id
    left_out = [each.user_id for each in who.excluded] + ([me] if me else [])
    chosen = form.found.person if isinstance(form.found, ExcludeForm) else None
    staff = await find_staff(work, request.query_params.get("like", ""), but=left_out, chosen=chosen)
    others = [member for member in await circle.list_confidants(work) if member.user_id not in left_out]
    return page(
        request, "incidents/circle.html", status=status, form=form, errors=form.errors, incident=heading, circle=who,
        staff=staff, others=others,
    )  # fmt: skip


async def _lifting(
    request: Request[Any, Any, Any], work: Work, incident_id: UUID, user_id: UUID, form: Form[LiftForm],
    status: int = 200,
) -> Template:  # fmt: skip
    found = {each.user_id: each for each in (await circle.read_circle(work, incident_id)).excluded}
    if user_id not in found or found[user_id].asked:
        raise NotFound
    return page(
        request, "incidents/lift.html", status=status, form=form, errors=form.errors, person=found[user_id],
        incident=await get_heading(work, incident_id),
    )  # fmt: skip


async def _glass(request: Request[Any, Any, Any], work: Work, form: Form[ReasonForm], status: int = 200) -> Template:
    return page(
        request, "incidents/restricted.html", status=status, form=form, errors=form.errors,
        glass=await breaking.find_mine(work), waiting=await breaking.is_waiting(work),
    )  # fmt: skip


ROUTES = [
    show_circle, take_exclusion, take_confinement, take_release, show_lifting, take_lifting, show_glass, take_glass,
    end_glass,
]  # fmt: skip
