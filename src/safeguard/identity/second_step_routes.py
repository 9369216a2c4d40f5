"""Pages: the second step after a password, again before an act that asks for it, and back after a lock."""

from dataclasses import replace
from typing import Any

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.response import Redirect, Response, Template

from safeguard.access.policy import SIGNED_IN
from safeguard.errors import BadRequest, DomainError, Invalid, SignInRequired, TooManyRequests
from safeguard.identity.browsing import device_hash_of, typed_password
from safeguard.identity.factors import offering, passkeys, proving
from safeguard.identity.factors.proving import Before
from safeguard.identity.forms import told
from safeguard.identity.second_step_forms import SecondStep
from safeguard.identity.secret import Secret
from safeguard.web import asking, cookies, exchange
from safeguard.web.fields import KEPT
from safeguard.web.forms import Form, blank, read
from safeguard.web.keeping import KeptForm, Unopened, open_kept
from safeguard.web.pages import after, csrf_token, page
from safeguard.web.viewing import Viewer
from safeguard.work import Work

STEP = asking.SECOND_STEP
REPORT = "/incidents/new"
ANSWER, QUESTION, NEW = "passkey", "question", "secret"


def proof_page(request: Request[Any, Any, Any], *, next_path: str = "/", kept: str | None = None) -> Template:
    """The second step, with what a refused form held in a sealed field."""
    return _page(request, blank(SecondStep, next=next_path), kept or "", 200)


@get(STEP, permission=SIGNED_IN, one_factor=True, unlocks=True)
async def show_step(request: Request[Any, Any, Any], work: NamedDependency[Work]) -> Template | Redirect:
    """The second step; whoever has nothing to show goes on."""
    next_path = asking.safe_next(request.query_params.get("next") or "/")
    if offering.mode_of(viewer_here()) == "done":
        return after(next_path)
    return proof_page(request, next_path=next_path)


@post(STEP, permission=SIGNED_IN, status_code=303, one_factor=True, unlocks=True)
async def take_step(request: Request[Any, Any, Any], work: NamedDependency[Work]) -> Response[Any]:
    """Show a factor, and go on where one was."""
    form, kept = await read(request, SecondStep), exchange.current().fields.get(KEPT)
    try:
        fresh = await _prove(request, work, form)
    except (Invalid, TooManyRequests) as refusal:
        field = {"passkey": "passkey", "password": "password"}.get(_way(form), "code")
        return _wait(_page(request, told(form, refusal, field), kept, refusal.status), refusal)
    return going_on(request, work, fresh, kept, form.value.next)


@get(STEP + "/done", permission=SIGNED_IN)
async def show_done(request: Request[Any, Any, Any], work: NamedDependency[Work]) -> Template:
    """Before a download: a page that stays when the file has come."""
    return page(request, "identity/step_done.html", next=asking.safe_next(request.query_params.get("next") or "/"))


@post("/lock", permission=SIGNED_IN, status_code=200, one_factor=True, unlocks=True)
async def lock(work: NamedDependency[Work]) -> Response[str]:
    """Nobody has touched this page for a while."""
    viewer = viewer_here()
    if viewer.session_id:
        await proving.lock(work, viewer.session_id)
    return Response("", media_type="text/plain")


@post("/unlock", permission=SIGNED_IN, status_code=200, one_factor=True, unlocks=True)
async def unlock(request: Request[Any, Any, Any], work: NamedDependency[Work]) -> Response[str]:
    """Back before a page that is still open: what it needs to go on, or why not."""
    try:
        fresh = await proving.unlock(work, before_of(request), typed_password())
    except DomainError as refusal:
        said = refusal.errors[0].message if isinstance(refusal, Invalid) and refusal.errors else refusal.detail
        return Response(said, status_code=refusal.status, media_type="text/plain")
    served = exchange.current()
    served.session_hash = fresh.hash
    answer = Response(csrf_token(served), status_code=200, media_type="text/plain")
    answer.set_cookie(cookies.session_cookie(fresh.text))
    return answer


def going_on(request: Request[Any, Any, Any], work: Work, fresh: Secret, kept: str, next_path: str) -> Response[Any]:
    """Where they were: with the form that was kept, or at the page that they had asked for."""
    continue_as(fresh)
    resumed = asking.resume(request, kept, fresh.text, work.actor, confirmed=True)
    target = asking.safe_next(next_path or "/")
    answer = resumed or after(asking.leading_on(f"{STEP}/done", target) if _is_file(target) else target)
    answer.set_cookie(cookies.session_cookie(fresh.text))
    return answer


def continue_as(fresh: Secret) -> None:
    """The rest of this request belongs to the session under its fresh id."""
    served = exchange.current()
    served.session_hash = fresh.hash
    if served.viewer:
        served.viewer = replace(served.viewer, actor=replace(served.viewer.actor, assured=True), is_locked=False)


def before_of(request: Request[Any, Any, Any]) -> Before:
    """The browser before which somebody shows who they are."""
    served, viewer = exchange.current(), viewer_here()
    if served.session_hash is None:
        raise SignInRequired
    return Before(served.session_hash, served.client, device_hash_of(request), viewer.is_shared)


def viewer_here() -> Viewer:
    """Whoever is signed in."""
    viewer = exchange.current().viewer
    if viewer is None:
        raise SignInRequired
    return viewer


async def _prove(request: Request[Any, Any, Any], work: Work, form: Form[SecondStep]) -> Secret:
    before, fields, asked = before_of(request), exchange.current().fields, form.value
    remember = asked.remember == "yes"
    match _way(form):
        case "passkey":
            typed, sealed = fields.get(ANSWER), fields.get(QUESTION)
            return await proving.by_passkey(work, before, typed, sealed, remember=remember)
        case "password" if viewer_here().is_locked:
            return await proving.unlock(work, before, typed_password())
        case "invented":
            return await proving.as_invented(work, before)
        case "code":
            return await proving.by_code(work, before, asked.code, remember=remember)
        case _:
            raise BadRequest


def _way(form: Form[SecondStep]) -> str:
    """Which way was taken: by Enter, that of what was typed; a code beside a passkey that none was asked is a code."""
    if form["do"] == "passkey" and form["code"] and not exchange.current().fields.get(ANSWER):
        return "code"
    if form["do"] != "typed":
        return form["do"]
    return "password" if viewer_here().is_locked and (typed_password() or not form["code"]) else "code"


def _page(request: Request[Any, Any, Any], form: Form[SecondStep], kept: str, status: int) -> Template:
    served, viewer = exchange.current(), viewer_here()
    bound_to = served.session_hash or b""
    mode, report_now = offering.mode_of(viewer), offering.may_report_now(viewer)
    return page(
        request, "identity/second_step.html", form=form, errors=form.errors, kept=kept, status=status, mode=mode,
        report_now=report_now, report=_report_of(kept, viewer) if report_now else None, enrolled=viewer.enrolled,
        is_shared=viewer.is_shared, question=passkeys.ask(bound_to),
        new=offering.new_factor(viewer, bound_to) if mode == "begin" else None,
    )  # fmt: skip


def _report_of(kept: str, viewer: Viewer) -> KeptForm | None:
    """A report that was refused when the session ended: it is sent with one factor, as it could have been before."""
    try:
        found = open_kept(kept, viewer.actor.user_id) if kept and viewer.actor.user_id else None
    except Unopened:
        return None
    here = found and found.path == REPORT and found.organisation_id == viewer.actor.organisation_id
    return found if here else None


def _is_file(path: str) -> bool:
    """Whether the address gives a file to keep: the browser stays on the page before it."""
    last = path.partition("?")[0].rpartition("/")[2]
    return "." in last or last in {"download", "file"}


def _wait(shown: Template, refusal: DomainError) -> Template:
    if isinstance(refusal, TooManyRequests):
        shown.headers["Retry-After"] = str(refusal.retry_after)
    return shown


ROUTES = [show_step, take_step, show_done, lock, unlock]
