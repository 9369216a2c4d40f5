"""Why not, in words: what is told of each refusal and each fault.

Nothing of our insides is told: an unexpected fault gets a reference, which is also in the log, and nothing else.
"""

import asyncio
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from http import HTTPStatus

import asyncpg
import jinja2
from litestar.exceptions import HTTPException, ValidationException

from safeguard import errors
from safeguard.errors import DomainError, FieldError
from safeguard.web import logs
from safeguard.web.bodies import NUL
from safeguard.web.exchange import Exchange

UNREACHABLE: tuple[type[BaseException], ...] = (
    OSError,
    asyncio.TimeoutError,
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,
    asyncpg.InsufficientResourcesError,
)
"""What it looks like when the database, the disk or another part is not there."""

IN_THE_WAY = (asyncpg.DeadlockDetectedError, asyncpg.SerializationError, asyncpg.LockNotAvailableError)
THROUGH_GLASS = "_not_through_glass"
"""How the policies are called that refuse to write what is read in an emergency (migrations/sql/25_restricting.sql)."""
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
    first: str | None = None
    """Where that is which was sent before this."""


def refusal_of(fault: BaseException, served: Exchange) -> Refusal:
    """What is told of `fault`."""
    match fault:
        case DomainError():
            return _of_domain(fault)
        case ValidationException():
            return _of_validation(fault)
        case HTTPException():
            return _of_status(fault)
        case _ if isinstance(fault, NOT_TEXT):
            return _of_domain(errors.BadRequest(NUL))
        case asyncpg.InsufficientPrivilegeError() if THROUGH_GLASS in str(fault):
            return _of_domain(errors.OnlyRead())
        case _ if isinstance(fault, IN_THE_WAY):
            return _of_domain(errors.Conflict())
        case _:
            return _of_fault(fault, served)


def _of_fault(fault: BaseException, served: Exchange) -> Refusal:
    """What nobody meant to happen: told by a reference that is in the log."""
    reference = logs.fault(served, fault)
    if _is_unreachable(fault):
        unsure = errors.Unavailable(UNSURE if served.fields.typed() else None)
        return _of_domain(unsure, reference)
    return Refusal(500, "fault", "Sorry, something went wrong", "This is our fault, not yours.", reference=reference)


def _is_unreachable(fault: BaseException) -> bool:
    """Whether a part did not answer. The driver says "is closed" in the error by which it also reports our mistakes."""
    if isinstance(fault, asyncpg.InterfaceError):
        return "closed" in str(fault)
    return isinstance(fault, UNREACHABLE) and not isinstance(fault, jinja2.TemplateError)  # which is an OSError too


def _of_domain(fault: DomainError, reference: str | None = None) -> Refusal:
    headers: dict[str, str] = {}
    if isinstance(fault, errors.TooManyRequests):
        headers["Retry-After"] = str(fault.retry_after)
    if isinstance(fault, errors.SignInRequired):
        headers["WWW-Authenticate"] = 'Bearer realm="Safeguard"'
    if isinstance(fault, errors.OutOfScope):  # RFC 6750 §3.1
        wanted = f', scope="{" ".join(fault.scopes)}"' if fault.scopes else ""
        headers["WWW-Authenticate"] = f'Bearer realm="Safeguard", error="insufficient_scope"{wanted}'
    wrong = fault.errors if isinstance(fault, errors.Invalid) else ()
    first = fault.first if isinstance(fault, errors.SentAlready) else None
    return Refusal(fault.status, fault.code, fault.title, fault.detail, wrong, headers, reference, first)


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


TO_PROGRAMS: dict[str, str] = {
    errors.BadRequest.sentence: "The request cannot be read. Check it against /api/openapi.json.",
    errors.Forbidden.sentence: "This token's role does not allow this.",
    errors.NotFound.sentence: "There is nothing at this address that this token may see.",
    errors.Conflict.sentence: "The object has changed meanwhile. Read it again, then decide.",
    errors.Gone.sentence: "This is no longer available.",
    errors.TooLarge.sentence: "The request is larger than this address takes.",
    errors.Invalid.sentence: "Some fields cannot be taken as they are: see errors.",
    errors.TooManyRequests.sentence: "Too many requests. Try again after the time in Retry-After.",
    errors.Unavailable.sentence: "Part of the service is not available. Try again in a minute.",
    UNSURE: "Part of the service did not answer, so this may or may not have been done. Send it again in a minute, "
    "with the same Idempotency-Key: it is not done twice.",
}
"""Sentences made for people before a page -> what a program's author reads. The others say the same to both."""


def in_api_words(detail: str) -> str:
    """The sentence without forms, pages and start pages, of which a program has none."""
    return TO_PROGRAMS.get(detail, detail)


NAMED = re.compile(r"Object (missing required|contains unknown) field `([^`]+)`")
WITHIN = re.compile(r"\[(\d+)\]")
"""An item's place as the decoder writes it; the domain's own refusals say `people.0.name`, so these do too."""
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
    key = WITHIN.sub(r".\1", key)
    within = "" if key == BODY else f"{key}."
    if named := NAMED.fullmatch(message):
        missing = named[1] == "missing required"
        return FieldError(within + named[2], "This has to be given." if missing else "There is no such field.")
    return FieldError(GIVEN_AS.get(key, key), _plain(message))


GIVEN_AS = {"which": "state"}
"""Parameters that are called otherwise inside: the framework keeps `state` for itself."""
NOT_ONE_OF = re.compile(r"Invalid enum value (.+?)(?: - at .*)?")
EXPECTED = re.compile(r"Expected `([^`]+)`, got `([^`]+)`(?: - at .*)?")
KINDS = {
    "str": "text", "int": "a whole number", "float": "a number", "bool": "true or false", "array": "a list",
    "object": "an object", "null": "null",
}  # fmt: skip
TOLD_PLAINLY = {
    "Invalid UUID": "This is not an identifier as we give them.",
    "Invalid RFC3339 encoded datetime": "Give a time with its offset from UTC, such as 2026-01-12T13:30:00Z.",
    "Invalid RFC3339 encoded date": "Give a date such as 2026-01-12.",
}


def _plain(message: str) -> str:
    """What the decoder says, for somebody who does not know the decoder."""
    if told := next((told for said, told in TOLD_PLAINLY.items() if message.startswith(said)), None):
        return told
    if found := NOT_ONE_OF.fullmatch(message):
        chosen = found[1].strip("'\"")
        return f"“{chosen[:40]}” is not one of the values that /api/openapi.json lists for this."
    if found := EXPECTED.fullmatch(message):
        wanted = " or ".join(KINDS.get(kind, kind) for kind in found[1].split(" | "))
        return f"Give {wanted} here, not {KINDS.get(found[2], found[2])}."
    return message
