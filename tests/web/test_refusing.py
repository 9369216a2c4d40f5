"""When a part is missing or fails: an answer all the same, and what was typed comes back."""

from typing import Any

import anyio
import asyncpg
import pytest
from jinja2 import TemplateNotFound
from litestar import Litestar, Request, get

from safeguard import errors
from safeguard.access.policy import PUBLIC
from safeguard.access.roles import Role
from safeguard.app import build
from safeguard.database import pool
from safeguard.database.context import ContextKey
from safeguard.web import pages, plain, serving
from safeguard.web.cookies import SESSION
from safeguard.web.exchange import Exchange
from safeguard.web.explaining import refusal_of
from safeguard.web.giving_back import Kept
from tests.web.browsing import open_browser
from tests.web.conftest import add_templates

pytestmark = pytest.mark.anyio

NOWHERE = "postgresql://nobody:x@127.0.0.1:1/nothing"


async def test_without_a_database_nothing_typed_is_lost(sign_in: Any, database: pool.Database) -> None:
    lead = await sign_in(Role.LEAD)
    token = await lead.token("/notes")
    pool.use(pool.Database(NOWHERE, ContextKey(b"x" * 32)))
    try:
        page = await lead.get("/notes")
        answer = await lead.send("/notes", {"words": "A long story"}, token=token)
    finally:
        pool.use(database)
    assert (page.status_code, answer.status_code) == (503, 503)
    assert 'name="words" value="A long story"' in answer.text
    assert "not saved twice" in answer.text
    again = await lead.send("/notes", {"words": "A long story"}, token=token)
    assert again.status_code == 303


async def test_a_program_is_told_that_a_part_is_missing(program: Any, database: pool.Database) -> None:
    caller = await program(Role.LEAD)
    pool.use(pool.Database(NOWHERE, ContextKey(b"x" * 32)))
    try:
        answer = await caller.get("/api/v1/api-notes")
    finally:
        pool.use(database)
    assert (answer.status_code, answer.json()["type"]) == (503, "urn:safeguard:problem:unavailable")


async def test_even_when_the_layout_fails_people_get_an_answer(sign_in: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    lead = await sign_in(Role.LEAD)
    token = await lead.token("/notes")

    def broken(_: Exchange) -> dict[str, Any]:
        raise RuntimeError("the layout is broken")

    monkeypatch.setattr(pages, "given", broken)
    answer = await lead.send("/domain-refusal", {"words": "<b>typed</b>"}, token=token)
    assert answer.status_code == 409
    assert "&lt;b&gt;typed&lt;/b&gt;" in answer.text
    assert "999" in answer.text


@get("/slow", permission=PUBLIC)
async def sleep_long(request: Request[Any, Any, Any]) -> str:
    await anyio.sleep(60)
    return "late"


async def test_an_answer_that_takes_too_long_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serving, "TIME_LIMIT", 0.05)
    app: Litestar = build([sleep_long], [])
    add_templates(app)
    async with open_browser(app) as client:
        answer = await client.get("/slow")
    assert answer.status_code == 503
    assert "too long" in answer.text


def told(fault: Exception) -> tuple[int, str]:
    refusal = refusal_of(fault, Exchange())
    return refusal.status, refusal.code


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        (errors.Conflict("Closed."), (409, "conflict")),
        (errors.TooManyRequests(retry_after=9), (429, "too-many-requests")),
        (ConnectionRefusedError(), (503, "unavailable")),
        (asyncpg.ConnectionDoesNotExistError(), (503, "unavailable")),
        (asyncpg.CharacterNotInRepertoireError("0x00"), (400, "bad-request")),
        (asyncpg.InterfaceError("cannot perform operation: connection is closed"), (503, "unavailable")),
        (asyncpg.InterfaceError("the server expects 1 argument"), (500, "fault")),
        (TemplateNotFound("no/such.html"), (500, "fault")),
        (asyncpg.DeadlockDetectedError("deadlock"), (409, "conflict")),
        (asyncpg.UniqueViolationError("Key (email)=(jamie@example.org) already exists"), (500, "fault")),
        (KeyError("jamie"), (500, "fault")),
    ],
)
def test_what_went_wrong_has_a_status_and_a_code(fault: Exception, expected: tuple[int, str]) -> None:
    assert told(fault) == expected
    assert "jamie" not in repr(refusal_of(fault, Exchange()))


def test_a_refusal_says_when_another_try_is_welcome() -> None:
    refusal = refusal_of(errors.TooManyRequests(retry_after=9), Exchange())
    assert refusal.headers == {"Retry-After": "9"}


def test_the_plain_page_escapes_everything() -> None:
    shown = plain.page(title="<b>", detail="<i>", kept=Kept("/", (("<n>", "<v>"),), ()), reference="<r>")
    assert not {"<b>", "<i>", "<n>", "<v>", "<r>"} & set(shown.replace(">", "> ").split())


@pytest.mark.parametrize("path", ["/nothing/here", "/notes/not-an-id"])
async def test_an_address_that_is_none_keeps_the_menu_of_whoever_is_signed_in(
    sign_in: Any, stranger: Any, database: pool.Database, path: str
) -> None:
    lead = await sign_in(Role.LEAD)
    known = await lead.get(path)
    assert (known.status_code, "<nav" in known.text) == (404, True)
    unknown = await stranger.get(path)
    assert (unknown.status_code, "<nav" in unknown.text) == (404, False)
    lead.client.cookies.set(SESSION, "of-nobody", domain="safeguard.test", path="/")
    assert "<nav" not in (await lead.get(path)).text
    pool.use(pool.Database(NOWHERE, ContextKey(b"x" * 32)))
    try:
        assert (await lead.get(path)).status_code == 404
    finally:
        pool.use(database)
