"""The hard stop: for types that rule files out, nothing is ever stored, on any way in; and what was there is locked."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from safeguard import clock
from safeguard.access.actors import Actor, system
from safeguard.access.roles import Role
from safeguard.attachments.attaching import Blocked, attach
from safeguard.attachments.locking import lock_file
from safeguard.errors import Conflict
from safeguard.evidence.requesting import request_incident_pack
from safeguard.incidents.acknowledging import acknowledge
from safeguard.incidents.adding import add_entry
from safeguard.incidents.chapter import IncidentChapter
from safeguard.incidents.closing import Closing, close
from safeguard.incidents.entering import NewEntry
from safeguard.incidents.queries import read_incident
from safeguard.incidents.triaging import assess
from safeguard.keys.wrapping import Key
from safeguard.tenancy.blocking import BLOCKED_TYPES
from safeguard.tenancy.profiles import profile_of
from safeguard.web.uploading import Upload
from safeguard.work import begin
from tests.attachments import files
from tests.attachments.conftest import Stored
from tests.attachments.scanner import scanning
from tests.attachments.sending import call, check, file_in, reclassify, record, send
from tests.web.conftest import SignIn

pytestmark = pytest.mark.anyio

Someone = Callable[..., Awaitable[Actor]]

CLOSING = Closing(summary="Over.", follow_up="Spoke to both.", decision="No referral.", outcome="They get on.")
KINDS = {"letter.pdf": files.PDF, "screen.png": files.PNG, "photo.jpg": files.JPEG, "letter.docx": files.WORD,
         "letter.txt": files.LETTER}  # fmt: skip
ADD = """
insert into attachments (organisation_id, id, incident_id, name, media_type, size, sha256, object_name, wrapped_key,
                         attached_at, attached_by_name{more})
values ($1, $2, $3, 'a.png', 'image/png', 1, $4, $5, 'x', now(), 'Nobody'{values})
"""


async def put_row(actor: Actor, incident_id: UUID, more: str = "", values: str = "") -> None:
    """A row straight into the table, as no part of ours writes it."""
    async with begin(actor) as work:
        await work.driver.execute(
            ADD.format(more=more, values=values), actor.organisation_id, clock.new_id(), incident_id,
            bytes(32), clock.new_token(),
        )  # fmt: skip


@pytest.mark.parametrize("kind", ["school", "club", "care", "childrens_home"])
def test_every_profile_blocks_what_the_database_blocks(kind: str) -> None:
    issues = profile_of(kind).issues.values()
    assert {issue.code for issue in issues if issue.blocks_attachments} == set(BLOCKED_TYPES) & {i.code for i in issues}
    assert "nudes" in {issue.code for issue in issues}


@pytest.mark.parametrize("blocked", BLOCKED_TYPES)
async def test_nothing_of_any_kind_is_stored_by_any_way_in(
    sign_in: SignIn, program: SignIn, stored: Stored, blocked: str
) -> None:
    lead = await sign_in(Role.LEAD)
    assert lead.actor
    incident = await record(lead.actor, "cyberbullying", blocked)
    tool = await program(Role.LEAD, organisation=lead.actor.organisation_id)
    other = await record(lead.actor)
    token = await lead.token(f"/incidents/{other.id}/attachments/new")
    for name, whole in KINDS.items():
        by_form = await lead.client.post(
            f"/incidents/{incident.id}/attachments", data={"csrf_token": token, "promise": "yes"},
            files={"file": (name, whole)}, headers={"sec-fetch-site": "same-origin"},
        )  # fmt: skip
        by_program = await call(tool, incident.id, name, whole)
        assert (by_form.status_code, by_program.status_code) == (409, 409)
        assert by_program.json()["type"] == "urn:safeguard:problem:attachments-blocked"
        upload = Upload(name, media_type="image/png", size=1, sha256=bytes(32), object_name="x", key=Key(bytes(32)))
        async with begin(lead.actor) as work:
            with pytest.raises(Blocked):
                await attach(work, incident.id, upload, "", promised=True)
    assert stored() == []
    async with begin(lead.actor) as work:
        assert await work.driver.fetchval("select count(*) from attachments") == 0


async def test_the_page_offers_words_and_where_to_turn_instead_of_a_file(sign_in: SignIn) -> None:
    lead = await sign_in(Role.LEAD)
    assert lead.actor
    incident = await record(lead.actor, "nudes")
    shown = (await lead.get(f"/incidents/{incident.id}")).text
    assert f"/incidents/{incident.id}/attachments/new" not in shown
    assert f"/incidents/{incident.id}/describe" in shown
    answer = await lead.get(f"/incidents/{incident.id}/attachments/new")
    assert answer.status_code == 409
    assert 'type="file"' not in answer.text
    for where in ("999", "101", "report.iwf.org.uk", "Report Remove", "CEOP", "StopNCII"):
        assert where in answer.text, where


async def test_no_reporter_ever_sees_a_field_for_files(sign_in: SignIn) -> None:
    reporter = await sign_in(Role.REPORTER)
    assert reporter.actor
    form = (await reporter.get("/incidents/new")).text
    token = await reporter.token("/incidents/new")
    sent = await reporter.send("/incidents/new", {"narrative": "Something happened on the bus."}, token=token)
    own = (await reporter.get(sent.headers["location"])).text
    assert 'type="file"' not in form + own
    assert "attachments" not in form + own


@pytest.mark.parametrize(
    "more", [("", ""), (", locked_at, locked_why", ", now(), 'found'"), (", incident_blocks", ", true")]
)
async def test_the_database_itself_takes_no_row_for_a_blocked_incident(someone: Someone, more: tuple[str, str]) -> None:
    lead = await someone(Role.LEAD)
    blocked, other = await record(lead, "nudes"), await record(lead, "cyberbullying")
    with pytest.raises((asyncpg.ForeignKeyViolationError, asyncpg.InsufficientPrivilegeError)):
        await put_row(lead, blocked.id, *more)
    await put_row(lead, other.id)


async def test_the_database_lets_no_incident_become_blocked_while_a_file_of_it_is_open(someone: Someone) -> None:
    lead = await someone(Role.LEAD)
    incident = await record(lead, "cyberbullying")
    await put_row(lead, incident.id)
    with pytest.raises(asyncpg.CheckViolationError):
        async with begin(lead) as work:
            await work.driver.execute("update incidents set issue_types = '{nudes}' where id = $1", incident.id)


async def test_an_incident_that_becomes_of_a_blocked_type_locks_files_and_packs(
    sign_in: SignIn, program: SignIn, shelf: Any, stored: Stored, tmp_path: Any
) -> None:
    lead = await sign_in(Role.LEAD)
    assert lead.actor
    incident = await record(lead.actor, "cyberbullying")
    first = file_in(await send(lead, incident.id))
    waiting = file_in(await send(lead, incident.id, "screen.png", files.PNG))
    async with scanning(tmp_path / "clamd") as url:
        await check(lead.actor, first, shelf, url)
        assert (await lead.get(f"/incidents/{incident.id}/attachments/{first}/file")).status_code == 200
        async with begin(lead.actor) as work:
            pack_id = await request_incident_pack(work, IncidentChapter(), incident.id)
        async with begin(system(lead.actor.organisation_id)) as work:
            await work.driver.execute(
                "update packs set origin = 'o', log_size = 1, checkpoint = 'c', vkey = 'v', as_of = now(),"
                " release = '1', ready_at = now(), size = 1, sha256 = $2, records = 1, shown = 1 where id = $1",
                pack_id, bytes(32),
            )  # fmt: skip
        await reclassify(lead.actor, incident, "cyberbullying", "nudes")
        assert await check(lead.actor, waiting, shelf, url) == "done"
    tool = await program(Role.LEAD, organisation=lead.actor.organisation_id)
    for file_id in (first, waiting):
        at = f"/incidents/{incident.id}/attachments/{file_id}"
        assert (await lead.get(f"{at}/file")).status_code == 423
        assert (await tool.get(f"/api/v1{at}/file")).status_code == 423
        assert "Nobody can open this file" in (await lead.get(at)).text
    assert (await lead.get(f"/evidence/{pack_id}/download")).status_code == 423
    assert "This pack is locked" in (await lead.get(f"/evidence/{pack_id}")).text
    assert (await tool.get(f"/api/v1/evidence-packs/{pack_id}")).json()["state"] == "locked"
    assert (await tool.get(f"/api/v1/evidence-packs/{pack_id}/download")).status_code == 423
    assert len(stored()) == 2  # kept, sealed, until the police say what becomes of them


async def test_a_file_stays_locked_when_the_incident_turns_out_to_be_something_else(sign_in: SignIn) -> None:
    lead = await sign_in(Role.LEAD)
    assert lead.actor
    incident = await record(lead.actor, "cyberbullying")
    file_id = file_in(await send(lead, incident.id))
    facts = await reclassify(lead.actor, incident, "nudes")
    await reclassify(lead.actor, facts, "cyberbullying")
    assert (await lead.get(f"/incidents/{incident.id}/attachments/{file_id}/file")).status_code == 423
    with pytest.raises(asyncpg.PostgresError):
        await put_row(lead.actor, incident.id, ", locked_at", ", null")


async def test_an_image_found_in_a_file_is_locked_with_the_polices_reference(
    sign_in: SignIn, shelf: Any, stored: Stored, tmp_path: Any
) -> None:
    lead = await sign_in(Role.LEAD)
    assert lead.actor
    incident = await record(lead.actor)
    file_id = file_in(await send(lead, incident.id, "photo.jpg", files.JPEG))
    async with scanning(tmp_path / "clamd") as url:
        await check(lead.actor, file_id, shelf, url)
    at = f"/incidents/{incident.id}/attachments/{file_id}"
    empty = await lead.send(f"{at}/lock", {"reason": ""}, page=f"{at}/lock")
    assert empty.status_code == 422
    assert (await lead.get(f"{at}/file")).status_code == 200
    said = {"reason": "Her brother says so.", "police_reference": "CR-77", "iwf_reference": "IWF-5"}
    assert (await lead.send(f"{at}/lock", said, page=f"{at}/lock")).status_code == 303
    assert (await lead.get(f"{at}/file")).status_code == 423
    story = (await lead.get(f"/incidents/{incident.id}")).text
    for expected in ("CR-77", "IWF-5", "Her brother says so."):
        assert expected in story
    assert len(stored()) == 1
    async with begin(lead.actor) as work:
        with pytest.raises(Conflict):
            await lock_file(work, incident.id, file_id)


async def test_an_image_found_after_closing_is_locked_at_once_and_the_incident_stays_closed(
    sign_in: SignIn, shelf: Any, tmp_path: Any
) -> None:
    lead = await sign_in(Role.LEAD)
    assert lead.actor
    incident = await record(lead.actor)
    file_id = file_in(await send(lead, incident.id, "photo.jpg", files.JPEG))
    async with scanning(tmp_path / "clamd") as url:
        await check(lead.actor, file_id, shelf, url)
    async with begin(lead.actor) as work:
        await acknowledge(work, incident.id, incident.version)
    async with begin(lead.actor) as work:
        version = (await read_incident(work, incident.id)).facts.version
        version = (await assess(work, incident.id, version, "low", "Once.")).version
        closed = await close(work, incident.id, version, CLOSING)
    at = f"/incidents/{incident.id}/attachments/{file_id}"
    assert (await lead.get(at)).text.count(f"{at}/lock") == 1
    said = {"reason": "Her brother says so.", "police_reference": "CR-78"}
    assert (await lead.send(f"{at}/lock", said, page=f"{at}/lock")).status_code == 303
    assert (await lead.get(f"{at}/file")).status_code == 423
    again = await lead.send(f"{at}/lock", said, page=f"{at}")
    assert again.status_code == 409
    async with begin(lead.actor) as work:
        story = await read_incident(work, incident.id)
        assert (story.facts.state, story.facts.closed_at, story.facts.closing_summary) == (
            "closed", closed.closed_at, "Over.",
        )  # fmt: skip
        (sealed,) = [entry for entry in story.entries if "Her brother says so." in entry.words]
        assert (sealed.kind, sealed.contact_reference) == ("contact", "CR-78")
        assert closed.closed_at and sealed.written_at > closed.closed_at
    for words in ("describe", "examined"):  # what can wait until somebody reopens it
        assert (await lead.get(f"/incidents/{incident.id}/{words}")).status_code == 409
    with pytest.raises(Conflict):
        async with begin(lead.actor) as work:
            await add_entry(work, incident.id, NewEntry(words="One thing more."))


async def test_a_description_and_a_look_stand_in_the_record_in_words(sign_in: SignIn) -> None:
    lead = await sign_in(Role.LEAD)
    assert lead.actor
    incident = await record(lead.actor, "nudes")
    at = f"/incidents/{incident.id}"
    refused = await lead.send(f"{at}/describe", {"what": "", "who": "Two in Year 9"}, page=f"{at}/describe")
    assert refused.status_code == 422
    assert "Two in Year 9" in refused.text
    said = {"what": "A picture of herself, clothed.", "where": "https://example.org/x?<b>"}
    assert (await lead.send(f"{at}/describe", said, page=f"{at}/describe")).status_code == 303
    why = "Nobody could say whether she was in danger."
    look = {"who": "Ana Brook", "device": "The child's phone", "why": why, "authorised_by": "The head"}
    alone = await lead.send(f"{at}/examined", look, page=f"{at}/examined")
    assert alone.status_code == 422
    assert "Say who else was in the room." in alone.text
    assert (await lead.send(f"{at}/examined", look | {"witnessed_by": "Sam Oakes"}, page=f"{at}/examined")).is_redirect
    story = (await lead.get(at)).text
    for expected in ("A picture of herself, clothed.", "https://example.org/x?&lt;b&gt;", "Sam Oakes", "The head"):
        assert expected in story
    assert 'href="https://example.org' not in story
    async with begin(system(lead.actor.organisation_id)) as work:
        looks = "select count(*) from audit.leaves where split_part(entry, E'\\n', 3) = 'incident.examined'"
        assert await work.driver.fetchval(looks) == 1
