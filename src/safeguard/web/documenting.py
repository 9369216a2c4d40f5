"""The description of the JSON API: OpenAPI 3.1 at /api/openapi.json, made from the routes under /api alone.

Litestar describes what each route takes and gives. What all of them share is added here: every refusal is a problem
(RFC 9457), and every POST takes an `Idempotency-Key`.
"""

from collections.abc import Mapping
from typing import Any, Final, cast

from litestar import Litestar, Request, Router
from litestar.openapi.config import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.openapi.spec import Components, SecurityScheme
from litestar.types import ControllerRouterHandler

from safeguard.access import policy
from safeguard.access.policy import PUBLIC, Permission
from safeguard.web.marking import handlers_of

FILE: Final = "/openapi.json"

PROBLEM: Final[dict[str, Any]] = {
    "type": "object",
    "title": "Problem",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string", "description": "`urn:safeguard:problem:` and a code that stays the same."},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "What happened and what to do."},
        "reference": {"type": "string", "description": "Of a fault: what to quote when asking for help."},
        "errors": {
            "type": "array",
            "description": "What is wrong with each field.",
            "items": {
                "type": "object",
                "required": ["field", "message"],
                "properties": {"field": {"type": "string"}, "message": {"type": "string"}},
            },
        },
    },
}
REFUSAL: Final[dict[str, Any]] = {
    "description": "Refused, with the reason (RFC 9457).",
    "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
}
IDEMPOTENCY_KEY: Final[dict[str, Any]] = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "Sent again with the same key, the request is done once and answered the same; another body is 409.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 190, "pattern": "^[ -~]+$"},
}

SENT: Final = (
    "A token, as `Authorization: Bearer …`. It has scopes, chosen when it is made, and may do what they name of that"
    " which its role may. An operation names the scope that it needs; without it the answer is 403"
    " `insufficient-scope`."
)


class _Described(Router):
    """Takes the one file of what Litestar would serve here: no viewers, no error pages of their own."""

    def register(self, value: ControllerRouterHandler) -> Any:
        """Leave out everything but the file."""
        if FILE in getattr(value, "paths", ()):
            return super().register(value)
        return []


class _Description(JsonRenderPlugin):
    """The file, with what all routes share."""

    def render(self, request: Request[Any, Any, Any], openapi_schema: dict[str, Any]) -> bytes:
        """The description as JSON."""
        return self.render_json(request, complete(openapi_schema, scopes_by_route(request.app)))


def scopes_by_route(app: Litestar) -> dict[str, list[str]]:
    """The scopes that a route takes, all of them, by `METHOD path`: read off the permissions that are asked of it."""
    return {f"{method} {path}": scopes_of(handler.opt) for method, path, handler in handlers_of(app)}


def scopes_of(route: Mapping[str, Any]) -> list[str]:
    """The scopes that a route with these markers takes."""
    needed = [route.get("permission"), route.get("also")]
    return [scope for one in needed if isinstance(one, Permission) for scope in policy.scopes_for(one)]


def complete(described: dict[str, Any], scopes: Mapping[str, list[str]] | None = None) -> dict[str, Any]:
    """The description with its refusals, keys and scopes; the one given stays as it is."""
    components = described["components"]
    schemas = {**_without_anything(components.get("schemas", {})), "Problem": PROBLEM}
    listed = described.get("paths", {}).items()
    paths = {path: _completed(path, operations, scopes or {}) for path, operations in listed}
    return {**described, "paths": paths, "components": {**components, "schemas": schemas}}


def _without_anything(schema: Any) -> Any:
    """The schema without choices of anything at all: a list of any length is described as one of what it holds or that.

    Whatever is held fits both, and so is not exactly one of them: by that no answer with such a list would be right.
    """
    if isinstance(schema, list):
        return [_without_anything(each) for each in cast("list[Any]", schema)]
    if not isinstance(schema, dict):
        return schema
    plain = {name: _without_anything(value) for name, value in cast("dict[str, Any]", schema).items()}
    match [each for each in plain.get("oneOf", ()) if each]:
        case [only] if len(plain["oneOf"]) > 1:
            return {**{name: value for name, value in plain.items() if name != "oneOf"}, **only}
        case _:
            return plain


def _completed(path: str, operations: dict[str, Any], scopes: Mapping[str, list[str]]) -> dict[str, Any]:
    return {
        method: _operation(method, operation) | _security(scopes.get(f"{method.upper()} {path}"))
        if isinstance(operation, dict)
        else operation
        for method, operation in operations.items()
    }


def _security(scopes: list[str] | None) -> dict[str, Any]:
    """Which scopes a token needs, in the place that OpenAPI 3.1 §4.8.30 has for it."""
    return {"security": [{"token": scopes}]} if scopes else {}


def _operation(method: str, operation: dict[str, Any]) -> dict[str, Any]:
    given = {status: response for status, response in operation["responses"].items() if status < "400"}
    keys = [IDEMPOTENCY_KEY] if method == "post" else []
    parameters = [*operation.get("parameters", []), *keys]
    return {
        **operation,
        "responses": {**given, "default": REFUSAL},
        **({"parameters": parameters} if parameters else {}),
    }


def description() -> OpenAPIConfig:
    """What the API says of itself."""
    return OpenAPIConfig(
        title="Safeguard",
        version="1",
        description=(
            "Incidents, entries and evidence of one organisation: the one that the token belongs to. Lists come in"
            " pages (`limit`, `after`); every POST takes an `Idempotency-Key`; errors are problem+json (RFC 9457)."
        ),
        components=Components(
            security_schemes={"token": SecurityScheme(type="http", scheme="bearer", description=SENT)}
        ),
        security=[{"token": []}],
        use_handler_docstrings=True,
        render_plugins=[_Description(path=FILE)],
        openapi_router=_Described("/api", route_handlers=[], include_in_schema=False, opt={"permission": PUBLIC}),
    )
