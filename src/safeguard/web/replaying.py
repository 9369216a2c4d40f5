"""The answer to a request that was done before: the same, rendered anew from what it made.

A program gets the object as it is now and as it may see it, by a GET of our own to the address that the first answer
named: for something inside another (`/incidents/X/entries`), to that, and out of its list. What it may not read, or
what is gone, comes back as its id alone, with the first answer's status: it was done, and is not done again.
"""

from typing import Any, Final, cast

import msgspec
from litestar.response import Response

from safeguard.web.exchange import Answer, Exchange

REPLAYED: Final = "Idempotency-Replayed"
JSON: Final = "application/json"
KEPT: Final = ("type", "asgi", "http_version", "server", "client", "scheme", "root_path", "extensions")
"""What of a request's scope holds for the one that we make ourselves."""


def again(served: Exchange, answer: Answer) -> Response[Any]:
    """What was answered the first time."""
    headers = {REPLAYED: "true"} | ({"Location": answer.location} if answer.location else {})
    if not served.is_api:
        return Response(b"", status_code=answer.status, headers=headers)
    return _Again(served.path, answer, headers)


class _Again(Response[Any]):
    """Asks for the object while it is sent."""

    def __init__(self, path: str, answer: Answer, headers: dict[str, str]) -> None:
        super().__init__(b"", status_code=answer.status, headers=headers, media_type=JSON)
        self.path = path
        self.answer = answer

    def to_asgi_response(self, *given: Any, **named: Any) -> Any:
        """A response that reads the object first."""

        async def respond(scope: Any, receive: Any, send: Any) -> None:
            body = await _body(scope, self.path, self.answer)
            response = Response(body, status_code=self.status_code, headers=self.headers, media_type=JSON)
            await response.to_asgi_response(*given, **named)(scope, receive, send)

        return respond


async def _body(scope: Any, path: str, answer: Answer) -> bytes:
    parent, _, collection = path.rstrip("/").rpartition("/")
    status, body = await _get(scope, answer.location or parent)
    if status == 200 and not answer.location:
        body = _within(body, collection, str(answer.object_id))
    if status == 200 and body:
        return body
    return msgspec.json.encode({"id": answer.object_id} if answer.object_id else {})


def _within(body: bytes, collection: str, identifier: str) -> bytes:
    """One item of a list in a JSON object; empty when it is not there."""
    whole = cast("dict[str, Any]", msgspec.json.decode(body))
    items = cast("list[dict[str, Any]]", whole.get(collection) or [])
    found = next((item for item in items if item.get("id") == identifier), None)
    return msgspec.json.encode(found) if found else b""


async def _get(scope: Any, path: str) -> tuple[int, bytes]:
    """Our own GET, with the headers of the request that is answered: its token decides what is read."""
    headers = [(name, value) for name, value in scope["headers"] if name in (b"authorization", b"host")]
    asked = {name: scope[name] for name in KEPT if name in scope}
    asked |= {"method": "GET", "path": path, "raw_path": path.encode(), "query_string": b"", "headers": headers}
    got: list[Any] = []

    async def nothing() -> Any:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def collect(message: Any) -> None:
        got.append(message)

    await scope["litestar_app"](asked, nothing, collect)
    status = next(message["status"] for message in got if message["type"] == "http.response.start")
    return status, b"".join(message.get("body", b"") for message in got if message["type"] == "http.response.body")
