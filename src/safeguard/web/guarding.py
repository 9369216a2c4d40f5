"""What is checked of every request before anything else looks at it: where it comes from, and what it carries.

Runs as a guard of the whole application, so no route can be without it. It needs no database: whose session it is,
and what they may do, is found out by `working`, in the transaction that the handler then uses.
"""

from collections.abc import Mapping
from typing import Any

from litestar import Request
from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler

from safeguard.access.policy import PUBLIC, TAKES_OUT
from safeguard.errors import BadRequest, DomainError, Forbidden, SignInRequired, TooLarge
from safeguard.web import bodies, cookies, counting, csrf, exchange, looping, origins, surroundings
from safeguard.web.bodies import UnsupportedForm
from safeguard.web.exchange import Exchange
from safeguard.web.fields import CSRF
from safeguard.web.limits import BY_ACCOUNT, HEAVY

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
JSON = frozenset({"application/json", "application/scim+json"})


NO_PAGE_OF_YOURS = "This form did not come from a page of yours, so nothing was changed."
ANOTHERS = "Another account is signed in in this browser now, and this form is not theirs, so nothing was changed."


class Foreign(Forbidden):
    """Another site asked for the change."""

    code = "foreign"
    sentence = "This was sent from another website, so nothing was changed. Open Safeguard itself and try there."


class StaleForm(Forbidden):
    """The form was made for another session, or by nobody we know."""

    code = "stale-form"
    title = "This page has been open for a while"
    sentence = "You have signed in again since this form was opened, so nothing was changed yet. Send it once more."


async def guard(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
    """Refuse what comes from elsewhere or cannot be read; note the rest in the exchange."""
    looping.refuse(connection.headers)
    served = exchange.current()
    served.route = str(connection.scope.get("path_template") or "")
    served.visitor = connection.cookies.get(cookies.VISITOR) or None
    if token := connection.cookies.get(cookies.SESSION):
        served.session_hash = cookies.hash_of(token)
    _count(connection, handler, served)
    if served.method in SAFE or not isinstance(connection, Request) or "receives" in handler.opt:
        return  # what takes a file reads its body piece by piece: see `uploading`
    if served.is_api:
        await _read_json(connection, served)
    else:
        await _read_form(connection, handler, served)


def _count(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler, served: Exchange) -> None:
    """Count it for the session or the token that came along, whatever it is worth."""
    token = bearer(connection) if served.is_api else None
    who = cookies.hash_of(token) if token else served.session_hash
    counting.count(BY_ACCOUNT, who, weight_of(handler.opt))


def weight_of(route: Mapping[str, Any]) -> int:
    """How many requests one counts as: an export is heavy, also where that is the second thing that the route takes."""
    return HEAVY if not TAKES_OUT.isdisjoint((route.get("permission"), route.get("also"))) else 1


async def _read_json(request: Request[Any, Any, Any], served: Exchange) -> None:
    """A program's body; who calls is asked first, so that a stranger's body is not even read."""
    if bearer(request) is None and request.route_handler.opt.get("permission") is not PUBLIC:
        raise SignInRequired("Send a token: Authorization: Bearer …")
    served.body = await bodies.read_body(request.receive, _limit(request))
    request.receive = bodies.replaying(served.body)
    if served.body and request.content_type[0] not in JSON:
        raise UnsupportedForm("Send the body as application/json.")
    bodies.check_json(served.body)


async def _read_form(request: Request[Any, Any, Any], handler: BaseRouteHandler, served: Exchange) -> None:
    if origins.is_foreign(request.headers, served.base, surroundings.current().public_url):
        raise Foreign
    limit = _limit(request)
    served.body = await bodies.read_body(request.receive, limit, read_on=bodies.READ_ON)
    request.receive = bodies.replaying(served.body)
    served.fields = await bodies.read_form(request, served.body)
    served.token = csrf.read(served.fields.get(CSRF) or request.headers.get(csrf.HEADER, ""))
    if len(served.body) > limit:
        raise TooLarge(bodies.TOO_LARGE)
    if handler.opt.get("permission") is PUBLIC:
        check_public(served)


def check_public(served: Exchange) -> None:
    """A public form must come from a page that this browser was shown."""
    visitor = served.visitor.encode() if served.visitor else None
    if not served.token or not (served.token.is_for(visitor) or served.token.is_for(served.session_hash)):
        raise StaleForm("This form was open for too long, or your browser takes no cookies. Send it again.")


def check_session(served: Exchange) -> None:
    """A form of somebody signed in must be of this session and this organisation."""
    viewer = served.viewer
    if viewer is None or served.token is None or served.token.user_id != viewer.actor.user_id:
        sentence = ANOTHERS if viewer and served.token else NO_PAGE_OF_YOURS
        served.token = None
        raise StaleForm(sentence)
    if served.token.organisation_id != viewer.organisation.id:
        raise _elsewhere(served)
    if not served.token.is_for(served.session_hash):
        raise StaleForm


def _elsewhere(served: Exchange) -> DomainError:
    """Sending it again here would record it in the wrong organisation, so that is not offered."""
    served.token = None
    return StaleForm("You have switched organisation since this form was opened. Switch back, then send it again.")


def bearer(request: ASGIConnection[Any, Any, Any, Any]) -> str | None:
    """The token of `Authorization: Bearer`, if there is one."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() or None if scheme.lower() == "bearer" else None


def check_target(served: Exchange) -> None:
    """Refuse an address that no database could look up."""
    if "\0" in served.path or "%00" in served.query:
        raise BadRequest("The address holds a character that no address of ours has.")


def _limit(request: Request[Any, Any, Any]) -> int:
    return request.route_handler.resolve_request_max_body_size() or bodies.LIMIT
