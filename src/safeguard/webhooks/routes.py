"""Pages: which addresses are told of what, and what came of it."""

from typing import Any, Final
from uuid import UUID

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Response, Template

from safeguard.access.policy import Permission
from safeguard.errors import DomainError
from safeguard.identity import showing
from safeguard.identity.forms import told
from safeguard.web.forms import Form, blank, read
from safeguard.web.pages import after, page
from safeguard.web.polling import mark, seen, unchanged
from safeguard.webhooks import hooking, telling
from safeguard.webhooks.forms import NewHook
from safeguard.webhooks.hooking import EVENTS
from safeguard.work import Work

AT: Final = "/settings/webhooks"
MAY: Final = Permission.TOKENS_MANAGE
DONE: Final = {
    "made": "The webhook is ready.",
    "rotated": "There is a new secret. For a day, everything is signed with the one before as well.",
    "ended": "The webhook is ended. Its address is told nothing more.",
    "tried": "A trial is on its way. What comes of it shows below.",
    "again": "It is on its way again.",
}


@get(AT, permission=MAY)
async def show_hooks(request: Request[Any, Any, Any], work: NamedDependency[Work]) -> Template:
    """The addresses, and the form that adds one."""
    return await _list(request, work, blank(NewHook))


@post(AT, permission=MAY, status_code=303, fresh=True)
async def take_hook(request: Request[Any, Any, Any], work: NamedDependency[Work]) -> Template | Redirect:
    """Add one; its secret is shown on the next page."""
    form = await read(request, NewHook)
    try:
        made = await hooking.make_hook(work, form.value.label, form.value.url, form.value.events)
    except DomainError as refusal:
        return await _list(request, work, told(form, refusal, "label"), refusal.status)
    return after(f"{AT}/{made.id}?done=made&made={showing.seal(made.secret)}")


@get(f"{AT}/{{hook_id:uuid}}", permission=MAY)
async def show_hook(
    request: Request[Any, Any, Any], work: NamedDependency[Work], hook_id: FromPath[UUID]
) -> Template | Response[bytes]:
    """One address, and what it was told; that part alone, while something waits."""
    held, deliveries = await hooking.get_hook(work, hook_id), await telling.list_deliveries(work, hook_id)
    told_now = mark(*((one.id, one.state, one.attempts, one.answer) for one in deliveries))
    if seen(request) == told_now:
        return unchanged()
    return page(
        request, "webhooks/hook.html", fragment="webhooks/_deliveries.html", held=held, deliveries=deliveries,
        mark=told_now, events=EVENTS,
        secret=showing.unseal(request.query_params.get("made")), done=DONE.get(request.query_params.get("done") or ""),
    )  # fmt: skip


@post(f"{AT}/{{hook_id:uuid}}/secret", permission=MAY, status_code=303, fresh=True)
async def take_rotation(work: NamedDependency[Work], hook_id: FromPath[UUID]) -> Redirect:
    """Another secret."""
    made = await hooking.rotate(work, hook_id)
    return after(f"{AT}/{hook_id}?done=rotated&made={showing.seal(made.secret)}")


@post(f"{AT}/{{hook_id:uuid}}/try", permission=MAY, status_code=303)
async def take_trial(work: NamedDependency[Work], hook_id: FromPath[UUID]) -> Redirect:
    """See whether it hears."""
    await telling.try_hook(work, hook_id)
    return after(f"{AT}/{hook_id}?done=tried")


@post(f"{AT}/{{hook_id:uuid}}/deliveries/{{delivery_id:uuid}}", permission=MAY, status_code=303)
async def take_again(work: NamedDependency[Work], hook_id: FromPath[UUID], delivery_id: FromPath[UUID]) -> Redirect:
    """Send one again."""
    await telling.deliver_again(work, hook_id, delivery_id)
    return after(f"{AT}/{hook_id}?done=again")


@post(f"{AT}/{{hook_id:uuid}}/end", permission=MAY, status_code=303, fresh=True)
async def take_end(work: NamedDependency[Work], hook_id: FromPath[UUID]) -> Redirect:
    """Tell it nothing more."""
    await hooking.end_hook(work, hook_id)
    return after(f"{AT}?done=ended")


async def _list(request: Request[Any, Any, Any], work: Work, form: Form[NewHook], status: int = 200) -> Template:
    return page(
        request, "webhooks/hooks.html", hooks=await hooking.list_hooks(work), events=EVENTS, form=form,
        may_make=work.may(Permission.INCIDENT_READ), done=DONE.get(request.query_params.get("done") or ""),
        status=status,
    )  # fmt: skip


ROUTES: Final = [show_hooks, take_hook, show_hook, take_rotation, take_trial, take_again, take_end]
