"""The page on which whoever keeps the vault looks again at what was written before somebody was called so."""

from typing import Any, cast

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.response import Redirect, Template

from safeguard.access.policy import Permission
from safeguard.concerns.looking_back import decide_concerns, list_concerns
from safeguard.errors import Invalid
from safeguard.incidents.hiding.forms import AgainForm
from safeguard.incidents.hiding.glass import require_keeping
from safeguard.incidents.hiding.looking_back import Decision, decide
from safeguard.incidents.hiding.looking_back_routes import shown_again
from safeguard.web.forms import Form, blank, read
from safeguard.web.pages import after
from safeguard.work import Work

OPEN = Permission.CONCERN_RAISE
AT = "/concerns/again"


@get(AT, permission=OPEN)
async def show_again(request: Request[Any, Any, Any], work: NamedDependency[Work]) -> Template:
    """Concerns, and incidents that nobody else may decide about."""
    await require_keeping(work)
    return await _shown(request, work, blank(AgainForm))


@post(AT, permission=OPEN, fresh=True, status_code=303)
async def take_again(request: Request[Any, Any, Any], work: NamedDependency[Work]) -> Template | Redirect:
    """Keep the ticked ones from whom they may mean, or write down that another is meant."""
    await require_keeping(work)
    form = await read(request, AgainForm)
    ticked = form.all("picked")
    try:
        decision, reason = cast("Decision", form.value.decision), form.value.reason
        done = await decide_concerns(work, ticked, decision, reason) + await decide(work, ticked, decision, reason)
    except Invalid as refusal:
        return await _shown(request, work, form.refused(refusal), status=422)
    return after(f"{AT}?done={done}")


async def _shown(
    request: Request[Any, Any, Any], work: Work, form: Form[AgainForm], status: int = 200
) -> Template:  # fmt: skip
    return await shown_again(request, work, form, status=status, at=AT, concerns=await list_concerns(work))


ROUTES = [show_again, take_again]
