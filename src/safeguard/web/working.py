"""The one transaction of a request: opened with the session, checked, used, committed before bytes leave.

Litestar renders the answer inside this dependency and sends it after: when the handler, the template or the commit
fails, the answer is an error and there are no rows. An answer of 400 or above keeps nothing either.
"""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, suppress
from dataclasses import replace
from typing import Any
from uuid import UUID

import asyncpg
from litestar import Request
from litestar.connection import ASGIConnection
from litestar.exceptions import NotFoundException
from litestar.response import Response
from litestar.types import Scope

from safeguard import work
from safeguard.errors import DomainError, Forbidden, SignInRequired
from safeguard.web import cookies, counting, drafting, exchange, guarding, idempotency, proving, surroundings
from safeguard.web.cookies import hash_of
from safeguard.web.exchange import Answer, Exchange
from safeguard.web.guarding import SAFE
from safeguard.web.limits import BY_ORGANISATION
from safeguard.web.pages import wants_fragment
from safeguard.web.viewing import viewer_of
from safeguard.work import Work


class _Undone(Exception):
    """Leaves the transaction without keeping it, for an answer that is already made."""


async def provide_work(request: Request[Any, Any, Any]) -> AsyncIterator[Work]:
    """The unit of work of whoever asks, if they may; Litestar's dependency `work`."""
    served = exchange.current()
    try:
        async with _entered(request, served) as (unit, row):
            served.viewer = viewer_of(unit.actor, row)
            _check(request, served, unit)
            await _count_undecided(request, served, unit)
            await drafting.begin(unit, served)
            try:
                yield unit
            except DomainError as refusal:
                if served.once and not isinstance(refusal, Forbidden):
                    await idempotency.replay(unit, served.once)
                raise
            await _settle(unit, served)
    except _Undone:
        return


async def recognise(fault: Exception, scope: Scope) -> None:
    """Litestar's `after_exception`: of an address that no route answers, who asked; the page then keeps their menu.

    Whatever is wrong with their session, they are answered as a stranger is.
    """
    served = exchange.current()
    if not isinstance(fault, NotFoundException) or served.viewer or served.is_api or served.method not in SAFE:
        return
    token = ASGIConnection[Any, Any, Any, Any](scope).cookies.get(cookies.SESSION)
    if not token or served.route:
        return
    with suppress(DomainError, OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
        async with work.enter_session(hash_of(token), served.request_id) as (unit, row):
            served.session_hash, served.viewer = hash_of(token), viewer_of(unit.actor, row)


def _entered(request: Request[Any, Any, Any], served: Exchange) -> AbstractAsyncContextManager[tuple[Work, Any]]:
    if served.is_api:
        if (token := guarding.bearer(request)) is None:
            raise SignInRequired("Send a token: Authorization: Bearer …")
        if served.is_scim:
            return work.enter_provisioning(hash_of(token), served.request_id)
        return work.enter_token(hash_of(token), served.request_id)
    if served.session_hash is None:
        raise SignInRequired
    return work.enter_session(served.session_hash, served.request_id)


def _check(request: Request[Any, Any, Any], served: Exchange, unit: Work) -> None:
    """Refuse a form of another session and a person without the permission; name an unsafe request."""
    counting.count(BY_ORGANISATION, unit.organisation_id.bytes)
    unsafe = served.method not in SAFE
    if unsafe and not served.is_api:
        guarding.check_session(served)
    proving.check(request.route_handler.opt, served, unit)
    if unsafe:
        served.default_status = request.route_handler.status_code
        served.once = idempotency.once_of(request, served)


async def _count_undecided(request: Request[Any, Any, Any], served: Exchange, unit: Work) -> None:
    """For the top of every page: how much waits for whoever asks to agree to; no part of a page shows it."""
    undecided = surroundings.current().undecided
    shows_top = served.method in SAFE and not served.is_api and not wants_fragment(request)
    if served.viewer and undecided and shows_top:
        served.viewer = replace(served.viewer, to_decide=await undecided(unit))


async def _settle(unit: Work, served: Exchange) -> None:
    """Before the commit: whether this is kept at all, and whether it was done before."""
    answer = served.answer or Answer(200)
    if answer.status < 400:
        await drafting.end(unit, served, answer)
        if served.once and (answer.location or served.once.is_api):  # a form that leads nowhere has changed nothing
            await idempotency.keep(unit, served.once, answer)
            if begun := idempotency.begun_as(served):
                await idempotency.keep(unit, begun, answer)
        return
    if served.once:
        await idempotency.replay(unit, served.once)
    raise _Undone


async def note_answer(response: Response[Any]) -> Response[Any]:
    """Litestar's `after_request`: remember what is about to be sent, while the transaction is still open."""
    served = exchange.current()
    location = getattr(response, "url", None) or response.headers.get("Location")
    served.answer = Answer(response.status_code or served.default_status, location)
    if served.once and served.once.is_api:
        made = getattr(response.content, "id", None)
        served.answer.object_id = made if isinstance(made, UUID) else None
    return response
