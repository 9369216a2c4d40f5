"""Taking one file, piece by piece: looked at, sealed and stored while it comes in, never whole in memory or on a disk.

A route that takes a file names who receives it: `@post(..., receives=RECEPTION)`. Before the first byte of the file is
read this guard asks, in a transaction of its own, who sends it, whether they may, and what the reception says to the
fields that stand before the file. The transaction that the handler then works in begins when the file is there: a slow
telephone holds no connection to the database.

What is refused is not stored. The handler marks what it recorded as `kept`; everything else is taken away again, and
if even that fails, the key of the object was written nowhere, so what is left is noise.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, Final, Protocol

from litestar import Request
from litestar.connection import ASGIConnection
from litestar.exceptions import ClientException
from litestar.handlers import BaseRouteHandler
from multipart import MultipartError, MultipartSegment, PushMultipartParser

from safeguard import clock, work
from safeguard.access.policy import Permission
from safeguard.errors import BadRequest, DomainError, Forbidden, SignInRequired, TooManyRequests
from safeguard.keys.wrapping import Key
from safeguard.strongbox import objects
from safeguard.web import bodies, cookies, csrf, exchange, guarding, origins, proving, surroundings
from safeguard.web.exchange import Exchange
from safeguard.web.fields import CSRF, Fields
from safeguard.web.viewing import viewer_of
from safeguard.work import Work

MOST_IN_FIELDS: Final = 65_536
MOST_FIELDS: Final = 40
LONGEST_NAME: Final = 200
WAIT: Final = 30.0
"""Seconds without a byte, after which a sender is given up."""
LONGEST: Final = 900.0
"""Seconds that one file may take."""
AT_ONCE: Final = 8
"""Files that one process takes in at the same time; each holds a few megabytes of memory."""
BUSY: Final = "Several files are being taken in at this moment. Nothing of yours was kept: send it again in a minute."
ONE_FILE: Final = "Send one file at a time: each is attested, checked and recorded by itself."
BROKEN: Final = "The file did not arrive whole, so nothing of it was kept. Send it again."
EMPTY: Final = "Choose the file. An empty one cannot be attached."


class Refused(Exception):
    """The file is not taken, with the sentence that says why. Nothing of it is stored."""


class Inspection(Protocol):
    """Looks at a file while it comes in."""

    @property
    def most(self) -> int:
        """The most bytes that it may have."""
        ...

    def see(self, piece: bytes) -> None:
        """Look at the next piece; raises `Refused`."""
        ...

    def end(self) -> str:
        """The media type of what was seen, by its content; raises `Refused`."""
        ...


class Reception(Protocol):
    """What a room says to a file before it comes."""

    async def admit(self, unit: Work, path: Mapping[str, Any], fields: Fields, name: str) -> Inspection | None:
        """Who looks at the file of that name; None when the fields need another look first: it is not even read.

        Raises a `DomainError` when nothing may be sent to this address at all.
        """
        ...


@dataclass(slots=True)
class Upload:
    """A file that came in, or why it was not kept."""

    name: str = ""
    problem: str = ""
    media_type: str = ""
    size: int = 0
    sha256: bytes = b""
    object_name: str = ""
    key: Key | None = field(default=None, repr=False)
    kept: bool = False
    """Set by whoever recorded it."""

    async def discard(self) -> None:
        """Take the stored bytes away again."""
        if self.object_name and self.key:
            await objects.erase(objects.current(), self.object_name)


_taking = 0


async def guard(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
    """Runs for every route, after `guarding.guard`; does something for those that take a file."""
    global _taking  # noqa: PLW0603  what one process takes in at once
    reception: Reception | None = handler.opt.get("receives")
    if reception is None or not isinstance(connection, Request):
        return
    served = exchange.current()
    _check_origin(connection, served)
    if connection.content_type[0] != bodies.MULTIPART or not connection.content_type[1].get("boundary"):
        await _receive_none(connection, served, reception)
        return
    if _taking >= AT_ONCE:
        raise TooManyRequests(BUSY)
    _taking += 1
    incoming = _Incoming(connection, served)
    try:
        await _receive(connection, served, incoming, reception)
    except DomainError:
        await incoming.drain()
        raise
    finally:
        _taking -= 1


async def _receive_none(request: Request[Any, Any, Any], served: Exchange, reception: Reception) -> None:
    """A form that cannot hold a file: whoever may not send one hears that first."""
    body = await bodies.read_body(request.receive, bodies.LIMIT)
    if not served.is_api:
        served.fields = await bodies.read_form(request, body)
        _read_token(request, served)
    await _admit(request, served, reception, "")
    if served.is_api:
        raise bodies.UnsupportedForm("Send this as multipart/form-data, with the fields before the file.")
    served.upload = Upload()


async def _receive(
    request: Request[Any, Any, Any], served: Exchange, incoming: "_Incoming", reception: Reception
) -> None:
    await incoming.read_fields()
    served.fields = incoming.fields
    _read_token(request, served)
    inspection = await _admit(request, served, reception, incoming.name)
    served.upload = await _store(incoming, inspection) if inspection else Upload(incoming.name)
    await incoming.drain()
    # What names this request when it is sent twice: the file is part of it.
    told = (("file", f"{incoming.name} {served.upload.sha256.hex()}"),)
    served.fields = Fields.of((*incoming.fields.pairs, *told))
    served.body = repr(served.fields.sent()).encode()


def _read_token(request: Request[Any, Any, Any], served: Exchange) -> None:
    served.token = csrf.read(served.fields.get(CSRF) or request.headers.get(csrf.HEADER, ""))


def _check_origin(request: Request[Any, Any, Any], served: Exchange) -> None:
    if served.is_api:
        if guarding.bearer(request) is None:
            raise SignInRequired("Send a token: Authorization: Bearer …")
    elif origins.is_foreign(request.headers, served.base, surroundings.current().public_url):
        raise guarding.Foreign


async def _admit(
    request: Request[Any, Any, Any], served: Exchange, reception: Reception, name: str
) -> Inspection | None:
    token = guarding.bearer(request) if served.is_api else None
    if token is not None:
        entering = work.enter_token(cookies.hash_of(token), served.request_id)
    elif served.session_hash is not None:
        entering = work.enter_session(served.session_hash, served.request_id)
    else:
        raise SignInRequired
    async with entering as (unit, row):
        served.viewer = viewer_of(unit.actor, row)
        if not served.is_api:
            guarding.check_session(served)
        needed = request.route_handler.opt["permission"]
        if not isinstance(needed, Permission):
            raise Forbidden
        unit.require(needed)
        proving.check(request.route_handler.opt, served, unit)
        return await reception.admit(unit, request.path_params, served.fields, name)


async def _store(incoming: "_Incoming", inspection: Inspection) -> Upload:
    """Seal and store the file while it is looked at."""
    upload = Upload(incoming.name)
    key, name = Key(clock.System().random_bytes(32)), f"files/{clock.System().random_bytes(16).hex()}"
    try:
        await objects.put(objects.current(), name, key, _inspected(incoming, inspection, upload))
    except Refused as refusal:
        return Upload(incoming.name, problem=str(refusal))
    upload.object_name, upload.key = name, key
    return upload


async def _inspected(incoming: "_Incoming", inspection: Inspection, upload: Upload) -> AsyncIterator[bytes]:
    digest = sha256()
    async for piece in incoming.file():
        upload.size += len(piece)
        if upload.size > inspection.most:
            raise Refused(f"This file is larger than {inspection.most // 1_000_000} MB, which is the most here.")
        inspection.see(piece)
        digest.update(piece)
        yield piece
    if not upload.size:
        raise Refused(EMPTY)
    upload.media_type, upload.sha256 = inspection.end(), digest.digest()


class _Incoming:
    """A multipart body as it comes: the fields before the file, then the file."""

    def __init__(self, request: Request[Any, Any, Any], served: Exchange) -> None:
        boundary = request.content_type[1]["boundary"]
        self._parser = PushMultipartParser(boundary, max_segment_count=MOST_FIELDS, strict=True)
        self._receive = request.receive
        self._served = served
        self._more = True
        self._read = 0
        self._begun = asyncio.get_running_loop().time()
        self._waiting: list[MultipartSegment | bytes | None] = []
        self._pairs: list[tuple[str, str]] = []
        self._at_file = False
        self.name = ""

    @property
    def fields(self) -> Fields:
        """The fields that have come so far."""
        return Fields.of(self._pairs)

    async def read_fields(self) -> None:
        """Up to the file, or to the end when there is none."""
        async for event in self._events():
            if isinstance(event, MultipartSegment):
                if event.filename is not None:
                    self.name, self._at_file = _tidy_name(event.filename), True
                    return
                await self._field(event.name or "")

    async def file(self) -> AsyncIterator[bytes]:
        """The pieces of the file; then whatever stands behind it is read to its end."""
        if self._at_file:
            async for event in self._events():
                if event is None:
                    break
                if isinstance(event, bytes):
                    yield event
        async for event in self._events():
            if isinstance(event, MultipartSegment):
                if event.filename:
                    raise Refused(ONE_FILE)
                await self._field(event.name or "")

    async def drain(self) -> None:
        """Read on for a while, so that the answer is not lost behind a body that nobody takes."""
        limit = self._read + bodies.READ_ON
        while self._more and self._read < limit:
            try:
                await self._next()
            except (ClientException, TimeoutError):
                return

    async def _field(self, name: str) -> None:
        held = bytearray()
        async for event in self._events():
            if event is None:
                break
            held += event if isinstance(event, bytes) else b""
            if len(held) + sum(len(value) for _, value in self._pairs) > MOST_IN_FIELDS:
                raise BadRequest(bodies.TOO_MANY)
        try:
            text = held.decode()
        except UnicodeDecodeError as fault:
            raise BadRequest(bodies.BROKEN) from fault
        if "\0" in text or "\0" in name:
            raise BadRequest(bodies.NUL)
        self._pairs.append((name, text))

    async def _events(self) -> AsyncIterator[MultipartSegment | bytes | None]:
        while True:
            while self._waiting:
                yield self._waiting.pop(0)
            if not self._more:
                return
            data = await self._next()
            try:
                self._waiting = [_event(one) for one in self._parser.parse(data)] if data else []
                if not self._more:
                    self._parser.close()
            except MultipartError as fault:
                raise BadRequest(BROKEN) from fault

    async def _next(self) -> bytes:
        """The next bytes; whoever sends none for a while is given up, and so is whoever takes for ever."""
        loop = asyncio.get_running_loop()
        if self._served.patience is not None and loop.time() - self._begun < LONGEST:
            self._served.patience.reschedule(loop.time() + WAIT)
        message = await self._receive()
        if message["type"] != "http.request":
            raise ClientException("the caller went away")
        self._more = message.get("more_body", False)
        self._read += len(message["body"])
        return message["body"]


def _event(found: Any) -> MultipartSegment | bytes | None:
    return found if found is None or isinstance(found, MultipartSegment) else bytes(found)


def _tidy_name(name: str) -> str:
    """What the file is called, without the folders that some browsers send along, and nothing that is not seen."""
    last = name.replace("\\", "/").rpartition("/")[2]
    return "".join(letter for letter in last if letter.isprintable()).strip()[:LONGEST_NAME]
