"""Asking somebody to sign in, without losing where they were going or what they typed."""

from typing import Any
from urllib.parse import quote, urlsplit

from litestar import Request
from litestar.response import Redirect, Response, Template

from safeguard.web import csrf, drafting, keeping, pages, polling, surroundings
from safeguard.web.cookies import hash_of
from safeguard.web.exchange import Exchange, current
from safeguard.web.fields import DRAFT_PLACE
from safeguard.web.keeping import Unopened

SIGN_IN = "/sign-in"
SECOND_STEP = "/second-step"
RESERVED = "/?#[]@!$&'()*+,;=:%"
"""What structures an address (RFC 3986 §2.2), and the sign of what is escaped."""
CHALLENGE = 'Session realm="Safeguard"'
"""HTTP asks every 401 for one; browsers pass over a scheme that they do not know and show the page."""


def sign_in(request: Request[Any, Any, Any], served: Exchange) -> Response[Any]:
    """The way in: a redirect for a page, the sign-in page itself around a form that was refused."""
    if served.method == "GET" and polling.seen(request) is not None:
        return polling.over()
    if served.method == "GET":
        return _send_to(request, served, SIGN_IN)
    if served.path == drafting.ROOM and drafting.saves_itself(request):
        return _say_signed_out(served)
    make = surroundings.current().sign_in_page
    if make is None:
        return Redirect(SIGN_IN, status_code=303)
    served.viewer = None
    shown = make(request, next_path="/", kept=keeping.keep(served))
    shown.status_code = 401
    shown.headers |= {"WWW-Authenticate": CHALLENGE, "HX-Retarget": "body", "HX-Reswap": "innerHTML"}
    return shown


def prove(request: Request[Any, Any, Any], served: Exchange) -> Response[Any]:
    """The second step: a redirect for a page, the page of the step itself around a form that was refused."""
    if served.method == "GET" and polling.seen(request) is not None:
        return polling.unchanged()
    if served.method == "GET":
        return _send_to(request, served, SECOND_STEP)
    if served.path == drafting.ROOM and drafting.saves_itself(request):
        return _say_signed_out(served)
    make = surroundings.current().proof_page
    if make is None:
        return Redirect(SECOND_STEP, status_code=303)
    shown = make(request, next_path="/", kept=keeping.keep(served, pressed=True))
    shown.status_code = 401
    shown.headers |= {"WWW-Authenticate": CHALLENGE, "HX-Retarget": "body", "HX-Reswap": "innerHTML"}
    return shown


def _say_signed_out(served: Exchange) -> Template:
    """A form that saves itself stays where it is, with all that was typed: sending it leads to the way in."""
    said: dict[str, Any] = {"state": "signed_out", "place": served.fields.get(DRAFT_PLACE), "saved_at": None}
    return Template(
        "drafts/_line.html", context=pages.given(served) | said, status_code=401, media_type=pages.HTML,
        headers={"WWW-Authenticate": CHALLENGE},
    )  # fmt: skip


def _send_to(request: Request[Any, Any, Any], served: Exchange, way: str) -> Response[Any]:
    """Afterwards they arrive where they were going; HTMX is told to leave the page altogether."""
    if request.headers.get("hx-request") == "true":
        target = leading_on(way, _path_of(request.headers.get("hx-current-url", "/")))
        return Response(b"", status_code=401, headers={"WWW-Authenticate": CHALLENGE, "HX-Redirect": target})
    return Redirect(leading_on(way, served.path + (f"?{served.query}" if served.query else "")), status_code=303)


def _path_of(address: str) -> str:
    """Path and query of whatever a browser says its address is."""
    try:
        here = urlsplit(address)
    except ValueError:
        return "/"
    return here.path + (f"?{here.query}" if here.query else "")


def leading_on(way: str, next_path: str) -> str:
    """The address of a page that leads on to `next_path` when it is done."""
    return way if next_path == "/" else f"{way}?next={quote(next_path, safe='/')}"


def safe_next(path: str) -> str:
    """Where `next` may lead: a path of ours, or the start page; never another site's address.

    As a `Location` can carry it, in ASCII: what is escaped already stays as it is.
    """
    ours = path.startswith("/") and not path.startswith("//") and "\\" not in path and path.isprintable()
    return quote(path, safe=RESERVED) if ours else "/"


def resume(
    request: Request[Any, Any, Any], sealed: str, session_token: str, actor: Any, *, confirmed: bool = False
) -> Template | None:
    """The page that gives a kept form back to whoever has just signed in; None when nothing was kept.

    `confirmed`: they were signed in all along, and have shown again who they are.

    `actor` is who has signed in (`user_id`, `organisation_id`). The form is sent by them, with the token of the new
    session; in another organisation than it was typed in, it is only shown.
    """
    if not sealed:
        return None
    session = hash_of(session_token)
    context: dict[str, Any] = {"action": "/", "fields": (), "typed": (), "refusal": None, "elsewhere": False}
    context["confirmed"] = confirmed
    try:
        form = keeping.open_kept(sealed, actor.user_id)
    except Unopened as refusal:
        context["refusal"] = refusal.sentence
    else:
        context |= {"action": form.path, "fields": form.fields.pairs, "typed": form.fields.typed()}
        context["elsewhere"] = form.organisation_id != actor.organisation_id
    context["csrf_token"] = csrf.issue(session, actor.user_id, actor.organisation_id)
    return Template(
        "errors/resume.html", context=pages.given(current()) | context, status_code=200, media_type=pages.HTML
    )
