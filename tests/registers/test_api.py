"""The registers for programs: what the documentation shows is valid as sent, and figures follow what people did."""

import pytest

from safeguard import clock
from safeguard.access.roles import Role
from safeguard.registers.api import CHECK_EXAMPLE, EVENT_EXAMPLE
from safeguard.registers.committee.gathering import describe, record_meeting
from safeguard.registers.policies.publishing import NewEdition, publish
from safeguard.registers.policies.reading import acknowledge
from safeguard.registers.policies.signing import Who, record_paper
from safeguard.registers.voice.listening import NewSession, record_session
from safeguard.work import begin

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("kind", ["school", "club", "care", "childrens_home", "helpline"])
async def test_the_examples_are_valid_in_an_organisation_of_any_kind(program, kind):
    lead = await program(Role.LEAD, kind=kind)
    for path, example in (("filtering/checks", CHECK_EXAMPLE), ("learning-events", EVENT_EXAMPLE)):
        answer = await lead.client.post(f"/api/v1/{path}", json=example)
        assert (path, answer.status_code) == (path, 201), answer.text


async def test_a_program_reads_who_has_read(program, school):
    lead = await program(Role.LEAD)
    today = clock.now().date()
    new = NewEdition(title="Phones", readers=("lead",), words="Away.", effective_on=today)
    async with begin(lead.actor) as work:
        policy = await publish(work, school, "policy", new)
        await acknowledge(work, policy.id, 1)
    (shown,) = (await lead.get("/api/v1/policies")).json()["items"]
    assert (shown["title"], shown["readers"], shown["read"], shown["late"]) == ("Phones", 1, 1, 0)
    (reader,) = (await lead.get(f"/api/v1/policies/{policy.id}/readers")).json()["items"]
    assert (reader["name"], reader["read_on"]) == (lead.actor.name, today.isoformat())
    missing = await lead.get("/api/v1/policies/00000000-0000-7000-8000-000000000000/readers")
    assert missing.status_code == 404


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"checked_on": "2099-01-01"}, "checked_on"),
        ({"device": "x" * 201}, "device"),
        ({"result": "failed"}, "done"),
        ({"system_id": "00000000-0000-7000-8000-000000000000"}, ""),
    ],
    ids=["ahead", "too-long", "failed-without-a-word", "no-such-system"],
)
async def test_a_check_that_cannot_be_is_refused_in_words(program, change, field):
    lead = await program(Role.LEAD)
    answer = await lead.client.post("/api/v1/filtering/checks", json=CHECK_EXAMPLE | change)
    assert answer.status_code == (422 if field else 404), answer.text
    assert field in answer.text
    assert (await lead.get("/api/v1/filtering/checks")).json()["items"] == []


async def test_a_program_reads_who_signed_page_by_page_when_they_met_and_what_children_said(program, school):
    lead = await program(Role.LEAD)
    today = clock.now().date()
    new = NewEdition(title="Use", parties=("family",), words="Be kind.", effective_on=today)
    async with begin(lead.actor) as work:
        policy = await publish(work, school, "agreement", new)
        names = (Who("Ana Sample", "Robin"), Who("Bo Sample", "Casey"), Who("Cy Sample", "Alex"))
        await record_paper(work, policy.id, "family", names, today)
        await describe(work, "Online safety group", "Looks at what happens.", "Each term", 0)
        await record_meeting(work, school, today, "The chair, two pupils", "Agreed to ask again.")
        said = NewSession(
            way="survey", title="Group chats", held_on=today, said="They never stop.", done="A quiet hour."
        )
        await record_session(work, school, said)
    first = (await lead.get(f"/api/v1/policies/{policy.id}/signatures?limit=2")).json()
    rest = (await lead.get(f"/api/v1/policies/{policy.id}/signatures?limit=2&after={first['next']}")).json()
    signed = {row["name"]: row["for_name"] for row in first["items"] + rest["items"]}
    assert signed == {"Ana Sample": "Robin", "Bo Sample": "Casey", "Cy Sample": "Alex"}
    assert rest["next"] is None
    [met] = (await lead.get("/api/v1/committee/meetings")).json()["items"]
    assert (met["meeting"]["minutes"], met["open"]) == ("Agreed to ask again.", 0)
    [voice] = (await lead.get("/api/v1/voices")).json()["items"]
    assert (voice["said"], voice["done"]) == ("They never stop.", "A quiet hour.")


async def test_an_event_whose_people_cannot_be_recorded_is_not_recorded_either(program):
    lead = await program(Role.LEAD)
    answer = await lead.client.post("/api/v1/learning-events", json=EVENT_EXAMPLE | {"outcome": "slept"})
    assert answer.status_code == 422
    async with begin(lead.actor) as work:
        assert await work.driver.fetchval("select count(*) from learning_events") == 0
