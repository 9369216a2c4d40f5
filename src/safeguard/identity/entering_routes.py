"""Pages: signing in and out, switching organisation, accepting an invitation."""

from dataclasses import dataclass
from typing import Any

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Template

from safeguard.access.policy import PUBLIC, SIGNED_IN
from safeguard.errors import DomainError, FieldError, Invalid, NotFound, TooManyRequests
from safeguard.identity import by_passkey, joining, sessions, signing_in
from safeguard.identity.browsing import browser_of, let_in, typed_password
from safeguard.identity.factors import passkeys
from safeguard.identity.forms import ByPasskey, Join, SignIn, told
from safeguard.identity.joining import Invitation
from safeguard.identity.second_step_routes import proof_page
from safeguard.identity.signing_in import Person, SignedIn
from safeguard.tenancy.profiles import profile_of
from safeguard.web import asking, cookies, exchange, keeping
from safeguard.web.bodies import READ_ON
from safeguard.web.fields import KEPT
from safeguard.web.forms import Form, blank, read
from safeguard.web.pages import after, page
from safeguard.web.viewing import viewer_of
from safeguard.work import Work, enter_session

WRONG = "The email address or the password is not right. Check both and try again."
GONE = 410


@dataclass(frozen=True, slots=True)
class _Here:
    """Who has signed in, and where: what a kept form is given back to."""

    user_id: Any
    organisation_id: Any


def sign_in_page(request: Request[Any, Any, Any], *, next_path: str = "/", kept: str | None = None) -> Template:
    """The way in, with what a refused form held in a sealed field."""
    return _sign_in(request, blank(SignIn, next=next_path), kept or "", 200)


@get("/sign-in", permission=PUBLIC)
async def show_sign_in(request: Request[Any, Any, Any]) -> Template:
    """The way in."""
    return sign_in_page(request, next_path=asking.safe_next(request.query_params.get("next") or "/"))


@post("/sign-in", permission=PUBLIC, status_code=303, request_max_body_size=READ_ON)
async def take_sign_in(request: Request[Any, Any, Any]) -> Template | Redirect:
    """Begin a session, or say the same to everybody whom we do not know."""
    form, kept, browser = await read(request, SignIn), exchange.current().fields.get(KEPT), browser_of(request)
    try:
        asked, wanted = form.value, keeping.organisation_of(kept) if kept else None
        person = await signing_in.authenticate(asked.email, typed_password(), browser)
        if person is None:
            raise Invalid(FieldError("email", WRONG))
        signed_in = await signing_in.start_session(person, browser, wanted)
    except DomainError as refusal:
        return _refused(request, form, kept, refusal)
    return await _come_in(request, person, signed_in, kept, asked.next)


@post("/sign-in/passkey", permission=PUBLIC, status_code=303, request_max_body_size=READ_ON)
async def take_passkey(request: Request[Any, Any, Any]) -> Template | Redirect:
    """Begin a session with a passkey alone: it is two factors, and needs no name."""
    form, fields, browser = await read(request, ByPasskey), exchange.current().fields, browser_of(request)
    kept = fields.get(KEPT)
    try:
        wanted = keeping.organisation_of(kept) if kept else None
        person, signed_in = await by_passkey.sign_in(fields.get("passkey"), fields.get("question"), browser, wanted)
    except DomainError as refusal:
        return _refused(request, told(blank(SignIn, next=form["next"]), refusal, "passkey"), kept, refusal)
    return await _come_in(request, person, signed_in, kept, form["next"])


@post("/sign-out", permission=SIGNED_IN, status_code=303, one_factor=True, unlocks=True)
async def sign_out(work: NamedDependency[Work]) -> Redirect:
    """End the session, here and in the database; the browser forgets what it showed."""
    viewer = exchange.current().viewer
    if viewer and viewer.session_id:
        await sessions.end(work, viewer.session_id)
    answer = after("/signed-out")
    answer.set_cookie(cookies.no_session_cookie())
    answer.headers["Clear-Site-Data"] = cookies.CLEAR_SITE_DATA
    return answer


@get("/signed-out", permission=PUBLIC)
async def show_signed_out(request: Request[Any, Any, Any]) -> Template:
    """What signing out did."""
    return page(request, "errors/signed_out.html")


@post("/switch", permission=SIGNED_IN, status_code=303, one_factor=True)
async def switch(work: NamedDependency[Work]) -> Redirect:
    """Go on in another organisation, under a fresh session id."""
    served = exchange.current()
    slug = served.fields.get("organisation")
    target = next((one for one in served.viewer.elsewhere if one.slug == slug), None) if served.viewer else None
    if target is None or served.session_hash is None:
        raise NotFound("You do not belong to that organisation, or no longer do.")
    fresh = await sessions.switch(work, served.session_hash, target.id)
    answer = after("/")
    answer.set_cookie(cookies.session_cookie(fresh.text))
    return answer


@get("/invitation/{token:str}", permission=PUBLIC)
async def show_invitation(request: Request[Any, Any, Any], token: FromPath[str]) -> Template:
    """What the invitation is to, and the form that accepts it."""
    return _invitation(request, await joining.find_invitation(token), blank(Join))


@post("/invitation/{token:str}", permission=PUBLIC, status_code=303)
async def accept_invitation(request: Request[Any, Any, Any], token: FromPath[str]) -> Template | Redirect:
    """Join, with a new account or with the one that has this address."""
    form, browser = await read(request, Join), browser_of(request)
    invitation = await joining.find_invitation(token)
    if invitation.state != "open":
        return _invitation(request, invitation, form)
    try:
        signed_in = await joining.join(invitation, token, form.value.name, typed_password(), browser)
    except (Invalid, TooManyRequests) as refusal:
        return _invitation(request, invitation, form, refusal)
    return let_in(after("/"), signed_in)


async def _come_in(
    request: Request[Any, Any, Any], person: Person, signed_in: SignedIn, kept: str, next_path: str
) -> Template | Redirect:
    """Where they were going; to the second step first, which takes along what was kept."""
    target = asking.safe_next(next_path or "/")
    if kept and not signed_in.is_whole:
        await _enter(signed_in)
        return let_in(proof_page(request, next_path=target, kept=kept), signed_in)
    if not signed_in.is_whole:
        return let_in(after(asking.leading_on(asking.SECOND_STEP, target)), signed_in)
    here = _Here(person.user_id, signed_in.organisation_id)
    resumed = asking.resume(request, kept, signed_in.session.text, here)
    return let_in(resumed or after(target), signed_in)


async def _enter(signed_in: SignedIn) -> None:
    """The rest of this request belongs to the session that has just begun."""
    served = exchange.current()
    served.session_hash = signed_in.session.hash
    async with enter_session(signed_in.session.hash, served.request_id) as (unit, row):
        served.viewer = viewer_of(unit.actor, row)


def _sign_in(request: Request[Any, Any, Any], form: Form[SignIn], kept: str, status: int) -> Template:
    return page(request, "identity/sign_in.html", form=form, kept=kept, question=passkeys.ask(), status=status)


def _refused(request: Request[Any, Any, Any], form: Form[SignIn], kept: str, refusal: DomainError) -> Template:
    """The same page with the reason; what was kept before stays kept."""
    return _wait(_sign_in(request, told(form, refusal, "email"), kept, refusal.status), refusal)


def _invitation(
    request: Request[Any, Any, Any], invitation: Invitation, form: Form[Join], refusal: DomainError | None = None
) -> Template:
    if invitation.state != "open":
        return page(request, "identity/invitation_over.html", invitation=invitation, status=GONE)
    profile = profile_of(invitation.organisation_kind, invitation.organisation_nation)
    shown = page(
        request,
        "identity/invitation.html",
        invitation=invitation,
        wordings=[profile.roles[role] for role in invitation.roles if role in profile.roles],
        form=told(form, refusal, "password") if refusal else form,
        status=refusal.status if refusal else 200,
    )
    return _wait(shown, refusal)


def _wait(shown: Template, refusal: DomainError | None) -> Template:
    if isinstance(refusal, TooManyRequests):
        shown.headers["Retry-After"] = str(refusal.retry_after)
    return shown


ROUTES = [
    show_sign_in, take_sign_in, take_passkey, sign_out, show_signed_out, switch, show_invitation, accept_invitation,
]  # fmt: skip
