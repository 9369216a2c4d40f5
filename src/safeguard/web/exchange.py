"""One request while it lasts: what is known of it, for whoever serves it further down.

A context variable rather than an argument: Litestar calls guards, dependencies, templates and exception handlers by
different ways, and all of them ask the same few questions.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from safeguard import clock
from safeguard.web.csrf import Token
from safeguard.web.fields import Fields
from safeguard.web.viewing import Viewer


@dataclass(slots=True)
class Answer:
    """What a handler is about to send: noted so that doing the same again can be answered the same."""

    status: int
    location: str | None = None
    object_id: UUID | None = None
    """What was made, when the answer to a program says so."""


@dataclass(frozen=True, slots=True)
class Once:
    """What names a request that is to be done once."""

    route: str
    key: str
    body_hash: bytes
    is_api: bool


@dataclass(frozen=True, slots=True)
class Draft:
    """What a page needs to know of a draft."""

    id: str
    version: int
    saved_at: datetime | None = None
    fields: Fields | None = None
    """What stood in it, for a page that is opened with it."""


@dataclass(slots=True)
class Exchange:
    """A request, and what came of it."""

    request_id: UUID = field(default_factory=clock.new_request_id)
    method: str = "GET"
    path: str = "/"
    query: str = ""
    client: str = ""
    """Who called, as far as the configured proxy can be believed."""
    base: str = ""
    """`https://host` as the browser sees it."""
    route: str = ""
    """The template of the route, for logs and metrics: never the path itself."""
    fields: Fields = field(default_factory=Fields)
    body: bytes = b""
    token: Token | None = None
    """The CSRF token that came, when it is one of ours."""
    session_hash: bytes | None = None
    visitor: str | None = None
    """The pre-session cookie of a public form; made while rendering when there was none."""
    new_visitor: bool = False
    viewer: Viewer | None = None
    draft: "Draft | None" = None
    """The draft that this page was opened with, or that its form is kept in."""
    default_status: int = 200
    """What the handler answers when its response says nothing else."""
    once: Once | None = None
    """What names this request, when it is to be done once."""
    answer: Answer | None = None
    upload: Any = None
    """The file that came with it (`uploading.Upload`), on routes that take one."""
    patience: asyncio.Timeout | None = None
    """The limit of time until an answer must begin: a file that keeps coming moves it on."""

    @property
    def is_api(self) -> bool:
        """Whether a program called, which gets problem+json and never a page.

        By the route that was found, for more than one path leads to it (`//api/v1/...`); by the path where none was.
        """
        return (self.route or self.path).startswith(("/api/", "/scim/"))

    @property
    def is_scim(self) -> bool:
        """Whether an organisation's directory called, which speaks SCIM (RFC 7644) and has a token of its own kind."""
        return (self.route or self.path).startswith("/scim/")

    @property
    def reference(self) -> str:
        """What an error page shows and the log holds: eight digits of the request's id."""
        digits = self.request_id.hex[-8:].upper()
        return f"{digits[:4]}-{digits[4:]}"


_current: ContextVar[Exchange] = ContextVar("exchange")


def current() -> Exchange:
    """The request being served; an empty one outside of any."""
    found = _current.get(None)
    return found if found is not None else Exchange()


@contextmanager
def serving(exchange: Exchange) -> Iterator[Exchange]:
    """Make `exchange` the current one inside the block."""
    token = _current.set(exchange)
    try:
        yield exchange
    finally:
        _current.reset(token)
