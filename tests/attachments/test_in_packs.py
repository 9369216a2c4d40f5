"""A pack tells of each file what it is called, what it is and its digest; the file itself does not leave in it."""

import json
import zipfile
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from safeguard.access.roles import Role
from safeguard.database.bootstrap import Addresses
from safeguard.evidence.downloading import download
from safeguard.evidence.making import Workshop
from safeguard.evidence.sealing import FileKeySigner
from safeguard.evidence.verifying.checking import verify
from safeguard.evidence.verifying.notes import parse_key
from safeguard.evidence.verifying.verdicts import Verdict
from safeguard.incidents.chapter import IncidentChapter
from safeguard.work import begin
from tests.attachments import files
from tests.attachments.sending import file_in, record, send
from tests.evidence.test_making import ask, make
from tests.web.conftest import SignIn

pytestmark = pytest.mark.anyio


async def test_a_file_is_listed_with_its_digest_and_its_promise(
    sign_in: SignIn, shelf: Any, addresses: Addresses, tmp_path: Path
) -> None:
    lead = await sign_in(Role.LEAD)
    assert lead.actor
    incident = await record(lead.actor)
    file_in(await send(lead, incident.id, "letter.txt", files.LETTER, note="From the council."))
    signer = FileKeySigner(bytes(range(32)), "safeguard.example", addresses.signer)
    shop = Workshop(signer, shelf, IncidentChapter(), tmp_path / "bench")
    pack = await make(lead.actor, await ask(lead.actor, incident.id), shop)
    async with begin(lead.actor) as work:
        _, pieces = await download(work, shelf, pack.id)
        whole = b"".join([piece async for piece in pieces])
    (tmp_path / "pack.zip").write_bytes(whole)
    assert verify(tmp_path / "pack.zip", [parse_key(signer.signer_of(pack.origin or "").vkey)]).verdict is Verdict.VALID
    with zipfile.ZipFile(BytesIO(whole)) as archive:
        said = " ".join(page.extract_text() for page in PdfReader(BytesIO(archive.read("report.pdf"))).pages)
        held = [archive.read(name) for name in archive.namelist()]
    told = "".join(said.replace("\u200b", "").split())
    for expected in ("letter.txt", "Fromthecouncil.", sha256(files.LETTER).hexdigest(), "Fileattached"):
        assert expected in told, expected
    committed = b"".join(held)
    assert b"I know what is in this file" in committed
    assert files.LETTER not in committed
    assert json.dumps(sha256(files.LETTER).hexdigest()).encode().strip(b'"') in committed
