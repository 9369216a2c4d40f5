"""The JSON API: what programs send, what they get, and what they are refused."""

import json
from datetime import timedelta

import pytest

from safeguard import clock
from safeguard.access.roles import Role
from safeguard.incidents.api import ENTRY_EXAMPLE, INCIDENT_EXAMPLE
from safeguard.incidents.recording import record_incident
from safeguard.tenancy.profiles import load_profiles
from safeguard.work import begin
from tests.factories.incidents import IMPERSONATION, SCHOOL

pytestmark = pytest.mark.anyio

INCIDENTS = "/api/v1/incidents"


@pytest.mark.parametrize("kind", [kind for kind in load_profiles() if kind != "group"])
async def test_the_example_is_valid_as_sent_in_an_organisation_of_any_kind(program, kind):
    caller = await program(Role.LEAD, kind=kind)
    answer = await caller.client.post(INCIDENTS, json=INCIDENT_EXAMPLE)
    assert answer.status_code == 201, answer.text
    entry = await caller.client.post(f"{INCIDENTS}/{answer.json()['id']}/entries", json=ENTRY_EXAMPLE)
    assert entry.status_code == 201, entry.text


async def test_every_request_schema_carries_its_example(program):
    caller = await program(Role.LEAD)
    description = (await caller.client.get("/api/openapi.json")).json()
    for path, example in ((INCIDENTS, INCIDENT_EXAMPLE), (f"{INCIDENTS}/{{incident_id}}/entries", ENTRY_EXAMPLE)):
        schema = description["paths"][path]["post"]["requestBody"]["content"]["application/json"]["schema"]
        if "$ref" in schema and "example" not in schema:
            schema = description["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]
        assert schema["example"] == example
    strings = [value for value in INCIDENT_EXAMPLE.values() if isinstance(value, str)]
    assert max(strings, key=len) == INCIDENT_EXAMPLE["narrative"]


async def test_what_is_recorded_is_read_back_with_its_narrative_people_and_entries(program):
    caller = await program(Role.LEAD)
    made = await caller.client.post(INCIDENTS, json=INCIDENT_EXAMPLE)
    address = made.headers["location"]
    await caller.client.post(f"{address}/entries", json={"kind": "note", "words": "Rang the platform."})
    read = (await caller.client.get(address)).json()
    assert read["narrative"] == INCIDENT_EXAMPLE["narrative"]
    assert read["people"][0]["role"] == "affected"
    assert read["entries"][0]["words"] == "Rang the platform."
    assert read["state"] == "new"


async def test_the_same_key_with_the_same_body_records_once_and_with_another_is_refused(program):
    caller = await program(Role.LEAD)
    headers = {"Idempotency-Key": "one"}
    first = await caller.client.post(INCIDENTS, json=INCIDENT_EXAMPLE, headers=headers)
    second = await caller.client.post(INCIDENTS, json=INCIDENT_EXAMPLE, headers=headers)
    other = await caller.client.post(INCIDENTS, json={"narrative": "Another."}, headers=headers)
    assert (first.status_code, second.status_code, other.status_code) == (201, 201, 409)
    assert first.json() == second.json()
    assert len((await caller.client.get(INCIDENTS)).json()["items"]) == 1


async def test_the_list_comes_in_pages(program):
    caller = await program(Role.LEAD)
    async with begin(caller.actor) as work:
        made = [(await record_incident(work, IMPERSONATION, SCHOOL)).facts.reference for _ in range(5)]
    seen, after = [], None
    while True:
        query = {"limit": "2"} | ({"after": after} if after else {})
        page = (await caller.client.get(INCIDENTS, params=query)).json()
        seen += [item["reference"] for item in page["items"]]
        if (after := page["next"]) is None:
            break
    assert seen == made[::-1]


async def test_a_reporters_token_sees_its_own_and_nothing_that_a_lead_made_of_it(program):
    caller = await program(Role.REPORTER)
    made = (await caller.client.post(INCIDENTS, json=INCIDENT_EXAMPLE | {"danger_now": True})).json()
    assert [item["id"] for item in (await caller.client.get(INCIDENTS)).json()["items"]] == [made["id"]]
    assert (await caller.client.get(f"{INCIDENTS}/{made['id']}")).json()["risk"] == "unassessed"
    refused = await caller.client.post(f"{INCIDENTS}/{made['id']}/entries", json=ENTRY_EXAMPLE)
    assert refused.status_code == 403


async def test_a_token_of_another_organisation_finds_nothing(program):
    caller, stranger = await program(Role.LEAD), await program(Role.LEAD)
    made = (await caller.client.post(INCIDENTS, json=INCIDENT_EXAMPLE)).json()
    for answer in (
        await stranger.client.get(f"{INCIDENTS}/{made['id']}"),
        await stranger.client.post(f"{INCIDENTS}/{made['id']}/entries", json=ENTRY_EXAMPLE),
    ):
        assert answer.status_code == 404
        assert answer.headers["content-type"].startswith("application/problem+json")
    assert (await stranger.client.get(INCIDENTS)).json() == {"items": [], "next": None}


async def test_a_token_that_no_longer_works_is_told_so_in_a_programs_words(program):
    caller = await program(Role.LEAD)
    answer = await caller.client.get(INCIDENTS, headers={"authorization": "Bearer of-nothing"})
    assert answer.status_code == 401
    assert answer.json()["detail"].startswith("This token is not known here")


async def test_a_field_within_another_is_named_the_same_whoever_finds_it_wrong(program):
    caller = await program(Role.LEAD)
    for person in ({"name": "A", "role": "victim"}, {"name": "A", "more": 1}, {"name": "", "role": "witness"}):
        answer = await caller.client.post(INCIDENTS, json={"narrative": "It happened.", "people": [person]})
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["field"].startswith("people.0.")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"narrative": ""}, "narrative"),
        ({"narrative": "x", "place": "the moon"}, "place"),
        ({"narrative": "x", "platforms": ["myspace-2"]}, "platforms"),
        ({"narrative": "x", "people": [{"name": "", "role": "witness"}]}, "people.0.name"),
        ({"narrative": "x", "happened": {"precision": "day", "from": "2999-01-01T00:00:00Z"}}, "happened.from"),
        ({"narrative": "x", "happened": {"precision": "day", "from": "1066-10-14T00:00:00Z"}}, "happened.from"),
        ({"narrative": "x", "happened": {"precision": "day", "from": "2026-01-01T00:00:00"}}, "happened.from"),
        ({"narrative": "x" * 100_001}, "narrative"),
    ],
)
async def test_what_needs_another_look_is_named(program, body, field):
    caller = await program(Role.LEAD)
    answer = await caller.client.post(INCIDENTS, json=body)
    assert answer.status_code == 422, answer.text
    assert field in [error["field"] for error in answer.json()["errors"]]


@pytest.mark.parametrize(
    "body", ['{"narrative": 7}', '{"narrativ": "x"}', "[]", "{", '{"narrative": "x", "place": 7}']
)  # fmt: skip
async def test_a_body_of_another_shape_is_refused_in_plain_words(program, body):
    caller = await program(Role.LEAD)
    headers = {"Content-Type": "application/json"}
    answer = await caller.client.post(INCIDENTS, content=body, headers=headers)
    assert answer.status_code in {400, 422}
    assert json.loads(answer.text)["detail"]


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=many", "after=tampered", "state=odd", "since=yesterday", "risk=pink"]
)
async def test_a_query_that_makes_no_sense_is_refused(program, query):
    caller = await program(Role.LEAD)
    assert (await caller.client.get(f"{INCIDENTS}?{query}")).status_code in {400, 422}


@pytest.mark.parametrize(
    ("query", "field", "words"),
    [
        ("state=shut", "state", "“shut” is not one of the values"),
        ("risk=huge", "risk", "“huge” is not one of the values"),
        ("since=yesterday", "since", "offset from UTC"),
    ],
)
async def test_a_list_says_in_plain_words_what_it_cannot_be_narrowed_by(program, query, field, words):
    caller = await program(Role.LEAD)
    answer = await caller.client.get(f"/api/v1/incidents?{query}")
    assert answer.status_code == 422
    [error] = answer.json()["errors"]
    assert error["field"] == field
    assert words in error["message"]
    assert "page" not in answer.text


async def test_a_program_is_refused_in_words_that_name_no_page(program):
    caller = await program(Role.REPORTER)
    refused = await caller.client.post(f"{INCIDENTS}/00000000-0000-7000-8000-000000000000/entries", json=ENTRY_EXAMPLE)
    missing = await caller.client.get(f"{INCIDENTS}/00000000-0000-7000-8000-000000000000")
    assert (refused.status_code, refused.json()["detail"]) == (403, "This token's role does not allow this.")
    assert (missing.status_code, missing.json()["detail"]) == (
        404, "There is nothing at this address that this token may see.",
    )  # fmt: skip


async def test_an_entry_sent_again_is_answered_with_that_entry(program):
    caller = await program(Role.LEAD)
    made = (await caller.client.post(INCIDENTS, json=INCIDENT_EXAMPLE)).headers["location"]
    sent = [
        await caller.client.post(f"{made}/entries", json=ENTRY_EXAMPLE, headers={"Idempotency-Key": "one"})
        for _ in range(2)
    ]
    assert [answer.status_code for answer in sent] == [201, 201]
    assert sent[0].json() == sent[1].json()


async def test_every_kind_of_entry_is_added_and_links_are_read_at_both_ends(program):
    caller = await program(Role.LEAD)
    first, other = [(await caller.client.post(INCIDENTS, json=INCIDENT_EXAMPLE)).json() for _ in range(2)]
    at, person = f"{INCIDENTS}/{first['id']}", first["people"][0]["id"]

    async def add(**entry):
        answer = await caller.client.post(f"{at}/entries", json=entry)
        assert answer.status_code == 201, (entry, answer.text)
        return answer.json()["id"]

    day, after, later = (str(clock.now().date() + timedelta(days=days)) for days in (7, 8, 48))
    action = await add(kind="action", words="Ring.", owner_name="Sam", due_on=after, remind_on=day)
    await add(kind="completion", words="Rang.", action_id=action)
    asked = await add(kind="contact", words="Asked.", contact="lado", awaits_answer=True)
    await add(kind="answer", words="Nothing further.", action_id=asked)
    await add(kind="decision", words="No.", reason="No harm.", referral="not_made", contact="police")
    await add(kind="informing", contact="parents", informed="no", reason="It adds risk.")
    await add(kind="plan", words="A tutor.", person_id=person, due_on=later)
    await add(kind="support", words="A talk.", person_id=person)
    await add(kind="person_outcome", words="Well.", result="supported", person_id=person)
    await add(kind="lesson", words="Show the route.", controls=["L12"])
    await add(kind="review", words="Quick.", attendees="Head")
    await add(kind="link", linked_id=other["id"])
    read = (await caller.client.get(at)).json()
    assert [link["reference"] for link in read["links"]] == [other["reference"]]
    back = (await caller.client.get(f"{INCIDENTS}/{other['id']}")).json()
    assert [link["id"] for link in back["links"]] == [first["id"]]
    assert read["parents_informed"] == "no"
    again = await caller.client.post(f"{at}/entries", json={"kind": "link", "linked_id": other["id"]})
    assert again.status_code == 409
    wrong = await caller.client.post(f"{at}/entries", json={"kind": "plan", "words": "A tutor."})
    assert {error["field"] for error in wrong.json()["errors"]} == {"person_id", "due_on"}
