"""Alerts as a product sends them, and tables as a browser does."""

import time
from typing import Any
from uuid import UUID

import httpx
import msgspec

from safeguard.access.actors import Actor
from safeguard.intake.api import EXAMPLE
from safeguard.intake.signing import sign
from safeguard.intake.sources import Made, make_source
from safeguard.work import begin
from tests.web.browsing import Browser


async def connect(lead: Actor, name: str = "Watchful") -> Made:
    """A product that the lead connected."""
    async with begin(lead) as work:
        return await make_source(work, name)


def signature(made: Made, body: bytes, at: int | None = None) -> str:
    """What the product's header says."""
    moment = int(time.time()) if at is None else at
    return f"source={made.id},t={moment},v1={sign(made.secret.encode(), body, moment)}"


async def file_alert(
    program: Browser, made: Made, *, at: int | None = None, header: str | None = None, **said: Any
) -> httpx.Response:
    """Send the example with some of it said otherwise."""
    body = msgspec.json.encode(EXAMPLE | said)
    headers = {"content-type": "application/json", "safeguard-signature": header or signature(made, body, at)}
    return await program.client.post("/api/v1/alerts", content=body, headers=headers)


async def send_table(
    browser: Browser, path: str, whole: bytes, name: str = "export.csv", *, page: str | None = None, **fields: str
) -> httpx.Response:
    """Fill in the form of a table and send it."""
    token = await browser.token(page or path)
    return await browser.client.post(
        path,
        data={"csrf_token": token} | fields,
        files={"file": (name, whole)},
        headers={"sec-fetch-site": "same-origin"},
    )


async def rows_of(actor: Actor, statement: str, *values: Any) -> list[Any]:
    """What the actor reads in the database."""
    async with begin(actor) as work:
        return list(await work.driver.fetch(statement, *values))


def id_in(answer: httpx.Response) -> UUID:
    """The object that an answer names."""
    return UUID(answer.json()["id"])
