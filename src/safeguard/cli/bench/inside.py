"""One request to the application inside this process, to hear what it says to the database."""

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable
from contextlib import redirect_stdout
from typing import Any, TypeAlias

from safeguard import app as application
from safeguard import settings
from safeguard.cli.bench.capturing import Capture, Statement
from safeguard.cli.bench.scratch import Scratch
from safeguard.database import pool

Served: TypeAlias = Callable[[Any, Any, Any], Awaitable[None]]
Headers: TypeAlias = dict[str, str] | Callable[[], dict[str, str]]


def nothing() -> bytes:
    """The body of a GET."""
    return b""


def statements_of(
    scratch: Scratch, method: str, path: str, headers: Headers, body: Callable[[], bytes] = nothing
) -> list[Statement]:
    """What the second of two such requests says to the database; the first looks types up and prepares.

    Headers that must differ from one request to the next are given as what makes them.
    """
    with redirect_stdout(sys.stderr):  # the application's log: what is printed is the figures alone
        return asyncio.run(_statements_of(scratch, method, path, headers, body))


async def _statements_of(
    scratch: Scratch, method: str, path: str, headers: Headers, body: Callable[[], bytes]
) -> list[Statement]:
    place = settings.load(os.environ | scratch.environ)
    app = application.create_app(place)
    capture = Capture()
    async with app.lifespan():
        capture.attach(pool.current())
        await pool.current().forget()  # the connection that start-up opened has no listener
        await _ask(app, method, path, headers() if callable(headers) else headers, body())
        capture.listening = True
        status = await _ask(app, method, path, headers() if callable(headers) else headers, body())
    if status >= 400:
        raise RuntimeError(f"{method} {path} answered {status}")
    return capture.statements


async def _ask(app: Served, method: str, path: str, headers: dict[str, str], body: bytes) -> int:
    """ASGI 3.0, as a server would speak it."""
    statuses: list[int] = []
    plain, _, query = path.partition("?")
    scope: dict[str, Any] = {
        "type": "http", "asgi": {"version": "3.0", "spec_version": "2.3"}, "http_version": "1.1", "method": method,
        "scheme": "http", "path": plain, "raw_path": plain.encode(), "query_string": query.encode(), "root_path": "",
        "headers": [(name.lower().encode(), value.encode()) for name, value in headers.items()]
        + [(b"host", b"localhost"), (b"content-length", str(len(body)).encode())],
        "client": ("127.0.0.1", 1), "server": ("localhost", 80), "state": {},
    }  # fmt: skip

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            statuses.append(message["status"])

    await app(scope, receive, send)
    return statuses[0]
