"""Pages: what I was told, and how I want to be told. Opening a notice is a form, because it marks it as read."""

from typing import Any
from uuid import UUID

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Template

from safeguard.access.policy import SIGNED_IN
from safeguard.errors import Invalid
from safeguard.notifications.choosing import choose, read_choices
from safeguard.notifications.forms import ChoicesForm, as_typed
from safeguard.notifications.queries import Shown, list_notices, open_notice, read_all
from safeguard.web import surroundings
from safeguard.web.forms import Form, read
from safeguard.web.pages import after, page
from safeguard.web.paging import DEFAULT_LIMIT, Key, cut, read_cursor, scope_of
from safeguard.work import Work

SCOPE = scope_of("notices", {})


@get("/notices", permission=SIGNED_IN)
async def show_notices(request: Request[Any, Any, Any], work: NamedDependency[Work]) -> Template:
    """What I was told, the latest first."""
    start = read_cursor(request.query_params.get("after"), SCOPE)
    rows = await list_notices(work, after=(start.at, start.id) if start else None, limit=DEFAULT_LIMIT + 1)
    return page(
        request, "notifications/list.html", rows=cut(rows, DEFAULT_LIMIT, _key, SCOPE), first=start is None,
        mails=surroundings.current().mails,
    )  # fmt: skip


@post("/notices/read", permission=SIGNED_IN, status_code=303)
async def take_all_as_read(work: NamedDependency[Work]) -> Redirect:
    """I have seen all of this."""
    await read_all(work)
    return after("/notices")


@post("/notices/{notice_id:uuid}/open", permission=SIGNED_IN, status_code=303)
async def take_opening(work: NamedDependency[Work], notice_id: FromPath[UUID]) -> Redirect:
    """Read this one, and go where it leads."""
    notice = await open_notice(work, notice_id)
    return after(notice.href or "/notices")


@get("/account/notices", permission=SIGNED_IN)
async def show_choices(request: Request[Any, Any, Any], work: NamedDependency[Work]) -> Template:
    """How I am told."""
    form = as_typed(await read_choices(work, work.actor.user_id))
    return _choices(request, form, done=request.query_params.get("done") == "yes")


@post("/account/notices", permission=SIGNED_IN, status_code=303)
async def take_choices(request: Request[Any, Any, Any], work: NamedDependency[Work]) -> Template | Redirect:
    """Tell me this way."""
    form = await read(request, ChoicesForm)
    try:
        await choose(work, form.value.choices())
    except Invalid as refusal:
        return _choices(request, form.refused(refusal), status=422)
    return after("/account/notices?done=yes")


def _choices(
    request: Request[Any, Any, Any], form: Form[ChoicesForm], *, done: bool = False, status: int = 200
) -> Template:
    return page(
        request, "notifications/choices.html", form=form, errors=form.errors, done=done, status=status,
        mails=surroundings.current().mails,
    )  # fmt: skip


def _key(notice: Shown) -> Key:
    return Key(notice.created_at, notice.id)


ROUTES = [show_notices, take_all_as_read, take_opening, show_choices, take_choices]
