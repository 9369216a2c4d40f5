"""The page on which whoever handles incidents looks again at what was written before somebody was called so."""

from collections.abc import Sequence
from typing import Any, cast

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.response import Redirect, Template

from safeguard.access.policy import Permission
from safeguard.errors import Invalid
from safeguard.incidents.hiding import looking_back
from safeguard.incidents.hiding.forms import AgainForm
from safeguard.incidents.hiding.looking_back import Decision, Meant
from safeguard.web.forms import Form, blank, read
from safeguard.web.pages import after, page
from safeguard.web.paging import Key, cursor, read_cursor, scope_of
from safeguard.work import Work

RESTRICT = Permission.INCIDENT_RESTRICT
SCOPE = scope_of("again", {})


@get("/incidents/again", permission=RESTRICT)
async def show_again(request: Request[Any, Any, Any], work: NamedDependency[Work]) -> Template:
    """Incidents that may be about somebody who belongs here, and are not kept from them."""
    return await shown_again(request, work, blank(AgainForm))


@post("/incidents/again", permission=RESTRICT, fresh=True, status_code=303)
async def take_again(request: Request[Any, Any, Any], work: NamedDependency[Work]) -> Template | Redirect:
    """Keep the ticked ones from whom they may mean, or write down that another is meant."""
    form = await read(request, AgainForm)
    try:
        said = form.value
        done = await looking_back.decide(work, form.all("picked"), cast("Decision", said.decision), said.reason)
    except Invalid as refusal:
        return await shown_again(request, work, form.refused(refusal), status=422)
    return after(f"/incidents/again?done={done}")


async def shown_again(
    request: Request[Any, Any, Any],
    work: Work,
    form: Form[AgainForm],
    *,
    status: int = 200,
    at: str = "/incidents/again",
    concerns: Sequence[Meant] = (),
) -> Template:
    """What is found from where the page before ended; the page at another address shows concerns besides."""
    start = read_cursor(request.query_params.get("after"), SCOPE)
    looked = await looking_back.look_again(work, (start.at, start.id) if start else None)
    done = request.query_params.get("done", "")
    return page(
        request, "incidents/again.html", status=status, form=form, errors=form.errors, rows=looked.rows,
        older=cursor(Key(*looked.after), SCOPE) if looked.after else None, first=start is None,
        done=int(done) if done.isascii() and done.isdigit() and len(done) < 6 else None, at=at, concerns=concerns,
        since=looked.since,
    )  # fmt: skip


ROUTES = [show_again, take_again]
