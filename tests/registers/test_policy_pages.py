"""The pages of policies and agreements, and of whoever signs without an account."""

import re
from datetime import timedelta

import pytest

from safeguard.access.roles import Role
from tests.registers.editions import TODAY

pytestmark = pytest.mark.anyio


async def test_the_pages_from_publishing_to_reading(sign_in):
    lead = await sign_in(Role.LEAD)
    assert "No policy yet" in (await lead.get("/standards/registers/policies")).text
    assert "“Walrus” is nothing that this page" in (await lead.get("/standards/registers/policies?show=Walrus")).text
    typed = {"kind": "policy", "title": "Phones <b>", "readers": "lead", "words": "Away in lessons.",
             "effective_on": TODAY.isoformat(), "read_by": "", "seen": "0", "do": "publish"}  # fmt: skip
    made = await lead.send("/standards/registers/policies/new", typed)
    assert made.status_code == 303, made.text
    register = made.headers["location"]
    assert "0 of 1 have read it" in (await lead.get(register)).text
    wrong = await lead.send("/standards/registers/policies/new", typed | {"title": "", "words": "<i>kept</i>"})
    assert wrong.status_code == 422
    assert "&lt;i&gt;kept&lt;/i&gt;" in wrong.text
    over = typed | {"read_by": (TODAY - timedelta(days=9)).isoformat()}
    late = await lead.send("/standards/registers/policies/new", over)
    assert late.status_code == 422 and "The day to read it by is over" in late.text
    page = "/policies/" + register.rsplit("/", 1)[1]
    assert "Away in lessons." in (await lead.get(page)).text
    assert (await lead.send(page, {"edition": "1"})).status_code == 422
    assert (await lead.send(page, {"edition": "1", "agreed": "yes"})).status_code == 303
    assert "Everybody has read it" in (await lead.get(register)).text
    assert "Phones &lt;b&gt;" in (await lead.get("/policies?done")).text
    csv = await lead.get("/standards/registers/tables/policies.csv")
    assert "Phones <b>" in csv.text
    workbook = await lead.get("/standards/registers/tables/policies.xlsx")
    assert workbook.content.startswith(b"PK")
    assert 'filename="policies.xlsx"' in workbook.headers["content-disposition"]
    for name in ("nothing.csv", "policies.pdf", "policies"):
        assert (await lead.get(f"/standards/registers/tables/{name}")).status_code == 404


async def test_the_pages_of_an_agreement_and_of_whoever_signs_without_an_account(sign_in, stranger):
    lead = await sign_in(Role.LEAD)
    typed = {"kind": "agreement", "title": "Acceptable use", "parties": "visitor", "words": "Be kind.",
             "effective_on": TODAY.isoformat(), "lasts_months": "1", "seen": "0", "do": "publish"}  # fmt: skip
    made = await lead.send("/standards/registers/policies/new?kind=agreement", typed)
    signatures = made.headers["location"] + "/signatures"
    assert "Nobody has signed" in (await lead.get(signatures)).text
    paper = {"party": "visitor", "names": "Ana Sample\nBo Sample\n", "signed_on": TODAY.isoformat()}
    done = await lead.send(signatures, paper)
    told = (await lead.get(done.headers["location"])).text
    assert "2 signatures are recorded" in told and "had signed this edition before" not in told
    again = await lead.send(signatures, paper | {"names": "ana  Sample\nBo Sample\nCy Sample"})
    told = (await lead.get(again.headers["location"])).text
    assert "3 signatures are recorded" in told and "2 of them had signed this edition before" in told
    refused = await lead.send(signatures, paper | {"party": ""})
    assert refused.status_code == 422
    assert "Bo Sample" in refused.text
    taken = (await lead.get(f"/standards/registers/tables/agreements.csv?policy={signatures.split('/')[-2]}")).text
    assert "Bo Sample,,Visitor,On paper," in taken and ",paper" not in taken
    sent = {"signer": "visitor", "name": "Cy Sample", "do": "once"}
    link = await lead.send(made.headers["location"] + "/links", sent, page=signatures)
    shown = (await lead.get(link.headers["location"])).text
    address = re.search(r"https://safeguard.test(/sign/[A-Za-z0-9_-]+)", shown)
    assert address
    assert "For 10 minutes this page shows it" in shown
    assert address[1] in (await lead.get(link.headers["location"])).text, "also when it is loaded again"
    assert address[1] not in (await lead.get(signatures)).text
    assert "Be kind." in (await stranger.get(address[1])).text
    welsh = (await stranger.get(address[1] + "?lang=cy")).text
    assert "Eich enw" in welsh and "Llofnodi" in welsh and 'lang="cy"' in welsh
    unsigned = await stranger.send(address[1] + "?lang=cy", {"name": "", "edition": "1"}, page=address[1])
    assert unsigned.status_code == 422
    assert "Ysgrifennwch eich enw." in unsigned.text
    assert (await stranger.send(address[1], {"name": "Cy Sample", "edition": "1"})).status_code == 422
    assert (await stranger.send(address[1], {"name": "Cy Sample", "edition": "1", "agreed": "y"})).status_code == 303
    thanks = (await stranger.get(address[1] + "?signed")).text
    assert re.findall(r"<h1[^>]*>(.*?)</h1>", thanks, re.DOTALL) and "Thank you" in thanks.split("<h1")[1]
    assert (await stranger.get(address[1])).status_code == 410
    assert (await stranger.get("/sign/made-up")).status_code == 404
    listed = (await lead.get(signatures + "?q=cy")).text
    assert "Cy Sample" in listed and "Ana Sample" not in listed


async def test_a_list_of_families_gets_an_address_each_in_a_file(sign_in, stranger):
    lead = await sign_in(Role.LEAD)
    typed = {"kind": "agreement", "title": "Acceptable use", "parties": "family", "words": "Be kind.",
             "effective_on": TODAY.isoformat(), "seen": "0", "do": "publish"}  # fmt: skip
    made = (await lead.send("/standards/registers/policies/new?kind=agreement", typed)).headers["location"]
    page, asked = made + "/signatures", {"signers": "family", "people": "=Mary Sample for Robin Sample\nBo Oakes\n"}
    refused = await lead.send(made + "/links/list", asked | {"signers": "", "do": "csv"}, page=page)
    assert refused.status_code == 422 and "Bo Oakes" in refused.text and "Choose who will sign there" in refused.text
    taken = await lead.send(made + "/links/list", asked | {"do": "csv"}, page=page)
    assert taken.headers["content-disposition"].startswith("attachment")
    rows = [line.split(",") for line in taken.text.splitlines()[1:]]
    assert [row[:3] for row in rows] == [
        ["'=Mary Sample", "Robin Sample", "Acceptable use"], ["Bo Oakes", "", "Acceptable use"],
    ]  # fmt: skip
    first, second = (row[3].removeprefix("https://safeguard.test") for row in rows)
    signed = {"name": "Mary Sample", "for_name": "Robin Sample", "edition": "1", "agreed": "y"}
    assert (await stranger.send(first, signed)).status_code == 303
    assert (await stranger.get(first)).status_code == 410 and (await stranger.get(second)).status_code == 200
    assert first not in (await lead.get(page)).text and "Bo Oakes" in (await lead.get(page)).text
    workbook = await lead.send(made + "/links/list", asked | {"do": "xlsx"}, page=page)
    assert workbook.content.startswith(b"PK")
