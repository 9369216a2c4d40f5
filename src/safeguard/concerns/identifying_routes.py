"""Pages on which it is said whom a concern is about, and whom else it is kept from."""

from typing import Any
from uuid import UUID

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Template

from safeguard.access.policy import Permission
from safeguard.concerns import admitting, handling, identifying, reading
from safeguard.concerns.forms import AboutForm, NameForm, version_of
from safeguard.concerns.record import Record
from safeguard.errors import Conflict, FieldError, Invalid
from safeguard.identity.choosing import find_staff
from safeguard.incidents.changing import Stale
from safeguard.incidents.hiding.glass import require_keeping
from safeguard.incidents.overtaken import for_now
from safeguard.web.forms import Form, begun, blank, read
from safeguard.web.pages import after, page
from safeguard.work import Work

OPEN = Permission.CONCERN_RAISE
Asked = Request[Any, Any, Any]


@get("/concerns/{concern_id:uuid}/about", permission=OPEN)
async def show_about(request: Asked, work: NamedDependency[Work], concern_id: FromPath[UUID]) -> Template:
    """Whom it is about, as it is known now."""
    await require_keeping(work)
    record = await reading.read_concern(work, concern_id)
    facts = record.facts
    starts = {"subject_name": facts.subject_name, "subject_work": facts.subject_work}
    if facts.subject_user_id:
        starts["person"] = str(facts.subject_user_id)
    return await _about(request, work, record, begun(AboutForm, starts))


@post("/concerns/{concern_id:uuid}/about", permission=OPEN, fresh=True, status_code=303)
async def take_about(request: Asked, work: NamedDependency[Work], concern_id: FromPath[UUID]) -> Template | Redirect:
    """Keep who it is. Whoever names themselves does not come back to it."""
    form = await read(request, AboutForm)
    try:
        said = form.value
        await identifying.identify(
            work, concern_id, version_of(form), said.subject_name, said.subject_work, said.person, said.reason,
            no_account=said.no_account,
        )  # fmt: skip
    except Stale:
        return await _about(request, work, await reading.read_concern(work, concern_id), for_now(form), 409)
    except (Invalid, Conflict) as refusal:
        wrong = refusal if isinstance(refusal, Invalid) else Invalid(FieldError("subject_name", refusal.detail))
        record = await reading.read_concern(work, concern_id)
        return await _about(request, work, record, form.refused(wrong), refusal.status)
    return after(f"/concerns/{concern_id}" if await reading.still_reads(work, concern_id) else "/concerns")


@get("/concerns/{concern_id:uuid}/keep-out", permission=OPEN)
async def show_keeping_out(request: Asked, work: NamedDependency[Work], concern_id: FromPath[UUID]) -> Template:
    """Keep somebody from it whom no name keeps from it."""
    await require_keeping(work)
    return await _keeping_out(request, work, await reading.read_concern(work, concern_id), blank(NameForm))


@post("/concerns/{concern_id:uuid}/keep-out", permission=OPEN, fresh=True, status_code=303)
async def take_keeping_out(
    request: Asked, work: NamedDependency[Work], concern_id: FromPath[UUID]
) -> Template | Redirect:
    """From this moment it is not there for them."""
    form = await read(request, NameForm)
    try:
        await identifying.keep_from(work, concern_id, form.value.person, form.value.reason)
    except (Invalid, Conflict) as refusal:
        wrong = refusal if isinstance(refusal, Invalid) else Invalid(FieldError("person", refusal.detail))
        record = await reading.read_concern(work, concern_id)
        return await _keeping_out(request, work, record, form.refused(wrong), refusal.status)
    return after(f"/concerns/{concern_id}")


async def _about(request: Asked, work: Work, record: Record, form: Form[AboutForm], status: int = 200) -> Template:
    chosen = form.found.person if form.found else record.facts.subject_user_id
    return page(
        request, "concerns/about.html", status=status, concern=record.facts, form=form, errors=form.errors,
        version=form["version"] or record.facts.version, overtaken=status == 409 and not form.errors,
        staff=await find_staff(work, request.query_params.get("like", ""), chosen=chosen), levels=handling.LEVELS,
        latest=record.entries[-1] if record.entries else None,
    )  # fmt: skip


async def _keeping_out(request: Asked, work: Work, record: Record, form: Form[NameForm], status: int = 200) -> Template:
    shut_out = [each.user_id for each in await admitting.list_shut_out(work, record.facts.id)]
    left_out = [*shut_out, *([work.actor.user_id] if work.actor.user_id else [])]
    chosen = form.found.person if form.found else None
    return page(
        request, "concerns/keep_out.html", status=status, concern=record.facts, form=form, errors=form.errors,
        staff=await find_staff(work, request.query_params.get("like", ""), but=left_out, chosen=chosen),
    )  # fmt: skip


ROUTES = [show_about, take_about, show_keeping_out, take_keeping_out]
