"""Who is at the console: a session of its own, in a cookie of its own, looked up by the database at each request.

One transaction for one request, as the role `safeguard_operator`: it is committed when the answer is made, and undone
when that says no.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

import asyncpg
from litestar import Request
from litestar.connection import ASGIConnection
from litestar.datastructures import Cookie
from litestar.handlers import BaseRouteHandler

from safeguard.database import pool
from safeguard.errors import SignInRequired, TooLarge
from safeguard.web import bodies, cookies, counting, csrf, exchange, origins, surroundings
from safeguard.web.cookies import hash_of
from safeguard.web.exchange import Exchange
from safeguard.web.fields import CSRF
from safeguard.web.guarding import SAFE, Foreign, StaleForm
from safeguard.web.limits import BY_ACCOUNT

COOKIE: Final = "__Host-console"
NOBODY: Final = "SG101"
STALE: Final = "SG102"
"""What the database says of a session that ended, and of a second factor shown too long ago."""
ENTER: Final = "select * from console.enter($1)"
PROVE: Final = "select console.prove($1, $2, $3)"


@dataclass(slots=True)
class Visit:
    """An operator at work, in the transaction of one request."""

    driver: pool.Connection = field(repr=False)
    hash: bytes = field(repr=False)
    id: UUID
    name: str
    email: str
    sealed: bytes = field(repr=False)
    """The secret of their app, as it is kept."""
    is_fresh: bool
    """Whether their second factor was shown within five minutes."""
    renewed: str | None = None
    """The session's new secret, when the factor was shown in this request."""


async def guard(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
    """As in the service: refuse what comes from elsewhere, read the form, and take it from a page of ours alone."""
    served = exchange.current()
    served.route = str(connection.scope.get("path_template") or "")
    served.visitor = connection.cookies.get(cookies.VISITOR) or None
    if token := connection.cookies.get(COOKIE):
        served.session_hash = hash_of(token)
    counting.count(BY_ACCOUNT, served.session_hash)
    if served.method in SAFE or not isinstance(connection, Request):
        return
    if origins.is_foreign(connection.headers, served.base, surroundings.current().public_url):
        raise Foreign
    await _read(connection, served)


async def _read(request: Request[Any, Any, Any], served: Exchange) -> None:
    served.body = await bodies.read_body(request.receive, bodies.LIMIT)
    if len(served.body) > bodies.LIMIT:
        raise TooLarge(bodies.TOO_LARGE)
    served.fields = await bodies.read_form(request, served.body)
    served.token = csrf.read(served.fields.get(CSRF))
    owners = (served.session_hash, served.visitor.encode() if served.visitor else None)
    if not served.token or not any(served.token.is_for(owner) for owner in owners):
        raise StaleForm


async def provide_visit() -> AsyncIterator[Visit]:
    """Litestar's dependency `visit`; raises `SignInRequired`."""
    served = exchange.current()
    if served.session_hash is None:
        raise SignInRequired
    async with pool.current().connection() as connection:
        yield await _entered(connection, served.session_hash)
        if (served.answer.status if served.answer else 200) < 400:
            await connection.execute(pool.COMMIT)


async def _entered(connection: pool.Connection, session: bytes) -> Visit:
    try:
        row = await connection.fetchrow(ENTER, session)
    except asyncpg.PostgresError as refusal:
        if getattr(refusal, "sqlstate", None) != NOBODY:
            raise
        raise SignInRequired from refusal
    assert row is not None  # noqa: S101  the function gives a row or refuses
    return Visit(connection, session, row["id"], row["name"], row["email"], row["sealed"], row["is_fresh"])


async def provide_pool() -> AsyncIterator[pool.Connection]:
    """Litestar's dependency `connection`, for the pages before anybody is anybody."""
    async with pool.current().connection() as connection:
        yield connection
        await connection.execute(pool.COMMIT)


def cookie(token: str) -> Cookie:
    """The session's cookie: on this host, out of scripts, and of another name than the service's own."""
    return Cookie(key=COOKIE, value=token, path="/", secure=True, httponly=True, samesite="strict")


def no_cookie() -> Cookie:
    """What takes it away."""
    return Cookie(key=COOKIE, value="", path="/", secure=True, httponly=True, samesite="strict", max_age=0)
