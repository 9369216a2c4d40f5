"""The check at start-up that no route stands open by mistake (OWASP ASVS 5.0 §8.2.1)."""

from collections.abc import Iterator

from litestar import Litestar
from litestar.handlers import BaseRouteHandler, HTTPRouteHandler
from litestar.routes import HTTPRoute

from safeguard.access.policy import PUBLIC, Marker, Permission


class Unmarked(RuntimeError):
    """A route says nothing of who may use it, so the service does not start."""


def check_routes(app: Litestar) -> None:
    """Raise `Unmarked` with every route that does not say who may use it."""
    if problems := sorted(_problems(app)):
        raise Unmarked("The service does not start:\n  " + "\n  ".join(problems))


def handlers_of(app: Litestar) -> Iterator[tuple[str, str, BaseRouteHandler]]:
    """Every route as (method, path template, handler), without the answers to OPTIONS."""
    for route in app.routes:
        if not isinstance(route, HTTPRoute):
            yield "ANY", route.path, getattr(route, "route_handler")  # noqa: B009  not in its type
            continue
        for handler in route.route_handlers:
            for method in sorted(handler.http_methods - {"OPTIONS"}):
                yield method, route.path_format, handler


def _problems(app: Litestar) -> Iterator[str]:
    for method, path, handler in handlers_of(app):
        permission = handler.opt.get("permission")
        if not isinstance(permission, (Permission, Marker)):
            yield f"{method} {path} names no permission (a Permission, PUBLIC or SIGNED_IN)"
        elif permission is not PUBLIC and not _takes_work(handler):
            yield f"{method} {path} requires {permission} but takes no work, so nothing would check it"


def _takes_work(handler: BaseRouteHandler) -> bool:
    return isinstance(handler, HTTPRouteHandler) and "work" in handler.parsed_fn_signature.parameters
