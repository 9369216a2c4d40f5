"""Bodies that programs should not send: problem+json with a sentence, never a fault."""

from typing import Any

import pytest

from safeguard.access.roles import Role

pytestmark = pytest.mark.anyio

JSON = {"content-type": "application/json"}


async def send(caller: Any, body: bytes, **headers: str) -> Any:
    return await caller.client.post("/api/v1/api-notes", content=body, headers=JSON | headers)


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"not json",
        b'{"words": "\xff"}',
        b'{"words": "\\ud800"}',
        b'{"words": NaN}',
        b"[" * 200_000,
        b'{"words": "a\\u0000b"}',
        b'{"w\\u0000": "a"}',
        b'{"words": "a\x00b"}',
        b'{"words": 1e999}',
    ],
)
async def test_what_cannot_be_read_or_kept_is_400(program: Any, notes: Any, body: bytes) -> None:
    caller = await program(Role.LEAD)
    answer = await send(caller, body)
    assert (answer.status_code, answer.headers["content-type"]) == (400, "application/problem+json")
    assert answer.json()["detail"]
    assert (await notes(caller.actor))[0] == ""


@pytest.mark.parametrize(
    "body", [b"", b"null", b"[]", b"{}", b'{"words": ""}', b'{"words": 7}', b'{"words": "a", "more": 1}', b'"words"']
)
async def test_what_is_json_but_not_what_is_asked_for_is_422(program: Any, body: bytes) -> None:
    caller = await program(Role.LEAD)
    answer = await send(caller, body)
    told = answer.json()
    assert (answer.status_code, told["status"]) == (422, 422)
    assert told["type"] == "urn:safeguard:problem:invalid"
    assert "safeguard." not in answer.text
    assert "Traceback" not in answer.text


async def test_the_domain_says_which_field_needs_another_look(program: Any) -> None:
    caller = await program(Role.LEAD)
    answer = await caller.client.post("/api/v1/api-refusals", json={"words": "a"})
    assert answer.json()["errors"] == [{"field": "words", "message": "Say more."}]


@pytest.mark.parametrize(
    ("body", "field", "message"),
    [
        (b"{}", "words", "This has to be given."),
        (b'{"words": "a", "more": 1}', "more", "There is no such field."),
        (b'{"words": 7}', "words", "Give text here, not a whole number."),
    ],
)
async def test_a_program_is_told_which_field_is_wrong(program: Any, body: bytes, field: str, message: str) -> None:
    caller = await program(Role.LEAD)
    assert (await send(caller, body)).json()["errors"] == [{"field": field, "message": message}]


async def test_a_body_that_is_missing_is_asked_for(program: Any) -> None:
    caller = await program(Role.LEAD)
    assert "Send a JSON body" in (await send(caller, b"")).json()["detail"]


async def test_text_that_only_looks_like_a_nul_is_taken(program: Any, notes: Any) -> None:
    caller = await program(Role.LEAD)
    assert (await send(caller, b'{"words": "\\\\u0000"}')).status_code == 201
    assert (await notes(caller.actor))[0] == " [\\u0000]"


async def test_a_body_above_a_megabyte_is_413(program: Any) -> None:
    caller = await program(Role.LEAD)
    answer = await send(caller, b'{"words": "' + b"x" * 1_100_000 + b'"}')
    assert (answer.status_code, answer.json()["status"]) == (413, 413)


async def test_another_media_type_is_415(program: Any) -> None:
    caller = await program(Role.LEAD)
    answer = await send(caller, b"words=x", **{"content-type": "application/x-www-form-urlencoded"})
    assert answer.status_code == 415


async def test_an_unknown_address_is_a_problem_too(program: Any) -> None:
    caller = await program(Role.LEAD)
    for path in ("/api/v1/nothing", "/api/v2/api-notes", "/api/nothing"):
        answer = await caller.get(path)
        assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")
