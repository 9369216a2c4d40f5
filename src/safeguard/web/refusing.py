"""Saying no: a page that a tired person can act on, or problem+json (RFC 9457) for a program.

Nothing of our insides is told: an unexpected fault gets a reference, which is also in the log, and nothing else.
A page that refuses a form gives back what was typed. What may not be known to exist looks like what does not exist.
"""

import asyncio
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

import asyncpg
import jinja2
import msgspec
import sqlalchemy.exc
from litestar import Request
from litestar.exceptions import HTTPException, ValidationException
from litestar.response import Response

from safeguard import errors
from safeguard.errors import DomainError, FieldError
from safeguard.web import asking, exchange, logs, pages, plain
from safeguard.web.bodies import NUL, Unreadable
from safeguard.web.exchange import Exchange
from safeguard.web.idempotency import REPLAYED, Replay

PROBLEM = "application/problem+json"

UNREACHABLE: tuple[type[BaseException], ...] = (
    OSError,
    asyncio.TimeoutError,
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,
    asyncpg.InsufficientResourcesError,
    sqlalchemy.exc.TimeoutError,
    sqlalchemy.exc.OperationalError,
)
"""What it looks like when the database, the disk or another part is not there."""

IN_THE_WAY = (asyncpg.DeadlockDetectedError, asyncpg.SerializationError, asyncpg.LockNotAvailableError)
NOT_TEXT = (asyncpg.CharacterNotInRepertoireError, asyncpg.UntranslatableCharacterError)

UNSURE = (
    "Part of the service did not answer, so we cannot say whether this was saved. Send it again in a minute: if it was"
    " saved, it is not saved twice."
)


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why not, as it is told."""

    status: int
    code: str
    title: str
    detail: str
    errors: tuple[FieldError, ...] = ()
    headers: dict[str, str] = field(default_factory=dict[str, str])
    reference: str | None = None


def refuse(request: Request[Any, Any, Any], fault: Exception) -> Response[Any]:
    """The answer to a request that raised `fault`."""
    served = exchange.current()
    fault = _unwrapped(fault)
    if isinstance(fault, Unreadable):
        served.fields = fault.fields
        fault = fault.refusal
    if isinstance(fault, Replay):
        return _again(fault)
    if isinstance(fault, errors.SignInRequired) and not served.is_api:
        return asking.sign_in(request, served)
    return answer(request, served, refusal_of(fault, served))


def answer(request: Request[Any, Any, Any], served: Exchange, refusal: Refusal) -> Response[Any]:
    """The refusal as a program or a person reads it."""
    if served.is_api:
        return Response(problem(refusal), status_code=refusal.status, media_type=PROBLEM, headers=refusal.headers)
    return Response(
        _page(request, served, refusal),
        status_code=refusal.status,
        media_type=pages.HTML,
        headers=refusal.headers,
        cookies=pages.new_cookies(served),
    )


def refusal_of(fault: BaseException, served: Exchange) -> Refusal:
    """What is told of `fault`."""
    root = _root(fault)
    match fault:
        case DomainError():
            return _of_domain(fault)
        case ValidationException():
            return _of_validation(fault)
        case HTTPException():
            return _of_status(fault)
        case _ if isinstance(root, NOT_TEXT):
            return _of_domain(errors.BadRequest(NUL))
        case _ if isinstance(root, IN_THE_WAY):
            return _of_domain(errors.Conflict())
        case _:
            return _of_fault(fault, root, served)


def _of_fault(fault: BaseException, root: BaseException, served: Exchange) -> Refusal:
    """What nobody meant to happen: told by a reference that is in the log."""
    reference = logs.fault(served, fault)
    if _is_unreachable(fault) or _is_unreachable(root):
        unsure = errors.Unavailable(UNSURE if served.fields.typed() else None)
        return _of_domain(unsure, reference)
    return Refusal(500, "fault", "Sorry, something went wrong", "This is our fault, not yours.", reference=reference)


def _is_unreachable(fault: BaseException) -> bool:
    """Whether a part did not answer. The driver says "is closed" in the error by which it also reports our mistakes."""
    if isinstance(fault, asyncpg.InterfaceError):
        return "closed" in str(fault)
    return isinstance(fault, UNREACHABLE) and not isinstance(fault, jinja2.TemplateError)  # which is an OSError too


def problem(refusal: Refusal) -> bytes:
    """RFC 9457, with the fields that need another look."""
    told: dict[str, Any] = {
        "type": f"urn:safeguard:problem:{refusal.code}",
        "title": refusal.title,
        "status": refusal.status,
        "detail": refusal.detail,
    }
    if refusal.errors:
        told["errors"] = [{"field": error.field, "message": error.message} for error in refusal.errors]
    if refusal.reference:
        told["reference"] = refusal.reference
    return msgspec.json.encode(told)


def _page(request: Request[Any, Any, Any], served: Exchange, refusal: Refusal) -> str:
    """The page in the usual layout; a plain one when even that fails."""
    context: dict[str, Any] = {
        "status": refusal.status,
        "title": refusal.title,
        "detail": refusal.detail,
        "errors": refusal.errors,
        "reference": refusal.reference,
        "retry_after": int(refusal.headers.get("Retry-After", "60")),
        "kept": kept(served, refusal),
    }
    try:
        engine = request.app.template_engine
        if engine is None:
            return plain.page(**context)
        names = [f"errors/{refusal.status}.html", "errors/problem.html"]
        template: jinja2.Template = engine.engine.select_template(names)
        return template.render(**pages.given(served), **context)
    except Exception as fault:  # noqa: BLE001  whatever is wrong with the layout, people still get an answer
        logs.fault(served, fault)
        return plain.page(**context)


@dataclass(frozen=True, slots=True)
class Kept:
    """What was typed into the form that is refused."""

    action: str
    typed: tuple[tuple[str, str], ...]
    again: tuple[tuple[str, str], ...]
    """The fields to send again, when sending again can help."""


SENDING_AGAIN_HELPS = frozenset({"stale-form", "fault", "unavailable"})


def kept(served: Exchange, refusal: Refusal) -> Kept | None:
    """What is given back; passwords are typed again."""
    if served.method == "GET" or refusal.code == "foreign":
        return None
    typed = tuple(pair for pair in served.fields.typed() if "password" not in pair[0])
    again = served.fields.sent() if refusal.code in SENDING_AGAIN_HELPS and served.token else ()
    if any("password" in name for name, _ in again):
        again = ()
    return Kept(served.path, typed, again) if typed or again else None


def _again(replay: Replay) -> Response[Any]:
    """What was answered the first time."""
    headers = {REPLAYED: "true"} | ({"Location": replay.answer.location} if replay.answer.location else {})
    return Response(
        replay.answer.body or b"",
        status_code=replay.answer.status,
        media_type=replay.answer.media_type if replay.answer.body else None,
        headers=headers,
    )


def _of_domain(fault: DomainError, reference: str | None = None) -> Refusal:
    headers: dict[str, str] = {}
    if isinstance(fault, errors.TooManyRequests):
        headers["Retry-After"] = str(fault.retry_after)
    if isinstance(fault, errors.SignInRequired):
        headers["WWW-Authenticate"] = 'Bearer realm="Safeguard"'
    wrong = fault.errors if isinstance(fault, errors.Invalid) else ()
    return Refusal(fault.status, fault.code, fault.title, fault.detail, wrong, headers, reference)


TOLD = {
    400: errors.BadRequest,
    401: errors.SignInRequired,
    403: errors.Forbidden,
    404: errors.NotFound,
    413: errors.TooLarge,
    429: errors.TooManyRequests,
    503: errors.Unavailable,
}


def _of_status(fault: HTTPException) -> Refusal:
    """What the framework refused, in our words: its own tell of its insides."""
    if known := TOLD.get(fault.status_code):
        return _of_domain(known())
    phrase = HTTPStatus(fault.status_code).phrase
    allowed = next((value for name, value in (fault.headers or {}).items() if name.lower() == "allow"), None)
    allow = {"Allow": allowed} if allowed else {}
    code = phrase.lower().replace(" ", "-")
    return Refusal(fault.status_code, code, phrase, "This address does not take such a request.", headers=allow)


NAMED = re.compile(r"Object (missing required|contains unknown) field `([^`]+)`")
BODY = "data"
"""What Litestar calls the whole body."""
NO_BODY = "Send a JSON body, as /api/openapi.json describes it."
NOT_AS_DESCRIBED = "What was sent is not as this address describes it."


def _of_validation(fault: ValidationException) -> Refusal:
    """What the decoder found wrong, by field."""
    found = tuple(_field_errors(fault))
    if any(error.message == f"'{BODY}'" for error in found):
        return _of_domain(errors.Invalid(detail=NO_BODY))
    return _of_domain(errors.Invalid(*found, detail=NOT_AS_DESCRIBED))


def _field_errors(fault: ValidationException) -> Iterator[FieldError]:
    for one in fault.extra if isinstance(fault.extra, list) else ():
        if isinstance(one, dict):
            yield _field_error(str(one.get("key", "")), str(one.get("message", "Look at this again.")))


def _field_error(key: str, message: str) -> FieldError:
    within = "" if key == BODY else f"{key}."
    if named := NAMED.fullmatch(message):
        missing = named[1] == "missing required"
        return FieldError(within + named[2], "This has to be given." if missing else "There is no such field.")
    return FieldError(key, message)


def _unwrapped(fault: Exception) -> Exception:
    """The one that counts of a group: what a dependency raised while another error passed through it."""
    while isinstance(fault, ExceptionGroup) and fault.exceptions:
        fault = next((one for one in fault.exceptions if isinstance(one, Replay)), fault.exceptions[0])
    return fault


def _root(fault: BaseException) -> BaseException:
    """What the driver raised, under SQLAlchemy's wrapping."""
    original = getattr(fault, "orig", None)
    cause = getattr(original, "__cause__", None)
    return cause or original or fault
