"""Saying no: a page that a tired person can act on, or problem+json (RFC 9457) for a program.

A page that refuses a form gives back what was typed. What may not be known to exist looks like what does not exist.
"""

import re
from typing import Any, Final

import jinja2
import msgspec
from litestar import Request
from litestar.response import Response

from safeguard.errors import ProofRequired, SignInRequired
from safeguard.web import asking, declining, drafting, exchange, guarding, logs, pages, plain, replaying
from safeguard.web.bodies import Unreadable
from safeguard.web.exchange import Exchange
from safeguard.web.explaining import Refusal, in_api_words, refusal_of
from safeguard.web.giving_back import kept
from safeguard.web.idempotency import Replay
from safeguard.web.languages import asked_for, speaking

PUBLIC_PAGE = "/r/"
"""Pages on which a child may be writing: a refusal there has their frame and language, and the way out on top."""
ELSEWHERE = "https://www.bbc.co.uk/weather"
"""Where "Leave now" leads: a page that anybody might be looking at."""
PROBLEM = "application/problem+json"
SCIM = "application/scim+json"
SCIM_ERROR = "urn:ietf:params:scim:api:messages:2.0:Error"
RECORD: Final = re.compile(r"/(?:concerns/incidents|[a-z-]+)/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}(?=/|$)")
"""The page of the record that a form was about."""
SCIM_TYPES = frozenset({
    "invalidFilter", "tooMany", "uniqueness", "mutability", "invalidSyntax", "invalidPath", "noTarget", "invalidValue",
    "invalidVers", "sensitive",
})  # fmt: skip
"""RFC 7644 §3.12, table 9: the reasons that a directory understands."""


def refuse(request: Request[Any, Any, Any], fault: Exception) -> Response[Any]:
    """The answer to a request that raised `fault`."""
    served = exchange.current()
    fault = _unwrapped(fault)
    if isinstance(fault, Unreadable):
        served.fields = fault.fields
        fault = fault.refusal
    if isinstance(fault, Replay):
        if served.upload:
            served.upload.kept = False  # the file came a second time, and the first one stays
        return replaying.again(served, fault.answer)
    if isinstance(fault, SignInRequired) and not served.is_api:
        return asking.sign_in(request, served)
    if isinstance(fault, ProofRequired) and not served.is_api:
        return asking.prove(request, served)
    refusal = refusal_of(fault, served)
    if refusal.status < 500 and served.path == drafting.ROOM and drafting.saves_itself(request):
        return declining.line(request, served, refusal)  # a fault of ours is tried again by the page itself
    return answer(request, served, refusal)


def answer(request: Request[Any, Any, Any], served: Exchange, refusal: Refusal) -> Response[Any]:
    """The refusal as a program or a person reads it."""
    if served.is_scim:
        return Response(scim_error(refusal), status_code=refusal.status, media_type=SCIM, headers=refusal.headers)
    if served.is_api:
        return Response(problem(refusal), status_code=refusal.status, media_type=PROBLEM, headers=refusal.headers)
    return Response(
        _page(request, served, refusal),
        status_code=refusal.status,
        media_type=pages.HTML,
        headers=refusal.headers | _placed(request, served),
        # Only a form that is given back needs one. A browser asks for icons by itself and without a cookie: one
        # with that answer would take the place of the page's own, and end the form that somebody is writing in.
        cookies=pages.new_cookies(served) if served.method not in guarding.SAFE else [],
    )


def _placed(request: Request[Any, Any, Any], served: Exchange) -> dict[str, str]:
    """Where HTMX puts the refusal of a form: in place of the page, whatever part of it was to be swapped."""
    if served.method in guarding.SAFE or not pages.wants_fragment(request):
        return {}
    return {"HX-Retarget": "#main", "HX-Reselect": "#main", "HX-Reswap": "outerHTML show:window:top"}


def problem(refusal: Refusal) -> bytes:
    """RFC 9457, with the fields that need another look."""
    told: dict[str, Any] = {
        "type": f"urn:safeguard:problem:{refusal.code}",
        "title": refusal.title,
        "status": refusal.status,
        "detail": in_api_words(refusal.detail),
    }
    if refusal.errors:
        told["errors"] = [{"field": error.field, "message": error.message} for error in refusal.errors]
    if refusal.reference:
        told["reference"] = refusal.reference
    return msgspec.json.encode(told)


def scim_error(refusal: Refusal) -> bytes:
    """RFC 7644 §3.12."""
    told: dict[str, Any] = {"schemas": [SCIM_ERROR], "status": str(refusal.status), "detail": refusal.detail}
    if refusal.code in SCIM_TYPES:
        told["scimType"] = refusal.code
    return msgspec.json.encode(told)


def _page(request: Request[Any, Any, Any], served: Exchange, refusal: Refusal) -> str:
    """The page in the usual layout; a plain one when even that fails."""
    context: dict[str, Any] = {
        "status": refusal.status,
        "code": refusal.code,
        "title": refusal.title,
        "detail": refusal.detail,
        "errors": refusal.errors,
        "reference": refusal.reference,
        "retry_after": int(refusal.headers.get("Retry-After", "60")),
        "kept": kept(served, refusal.code),
        "first": refusal.first,
        "again": found[0] if (found := RECORD.match(served.path)) else "/",
    }
    try:
        engine = request.app.template_engine
        if engine is None:
            return plain.page(**context)
        if served.path.startswith(PUBLIC_PAGE):
            return _public_page(request, engine.engine, served, context)
        names = [f"errors/{refusal.status}.html", "errors/problem.html"]
        template: jinja2.Template = engine.engine.select_template(names)
        return template.render(**pages.given(served), **context)
    except Exception as fault:  # noqa: BLE001  whatever is wrong with the layout, people still get an answer
        logs.fault(served, fault)
        return plain.page(**context)


def _public_page(
    request: Request[Any, Any, Any], environment: jinja2.Environment, served: Exchange, context: dict[str, Any]
) -> str:
    tongue = asked_for(request.query_params.get("lang", ""), request.headers.get("accept-language", ""))
    frame = {"door": None, "lang": tongue[:2], "elsewhere": ELSEWHERE}
    with speaking(tongue):
        return environment.get_template("public/refused.html").render(**pages.given(served), **frame, **context)


def _unwrapped(fault: Exception) -> Exception:
    """The one that counts of a group: what a dependency raised while another error passed through it."""
    while isinstance(fault, ExceptionGroup) and fault.exceptions:
        fault = next((one for one in fault.exceptions if isinstance(one, Replay)), fault.exceptions[0])
    return fault
