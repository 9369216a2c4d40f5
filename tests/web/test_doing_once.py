"""The same request twice is done once."""

from typing import Any

import anyio
import psycopg
import pytest

from safeguard.access.roles import Role
from safeguard.web import idempotency
from safeguard.web.idempotency import KeyReused
from tests.factories.owning import owning

pytestmark = pytest.mark.anyio

WORDS = {"words": "Hello"}


async def test_a_double_click_records_once_and_both_get_the_answer(sign_in: Any, notes: Any) -> None:
    lead = await sign_in(Role.LEAD)
    token = await lead.token("/notes")
    before = (await notes(lead.actor))[1]
    answers: list[Any] = []

    async def click() -> None:
        answers.append(await lead.send("/notes", WORDS, token=token))

    async with anyio.create_task_group() as group:
        for _ in range(4):
            group.start_soon(click)
    assert [(answer.status_code, answer.headers["location"]) for answer in answers] == [(303, "/notes")] * 4
    assert await notes(lead.actor) == (" [Hello]", before + 1)


async def test_back_and_send_again_shows_the_first_answer_even_when_it_could_not_be_done_again(
    sign_in: Any, notes: Any
) -> None:
    lead = await sign_in(Role.LEAD)
    token = await lead.token("/notes")
    first = await lead.send("/closing-twice", {}, token=token)
    again = await lead.send("/closing-twice", {}, token=token)
    assert (first.status_code, again.status_code) == (303, 303)
    assert again.headers["idempotency-replayed"] == "true"
    anew = await lead.send("/closing-twice", {}, page="/notes")
    assert anew.status_code == 409
    assert (await notes(lead.actor))[0] == " [closed]"


async def test_an_edited_form_is_a_new_act(sign_in: Any, notes: Any) -> None:
    lead = await sign_in(Role.LEAD)
    token = await lead.token("/notes")
    await lead.send("/notes", {"words": "One"}, token=token)
    await lead.send("/notes", {"words": "Two"}, token=token)
    assert (await notes(lead.actor))[0] == " [One] [Two]"


async def test_a_form_that_was_refused_may_be_sent_again(sign_in: Any, notes: Any) -> None:
    lead = await sign_in(Role.LEAD)
    token = await lead.token("/notes")
    assert (await lead.send("/notes", {"words": ""}, token=token)).status_code == 422
    assert (await lead.send("/notes", {"words": "Now"}, token=token)).status_code == 303
    assert (await notes(lead.actor))[0] == " [Now]"


async def create(program: Any, key: str | None, words: str, path: str = "/api/v1/api-notes") -> Any:
    headers = {"Idempotency-Key": key} if key else {}
    return await program.client.post(path, json={"words": words}, headers=headers)


async def test_a_program_that_repeats_its_key_gets_the_same_answer(program: Any, notes: Any) -> None:
    caller = await program(Role.LEAD)
    first = await create(caller, "key 1", "Hello")
    again = await create(caller, "key 1", "Hello")
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert first.headers["location"] == again.headers["location"]
    assert (again.headers["idempotency-replayed"], "idempotency-replayed" in first.headers) == ("true", False)
    assert (await notes(caller.actor))[0] == " [Hello]"


async def test_the_same_key_with_another_body_is_a_conflict(program: Any, notes: Any) -> None:
    caller = await program(Role.LEAD)
    await create(caller, "key 1", "Hello")
    other = await create(caller, "key 1", "Goodbye")
    assert (other.status_code, other.headers["content-type"]) == (409, "application/problem+json")
    assert "another body" in other.json()["detail"]
    assert (other.json()["title"], "key-reused" in other.json()["type"]) == (KeyReused.title, True)
    refused = await create(caller, "key 2", "Hello", "/api/v1/api-refusals")
    assert refused.status_code == 422
    assert (await notes(caller.actor))[0] == " [Hello]"


async def test_without_a_key_each_request_is_an_act_of_its_own(program: Any, notes: Any) -> None:
    caller = await program(Role.LEAD)
    await create(caller, None, "Hello")
    await create(caller, None, "Hello")
    assert (await notes(caller.actor))[0] == " [Hello] [Hello]"


async def test_a_key_is_ones_own(program: Any, notes: Any) -> None:
    one, other = await program(Role.LEAD), await program(Role.LEAD)
    await create(one, "key 1", "Hello")
    assert (await create(other, "key 1", "Goodbye")).status_code == 201
    assert (await notes(other.actor))[0] == " [Goodbye]"


@pytest.mark.parametrize("name", ["", "x" * 191, "a\tb"])
async def test_a_key_that_is_none_is_refused(program: Any, name: str) -> None:
    caller = await program(Role.LEAD)
    answer = await caller.client.post("/api/v1/api-notes", json={"words": "x"}, headers={"Idempotency-Key": name})
    assert answer.status_code == 400


async def test_nothing_that_was_sent_or_answered_is_kept(program: Any, addresses: Any) -> None:
    caller = await program(Role.LEAD)
    await create(caller, "key 1", "A secret told")
    async with owning(addresses.owner) as owner:
        found = await owner.execute(
            "select i::text, i.object_id from idempotency i where organisation_id = %s", (caller.actor.organisation_id,)
        )
        [(kept, made)] = await found.fetchall()
    assert "secret" not in kept
    assert made is not None


async def test_the_answer_again_shows_the_object_as_it_is_now(program: Any) -> None:
    caller = await program(Role.LEAD)
    first = await create(caller, "key 1", "Hello")
    path = first.headers["location"]
    line = await create(caller, "key 2", "More", f"{path}/lines")
    again = await create(caller, "key 1", "Hello")
    assert again.status_code == 201
    assert [one["words"] for one in again.json()["lines"]] == ["More"]
    repeated = await create(caller, "key 2", "More", f"{path}/lines")
    assert (repeated.status_code, repeated.json()) == (201, line.json())


async def test_who_may_record_but_not_read_gets_the_id_again(program: Any) -> None:
    caller = await program(Role.HEAD)
    first = await create(caller, "key 1", "Hello")
    again = await create(caller, "key 1", "Hello")
    assert (again.status_code, again.json()) == (201, {"id": first.json()["id"]})
    assert again.headers["idempotency-replayed"] == "true"


async def test_what_was_kept_is_swept_after_thirty_days(sign_in: Any, addresses: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(idempotency, "ONE_IN", 1)
    lead = await sign_in(Role.LEAD)
    await lead.send("/notes", WORDS)
    mine = (lead.actor.organisation_id,)
    async with await psycopg.AsyncConnection.connect(addresses.owner, autocommit=True) as owner:
        await owner.execute(
            "update idempotency set created_at = now() - interval '721 hours' where organisation_id = %s", mine
        )
        await lead.send("/notes", {"words": "Later"})
        found = await owner.execute("select created_at > now() - interval '1 hour' from idempotency"
                                    " where organisation_id = %s", mine)  # fmt: skip
        assert await found.fetchall() == [(True,)]
