"""The description of the JSON API: OpenAPI 3.1 at /api/openapi.json, made from the routes under /api alone."""

from typing import Any

from litestar import Router
from litestar.openapi.config import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.openapi.spec import Components, SecurityScheme
from litestar.types import ControllerRouterHandler

from safeguard.access.policy import PUBLIC

FILE = "/openapi.json"


class _Described(Router):
    """Takes the one file of what Litestar would serve here: no viewers, no error pages of their own."""

    def register(self, value: ControllerRouterHandler) -> Any:
        """Leave out everything but the file."""
        if FILE in getattr(value, "paths", ()):
            return super().register(value)
        return []


def description() -> OpenAPIConfig:
    """What the API says of itself."""
    return OpenAPIConfig(
        title="Safeguard",
        version="1",
        description=(
            "Incidents, entries and evidence of one organisation: the one that the token belongs to. Lists come in"
            " pages (`limit`, `after`); every POST takes an `Idempotency-Key`; errors are problem+json (RFC 9457)."
        ),
        components=Components(security_schemes={"token": SecurityScheme(type="http", scheme="bearer")}),
        security=[{"token": []}],
        use_handler_docstrings=True,
        render_plugins=[JsonRenderPlugin(path=FILE)],
        openapi_router=_Described("/api", route_handlers=[], include_in_schema=False, opt={"permission": PUBLIC}),
    )
