"""`/helpline/signals`: what the helpline says to organisations; `/signals`: what an organisation was told, and did."""

from typing import Any
from uuid import UUID

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Template

from safeguard.access.policy import Permission
from safeguard.errors import Conflict, DomainError, FieldError, Invalid
from safeguard.helpline.alerts.forms import AttachForm, SignalForm
from safeguard.helpline.alerts.receiving import (
    attach_signal,
    dismiss_signal,
    get_received,
    list_received,
)
from safeguard.helpline.alerts.signalling import KINDS, NATIONS, end_signal, list_signals, publish_signal
from safeguard.helpline.forms import SeenForm
from safeguard.helpline.here import own_profile
from safeguard.standards.forms import SEPARATOR
from safeguard.standards.owning import current_frameworks
from safeguard.web.fields import Fields
from safeguard.web.forms import Form, blank, read
from safeguard.web.pages import after, page
from safeguard.work import Work


@get("/helpline/signals", permission=Permission.HELPLINE_WORK)
async def show_published(request: Request[Any, Any, Any], work: NamedDependency[Work]) -> Template:
    """What was said to organisations, and the form that says more."""
    starts = [("kinds", kind) for kind in KINDS] + [("nations", nation) for nation in NATIONS]
    return await _published(request, work, Form(SignalForm, Fields.of(starts), None, ()))


@post("/helpline/signals", permission=Permission.HELPLINE_SUPERVISE, status_code=303)
async def take_publishing(request: Request[Any, Any, Any], work: NamedDependency[Work]) -> Template | Redirect:
    """Publish an alert."""
    form = await read(request, SignalForm)
    try:
        await publish_signal(work, own_profile(), form.value.signal())
    except Invalid as refusal:
        return await _published(request, work, form.refused(refusal), status=422)
    return after("/helpline/signals")


@post("/helpline/signals/{signal_id:uuid}/end", permission=Permission.HELPLINE_SUPERVISE, status_code=303)
async def take_ending(
    request: Request[Any, Any, Any], work: NamedDependency[Work], signal_id: FromPath[UUID]
) -> Redirect:
    """Say that it is over."""
    form = await read(request, SeenForm)
    await end_signal(work, signal_id, form.value.seen)
    return after("/helpline/signals")


@get("/signals", permission=Permission.RESOURCES_READ)
async def show_received(request: Request[Any, Any, Any], work: NamedDependency[Work]) -> Template:
    """What this organisation was told."""
    return page(request, "helpline/alerts/received.html", signals=await list_received(work))


@get("/signals/{received_id:uuid}", permission=Permission.RESOURCES_READ)
async def show_signal(
    request: Request[Any, Any, Any], work: NamedDependency[Work], received_id: FromPath[UUID]
) -> Template:
    """One alert, with what to do about it."""
    return await _one(request, work, received_id, blank(AttachForm))


@post("/signals/{received_id:uuid}/dismiss", permission=Permission.STANDARDS_REVIEW, status_code=303)
async def take_dismissal(work: NamedDependency[Work], received_id: FromPath[UUID]) -> Redirect:
    """Take it off the home page, for everybody here."""
    await dismiss_signal(work, received_id)
    return after("/signals")


@post("/signals/{received_id:uuid}/attach", permission=Permission.STANDARDS_REVIEW, status_code=303)
async def take_attaching(
    request: Request[Any, Any, Any], work: NamedDependency[Work], received_id: FromPath[UUID]
) -> Template | Redirect:
    """Keep it, with what was done, as evidence for a control."""
    form = await read(request, AttachForm)
    await get_received(work, received_id)
    try:
        said = form.value
        pair = await _control(work, said.control)
        item = await attach_signal(work, received_id, (pair,), said.did)
    except (Invalid, Conflict) as refusal:
        return await _one(request, work, received_id, form, refusal)
    return after(f"/standards/evidence/{item.id}")


async def _control(work: Work, said: str) -> tuple[str, str]:
    framework, _, control = said.partition(SEPARATOR)
    for each in await current_frameworks(work, own_profile()):
        if each.code == framework and each.control(control):
            return framework, control
    raise Invalid(FieldError("control", "Choose from the controls on the page."))


async def _published(
    request: Request[Any, Any, Any], work: Work, form: Form[SignalForm], status: int = 200
) -> Template:
    return page(
        request, "helpline/alerts/published.html", status=status, signals=await list_signals(work), form=form,
        errors=form.errors, kinds=KINDS, nations=NATIONS,
    )  # fmt: skip


async def _one(
    request: Request[Any, Any, Any],
    work: Work,
    received_id: UUID,
    form: Form[AttachForm],
    refusal: DomainError | None = None,
) -> Template:
    frameworks = await current_frameworks(work, own_profile()) if work.may(Permission.STANDARDS_REVIEW) else ()
    return page(
        request, "helpline/alerts/signal.html", status=refusal.status if refusal else 200,
        signal=await get_received(work, received_id), frameworks=frameworks, form=form, separator=SEPARATOR,
        errors=form.errors or (refusal.errors if isinstance(refusal, Invalid) else ()),
        conflict=refusal.detail if isinstance(refusal, Conflict) else None,
    )  # fmt: skip


ROUTES = [
    show_published, take_publishing, take_ending, show_received, show_signal, take_dismissal, take_attaching,
]  # fmt: skip
