"""`/help/...`: the web form for professionals without an account, and the page that asks whether it helped.

In English and in Welsh, as the link on the page or the browser says.
"""

from dataclasses import replace
from typing import Any

from litestar import Request, get, post
from litestar.params import FromPath
from litestar.response import Response

from safeguard import clock
from safeguard.access.policy import PUBLIC
from safeguard.errors import BadRequest, FieldError, Invalid, NotFound, TooManyRequests
from safeguard.helpline.desk import load_desk
from safeguard.helpline.mail.desks import DeskDoor, find_desk
from safeguard.helpline.web_form.asking import ask, reference_of
from safeguard.helpline.web_form.forms import AskForm, RatingForm
from safeguard.helpline.web_form.rating import find_asking, rate_by_link
from safeguard.referrals.telephone import telephone
from safeguard.web import exchange, keys
from safeguard.web.forms import Form, blank, read
from safeguard.web.languages import DEFAULT, gettext, speaking
from safeguard.web.pages import HTML, environment_of, given, new_cookies

TRAP = "website"
WELSH = "cy"
FLOOD = "Very many forms are coming in. Nothing is lost: copy your words, ring us, or try again in an hour."


@get("/help/{slug:str}", permission=PUBLIC)
async def show_asking(request: Request[Any, Any, Any], slug: FromPath[str]) -> Response[str]:
    """The form."""
    return _form(request, await _door(slug), blank(AskForm))


@post("/help/{slug:str}", permission=PUBLIC, status_code=200)
async def take_asking(request: Request[Any, Any, Any], slug: FromPath[str]) -> Response[str]:
    """Keep what was asked, and show the reference."""
    door, served = await _door(slug), exchange.current()
    with speaking(_language(request)):
        form = await read(request, AskForm)
    if served.token is None or served.visitor is None:
        raise BadRequest
    reference, mark = reference_of(served.token.nonce), keys.current().tag("helpline visitor", served.visitor.encode())
    try:
        trapped = bool(served.fields.get(TRAP).strip())
        asked = form.value.asked(welsh=_language(request) == WELSH, trapped=trapped)
        await ask(door, asked, reference, mark[:16], served.request_id)
    except Invalid as refusal:
        return _form(request, door, form.refused(refusal), 422)
    except TooManyRequests:
        return _form(request, door, form.refused(Invalid(FieldError("summary", FLOOD))), 429)
    said = form.value
    return _page(request, "helpline/web/asked.html", door, reference=reference, call_back=said.call_back)


@get("/help/{slug:str}/feedback/{token:str}", permission=PUBLIC)
async def show_rating(request: Request[Any, Any, Any], slug: FromPath[str], token: FromPath[str]) -> Response[str]:
    """Whether it helped."""
    return await _rating(request, await _door(slug), token, blank(RatingForm))


@post("/help/{slug:str}/feedback/{token:str}", permission=PUBLIC, status_code=200)
async def take_rating(request: Request[Any, Any, Any], slug: FromPath[str], token: FromPath[str]) -> Response[str]:
    """Keep what was said."""
    door = await _door(slug)
    with speaking(_language(request)):
        form = await read(request, RatingForm)
    try:
        said = form.value
        helpful = int(said.helpful) if said.helpful else None
        await rate_by_link(door, token, helpful, said.words, exchange.current().request_id)
    except Invalid as refusal:
        return await _rating(request, door, token, form.refused(refusal), 422)
    return await _rating(request, door, token, blank(RatingForm))


async def _door(slug: str) -> DeskDoor:
    door = await find_desk(slug)
    if door is None:
        raise NotFound
    return door


def _form(request: Request[Any, Any, Any], door: DeskDoor, form: Form[AskForm], status: int = 200) -> Response[str]:
    return _page(request, "helpline/web/ask.html", door, status, form=form, trap=TRAP)


async def _rating(
    request: Request[Any, Any, Any], door: DeskDoor, token: str, form: Form[RatingForm], status: int = 200
) -> Response[str]:
    asking = await find_asking(door, token)
    return _page(request, "helpline/web/feedback.html", door, status, asking=asking, form=form)


def _page(
    request: Request[Any, Any, Any], template: str, door: DeskDoor, status: int = 200, **context: Any
) -> Response[str]:
    """Rendered here and now: its language is not that of the rest of the service."""
    served, language = exchange.current(), _language(request)
    with speaking(language):
        if isinstance(form := context.get("form"), Form):
            errors = tuple(FieldError(each.field, gettext(each.message)) for each in form.errors)
            context |= {"form": replace(form, errors=errors), "errors": errors}
        shown = {
            "door": door, "telephone": telephone(clock.now()), "desk": load_desk(),
            "lang": "cy" if language == WELSH else "en",
        }  # fmt: skip
        words = environment_of(request).get_template(template).render(**given(served), **shown, **context)
    return Response(words, status_code=status, media_type=HTML, cookies=new_cookies(served))


def _language(request: Request[Any, Any, Any]) -> str:
    """Welsh where it was chosen, or where the browser asks for it first; else English."""
    asked = request.query_params.get("lang", "")
    if asked in ("cy", "en"):
        return WELSH if asked == "cy" else DEFAULT
    return WELSH if request.headers.get("accept-language", "").lower().startswith(WELSH) else DEFAULT


ROUTES = [show_asking, take_asking, show_rating, take_rating]
