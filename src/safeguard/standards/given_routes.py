"""`/improvements`: what was given to me to improve, and how far it is."""

from typing import Any, cast
from uuid import UUID

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Template

from safeguard.access.policy import Permission
from safeguard.errors import Conflict, Invalid
from safeguard.standards.forms import GivenForm
from safeguard.standards.given import get_given, names_of
from safeguard.standards.here import own_profile
from safeguard.standards.improving import say_how_far
from safeguard.standards.review import Progress
from safeguard.web.forms import Form, blank, read
from safeguard.web.pages import after, page
from safeguard.work import Work


@get("/improvements/{improvement_id:uuid}", permission=Permission.HOME_READ)
async def show_given(
    request: Request[Any, Any, Any], work: NamedDependency[Work], improvement_id: FromPath[UUID]
) -> Template:
    """One improvement of mine: what is asked, by when, and how far I am."""
    mine = await get_given(work, improvement_id)
    form = blank(GivenForm, state=mine.state, progress=mine.progress, effect=mine.effect, seen=str(mine.version))
    return await _shown(request, work, improvement_id, form)


@post("/improvements/{improvement_id:uuid}", permission=Permission.HOME_READ, status_code=303)
async def take_given(
    request: Request[Any, Any, Any], work: NamedDependency[Work], improvement_id: FromPath[UUID]
) -> Template | Redirect:
    """Say how far it is."""
    form = await read(request, GivenForm)
    try:
        said = form.value
        state = cast("Progress", said.state or "planned")
        await say_how_far(work, improvement_id, state, said.progress, said.effect, said.seen)
    except Invalid as refusal:
        return await _shown(request, work, improvement_id, form.refused(refusal), status=422)
    except Conflict as refusal:
        return await _shown(request, work, improvement_id, form, status=409, theirs=refusal.detail)
    return after(f"/improvements/{improvement_id}?saved")


async def _shown(
    request: Request[Any, Any, Any], work: Work, improvement_id: UUID, form: Form[GivenForm], status: int = 200,
    theirs: str | None = None,
) -> Template:  # fmt: skip
    mine = await get_given(work, improvement_id)
    pair = mine.framework, mine.control
    names = await names_of(work, own_profile(), [pair])
    return page(
        request, "standards/given.html", status=status, form=form, errors=form.errors, mine=mine, theirs=theirs,
        control=names.get(pair, mine.control), saved="saved" in request.query_params,
    )  # fmt: skip


ROUTES = [show_given, take_given]
