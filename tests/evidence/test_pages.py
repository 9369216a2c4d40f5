"""Packs in the browser and by the API: asking, watching, downloading, refusing."""

import zipfile
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html import unescape
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from litestar import Litestar

from safeguard import clock
from safeguard.access.roles import Role
from safeguard.app import build
from safeguard.database import pool
from safeguard.database.bootstrap import Addresses
from safeguard.database.embedded import EmbeddedPostgres
from safeguard.evidence import api, routes
from safeguard.evidence.api import EXAMPLE
from safeguard.evidence.attesting.outside import Outside
from safeguard.evidence.carried import list_carried
from safeguard.evidence.making import Workshop
from safeguard.evidence.packs import chapters
from safeguard.evidence.sealing import SealRefused
from safeguard.evidence.verifying.checking import verify
from safeguard.evidence.verifying.notes import parse_key
from safeguard.evidence.verifying.verdicts import Verdict
from safeguard.incidents.chapter import IncidentChapter
from safeguard.inspection.pack_parts import PARTS
from safeguard.strongbox import objects
from safeguard.tenancy.profiles import load_profiles, profile_of
from safeguard.web import assets, surroundings
from safeguard.web.surroundings import Surroundings
from safeguard.work import begin
from tests.evidence.test_making import make, tell_a_story
from tests.web.browsing import Browser
from tests.web.conftest import SignIn, add_templates, program, show_sign_in, sign_in, surrounded

__all__ = ["program", "sign_in", "surrounded"]

pytestmark = pytest.mark.anyio

PACKS = "/api/v1/evidence-packs"


@pytest.fixture(scope="session")
def built() -> Litestar:
    """The room, put together once."""
    app = build([*routes.ROUTES, *assets.ROUTES], api.API_ROUTES)
    add_templates(app)
    return app


@pytest.fixture
async def service(built: Litestar, database: pool.Database, shop: Workshop) -> AsyncIterator[Litestar]:
    """The room, served, with a store and a chapter."""
    surroundings.use(
        Surroundings(public_url="https://safeguard.test", sign_in_page=show_sign_in, profile_of=profile_of)
    )
    objects.use(shop.store)
    chapters.bind(IncidentChapter())
    chapters.bind_parts(PARTS)
    async with built.lifespan():
        yield built
    objects.use(None)
    chapters.bind(None)
    chapters.bind_parts({})


def pack_in(location: str) -> UUID:
    return UUID(location.rpartition("/")[2])


async def asked_for(browser: Browser, disclosure: str) -> str:
    """The page of a pack of an incident that was just recorded."""
    assert browser.actor
    form = {"incident": str(await tell_a_story(browser.actor)), "disclosure": disclosure}
    sent = await browser.send("/evidence", form, page=f"/evidence/new?incident={form['incident']}")
    return sent.headers["location"]


async def test_a_lead_asks_watches_and_downloads(sign_in: SignIn, shop: Workshop, tmp_path: Path) -> None:
    browser = await sign_in(Role.LEAD)
    assert browser.actor
    incident_id = await tell_a_story(browser.actor)
    asked = await browser.get(f"/evidence?incident={incident_id}")
    assert asked.status_code == 200
    sent = await browser.send(
        "/evidence",
        {"incident": str(incident_id), "disclosure": "minimal"},
        page=f"/evidence/new?incident={incident_id}",
    )
    assert sent.status_code == 303, sent.text
    address = sent.headers["location"]
    waiting = await browser.get(address)
    assert "Making the pack" in waiting.text
    assert 'hx-trigger="every 2s"' in waiting.text
    assert '<noscript><meta http-equiv="refresh"' in waiting.text
    assert (await browser.get(f"{address}/download")).status_code == 409
    nobody = Outside(tmp_path, "http://127.0.0.1:1/", tmp_path / "roots.pem")
    await make(browser.actor, pack_in(address), replace(shop, outside=nobody))
    fragment = await browser.get(address, **{"hx-request": "true"})
    assert "Download the pack" in fragment.text
    assert "hx-trigger" not in fragment.text
    assert "<html" not in fragment.text
    got = await browser.get(f"{address}/download")
    assert got.status_code == 200
    assert got.headers["content-type"] == "application/zip"
    assert got.headers["cache-control"] == "no-store"
    assert got.headers["content-disposition"].startswith('attachment; filename="Incident-')
    file = tmp_path / "got.zip"
    file.write_bytes(got.content)
    async with begin(browser.actor) as work:
        [reader] = await list_carried(work, incident_id)
        assert (reader.user_id, reader.kind, reader.id, reader.times) == (
            browser.actor.user_id, "pack", pack_in(address), 1,
        )  # fmt: skip
        assert await list_carried(work, uuid4()) == ()
    assert f'href="/audit?about={reader.id}">{reader.title}<' in (await browser.get(f"/audit?about={incident_id}")).text
    shown = (await browser.get(address)).text
    assert "None: they could not be reached, or refused. The pack is sound without it." in shown
    key = shown.split("/1+")[1].split("<")[0]
    assert verify(file).verdict is Verdict.KEY_NOT_KNOWN
    vkey = next(word for word in shown.replace("<", " ").replace(">", " ").split() if "/1+" in word)
    assert key in vkey
    assert verify(file, [parse_key(vkey.replace("&#43;", "+"))]).verdict is Verdict.VALID
    note = zipfile.ZipFile(file).read("checkpoint.note").decode()
    compared = await browser.send("/audit/check", {"note": note}, page="/audit/check")
    for said in ("The log fits this checkpoint", "Its signature is by this log's own key, and it is true."):
        assert said in unescape(compared.text), compared.text[-3000:]


async def test_the_log_of_a_record_is_read_as_far_as_it_goes_and_days_as_people_write_them(sign_in: SignIn) -> None:
    browser = await sign_in(Role.LEAD)
    assert browser.actor
    about = f"/audit?about={await tell_a_story(browser.actor)}"
    assert "Nobody has read it in a pack" in (await browser.get(about)).text
    for beyond in ("&skip=50000", "&skip=99999999999", "&first=tomorrow", "&last=1 2 2020"):
        assert (await browser.get(about + beyond)).status_code == 200, beyond
    for refused in ("&skip=x", "&skip=99999999999999999999", "&first=the day", "&first=2 11 2026&last=1 11 2026"):
        assert (await browser.get(about + refused)).status_code == 400, refused


async def test_a_kind_of_pack_that_there_is_not_is_refused_in_words(sign_in: SignIn) -> None:
    browser = await sign_in(Role.LEAD)
    form = {"kind": "nonsense", "disclosure": "minimal"}
    refused = await browser.send("/evidence", form, page="/evidence/new")
    assert refused.status_code == 400
    assert "There is no such kind of pack. Choose one from the list." in refused.text
    assert (await browser.get("/evidence/new?kind=nonsense")).status_code == 400


async def test_of_a_long_report_it_is_said_how_many_parts_are_written(
    sign_in: SignIn, shop: Workshop, server: EmbeddedPostgres
) -> None:
    browser = await sign_in(Role.LEAD)
    assert browser.actor
    address = await asked_for(browser, "minimal")
    with psycopg.connect(server.url(), dbname="safeguard") as everything:
        pack = str(pack_in(address))
        everything.execute("update jobs.job set state = 'running', done = 13, total = 15 where key = %s", (pack,))
        frozen = (
            "update packs set origin = 'o', log_size = 10, checkpoint = 'c', vkey = %s, release = '1', as_of = now()"
            " where id = %s"
        )
        everything.execute(frozen, (shop.signer.signer_of("safeguard.example/t/0/1").vkey, pack))
    assert "all 10 entries read, 3 of 5 parts of the report written" in (await browser.get(address)).text


async def test_a_pack_of_a_log_that_the_signer_refuses_says_what_is_wrong_and_whom_to_tell(
    sign_in: SignIn, addresses: Addresses, shop: Workshop
) -> None:
    browser = await sign_in(Role.LEAD)
    assert browser.actor
    address = await asked_for(browser, "complete")
    own = browser.actor.organisation_id
    await shop.signer.seal(own)
    assert "The log is not what was signed" not in (await browser.get(address)).text
    with psycopg.connect(addresses.owner) as owner:
        owner.execute("update audit.logs set size = size - 1 where organisation_id = %s and log = 'general'", (own,))
    with pytest.raises(SealRefused):
        await shop.signer.seal(own)
    assert "The log is not what was signed, so this pack cannot be made" in (await browser.get(address)).text


@pytest.mark.parametrize("made", [True, False], ids=["ready", "not yet made"])
async def test_a_pack_that_was_erased_says_so_and_is_made_no_more(
    sign_in: SignIn, shop: Workshop, server: EmbeddedPostgres, made: bool
) -> None:
    browser = await sign_in(Role.LEAD)
    assert browser.actor
    pack_id = pack_in(await asked_for(browser, "minimal"))
    if made:
        await make(browser.actor, pack_id, shop)
    with psycopg.connect(server.url(), dbname="safeguard") as everything:
        everything.execute("update packs set disposed_at = now(), wrapped_key = null where id = %s", (pack_id,))
    if not made:
        await make(browser.actor, pack_id, shop)
    shown = await browser.get(f"/evidence/{pack_id}")
    assert "This pack is no longer kept" in shown.text
    assert ("the ones with the SHA-256 below" in shown.text) is made
    assert f"/evidence/{pack_id}/download" not in shown.text
    assert "hx-trigger" not in shown.text
    assert "Erased" in (await browser.get("/evidence")).text
    assert (await browser.get(f"/evidence/{pack_id}/download")).status_code == (410 if made else 409)


async def test_a_period_that_cannot_be_comes_back_with_what_was_typed(sign_in: SignIn) -> None:
    browser = await sign_in(Role.LEAD)
    fields = {"first": "2026-03-01", "last": "2026-02-01", "disclosure": "complete"}
    refused = await browser.send("/evidence", fields, page="/evidence/new")
    assert refused.status_code == 422
    assert "The last day is before the first" in refused.text
    assert 'href="#last"' in refused.text
    assert 'value="2026-03-01"' in refused.text
    nothing = await browser.send("/evidence", {"first": "", "last": "", "disclosure": ""}, page="/evidence/new")
    assert nothing.status_code == 422


async def test_the_list_teaches_when_it_is_empty_and_shows_what_was_asked_for(sign_in: SignIn) -> None:
    browser = await sign_in(Role.LEAD)
    assert "No evidence packs yet" in (await browser.get("/evidence")).text
    today = datetime.now(UTC).date().isoformat()
    fields = {"first": today, "last": today, "disclosure": "complete"}
    await browser.send("/evidence", fields, page="/evidence/new")
    assert "Incidents, " in (await browser.get("/evidence")).text


@pytest.mark.parametrize("role", [Role.REPORTER, Role.ADMINISTRATOR, Role.GOVERNOR, Role.PASTORAL])
async def test_others_have_no_packs(sign_in: SignIn, role: Role) -> None:
    browser = await sign_in(role)
    for path in ("/evidence", "/evidence/new", f"/evidence/{uuid4()}", f"/evidence/{uuid4()}/download"):
        assert (await browser.get(path)).status_code == 403, path


async def test_another_organisations_pack_is_not_there(sign_in: SignIn) -> None:
    mine, theirs = await sign_in(Role.LEAD), await sign_in(Role.LEAD)
    assert theirs.actor
    incident_id = await tell_a_story(theirs.actor)
    page = f"/evidence/new?incident={incident_id}"
    sent = await theirs.send("/evidence", {"incident": str(incident_id), "disclosure": "minimal"}, page=page)
    address = sent.headers["location"]
    for path in (address, f"{address}/download", page, "/evidence/new?incident=nonsense"):
        assert (await mine.get(path)).status_code == 404, path


@pytest.mark.parametrize("kind", [kind for kind in load_profiles() if kind != "group"])
async def test_a_program_asks_and_downloads_in_an_organisation_of_any_kind(
    program: SignIn, shop: Workshop, tmp_path: Path, kind: str
) -> None:
    caller = await program(Role.LEAD, kind=kind)
    assert caller.actor
    incident_id = await tell_a_story(caller.actor)
    made = await caller.client.post(PACKS, json=EXAMPLE | {"incident_id": str(incident_id)})
    assert made.status_code == 201, made.text
    address = made.headers["location"]
    assert made.json()["state"] == "waiting"
    early = await caller.client.get(f"{address}/download")
    assert (early.status_code, early.headers["content-type"]) == (409, "application/problem+json")
    await make(caller.actor, pack_in(address), shop)
    ready = (await caller.client.get(address)).json()
    assert ready["state"] == "ready"
    got = await caller.client.get(f"{address}/download")
    assert (got.status_code, got.headers["content-type"]) == (200, "application/zip")
    file = tmp_path / "got.zip"
    file.write_bytes(got.content)
    assert verify(file, [parse_key(ready["key"])]).verdict is Verdict.VALID
    assert (await caller.client.get(PACKS)).json()["items"][0]["id"] == ready["id"]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 422),
        ({"incident_id": "nonsense"}, 422),
        ({"incident_id": str(uuid4())}, 404),
        ({"from": "2026-01-01"}, 422),
        ({"from": "2026-01-01", "to": "2025-01-01"}, 422),
        ({"from": "1066-10-14", "to": "2026-01-01"}, 422),
        ({"from": "2026-01-01", "to": "2026-02-01", "incident_id": str(uuid4())}, 422),
        ({"from": "2026-01-01", "to": "2026-02-01", "disclosure": "everything"}, 422),
        ({"from": "2026-01-01", "to": "2026-02-01", "more": 1}, 422),
        ({"from": "2026-01-01", "to": "2026-02-01"}, 201),
    ],
)
async def test_what_a_program_sends_is_taken_or_refused_with_the_right_status(
    program: SignIn, body: dict[str, object], status: int
) -> None:
    caller = await program(Role.LEAD)
    answer = await caller.client.post(PACKS, json=body)
    assert answer.status_code == status, answer.text


async def test_a_program_asks_for_an_inspection_with_the_cases_that_the_inspector_picked(
    program: SignIn, shop: Workshop
) -> None:
    caller = await program(Role.LEAD, kind="childrens_home")
    assert caller.actor
    incident_id = await tell_a_story(caller.actor)
    async with begin(caller.actor) as work:
        reference = await work.driver.fetchval("select reference from incidents where id = $1", incident_id)
    today = clock.now().date()
    days = {"kind": "inspection", "from": str(today - timedelta(days=30)), "to": str(today)}
    picked = {"body": "ofsted_childrens_home", "drawn": "inspector", "references": [f" {str(reference).lower()} "]}
    wrong: list[dict[str, Any]] = [
        days, days | {"inspection": {"body": "nobody"}}, days | {"inspection": picked, "disclosure": "minimal"},
        days | {"inspection": picked | {"references": ["AAA-AAA"]}}, days | {"inspection": picked | {"references": []}},
        days | {"inspection": {"body": "other", "many": 51}}, days | {"inspection": {"body": "other", "seed": "\x07"}},
    ]  # fmt: skip
    for body in wrong:
        assert (await caller.client.post(PACKS, json=body)).status_code == 422, body
    asked = await caller.client.post(PACKS, json=days | {"inspection": picked})
    assert asked.status_code == 201, asked.text
    found = (await make(caller.actor, pack_in(asked.headers["location"]), replace(shop, parts=PARTS))).id
    ready = (await caller.client.get(f"{PACKS}/{found}")).json()
    assert (ready["state"], ready["redacted"], ready["disclosure"]) == ("ready", True, "complete")
    assert ready["inspection"] == {
        "body": "ofsted_childrens_home", "drawn": "inspector", "seed": None, "cases": 1, "drawn_from": 1,
    }  # fmt: skip


async def test_the_same_key_asks_once(program: SignIn) -> None:
    caller = await program(Role.LEAD)
    body = {"from": "2026-01-01", "to": "2026-02-01"}
    first = await caller.client.post(PACKS, json=body, headers={"Idempotency-Key": "one"})
    again = await caller.client.post(PACKS, json=body, headers={"Idempotency-Key": "one"})
    assert first.json() == again.json()
    assert len((await caller.client.get(PACKS)).json()["items"]) == 1


async def test_the_request_schema_carries_its_example(program: SignIn) -> None:
    caller = await program(Role.LEAD)
    description = (await caller.client.get("/api/openapi.json")).json()
    content = description["paths"][PACKS]["post"]["requestBody"]["content"]["application/json"]
    schema = content["schema"]
    if "$ref" in schema and "example" not in schema:
        schema = description["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]
    assert schema["example"] == EXAMPLE
