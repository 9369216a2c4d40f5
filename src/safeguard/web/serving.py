"""The outermost layer: every request passes here, also those that no route answers.

Limits of time, address and headers; the security headers; one log line and one measurement; HEAD as a GET without
its body. A layer of our own around Litestar instead of its middleware, which only runs once a route was found.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any, TypeAlias

from litestar import Litestar
from litestar.types import HTTPScope, Message, Receive, Scope, Send

from safeguard.errors import DomainError, Unavailable
from safeguard.web import cookies, counting, exchange, guarding, headers, logs, metrics, refusing, surroundings
from safeguard.web.exchange import Exchange
from safeguard.web.explaining import refusal_of
from safeguard.web.limits import (
    BY_ADDRESS,
    BY_VISITOR,
    LARGEST_HEADERS,
    LONGEST_TARGET,
    NEWCOMERS,
    TIME_LIMIT,
    VISITORS,
)

PUBLIC_PAGE = refusing.PUBLIC_PAGE
QUIET = ("/health/", "/assets/")
"""Answered without a log line: asked every few seconds, and telling nothing."""

App: TypeAlias = Callable[[Any, Any, Any], Awaitable[None]]


class TooLong(DomainError):
    """The address is longer than any of ours."""

    status = 414
    code = "address-too-long"
    title = "The address is too long"
    sentence = "The address is longer than any page of ours has. If you followed a link, copy it again."


class HeadersTooLarge(DomainError):
    """The browser sends more along than we read."""

    status = 431
    code = "headers-too-large"
    title = "Your browser sends too much along"
    sentence = "The headers of this request are too large. Deleting this site's cookies usually helps."


TOO_SLOW = "This took too long, so it was stopped and nothing was kept. Try again in a minute."


class Service(Litestar):
    """Litestar inside the outermost layer."""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """One ASGI connection."""
        if scope["type"] == "http":
            scope["litestar_app"] = self
            await serve(super().__call__, scope, receive, send)
        elif scope["type"] == "lifespan":
            await super().__call__(scope, receive, send)
        else:
            await send({"type": "websocket.close", "code": 1008})


async def serve(app: App, scope: HTTPScope, receive: Receive, send: Send) -> None:
    """Answer one request, whatever happens."""
    served = begin(scope)
    sending = _Sending(served, send, bodiless=scope["method"] == "HEAD")
    started = time.perf_counter()
    if sending.bodiless:
        scope = {**scope, "method": "GET"}  # a copy: the server looks at its own to know that no body follows
        served.method = "GET"
    with exchange.serving(served), metrics.IN_FLIGHT.track_inprogress():
        await _within_limits(app, scope, receive, sending)
        if served.upload and not (served.upload.kept and sending.status < 400):
            await served.upload.discard()
    seconds = time.perf_counter() - started
    metrics.observe(served.method, served.route, sending.status, seconds)
    if not served.path.startswith(QUIET):
        logs.request_served(served, sending.status, seconds * 1000)


async def _within_limits(app: App, scope: HTTPScope, receive: Receive, sending: "_Sending") -> None:
    try:
        async with asyncio.timeout(TIME_LIMIT) as limit:
            sending.limit = sending.served.patience = limit
            _check(scope, sending.served)
            await app(scope, receive, sending)
    except TimeoutError:
        await sending.refuse(scope, Unavailable(TOO_SLOW))
    except Exception as fault:  # noqa: BLE001  the last one to catch it
        await sending.refuse(scope, fault)


def begin(scope: HTTPScope) -> Exchange:
    """What is known from the request line and the headers."""
    sent = {name: value.decode("latin-1") for name, value in scope["headers"]}
    client = scope.get("client")
    caller = client[0] if client else ""
    scheme = scope["scheme"]
    if caller and caller == surroundings.current().trusted_proxy:
        caller = sent.get(b"x-forwarded-for", caller).rsplit(",", 1)[-1].strip()
        scheme = sent.get(b"x-forwarded-proto", scheme)
    return Exchange(
        method=scope["method"],
        path=scope["path"],
        query=scope["query_string"].decode("latin-1"),
        client=caller,
        base=f"{scheme}://{sent.get(b'host', '')}",
    )


def _check(scope: HTTPScope, served: Exchange) -> None:
    if len(scope.get("raw_path") or b"") + len(scope["query_string"]) > LONGEST_TARGET:
        raise TooLong
    if sum(len(name) + len(value) for name, value in scope["headers"]) > LARGEST_HEADERS:
        raise HeadersTooLarge
    guarding.check_target(served)
    if served.path.startswith(PUBLIC_PAGE):
        _count_visitor(scope, counting.address_of(served.client))
    elif not served.path.startswith(QUIET):
        counting.count(BY_ADDRESS, counting.address_of(served.client))


def _count_visitor(scope: HTTPScope, address: bytes | None) -> None:
    """Of the public page: a browser for itself, and for its address only far above what a school sends."""
    header = next((value for name, value in scope["headers"] if name == b"cookie"), b"")
    visitor = cookies.visitor_in(header.decode("latin-1"))
    if visitor and cookies.is_ours(visitor):
        counting.count(BY_VISITOR, visitor.encode())
        counting.count(VISITORS, address)
    else:
        counting.count(NEWCOMERS, address)


class _Sending:
    """The way out: adds the headers, notes the status, drops the body of a HEAD."""

    def __init__(self, served: Exchange, send: Send, *, bodiless: bool) -> None:
        self.served = served
        self.bodiless = bodiless
        self.status = 0
        self.limit: asyncio.Timeout | None = None
        self._send = send

    async def __call__(self, message: Message) -> None:
        """Pass a message on."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers.add(message, self.served.path)
            if self.limit:
                self.limit.reschedule(None)  # it has begun
        elif message["type"] == "http.response.body" and self.bodiless:
            message["body"] = b""
        await self._send(message)

    async def refuse(self, scope: Scope, fault: Exception) -> None:
        """Answer with a refusal, unless an answer has begun: then the connection just ends."""
        if self.status:
            logs.fault(self.served, fault)
            return
        self.limit = None
        request = scope["litestar_app"].request_class(scope)
        response = refusing.answer(request, self.served, refusal_of(fault, self.served))
        await response.to_asgi_response(app=None, request=request)(scope, _nothing, self)


async def _nothing() -> Any:
    return {"type": "http.disconnect"}
