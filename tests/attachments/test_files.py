"""A file from the form to the copy: sealed while it comes, shut until it was checked, told to the log."""

import resource
import subprocess
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

from safeguard.access.actors import system
from safeguard.access.roles import Role
from safeguard.strongbox import objects
from safeguard.work import begin
from tests.attachments import files
from tests.attachments.conftest import Stored
from tests.attachments.scanner import EICAR, scanning
from tests.attachments.sending import call, check, file_in, record, send
from tests.web.conftest import SignIn

pytestmark = pytest.mark.anyio

BIG = files.LETTER * 40_000
"""More than three megabytes: several pieces, several chunks."""


async def events(organisation_id: UUID, noun: str = "attachment") -> list[str]:
    async with begin(system(organisation_id)) as work:
        rows = await work.driver.fetch("select split_part(entry, E'\\n', 3) as event from audit.leaves order by index")
    return [row["event"] for row in rows if row["event"].startswith(f"{noun}.")]


async def test_a_lead_attaches_a_file_that_is_checked_and_then_opened(
    sign_in: SignIn, shelf: Any, stored: Stored, tmp_path: Path
) -> None:
    lead = await sign_in(Role.LEAD)
    assert lead.actor
    incident = await record(lead.actor)
    file_id = file_in(await send(lead, incident.id, "Letter of 3 March – Ffion.txt", BIG, note="From the council."))
    at = f"/incidents/{incident.id}/attachments/{file_id}"
    assert "Ffion" in (await lead.get(f"/incidents/{incident.id}")).text
    assert "there is no virus scanner" in (await lead.get(at)).text
    assert (await lead.get(f"{at}/file")).status_code == 409

    (kept,) = stored()
    assert b"thank you for your call" not in kept.read_bytes()
    assert kept.stat().st_mode & 0o777 == 0o600
    assert str(incident.id) not in str(kept)

    async with scanning(tmp_path / "clamd") as url:
        assert await check(lead.actor, file_id, shelf, url) == "done"
    got = await lead.get(f"{at}/file")
    assert (got.status_code, sha256(got.content).digest()) == (200, sha256(BIG).digest())
    assert got.headers["content-type"] == "application/octet-stream"
    assert got.headers["content-disposition"].startswith('attachment; filename="Letter_of_3_March___Ffion.txt"')
    assert "sandbox" in got.headers["content-security-policy"]
    assert got.headers["x-content-type-options"] == "nosniff"
    assert got.headers["cache-control"] == "no-store"
    assert await events(lead.actor.organisation_id) == ["attachment.added", "attachment.checked", "attachment.opened"]


async def test_a_virus_is_never_opened(sign_in: SignIn, shelf: Any, tmp_path: Path) -> None:
    lead = await sign_in(Role.LEAD)
    assert lead.actor
    incident = await record(lead.actor)
    file_id = file_in(await send(lead, incident.id, "invoice.txt", EICAR))
    async with scanning(tmp_path / "clamd") as url:
        await check(lead.actor, file_id, shelf, url)
    at = f"/incidents/{incident.id}/attachments/{file_id}"
    assert "Eicar-Test-Signature" in (await lead.get(at)).text
    refused = await lead.get(f"{at}/file")
    assert refused.status_code == 409
    assert "virus" in refused.text


@pytest.mark.parametrize(
    "answer", [b"stream: Error ERROR", b"INSTREAM size limit exceeded. ERROR", b"UNKNOWN COMMAND", b""]
)
async def test_a_scanner_that_does_not_say_ok_keeps_the_file_shut(
    sign_in: SignIn, shelf: Any, tmp_path: Path, answer: bytes
) -> None:
    lead = await sign_in(Role.LEAD)
    assert lead.actor
    incident = await record(lead.actor)
    file_id = file_in(await send(lead, incident.id))
    async with scanning(tmp_path / "clamd", answer or b" ") as url:
        assert await check(lead.actor, file_id, shelf, url) == "queued"
    assert (await lead.get(f"/incidents/{incident.id}/attachments/{file_id}/file")).status_code == 409


@pytest.mark.parametrize("url", [None, "unix:///nowhere/clamd", "tcp://127.0.0.1:9"])
async def test_without_a_scanner_the_file_waits_and_is_checked_later(
    sign_in: SignIn, shelf: Any, tmp_path: Path, url: str | None
) -> None:
    lead = await sign_in(Role.LEAD)
    assert lead.actor
    incident = await record(lead.actor)
    file_id = file_in(await send(lead, incident.id))
    assert await check(lead.actor, file_id, shelf, url) == "queued"
    at = f"/incidents/{incident.id}/attachments/{file_id}"
    assert (await lead.get(f"{at}/file")).status_code == 409
    assert (await lead.send(f"{at}/check", {}, page=at)).status_code == 303
    async with scanning(tmp_path / "clamd") as running:
        assert await check(lead.actor, file_id, shelf, running) == "done"
    assert (await lead.get(f"{at}/file")).content == files.PDF


async def test_without_the_promise_nothing_is_stored_and_what_was_typed_is_kept(
    sign_in: SignIn, stored: Stored
) -> None:
    lead = await sign_in(Role.LEAD)
    assert lead.actor
    incident = await record(lead.actor)
    answer = await send(lead, incident.id, note="From the council.", promise="")
    assert answer.status_code == 422
    assert "If you do not know, do not attach it" in answer.text
    assert "From the council." in answer.text
    assert stored() == []


@pytest.mark.parametrize(
    ("name", "whole", "said"),
    [
        ("a.svg", files.SVG, "web page or a drawing"),
        ("a.zip", files.ARCHIVE, "Take out what is in it"),
        ("a.docx", files.BOMB, "unpacks to far more"),
        ("a.pdf", files.LOCKED_PDF, "locked with a password"),
        ("a.pdf", b"", "Choose the file"),
        ("", b"", "Choose the file"),
        ("a.txt", files.LETTER * 300_000, "larger than 25 MB"),
    ],
    ids=["svg", "zip", "bomb", "locked", "empty", "none", "large"],
)
async def test_a_refused_file_leaves_nothing_and_the_form_says_why(
    sign_in: SignIn, stored: Stored, name: str, whole: bytes, said: str
) -> None:
    lead = await sign_in(Role.LEAD)
    assert lead.actor
    incident = await record(lead.actor)
    answer = await send(lead, incident.id, name, whole, note="From the council.")
    assert answer.status_code == 422
    assert said in answer.text
    assert "From the council." in answer.text
    assert stored() == []
    assert await events(lead.actor.organisation_id) == []


async def test_a_name_cannot_lead_anywhere(sign_in: SignIn, stored: Stored) -> None:
    lead = await sign_in(Role.LEAD)
    assert lead.actor
    incident = await record(lead.actor)
    file_id = file_in(await send(lead, incident.id, "..\\..\\etc/<script>alert(1)</script>.pdf"))
    shown = (await lead.get(f"/incidents/{incident.id}/attachments/{file_id}")).text
    assert "<script>alert" not in shown
    assert len(stored()) == 1


async def test_the_same_form_sent_twice_attaches_once(sign_in: SignIn, stored: Stored) -> None:
    lead = await sign_in(Role.LEAD)
    assert lead.actor
    incident = await record(lead.actor)
    token = await lead.token(f"/incidents/{incident.id}/attachments/new")
    first, again = [await send(lead, incident.id, csrf_token=token) for _ in range(2)]
    assert file_in(first) == file_in(again)
    assert len(stored()) == 1
    other = await send(lead, incident.id, "another.png", files.PNG, csrf_token=token)
    assert file_in(other) != file_in(first)
    assert len(stored()) == 2


@pytest.mark.parametrize("role", [Role.REPORTER, Role.ADMINISTRATOR, Role.HEAD, Role.GOVERNOR, Role.PASTORAL])
async def test_nobody_else_attaches_or_opens(sign_in: SignIn, program: SignIn, stored: Stored, role: Role) -> None:
    lead = await sign_in(Role.LEAD)
    assert lead.actor
    incident = await record(lead.actor)
    file_id = file_in(await send(lead, incident.id))
    other = await sign_in(role, organisation=lead.actor.organisation_id)
    at = f"/incidents/{incident.id}/attachments"
    token = await other.token("/incidents/new" if role is not Role.GOVERNOR else "/")
    sent = await other.client.post(
        at, data={"csrf_token": token, "promise": "yes"}, files={"file": ("a.pdf", files.PDF)},
        headers={"sec-fetch-site": "same-origin"},
    )  # fmt: skip
    assert sent.status_code == 403
    assert (await call(await program(role, organisation=lead.actor.organisation_id), incident.id)).status_code == 403
    assert (await other.get(f"{at}/new")).status_code == 403
    assert (await other.get(f"{at}/{file_id}/file")).status_code == 403
    assert len(stored()) == 1


async def test_another_organisations_incident_is_not_there(sign_in: SignIn, program: SignIn, stored: Stored) -> None:
    lead, stranger = await sign_in(Role.LEAD), await sign_in(Role.LEAD)
    assert lead.actor
    assert stranger.actor
    theirs, own = await record(lead.actor), await record(stranger.actor)
    file_id = file_in(await send(lead, theirs.id))
    token = await stranger.token(f"/incidents/{own.id}/attachments/new")
    answers = [
        await stranger.client.post(
            f"/incidents/{incident_id}/attachments", data={"csrf_token": token, "promise": "yes"},
            files={"file": ("a.pdf", files.PDF)}, headers={"sec-fetch-site": "same-origin"},
        )
        for incident_id in (theirs.id, uuid4())
    ]  # fmt: skip
    assert [answer.status_code for answer in answers] == [404, 404]
    assert (await call(await program(Role.LEAD), theirs.id)).status_code == 404
    assert (await stranger.get(f"/incidents/{theirs.id}/attachments/{file_id}")).status_code == 404
    assert (await stranger.get(f"/incidents/{own.id}/attachments/{file_id}/file")).status_code == 404
    assert len(stored()) == 1


@pytest.mark.parametrize(
    ("headers", "token", "status"),
    [({"sec-fetch-site": "cross-site"}, None, 403), ({"sec-fetch-site": "same-origin"}, "forged", 403)],
)
async def test_a_file_from_another_site_is_refused_before_it_is_stored(
    sign_in: SignIn, stored: Stored, headers: dict[str, str], token: str | None, status: int
) -> None:
    lead = await sign_in(Role.LEAD)
    assert lead.actor
    incident = await record(lead.actor)
    found = token or await lead.token(f"/incidents/{incident.id}/attachments/new")
    answer = await lead.client.post(
        f"/incidents/{incident.id}/attachments", data={"csrf_token": found, "promise": "yes"},
        files={"file": ("a.pdf", files.PDF)}, headers=headers,
    )  # fmt: skip
    assert answer.status_code == status
    assert stored() == []


async def test_a_store_that_is_full_keeps_nothing_half_and_says_so(
    sign_in: SignIn, stored: Stored, monkeypatch: pytest.MonkeyPatch
) -> None:
    lead = await sign_in(Role.LEAD)
    assert lead.actor
    incident = await record(lead.actor)

    async def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(objects.obstore, "put_async", full)
    answer = await send(lead, incident.id, whole=BIG, name="letter.txt")
    assert answer.status_code == 503
    assert "nothing of this one was kept" in answer.text
    assert stored() == []
    assert await events(lead.actor.organisation_id) == []


@pytest.fixture
def small_disk() -> Iterator[int]:
    """No file of this process may grow over 64 KiB: the system itself refuses the write, as a full disk does."""
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    room = 1 << 16
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, limits[1]))
    yield room
    resource.setrlimit(resource.RLIMIT_FSIZE, limits)


async def test_a_disk_without_room_keeps_nothing_half_and_the_next_file_that_fits_is_taken(
    sign_in: SignIn, stored: Stored, small_disk: int
) -> None:
    lead = await sign_in(Role.LEAD)
    assert lead.actor
    incident = await record(lead.actor)
    answer = await send(lead, incident.id, whole=b"a line of a long letter\n" * 20_000, name="letter.txt")
    assert answer.status_code == 503
    assert "nothing of this one was kept" in answer.text
    assert sum(path.stat().st_size for path in stored()) <= small_disk
    assert await events(lead.actor.organisation_id) == []
    file_in(await send(lead, incident.id, name="note.txt", whole=files.LETTER))
    assert await events(lead.actor.organisation_id) == ["attachment.added"]


def held(place: Path) -> dict[Path, int]:
    """Every file there, and its bytes."""
    return {path: path.stat().st_size for path in place.rglob("*") if path.is_file()}


@pytest.fixture
def full_disk(tmp_path: Path, small_disk: int) -> Iterator[Path]:
    """A file system of 256 KiB; who may not mount one has the limit of `small_disk`, which the system keeps too."""
    place = tmp_path / "disk"
    place.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", place], capture_output=True)
    if mounted.returncode == 0:
        resource.setrlimit(
            resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.getrlimit(resource.RLIMIT_FSIZE)[1])
        )
    before = objects.current()
    objects.use(objects.open_store((place / "store").as_uri()))
    yield place
    objects.use(before)
    if mounted.returncode == 0:
        subprocess.run(["umount", "--lazy", place], check=True)


async def test_a_file_system_that_fills_up_during_an_upload_is_as_empty_afterwards_as_before(
    sign_in: SignIn, service: Any, full_disk: Path
) -> None:
    lead = await sign_in(Role.LEAD)
    assert lead.actor
    incident = await record(lead.actor)
    file_in(await send(lead, incident.id, name="first.txt", whole=files.LETTER))
    before = held(full_disk)
    for _ in range(3):  # what one left behind would be in the way of the next
        answer = await send(lead, incident.id, whole=b"a line of a long letter\n" * 20_000, name="letter.txt")
        assert answer.status_code == 503
        assert "nothing of this one was kept" in answer.text
    assert held(full_disk) == before
    file_in(await send(lead, incident.id, name="note.txt", whole=files.LETTER))
    assert await events(lead.actor.organisation_id) == ["attachment.added"] * 2


async def test_a_program_attaches_lists_and_takes_a_copy(
    program: SignIn, shelf: Any, stored: Stored, tmp_path: Path
) -> None:
    lead = await program(Role.LEAD)
    assert lead.actor
    incident = await record(lead.actor)
    made = await call(lead, incident.id, "letter.docx", files.WORD, **{"idempotency-key": "one"})
    assert made.status_code == 201, made.text
    again = await call(lead, incident.id, "letter.docx", files.WORD, **{"idempotency-key": "one"})
    assert again.json() == made.json()
    clash = await call(lead, incident.id, "letter.docx", files.SHEET, **{"idempotency-key": "one"})
    assert clash.status_code in {409, 422}
    listed = (await lead.get(f"/api/v1/incidents/{incident.id}/attachments")).json()
    assert [(one["name"], one["state"], one["sha256"]) for one in listed] == [
        ("letter.docx", "waiting", sha256(files.WORD).hexdigest())
    ]
    assert len(stored()) == 1
    file = f"{made.headers['location']}/file"
    assert (await lead.get(file)).status_code == 409
    async with scanning(tmp_path / "clamd") as url:
        await check(lead.actor, UUID(made.json()["id"]), shelf, url)
    assert (await lead.get(file)).content == files.WORD


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ({"json": {"promise": "yes"}}, 415),
        ({"content": b"--x\r\nbroken", "headers": {"content-type": "multipart/form-data; boundary=x"}}, 400),
        ({"content": b"", "headers": {"content-type": "multipart/form-data"}}, 415),
        ({"data": {"promise": "yes"}, "files": {"note": (None, "no file")}}, 422),
        ({"data": {"note": "x"}, "files": {"file": ("a.pdf", files.PDF)}}, 422),
        ({"data": {"note": "x" * 70_000}, "files": {"file": ("a.pdf", files.PDF)}}, 400),
        ({"files": [("file", ("a.pdf", files.PDF)), ("file", ("b.pdf", files.PDF))], "data": {"promise": "yes"}}, 422),
    ],
)
async def test_what_is_no_upload_is_refused_as_a_problem(
    program: SignIn, stored: Stored, sent: dict[str, Any], status: int
) -> None:
    lead = await program(Role.LEAD)
    assert lead.actor
    incident = await record(lead.actor)
    answer = await lead.client.post(f"/api/v1/incidents/{incident.id}/attachments", **sent)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    assert stored() == []


async def test_a_commit_that_fails_takes_the_bytes_away(
    sign_in: SignIn, stored: Stored, monkeypatch: pytest.MonkeyPatch
) -> None:
    lead = await sign_in(Role.LEAD)
    assert lead.actor
    incident = await record(lead.actor)

    async def broken(*_: object) -> None:
        raise RuntimeError

    monkeypatch.setattr("safeguard.attachments.routes.attach", broken)
    assert (await send(lead, incident.id)).status_code == 500
    assert stored() == []
