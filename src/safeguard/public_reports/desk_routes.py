"""Pages of those who read what comes by the public page: the conversation, what is held, and where the page is."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Template

from safeguard.access.policy import Permission
from safeguard.concerns import handling
from safeguard.errors import Invalid
from safeguard.incidents import hearing
from safeguard.incidents.hiding.glass import only_reads, only_reads_vault
from safeguard.public_reports import doors, holding, replying
from safeguard.public_reports.forms import AnswerForm, AsideForm
from safeguard.public_reports.telling import Message
from safeguard.web import surroundings
from safeguard.web.forms import Form, blank, read
from safeguard.web.pages import after, page
from safeguard.work import Work


@get("/incidents/{incident_id:uuid}/messages", permission=Permission.INCIDENT_READ)
async def show_messages(
    request: Request[Any, Any, Any], work: NamedDependency[Work], incident_id: FromPath[UUID]
) -> Template:
    """What was written to and fro with whoever reported it."""
    return await _of_incident(request, work, incident_id, blank(AnswerForm))


@post("/incidents/{incident_id:uuid}/messages", permission=Permission.INCIDENT_FOLLOW_UP, status_code=303)
async def take_answer(
    request: Request[Any, Any, Any], work: NamedDependency[Work], incident_id: FromPath[UUID]
) -> Template | Redirect:
    """An answer, which they read with their code; or one press that says somebody read what they wrote."""
    form = await read(request, AnswerForm)
    try:
        if form.value.read and form.value.seen:
            await hearing.say_read(work, incident_id, form.value.seen)
        else:
            await replying.answer_in_incident(work, incident_id, form.value.words, form.value.seen)
    except Invalid as refusal:
        return await _of_incident(request, work, incident_id, form.refused(refusal), 422)
    return after(f"/incidents/{incident_id}/messages")


@get("/concerns/{concern_id:uuid}/messages", permission=Permission.CONCERN_RAISE)
async def show_concern_messages(
    request: Request[Any, Any, Any], work: NamedDependency[Work], concern_id: FromPath[UUID]
) -> Template:
    """The same of a concern, for whom the vault is open to."""
    return await _of_concern(request, work, concern_id, blank(AnswerForm))


@post("/concerns/{concern_id:uuid}/messages", permission=Permission.CONCERN_RAISE, status_code=303)
async def take_concern_answer(
    request: Request[Any, Any, Any], work: NamedDependency[Work], concern_id: FromPath[UUID]
) -> Template | Redirect:
    """An answer to whoever raised it; or one press that says somebody read what they wrote."""
    form = await read(request, AnswerForm)
    try:
        if form.value.read and form.value.seen:
            await handling.say_read(work, concern_id, form.value.seen)
        else:
            await replying.answer_in_concern(work, concern_id, form.value.words)
    except Invalid as refusal:
        return await _of_concern(request, work, concern_id, form.refused(refusal), 422)
    return after(f"/concerns/{concern_id}/messages")


@get("/incidents/held", permission=Permission.INCIDENT_TRIAGE)
async def show_held(request: Request[Any, Any, Any], work: NamedDependency[Work]) -> Template:
    """Reports that wait to be looked at."""
    return await _held(request, work, blank(AsideForm))


@post("/incidents/held/{report_id:uuid}", permission=Permission.INCIDENT_TRIAGE, status_code=303)
async def take_in(work: NamedDependency[Work], report_id: FromPath[UUID]) -> Redirect:
    """A held report becomes an incident."""
    incident_id = await holding.take_in(work, report_id)
    return after(f"/incidents/{incident_id}")


@post("/incidents/held", permission=Permission.INCIDENT_TRIAGE, status_code=303)
async def take_aside(request: Request[Any, Any, Any], work: NamedDependency[Work]) -> Template | Redirect:
    """Those that were ticked are set aside, with one reason."""
    form = await read(request, AsideForm)
    try:
        done = await holding.set_aside(work, form.all("report"), form.value.reason)
    except Invalid as refusal:
        return await _held(request, work, form.refused(refusal), 422)
    return after(f"/incidents/held?aside={done}")


@get("/settings/public", permission=Permission.SETTINGS_READ)
async def show_own(request: Request[Any, Any, Any], work: NamedDependency[Work]) -> Template:
    """Where one's own public page is."""
    own = await doors.read_own(work)
    return page(request, "public/settings.html", own=own, base=surroundings.current().public_url)


@post("/settings/public", permission=Permission.SETTINGS_MANAGE, status_code=303)
async def take_address(work: NamedDependency[Work]) -> Redirect:
    """Draw another address."""
    await doors.draw_address(work)
    return after("/settings/public")


async def _of_incident(
    request: Request[Any, Any, Any], work: Work, incident_id: UUID, form: Form[AnswerForm], status: int = 200
) -> Template:
    reference, language, came, messages = await replying.read_in_incident(work, incident_id)
    return page(
        request, "public/messages.html", status=status, form=form, reference=reference, tongue=language, came=came,
        messages=messages, at=f"/incidents/{incident_id}", is_concern=False,
        heard=await hearing.find_heard(work, incident_id), seen=_seen(messages),
        only_read=await only_reads(work, incident_id),
    )  # fmt: skip


async def _of_concern(
    request: Request[Any, Any, Any], work: Work, concern_id: UUID, form: Form[AnswerForm], status: int = 200
) -> Template:
    (reference, language, came, messages), heard_at = await replying.read_in_concern(work, concern_id)
    return page(
        request, "public/messages.html", status=status, form=form, reference=reference, tongue=language, came=came,
        messages=messages, at=f"/concerns/{concern_id}", is_concern=True,
        heard=hearing.Heard(heard_at, urgent=False) if heard_at else None, seen=_seen(messages),
        only_read=await only_reads_vault(work),
    )  # fmt: skip


def _seen(messages: Sequence[Message]) -> str:
    """When the last of theirs that the page shows was written."""
    last = max((each.at for each in messages if not each.ours), default=None)
    return last.isoformat() if last else ""


async def _held(request: Request[Any, Any, Any], work: Work, form: Form[AsideForm], status: int = 200) -> Template:
    shows_aside, done = request.query_params.get("show") == "aside", request.query_params.get("aside", "")
    held = await (holding.list_aside(work) if shows_aside else holding.list_held(work))
    return page(
        request, "public/held.html", status=status, form=form, held=held, most=holding.MOST, shows_aside=shows_aside,
        done=int(done) if done.isascii() and done.isdigit() else 0,
    )  # fmt: skip


ROUTES = [
    show_messages, take_answer, show_concern_messages, take_concern_answer, show_held, take_in, take_aside, show_own,
    take_address,
]  # fmt: skip
