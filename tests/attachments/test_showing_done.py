"""An action is done, and a file or an item of evidence shows it: on the page, by the API, in the pack and report."""

import json
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import httpx
import pytest
from pypdf import PdfReader

from safeguard.access.actors import Actor
from safeguard.access.roles import Role
from safeguard.attachments.locking import lock_file
from safeguard.evidence.making import Workshop
from safeguard.incidents.adding import add_entry
from safeguard.incidents.queries import read_incident
from safeguard.standards.proving import NewItem, add_item
from safeguard.tenancy.blocking import BLOCKED_TYPES
from safeguard.work import begin
from tests.attachments import files
from tests.attachments.conftest import Stored
from tests.attachments.sending import file_in, record, send
from tests.attachments.test_in_packs import asked, packed, shop
from tests.factories.incidents import ACTION
from tests.web.browsing import Browser
from tests.web.conftest import SignIn

__all__ = ["shop"]

pytestmark = pytest.mark.anyio

WORDS = "Reported on Monday; they answered the same day."
SMUGGLE = """
insert into entries (organisation_id, id, incident_id, kind, written_at, author_name, words, action_id, proof_file_id,
    proof_name)
select organisation_id, gen_random_uuid(), incident_id, kind, written_at, author_name, words, action_id, $1, 'theirs'
from entries where kind = 'completion'
"""


async def action_of(lead: Actor, *types: str) -> tuple[UUID, str]:
    """An incident with an action that is open, and where it is marked as done."""
    facts = await record(lead, *types)
    async with begin(lead) as work:
        action = await add_entry(work, facts.id, ACTION)
    return facts.id, f"/incidents/{facts.id}/entries/{action.id}/done"


async def finish(browser: Browser, at: str, file: tuple[str, bytes] | None = None, **said: str) -> httpx.Response:
    """Fill in the page and send it; a browser sends an empty file where none was chosen."""
    token = await browser.token(at)
    return await browser.client.post(
        at, data={"csrf_token": token, "words": WORDS, "proof": "", **said}, files={"file": file or ("", b"")},
        headers={"sec-fetch-site": "same-origin"},
    )  # fmt: skip


async def completion(lead: Actor, incident_id: UUID) -> Any:
    async with begin(lead) as work:
        return next((e for e in (await read_incident(work, incident_id)).entries if e.kind == "completion"), None)


async def test_a_file_that_comes_with_the_words_is_attached_and_shows_it_in_the_story_and_the_pack(
    sign_in: SignIn, shop: Workshop, tmp_path: Path
):
    lead = await sign_in(Role.LEAD)
    incident, at = await action_of(lead.actor)
    done = await finish(lead, at, ("answer.pdf", files.PDF), promise="yes")
    assert done.status_code == 303, done.text
    entry = await completion(lead.actor, incident)
    assert (entry.words, entry.proof_name) == (WORDS, "answer.pdf")
    page = (await lead.get(f"/incidents/{incident}")).text
    assert f'href="/incidents/{incident}/attachments/{entry.proof_file_id}" dir="auto">answer.pdf</a>' in page
    members = await packed(lead.actor, shop, await asked(lead.actor, incident), tmp_path)
    told = json.loads(members[f"data/entry-{entry.id}.json"])["versions"][0]["fields"]
    assert [json.loads(told[name]["value"]) for name in ("proof_name", "proof_file_id")] == [
        "answer.pdf", str(entry.proof_file_id),
    ]  # fmt: skip
    (tmp_path / "report.pdf").write_bytes(members["report.pdf"])
    text = " ".join(" ".join(leaf.extract_text() for leaf in PdfReader(tmp_path / "report.pdf").pages).split())
    assert text.count("What shows it") >= 2  # in the story, and beside the action
    assert "answer.pdf" in text


async def test_what_is_here_already_shows_it_too_and_what_nobody_can_open_is_not_offered(sign_in: SignIn):
    lead = await sign_in(Role.LEAD)
    incident, at = await action_of(lead.actor)
    letter, found = [file_in(await send(lead, incident, name)) for name in ("letter.pdf", "found.pdf")]
    async with begin(lead.actor) as work:
        await lock_file(work, incident, found)
        item = await add_item(
            work, NewItem(kind="policy", title="The new policy", dated_on=date(2026, 1, 5), supports=(("pies", "M3"),))
        )
    page = (await lead.get(at)).text
    assert f'value="file:{letter}"' in page
    assert f'value="item:{item.id}"' in page
    assert str(found) not in page
    refused = await finish(lead, at, proof=f"file:{found}")
    assert refused.status_code == 422
    assert WORDS in refused.text
    assert (await finish(lead, at, proof=f"item:{item.id}")).status_code == 303
    entry = await completion(lead.actor, incident)
    assert (entry.proof_item_id, entry.proof_name) == (item.id, "The new policy")
    assert f'href="/standards/evidence/{item.id}"' in (await lead.get(f"/incidents/{incident}")).text


@pytest.mark.parametrize(
    ("said", "file", "why"),
    [
        ({"words": ""}, ("a.pdf", files.PDF), "Say what was done."),
        ({"promise": ""}, ("a.pdf", files.PDF), "Say that you know what is in the file."),
        ({}, ("a.exe", b"MZ" + bytes(200)), "attach"),
        ({"proof": "file:01a2054d-c420-7b6b-b2ad-6c5ed388aa73"}, None, "Choose another"),
        ({"proof": "item:what"}, None, "Choose another"),
    ],
    ids=["no words", "no promise", "a program", "another's file", "nonsense"],
)
async def test_what_needs_another_look_keeps_the_words_and_nothing_of_the_file(
    sign_in: SignIn, stored: Stored, said: dict[str, str], file: tuple[str, bytes] | None, why: str
):
    lead = await sign_in(Role.LEAD)
    incident, at = await action_of(lead.actor)
    refused = await finish(lead, at, file, **({"promise": "yes"} | said))
    assert refused.status_code == 422
    assert why in refused.text
    assert said.get("words", WORDS) in refused.text
    assert stored() == []
    assert await completion(lead.actor, incident) is None
    assert (await finish(lead, at)).status_code == 303


async def test_an_incident_of_a_blocked_type_takes_the_words_and_never_a_file(sign_in: SignIn, stored: Stored):
    lead = await sign_in(Role.LEAD)
    incident, at = await action_of(lead.actor, sorted(BLOCKED_TYPES)[0])
    assert 'type="file"' not in (await lead.get(at)).text
    refused = await finish(lead, at, ("answer.pdf", files.PDF), promise="yes")
    assert refused.status_code == 409
    assert stored() == []
    assert await completion(lead.actor, incident) is None
    assert (await finish(lead, at)).status_code == 303


async def test_by_the_api_and_past_it_only_a_file_of_the_same_incident_shows_it(program, sign_in: SignIn):
    robot = await program(Role.LEAD)
    lead = await sign_in(actor=robot.actor)
    (here, at), (there, _) = await action_of(lead.actor), await action_of(lead.actor)
    theirs, ours = file_in(await send(lead, there)), file_in(await send(lead, here))
    new = {"kind": "completion", "words": WORDS, "action_id": at.split("/")[-2]}
    path = f"/api/v1/incidents/{here}/entries"
    refused = await robot.client.post(path, json=new | {"proof_file_id": str(theirs)})
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "proof_file_id")
    answer = await robot.client.post(path, json=new | {"proof_file_id": str(ours)})
    assert (answer.status_code, answer.json()["proof_name"]) == (201, "letter.pdf")
    with pytest.raises(asyncpg.ForeignKeyViolationError):
        async with begin(lead.actor) as work:
            await work.driver.execute(SMUGGLE, theirs)
            await work.driver.execute("set constraints all immediate")
