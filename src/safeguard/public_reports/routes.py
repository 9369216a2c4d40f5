"""The public page: what may be asked before anybody signs in, in English and in Welsh.

Its title says nothing, it keeps no address of anybody, takes no file, and "Leave now" stands on every page of it.
"""

from dataclasses import replace
from typing import Any

from litestar import Request, get, post
from litestar.params import FromPath
from litestar.response import Response

from safeguard.access.policy import PUBLIC
from safeguard.errors import BadRequest, Conflict, FieldError, Invalid, NotFound
from safeguard.public_reports import desk_routes, giving_routes
from safeguard.public_reports.arriving import Envelope, arrive
from safeguard.public_reports.codes import code_of, mark_of, tidied_code
from safeguard.public_reports.doors import Door, find_door
from safeguard.public_reports.forms import PATHS, CodeForm, MessageForm, ReportForm, opened_now, took
from safeguard.public_reports.reading_times import reading, said_day
from safeguard.public_reports.replying import write_again
from safeguard.public_reports.telling import Told, find_told
from safeguard.public_reports.urgency import sounds_urgent
from safeguard.web import exchange
from safeguard.web.forms import Form, blank, read
from safeguard.web.languages import WELSH, asked_for, gettext, speaking
from safeguard.web.pages import HTML, environment_of, given, new_cookies
from safeguard.web.refusing import ELSEWHERE

TRAP = "website"


@get("/r/{address:str}", permission=PUBLIC)
async def show_start(request: Request[Any, Any, Any], address: FromPath[str]) -> Response[str]:
    """Before anybody writes: the first question, who reads this and when, what cannot stay secret, who helps now."""
    return _said(request, "public/start.html", await find_door(address))


@get("/r/{address:str}/{answer:str}", permission=PUBLIC)
async def show_form(request: Request[Any, Any, Any], address: FromPath[str], answer: FromPath[str]) -> Response[str]:
    """The form that belongs to the answer to the first question."""
    if answer not in PATHS:
        raise NotFound
    return _form(request, await find_door(address), answer, blank(ReportForm))


@post("/r/{address:str}/{answer:str}", permission=PUBLIC, status_code=200)
async def take_form(request: Request[Any, Any, Any], address: FromPath[str], answer: FromPath[str]) -> Response[str]:
    """Keep it, and show the code: once."""
    if answer not in PATHS:
        raise NotFound
    door, form, served = await find_door(address), await read(request, ReportForm), exchange.current()
    if served.token is None or served.visitor is None:
        raise BadRequest
    code = code_of(served.token.nonce)
    envelope = Envelope(
        code, mark_of(served.visitor), _language(request), served.request_id, took(served.fields.get("opened")),
        trapped=bool(served.fields.get(TRAP).strip()),
    )  # fmt: skip
    sent = form.value.sent(PATHS[answer])
    try:
        told = await arrive(door, sent, envelope)
    except Invalid as refusal:
        return _form(request, door, answer, form.refused(refusal), 422)
    danger = sounds_urgent(sent, door.profile.emergency.words)
    return _said(request, "public/sent.html", door, told=told, code=code, danger=danger)


@get("/r/{address:str}/back", permission=PUBLIC)
async def show_way_back(request: Request[Any, Any, Any], address: FromPath[str]) -> Response[str]:
    """Where the code is asked for."""
    return _back(request, await find_door(address), blank(CodeForm))


@post("/r/{address:str}/back", permission=PUBLIC, status_code=200)
async def take_code(request: Request[Any, Any, Any], address: FromPath[str]) -> Response[str]:
    """What belongs to a code."""
    door, form = await find_door(address), await read(request, CodeForm)
    told = await find_told(door, form.value.code) if not form.errors else None
    if told is None:
        wrong = Invalid(FieldError("code", "We can't find that code. Look at each letter and try again."))
        return _back(request, door, form.refused(wrong), 422)
    return _talk(request, door, tidied_code(form.value.code), told, blank(MessageForm))


@post("/r/{address:str}/back/message", permission=PUBLIC, status_code=200)
async def take_message(request: Request[Any, Any, Any], address: FromPath[str]) -> Response[str]:
    """One more message of whoever holds the code."""
    door, form = await find_door(address), await read(request, MessageForm)
    code = tidied_code(form["code"])
    try:
        told = await write_again(door, code, form.value.words, exchange.current().request_id)
    except NotFound:
        return _back(request, door, blank(CodeForm), 422)
    except (Invalid, Conflict) as refusal:
        if (told := await find_told(door, code)) is None:
            return _back(request, door, blank(CodeForm), 422)
        errors = refusal if isinstance(refusal, Invalid) else Invalid(FieldError("words", refusal.detail))
        return _talk(request, door, code, told, form.refused(errors), refusal.status)
    return _talk(request, door, code, told, blank(MessageForm), wrote=True)


def _form(
    request: Request[Any, Any, Any], door: Door, answer: str, form: Form[ReportForm], status: int = 200
) -> Response[str]:
    opened = form["opened"] or opened_now()
    about = PATHS[answer]
    return _said(request, "public/write.html", door, status, form=form, about=about, answer=answer, opened=opened)


def _back(request: Request[Any, Any, Any], door: Door, form: Form[CodeForm], status: int = 200) -> Response[str]:
    return _said(request, "public/back.html", door, status, form=form)


def _talk(
    request: Request[Any, Any, Any], door: Door, code: str, told: Told, form: Form[MessageForm], status: int = 200,
    *, wrote: bool = False,
) -> Response[str]:  # fmt: skip
    return _said(request, "public/talk.html", door, status, code=code, told=told, form=form, wrote=wrote)


def _language(request: Request[Any, Any, Any]) -> str:
    return asked_for(request.query_params.get("lang", ""), request.headers.get("accept-language", ""))


def _said(
    request: Request[Any, Any, Any], template: str, door: Door, status: int = 200, **context: Any
) -> Response[str]:
    """The page, rendered here and now: its language is not that of the rest of the service."""
    served, language = exchange.current(), _language(request)
    with speaking(language):
        if isinstance(form := context.get("form"), Form):
            context["form"] = replace(form, errors=tuple(_in_this_language(error) for error in form.errors))
        shown = {
            "door": door, "at": f"/r/{door.address}", "lang": "cy" if language == WELSH else "en",
            "reading": reading(door), "said_day": said_day, "elsewhere": ELSEWHERE, "trap": TRAP,
        }  # fmt: skip
        words = environment_of(request).get_template(template).render(**given(served), **shown, **context)
    return Response(words, status_code=status, media_type=HTML, cookies=new_cookies(served))


def _in_this_language(error: FieldError) -> FieldError:
    return FieldError(error.field, gettext(error.message))


ROUTES = [
    show_start, show_form, take_form, show_way_back, take_code, take_message, *desk_routes.ROUTES,
    *giving_routes.ROUTES,
]  # fmt: skip
