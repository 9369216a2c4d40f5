"""A browser of sorts: keeps cookies, finds the token in a page, sends forms as browsers do."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from html import unescape
from typing import Any

import httpx

from safeguard.access.actors import Actor

HEADER = re.compile(r"X-CSRF-Token[^}]+")
BASE = "https://safeguard.test"
TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


@dataclass
class Browser:
    """Somebody at a browser, signed in or not."""

    client: httpx.AsyncClient
    actor: Actor | None = None

    async def get(self, path: str, **headers: str) -> httpx.Response:
        return await self.client.get(path, headers=headers)

    async def token(self, path: str) -> str:
        """The token of the form on this page."""
        return token_of((await self.get(path)).text)

    async def send(
        self, path: str, fields: Mapping[str, str], *, page: str | None = None, token: str | None = None, **headers: str
    ) -> httpx.Response:
        """Fill in the form of `page` and send it to `path`."""
        found = token or await self.token(page or path)
        sent = {"sec-fetch-site": "same-origin", **headers}
        return await self.client.post(path, data={"csrf_token": found, **fields}, headers=sent)


def token_of(html: str) -> str:
    """The token in a page."""
    found = TOKEN.search(html)
    assert found, html[:500]
    return unescape(found[1])


def unmarked(answer: httpx.Response) -> tuple[object, ...]:
    """An answer without the token, which differs between any two renderings."""
    return answer.status_code, sorted(answer.headers.items()), HEADER.sub("", TOKEN.sub("", answer.text))


def open_browser(app: Any, address: str = "127.0.0.1") -> httpx.AsyncClient:
    """A browser that has been nowhere yet; faults of the service stay inside it, as they do behind a server."""
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False, client=(address, 123))
    return httpx.AsyncClient(transport=transport, base_url=BASE)
