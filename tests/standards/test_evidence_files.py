"""A file of an item of evidence: sealed while it comes, shut until it was checked, renewed beside the one before."""

import re
from datetime import date
from uuid import UUID

import pytest

from safeguard.access.actors import system
from safeguard.access.roles import Role
from safeguard.attachments import scanner
from safeguard.standards.files.checking import check_file
from safeguard.standards.proving import NewItem, add_item
from safeguard.strongbox import objects
from safeguard.strongbox.objects import open_store
from safeguard.work import begin
from tests.attachments.files import HTML, JPEG, PDF
from tests.attachments.scanner import EICAR, scanning

pytestmark = pytest.mark.anyio
NEW = NewItem(kind="display", title="The corridor", dated_on=date(2026, 1, 5), supports=(("pies", "L1"),))


@pytest.fixture
def shelf(tmp_path):
    found = open_store((tmp_path / "objects").as_uri())
    objects.use(found)
    scanner.use(None)
    yield found
    objects.use(None)


async def test_a_photograph_of_a_display_is_kept_checked_opened_renewed_and_locked(sign_in, shelf, tmp_path):
    lead = await sign_in(Role.LEAD)
    here = lead.actor.organisation_id
    governor, stranger = await sign_in(Role.GOVERNOR, organisation=here), await sign_in(Role.LEAD)
    async with begin(lead.actor) as work:
        item = await add_item(work, NEW)
    at = f"/standards/evidence/{item.id}"

    async def send(content: bytes, name: str, **typed: str):
        fields = {
            "csrf_token": await lead.token(f"{at}/files/new"),
            "note": "Before half-term",
            "promise": "yes",
            **typed,
        }
        return await lead.client.post(
            f"{at}/files", data=fields, files={"file": (name, content)}, headers={"sec-fetch-site": "same-origin"}
        )

    async def checked(address: str) -> None:
        async with scanning(tmp_path / "clamd") as url, begin(system(here)) as work:
            await check_file(work, UUID(address[-36:]), shelf, url)

    for content, name, typed, words in (
        (JPEG, "display.jpg", {"promise": ""}, "Say that you know what is in the file"),
        (HTML, "display.html", {}, "can run programs"),
        (b"", "display.jpg", {}, "Choose the file"),
        (JPEG, "display.jpg", {"note": "x" * 2001}, "2,000"),
    ):
        refused = await send(content, name, **typed)
        assert refused.status_code == 422, words
        assert words in refused.text
        assert "No file yet" in (await lead.get(at)).text
    assert not [file for file in tmp_path.rglob("*") if file.is_file()]

    kept = await send(JPEG, "corridor.jpg")
    photo = kept.headers["location"].partition("?")[0]
    assert "corridor.jpg" in (await governor.get(at)).text
    assert (await lead.get(f"{photo}/file")).status_code == 409
    (stored,) = [file for file in tmp_path.rglob("*") if file.is_file()]
    assert JPEG not in stored.read_bytes()
    await checked(photo)
    answer = await governor.get(f"{photo}/file")
    assert (answer.content, answer.headers["content-type"]) == (JPEG, "application/octet-stream")
    assert (await governor.client.get(f"{at}/files/new")).status_code == 403
    assert (await lead.send(f"{photo}/check", {}, page=photo)).status_code == 409
    for address in (at, photo, f"{photo}/file"):
        assert (await stranger.get(address)).status_code == 404

    newer = (await send(PDF, "corridor-in-spring.pdf")).headers["location"].partition("?")[0]
    page = (await lead.get(at)).text
    assert page.index("corridor-in-spring.pdf") < page.index("corridor.jpg")
    async with begin(lead.actor) as work:
        other = await add_item(work, NEW)
    assert (await lead.get(f"/standards/evidence/{other.id}/files/{newer[-36:]}")).status_code == 404

    assert "Say why nobody" in (await lead.send(f"{photo}/lock", {"why": ""}, page=photo)).text
    assert (await lead.send(f"{photo}/lock", {"why": "mistaken"}, page=photo)).status_code == 303
    assert (await lead.get(f"{photo}/file")).status_code == 423
    assert (await lead.send(f"{photo}/lock", {"why": "found"}, page=newer)).status_code == 409
    assert (await lead.send(f"{newer}/lock", {"why": "found"}, page=newer)).status_code == 303
    await checked(newer)
    assert "until the police say" in (await governor.get(newer)).text
    async with begin(system(here)) as work:
        rows = await work.driver.fetch("select split_part(entry, E'\\n', 3) as event from audit.leaves order by index")
    told = [row["event"] for row in rows if re.match(r"proof\.(filed|checked|opened|locked)", row["event"])]
    assert told == ["proof.filed", "proof.checked", "proof.opened", "proof.filed", "proof.locked", "proof.locked"]


async def test_a_virus_in_evidence_is_opened_by_nobody_and_a_withdrawn_item_takes_no_file(sign_in, shelf, tmp_path):
    lead = await sign_in(Role.LEAD)
    typed = {"kind": "document", "title": "Minutes", "dated_on": "2026-01-05", "supports": "pies/M1", "seen": "0"}
    at = (await lead.send("/standards/evidence/new", typed)).headers["location"].partition("?")[0]
    fields = {"csrf_token": await lead.token(f"{at}/files/new"), "note": "", "promise": "yes"}
    sent = {"files": {"file": ("minutes.txt", EICAR)}, "headers": {"sec-fetch-site": "same-origin"}}
    file = (await lead.client.post(f"{at}/files", data=fields, **sent)).headers["location"].partition("?")[0]
    assert (await lead.send(f"{file}/check", {}, page=file)).status_code == 303
    async with scanning(tmp_path / "clamd") as url, begin(system(lead.actor.organisation_id)) as work:
        await check_file(work, UUID(file[-36:]), shelf, url)
    assert "A virus was found" in (await lead.get(file)).text
    assert (await lead.get(f"{file}/file")).status_code == 409
    assert (await lead.send(f"{at}/withdraw", {"reason": "Old.", "seen": "1"}, page=at)).status_code == 303
    assert (await lead.get(f"{at}/files/new")).status_code == 409
    assert "minutes.txt" in (await lead.get(at)).text
    assert "Add a file" not in (await lead.get(at)).text
