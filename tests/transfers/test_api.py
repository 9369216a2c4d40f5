"""Transfers for programs: to whom, sent, how each stands, its receipt."""

from typing import get_args, get_origin, get_type_hints

import pytest
from litestar import Response

from safeguard import clock
from safeguard.access.roles import Role
from safeguard.transfers import api, ending
from safeguard.work import begin
from tests.transfers.making import filed, organisation_of

pytestmark = pytest.mark.anyio


async def test_a_program_sends_a_file_follows_it_and_reads_its_receipt(program, someone):
    lead = await program(Role.LEAD)
    there = await someone(Role.LEAD)
    ana = await filed(lead.actor)
    at, found = f"/api/v1/people/{ana.person}/transfers", await organisation_of(there)

    async def post(**said):
        return await lead.client.post(at, json=api.EXAMPLE | said)

    paper = await post()
    assert paper.status_code == 201, paper.text
    made = paper.json()
    assert (made["state"], made["late"], made["incidents"], made["link"]) == ("sent", False, 2, None)
    assert [one["why"] for one in made["left_out"]] == ["It was not checked for viruses yet."]
    assert (await lead.client.get(paper.headers["location"])).json()["sha256"] == made["sha256"]
    receipt = f"{paper.headers['location']}/receipt"
    assert (await lead.client.get(receipt)).status_code == 404
    async with begin(lead.actor) as work:
        await ending.write_receipt(work, made["id"], "Sam Reed", "Head", clock.now().date())
    assert (await lead.client.get(receipt)).json()["by"] == "Sam Reed"
    described = get_type_hints(api.get_receipt.fn)["return"]
    assert get_origin(described) is Response and get_origin(get_args(described)[0]) is dict  # and not a text

    link = (await post(way="link", leave=[str(ana.open)], why="Of somebody else.")).json()
    assert link["link"].startswith("https://safeguard.test/transfer/") and link["passphrase"]
    told = (await lead.client.get(f"/api/v1/transfers/{link['id']}")).json()
    assert told["passphrase"] is None and [one["why"] for one in told["left_out"]] == ["Of somebody else."]

    receivers = (await lead.client.get("/api/v1/transfer-receivers", params={"named": found.name})).json()["items"]
    assert str(there.organisation_id) in [one["id"] for one in receivers]
    inside = await post(way="inside", to=str(there.organisation_id), named=found.name)
    assert inside.status_code == 201 and inside.json()["recipient"] == found.name
    for wrong, field in (
        ({"leave": [str(there.organisation_id)], "why": "A number of something else."}, "leave"),
        ({"way": "inside", "to": str(there.organisation_id), "named": "Nobody like this"}, "to"),
        ({"recipient": " "}, "recipient"), ({"names": True}, "why"), ({"way": "pigeon"}, ""), ({"basis": ""}, ""),
    ):  # fmt: skip
        refused = await post(**wrong)
        assert refused.status_code in (400, 422) and field in refused.text, wrong
    first = (await lead.client.get("/api/v1/transfers", params={"limit": 2})).json()
    rest = (await lead.client.get("/api/v1/transfers", params={"limit": 2, "after": first["next"]})).json()
    assert [one["way"] for one in (*first["items"], *rest["items"])] == ["inside", "link", "paper"]

    stranger = await program(Role.LEAD)
    assert (await stranger.client.get(paper.headers["location"])).status_code == 404
    reporter = await program(Role.REPORTER, organisation=lead.actor.organisation_id)
    assert (await reporter.client.get("/api/v1/transfers")).status_code == 403
