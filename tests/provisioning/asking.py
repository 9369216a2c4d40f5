"""A directory of sorts: asks over ASGI, with its token, as one would over the network."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final

import httpx

from safeguard.provisioning.connecting import Made
from tests.web.browsing import open_browser

USER: Final = "urn:ietf:params:scim:schemas:core:2.0:User"
GROUP: Final = "urn:ietf:params:scim:schemas:core:2.0:Group"
PATCH: Final = "urn:ietf:params:scim:api:messages:2.0:PatchOp"


@dataclass(frozen=True, slots=True)
class Directory:
    """Asks as one organisation's directory."""

    client: httpx.AsyncClient

    async def ask(self, method: str, path: str, body: Any = None, **headers: str) -> httpx.Response:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return await self.client.request(method, f"/scim/v2{path}", json=body, headers=named)

    async def add(self, name: str, /, **more: Any) -> dict[str, Any]:
        """Somebody new, as they are told back."""
        said = {"schemas": [USER], "userName": name, "displayName": name.split("@")[0], "externalId": f"id-{name}"}
        answer = await self.ask("POST", "/Users", said | more)
        assert answer.status_code == 201, answer.text
        return answer.json()

    async def group(self, name: str, *members: str) -> dict[str, Any]:
        said = {"schemas": [GROUP], "displayName": name, "members": [{"value": member} for member in members]}
        answer = await self.ask("POST", "/Groups", said)
        assert answer.status_code == 201, answer.text
        return answer.json()

    async def change(self, path: str, *operations: dict[str, Any]) -> httpx.Response:
        return await self.ask("PATCH", path, {"schemas": [PATCH], "Operations": list(operations)})

    async def switch(self, user_id: str, *, active: bool) -> httpx.Response:
        """What a directory sends when somebody is disabled there, as Entra writes it."""
        said = {"op": "Replace", "path": "active", "value": "True" if active else "False"}
        return await self.change(f"/Users/{user_id}", said)


@asynccontextmanager
async def directory(app: Any, made: Made) -> AsyncIterator[Directory]:
    async with open_browser(app) as client:
        client.headers["Authorization"] = f"Bearer {made.text}"
        yield Directory(client)
