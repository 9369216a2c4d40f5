"""Reading what a request carries: never more than the limit, nothing that the database cannot hold, few fields.

What is refused is still kept as far as it can be read, so that the page which says no can give it back.
"""

from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import parse_qsl

import msgspec
from litestar import Request
from litestar.exceptions import ClientException
from litestar.types import HTTPReceiveMessage, Receive

from safeguard.errors import BadRequest, DomainError, TooLarge
from safeguard.web.fields import Fields
from safeguard.web.limits import LARGEST_BODY, LARGEST_LONG_FORM, MOST_FIELDS

LIMIT = LARGEST_BODY
READ_ON = LARGEST_LONG_FORM
"""Up to here a form that is too large is still read, to give back what was typed."""

URLENCODED = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data"

BROKEN = (
    "Part of what was sent is not readable text. If you pasted it from another program, paste it without formatting."
)
NUL = "The text holds a character that cannot be stored (a NUL, code 0). Remove it and send it again."
TOO_LARGE = "This is more than one megabyte of text. Shorten it, or record it in parts."
TOO_MANY = f"This form has more than {MOST_FIELDS} fields, which no page of ours has."
NO_FILES = "This page takes no files. Describe in words what they show."


class UnsupportedForm(DomainError):
    """A body of a media type that the route does not take."""

    status = 415
    code = "unsupported-media-type"
    title = "This cannot be read"
    sentence = "Send this as the page's form does, or as JSON to the API."


class Unreadable(Exception):
    """A form that is refused, with as much of it as could be read."""

    def __init__(self, refusal: DomainError, fields: Fields) -> None:
        super().__init__(refusal)
        self.refusal = refusal
        self.fields = fields


async def read_body(receive: Receive, limit: int, *, read_on: int = 0) -> bytes:
    """The body; raises `TooLarge` above `limit` (and stops reading above `read_on`)."""
    chunks: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientException("the caller went away")
        if message["type"] == "http.request":
            chunks.append(message["body"])
            size += len(message["body"])
            if size > max(limit, read_on):
                raise TooLarge(TOO_LARGE)
            if not message.get("more_body", False):
                return b"".join(chunks)


def replaying(body: bytes) -> Callable[[], Awaitable[HTTPReceiveMessage]]:
    """A `receive` that gives the body again, to whatever still wants to read it."""

    async def receive() -> HTTPReceiveMessage:
        return {"type": "http.request", "body": body, "more_body": False}

    return receive


async def read_form(request: Request[Any, Any, Any], body: bytes) -> Fields:
    """The fields of a form; raises `Unreadable`."""
    kind = request.content_type[0]
    if not body:
        return Fields()
    if kind == URLENCODED:
        return read_urlencoded(body)
    if kind == MULTIPART:
        return await _read_multipart(request, body)
    raise UnsupportedForm


def read_urlencoded(body: bytes) -> Fields:
    """The fields of a form as browsers send it by default; raises `Unreadable`."""
    if body.count(b"&") >= MOST_FIELDS:
        raise Unreadable(TooLarge(TOO_MANY), Fields())
    try:
        return _without_nul(parse_qsl(body.decode(), keep_blank_values=True, errors="strict"))
    except UnicodeDecodeError as fault:
        kept = parse_qsl(body.decode(errors="replace"), keep_blank_values=True, errors="replace")
        raise Unreadable(BadRequest(BROKEN), Fields.of(kept)) from fault


async def _read_multipart(request: Request[Any, Any, Any], body: bytes) -> Fields:
    boundary = request.content_type[1].get("boundary", "").encode()
    if not boundary or body.count(b"--" + boundary) > MOST_FIELDS + 1:
        raise Unreadable(TooLarge(TOO_MANY) if boundary else BadRequest(BROKEN), Fields())
    request.receive = replaying(body)
    try:
        pairs = list((await request.form()).items())
    except (ClientException, UnicodeDecodeError) as fault:
        raise Unreadable(BadRequest(BROKEN), Fields()) from fault
    if not all(isinstance(value, str) for _, value in pairs):
        raise Unreadable(BadRequest(NO_FILES), Fields.of(pair for pair in pairs if isinstance(pair[1], str)))
    return _without_nul(pairs)


def _without_nul(pairs: list[tuple[str, str]]) -> Fields:
    if any("\0" in name or "\0" in value for name, value in pairs):
        kept = Fields.of((name.replace("\0", ""), value.replace("\0", "")) for name, value in pairs)
        raise Unreadable(BadRequest(NUL), kept)
    return Fields.of(pairs)


def check_json(body: bytes) -> None:
    """Refuse a JSON body that is not JSON or holds what the database cannot; raises `BadRequest`."""
    try:
        value = msgspec.json.decode(body) if body else None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as fault:
        raise BadRequest("The body is not JSON in UTF-8. Check it and send it again.") from fault
    if b"\\u0000" in body and _holds_nul(value):
        raise BadRequest(NUL)


def _holds_nul(value: object) -> bool:
    waiting = [value]
    while waiting:
        match waiting.pop():
            case str(text):
                if "\0" in text:
                    return True
            case list(items):
                waiting.extend(items)
            case dict(members):
                waiting.extend(members.keys())
                waiting.extend(members.values())
            case _:
                pass
    return False
