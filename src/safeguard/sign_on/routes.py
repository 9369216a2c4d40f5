"""Pages for everybody: signing in at one's organisation's provider, coming back, and linking one's own account."""

from typing import Any, Final
from uuid import UUID

from litestar import Request, get, post
from litestar.datastructures import Cookie
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Response, Template

from safeguard.access.policy import PUBLIC, SIGNED_IN
from safeguard.errors import DomainError, Gone, NotFound
from safeguard.identity.browsing import browser_of, let_in
from safeguard.sign_on import going, linking, trying
from safeguard.sign_on.forms import Short
from safeguard.sign_on.going import Answer, Attempt, Departure, Door
from safeguard.web import asking, surroundings
from safeguard.web.forms import Form, blank, read
from safeguard.web.pages import after, page
from safeguard.work import Work

DOORS: Final = "/sign-in/with"
RETURN: Final = "/sign-in/return"
ACCOUNT: Final = "/account/sign-on"
COOKIE: Final = "__Host-sign-on"
TEN_MINUTES: Final = 600
LONGEST: Final = 4096
NOT_BEGUN: Final = "Your organisation's provider sends you back to this page. Begin at the sign-in page."
DONE: Final = {
    "linked": "Your account there is linked. From now on you can sign in with it.",
    "unlinked": "The link is taken back. That account lets nobody in here any more.",
}


@get(DOORS, permission=PUBLIC)
async def show_doors(request: Request[Any, Any, Any]) -> Template:
    """Which organisation, and then its buttons."""
    slug = request.query_params.get("organisation", "").strip().lower()
    next_path = asking.safe_next(request.query_params.get("next") or "/")
    if not slug:
        return _doors(request, blank(Short), (), next_path)
    doors = await going.list_doors(slug)
    return _doors(request, blank(Short, organisation=slug), doors, next_path, missed=not doors)


@post(f"{DOORS}/{{organisation:str}}/{{connection_id:uuid}}", permission=PUBLIC, status_code=200)
async def leave(
    request: Request[Any, Any, Any], organisation: FromPath[str], connection_id: FromPath[UUID]
) -> Template:
    """Go to the provider."""
    door = next((door for door in await going.list_doors(organisation) if door.id == connection_id), None)
    if door is None:
        raise NotFound("This way of signing in has been turned off.")
    form = await read(request, Short)
    next_path = asking.safe_next(form.fields.get("next") or "/")
    return send(request, door, await going.leave_to_enter(door, return_address(), next_path))


@get(RETURN, permission=PUBLIC)
async def come_back(request: Request[Any, Any, Any]) -> Response[Any]:
    """What the provider sent the browser back with, used once."""
    answer, attempt = _answer(request), None
    try:
        if not answer.state:
            raise Gone(NOT_BEGUN)
        attempt = await going.take(answer.state, request.cookies.get(COOKIE, ""))
        shown = await _use(request, attempt, answer)
    except DomainError as refusal:
        if answer.state and not answer.error:
            await going.tell_refused(attempt)
        shown = page(request, "sign_on/refused.html", refusal=refusal, attempt=attempt, status=refusal.status)
    shown.set_cookie(_cookie("", 0))
    return shown


@get(ACCOUNT, permission=SIGNED_IN)
async def show_own(request: Request[Any, Any, Any], work: NamedDependency[Work]) -> Template:
    """One's own accounts at providers."""
    done = DONE.get(request.query_params.get("done") or "")
    return page(request, "sign_on/own.html", own=await linking.list_own(work), done=done)


@post(f"{ACCOUNT}/{{connection_id:uuid}}/link", permission=SIGNED_IN, status_code=200, fresh=True)
async def leave_to_link(
    request: Request[Any, Any, Any], work: NamedDependency[Work], connection_id: FromPath[UUID]
) -> Template:
    """Go to the provider, to show which account there is one's own."""
    door = _of(await going.list_own_doors(work), connection_id)
    return send(request, door, await going.leave_from_within(work, door, "link", return_address()))


@post(f"{ACCOUNT}/{{connection_id:uuid}}/unlink", permission=SIGNED_IN, status_code=303)
async def take_unlink(work: NamedDependency[Work], connection_id: FromPath[UUID]) -> Redirect:
    """Take the link back."""
    await linking.unlink(work, connection_id)
    return after(f"{ACCOUNT}?done=unlinked")


def send(request: Request[Any, Any, Any], door: Door, departure: Departure) -> Template:
    """A page that goes on to the provider by itself.

    A redirect in answer to a form would be refused by our own content policy, which lets forms go nowhere else.
    """
    shown = page(request, "sign_on/going.html", door=door, departure=departure)
    shown.set_cookie(_cookie(departure.secret.text, TEN_MINUTES))
    return shown


def return_address() -> str:
    """What whoever sets a provider up registers there."""
    return surroundings.current().public_url.rstrip("/") + RETURN


async def _use(request: Request[Any, Any, Any], attempt: Attempt, answer: Answer) -> Response[Any]:
    if attempt.kind == "try":
        return page(
            request, "sign_on/tried.html", trial=await trying.try_it(attempt, answer, return_address()), attempt=attempt
        )
    claims = await going.hear(attempt, answer, return_address())
    if attempt.kind == "link":
        await going.link(attempt, claims)
        return after(f"{ACCOUNT}?done=linked")
    return let_in(after(attempt.next), await going.enter(attempt, claims, browser_of(request)))


def _answer(request: Request[Any, Any, Any]) -> Answer:
    given = {name: request.query_params.get(name, "")[:LONGEST] for name in ("code", "state", "iss", "error")}
    return Answer(given["code"], given["state"], given["iss"], given["error"])


def _of(doors: tuple[Door, ...], connection_id: UUID) -> Door:
    door = next((door for door in doors if door.id == connection_id), None)
    if door is None:
        raise NotFound("This way of signing in has been turned off.")
    return door


def _doors(
    request: Request[Any, Any, Any], form: Form[Short], doors: tuple[Door, ...], next_path: str, *, missed: bool = False
) -> Template:
    return page(request, "sign_on/doors.html", form=form, doors=doors, next_path=next_path, missed=missed)


def _cookie(value: str, max_age: int) -> Cookie:
    return Cookie(key=COOKIE, value=value, path="/", secure=True, httponly=True, samesite="lax", max_age=max_age)


ROUTES = [show_doors, leave, come_back, show_own, leave_to_link, take_unlink]
