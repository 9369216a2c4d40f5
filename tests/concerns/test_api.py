"""Programs raise a concern and read its receipt; nothing that is in the vault is theirs to read."""

from uuid import UUID

import pytest

from safeguard.access.roles import Role
from safeguard.concerns.api import CONCERN_EXAMPLE
from safeguard.concerns.handling import receive
from safeguard.concerns.reading import list_concerns
from safeguard.incidents.queries import LATEST
from safeguard.work import begin

pytestmark = pytest.mark.anyio

AT = "/api/v1/concerns"


async def test_a_program_raises_one_and_reads_whether_it_was_received(sign_in, program):
    head = await sign_in(Role.HEAD)
    token = await program(Role.REPORTER, organisation=head.actor.organisation_id)
    once = {"Idempotency-Key": "morning-1"}
    made = await token.client.post(AT, json=CONCERN_EXAMPLE, headers=once)
    again = await token.client.post(AT, json=CONCERN_EXAMPLE, headers=once)
    assert (made.status_code, again.status_code, again.json()) == (201, 201, made.json())
    assert set(made.json()) == {"reference", "raised_at", "received_at", "has_handler"}
    assert made.json()["has_handler"] is True
    async with begin(head.actor, purpose="session") as work:
        [row] = await list_concerns(work, after=LATEST)
        assert row.subject_name == CONCERN_EXAMPLE["subject_name"]
        await receive(work, row.id, 1)
    read = (await token.get(made.headers["location"])).json()
    assert read["received_at"] is not None
    assert (await token.get(AT)).json() == {"items": [read]}


@pytest.mark.parametrize(
    ("sent", "field"),
    [({"narrative": "x"}, "subject_name"), ({"subject_name": " ", "narrative": "x"}, "subject_name"),
     ({"subject_name": "Mr Hale", "narrative": "\n"}, "narrative"),
     ({"subject_name": "Mr Hale", "narrative": "x", "incident_id": str(UUID(int=7))}, "incident_id")],
)  # fmt: skip
async def test_what_is_missing_or_not_theirs_to_say_is_refused_in_words(program, sent, field):
    token = await program(Role.REPORTER)
    answer = await token.client.post(AT, json=sent)
    assert (answer.status_code, answer.headers["content-type"].split(";")[0]) == (422, "application/problem+json")
    assert field in [error["field"] for error in answer.json().get("errors", [{"field": ""}])]
    assert (await token.get(AT)).json() == {"items": []}


async def test_nobody_elses_is_there_and_neither_is_one_about_oneself(program):
    head = await program(Role.HEAD)
    other = await program(Role.REPORTER, organisation=head.actor.organisation_id)
    made = await other.client.post(AT, json=CONCERN_EXAMPLE)
    where = made.headers["location"]
    assert (await head.get(AT)).json() == {"items": []}
    assert (await head.get(where)).status_code == (await head.get(f"{AT}/K7Q-3MX")).status_code == 404
    about_self = await other.client.post(AT, json=CONCERN_EXAMPLE | {"subject_name": other.actor.name})
    assert set(about_self.json()) == set(made.json())
    assert [one["reference"] for one in (await other.get(AT)).json()["items"]] == [made.json()["reference"]]
