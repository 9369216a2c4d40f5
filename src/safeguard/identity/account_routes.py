"""Pages: one's own account - name, password, sessions."""

from typing import Any
from uuid import UUID

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Template

from safeguard.access.policy import SIGNED_IN
from safeguard.errors import DomainError, SignInRequired
from safeguard.identity import accounts, sessions
from safeguard.identity.browsing import typed_password
from safeguard.identity.forms import NewPassword, Rename, told
from safeguard.web import cookies, exchange
from safeguard.web.forms import Form, blank, read
from safeguard.web.pages import after, page
from safeguard.web.viewing import Viewer
from safeguard.work import Work

DONE = {
    "name": "Your name is changed, in every organisation that you belong to.",
    "password": "Your password is changed. You are signed out everywhere else.",
    "session": "That session has ended.",
    "sessions": "You are signed out everywhere else.",
}


@get("/account", permission=SIGNED_IN, one_factor="beginning")
async def show_account(request: Request[Any, Any, Any], work: NamedDependency[Work]) -> Template:
    """Who I am here, how I sign in, and where I am signed in."""
    return await _page(request, work)


@post("/account/name", permission=SIGNED_IN, status_code=303, one_factor="beginning")
async def take_name(request: Request[Any, Any, Any], work: NamedDependency[Work]) -> Template | Redirect:
    """Take another name."""
    form = await read(request, Rename)
    if form.errors:
        return await _page(request, work, naming=form, status=422)
    await accounts.rename(work, form.value.name)
    return after("/account?done=name")


@post("/account/password", permission=SIGNED_IN, status_code=303, one_factor="beginning")
async def take_password(request: Request[Any, Any, Any], work: NamedDependency[Work]) -> Template | Redirect:
    """Take another password."""
    viewer, session_hash, session_id = _here()
    try:
        fresh = await accounts.change_password(
            work, typed_password("current_password"), typed_password("new_password"), email=viewer.email,
            organisation_name=viewer.organisation.name, session_hash=session_hash, session_id=session_id,
        )  # fmt: skip
    except DomainError as refusal:
        form = told(blank(NewPassword), refusal, "current_password")
        return await _page(request, work, securing=form, status=refusal.status)
    answer = after("/account?done=password")
    answer.set_cookie(cookies.session_cookie(fresh.text))
    return answer


@post("/account/sessions/{session_id:uuid}/end", permission=SIGNED_IN, status_code=303, one_factor="beginning")
async def end_session(work: NamedDependency[Work], session_id: FromPath[UUID]) -> Redirect:
    """Sign out on another browser."""
    await sessions.end(work, session_id)
    return after("/account?done=session")


@post("/account/sessions/end", permission=SIGNED_IN, status_code=303, one_factor="beginning")
async def end_sessions(work: NamedDependency[Work]) -> Redirect:
    """Sign out everywhere else."""
    await sessions.end_others(work, _here()[2])
    return after("/account?done=sessions")


async def _page(
    request: Request[Any, Any, Any],
    work: Work,
    *,
    naming: Form[Rename] | None = None,
    securing: Form[NewPassword] | None = None,
    status: int = 200,
) -> Template:
    viewer, _, session_id = _here()
    return page(
        request,
        "identity/account.html",
        account=viewer,
        current=session_id,
        sessions=await sessions.list_sessions(work),
        naming=naming or blank(Rename, name=viewer.name),
        securing=securing or blank(NewPassword),
        done=DONE.get(request.query_params.get("done") or ""),
        status=status,
    )


def _here() -> tuple[Viewer, bytes, UUID]:
    """The person, and the session that they are in."""
    served = exchange.current()
    if served.viewer is None or served.session_hash is None or served.viewer.session_id is None:
        raise SignInRequired
    return served.viewer, served.session_hash, served.viewer.session_id


ROUTES = [show_account, take_name, take_password, end_session, end_sessions]
