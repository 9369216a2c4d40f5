"""A pack tells of each file what it is called, what it is and its digest; the file leaves in it where that is asked."""

import json
import zipfile
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from pypdf import PdfReader

from safeguard.access.actors import Actor, system
from safeguard.access.roles import Role
from safeguard.attachments.enclosing import INFECTED, LOCKED, TOO_MUCH, UNCHECKED, FileEnclosing
from safeguard.attachments.locking import lock_file
from safeguard.database.bootstrap import Addresses
from safeguard.evidence.downloading import download
from safeguard.evidence.making import Workshop
from safeguard.evidence.queries import get_pack
from safeguard.evidence.requesting import request_incident_pack, request_period_pack
from safeguard.evidence.sealing import FileKeySigner
from safeguard.evidence.verifying.checking import verify
from safeguard.evidence.verifying.notes import parse_key
from safeguard.evidence.verifying.verdicts import Verdict
from safeguard.incidents.chapter import IncidentChapter
from safeguard.work import begin
from tests.attachments import files
from tests.attachments.scanner import EICAR, scanning
from tests.attachments.sending import check, file_in, record, send
from tests.evidence.test_making import make
from tests.web.conftest import SignIn

pytestmark = pytest.mark.anyio


@pytest.fixture
def shop(shelf: Any, addresses: Addresses, tmp_path: Path) -> Workshop:
    """A bench with a known key, that has the files of this test's store."""
    signer = FileKeySigner(bytes(range(32)), "safeguard.example", addresses.signer)
    return Workshop(signer, shelf, IncidentChapter(), tmp_path / "bench", FileEnclosing(shelf))


async def packed(lead: Actor, shop: Workshop, pack_id: UUID, tmp_path: Path) -> dict[str, bytes]:
    """The members of a pack that was made, and that verifies."""
    pack = await make(lead, pack_id, shop)
    async with begin(lead) as work:
        _, pieces = await download(work, shop.store, pack.id)
        whole = b"".join([piece async for piece in pieces])
    (tmp_path / "pack.zip").write_bytes(whole)
    key = parse_key(shop.signer.signer_of(pack.origin or "").vkey)
    assert verify(tmp_path / "pack.zip", [key]).verdict is Verdict.VALID
    with zipfile.ZipFile(BytesIO(whole)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


async def asked(lead: Actor, incident_id: UUID, *, files: bool = True) -> UUID:
    async with begin(lead) as work:
        return await request_incident_pack(work, IncidentChapter(), incident_id, files=files)


async def test_a_file_is_listed_with_its_digest_and_its_promise_and_stays_when_it_is_not_asked_for(
    sign_in: SignIn, shop: Workshop, tmp_path: Path
) -> None:
    lead = await sign_in(Role.LEAD)
    assert lead.actor
    incident = await record(lead.actor)
    file_in(await send(lead, incident.id, "letter.txt", files.LETTER, note="From the council."))
    held = await packed(lead.actor, shop, await asked(lead.actor, incident.id, files=False), tmp_path)
    said = " ".join(page.extract_text() for page in PdfReader(BytesIO(held["report.pdf"])).pages)
    told = "".join(said.replace("\u200b", "").split())
    for expected in ("letter.txt", "Fromthecouncil.", sha256(files.LETTER).hexdigest(), "Fileattached"):
        assert expected in told, expected
    committed = b"".join(held.values())
    assert b"I know what is in this file" in committed
    assert files.LETTER not in committed
    assert json.dumps(sha256(files.LETTER).hexdigest()).encode().strip(b'"') in committed


async def test_a_checked_file_leaves_in_the_pack_and_the_log_is_told(
    sign_in: SignIn, shop: Workshop, tmp_path: Path
) -> None:
    lead = await sign_in(Role.LEAD)
    assert lead.actor
    incident = await record(lead.actor)
    file = file_in(await send(lead, incident.id, "letter.txt", files.LETTER))
    async with scanning(tmp_path / "clamd") as url:
        await check(lead.actor, file, shop.store, url)
    held = await packed(lead.actor, shop, await asked(lead.actor, incident.id), tmp_path)
    assert held[f"files/{file}.txt"] == files.LETTER
    listed = held["files/README.txt"].decode()
    assert "letter.txt" in listed
    assert "NOT HERE" not in listed
    assert not list(shop.folder.glob("**/*"))  # nothing is left on the bench
    async with begin(system(lead.actor.organisation_id)) as work:
        events = await work.driver.fetch("select entry from audit.leaves")
    assert any("attachment.enclosed" in row["entry"] for row in events)


async def test_what_may_not_leave_is_named_with_its_reason(sign_in: SignIn, shop: Workshop, tmp_path: Path) -> None:
    lead = await sign_in(Role.LEAD)
    assert lead.actor
    incident = await record(lead.actor)
    names = ("waits.txt", "virus.txt", "locked.txt", "large.txt", "fits.txt")
    words = {name: f"What is in {name}.".encode() for name in names}
    words["virus.txt"], words["large.txt"] = EICAR, b"long " * 200
    ids = {name: file_in(await send(lead, incident.id, name, words[name])) for name in names}
    async with scanning(tmp_path / "clamd") as url:
        for name in names[1:]:
            await check(lead.actor, ids[name], shop.store, url)
    async with begin(lead.actor) as work:
        await lock_file(work, incident.id, ids["locked.txt"])
    small = replace(shop, enclosing=FileEnclosing(shop.store, most=500))
    held = await packed(lead.actor, small, await asked(lead.actor, incident.id), tmp_path)
    assert [name for name in held if name.startswith("files/")] == ["files/README.txt", f"files/{ids['fits.txt']}.txt"]
    listed = held["files/README.txt"].decode()
    for name, why in (
        ("waits.txt", UNCHECKED), ("virus.txt", INFECTED), ("locked.txt", LOCKED), ("large.txt", TOO_MUCH),
    ):  # fmt: skip
        assert f"  {name}: {why}\n" in listed
    assert b"What is in locked.txt." not in b"".join(held.values())


async def test_a_pack_of_a_period_is_locked_with_a_file_that_it_may_hold(sign_in: SignIn, shop: Workshop) -> None:
    lead = await sign_in(Role.LEAD)
    assert lead.actor
    incident = await record(lead.actor)
    file = file_in(await send(lead, incident.id, "letter.txt", files.LETTER))
    day = incident.recorded_at.astimezone(ZoneInfo("Europe/London")).date()
    async with begin(lead.actor) as work:
        holding = await request_period_pack(work, day, day, files=True)
        without = await request_period_pack(work, day, day)
        other = await request_period_pack(work, day - timedelta(days=9), day - timedelta(days=1), files=True)
    async with begin(lead.actor) as work:
        await lock_file(work, incident.id, file)
    async with begin(lead.actor) as work:
        states = [(await get_pack(work, pack)).state for pack in (holding, without, other)]
    assert states == ["locked", "waiting", "waiting"]
