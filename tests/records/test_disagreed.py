"""What somebody holds against a record is read wherever the record is: on an incident, and in its packs."""

import json
import zipfile
from io import BytesIO
from uuid import UUID

import msgspec
import pytest
from pypdf import PdfReader

from safeguard.access.roles import Role
from safeguard.evidence.making import Workshop
from safeguard.evidence.packs.contents import Disclosure
from safeguard.evidence.requesting import request_incident_pack
from safeguard.evidence.sealing import FileKeySigner
from safeguard.evidence.verifying.checking import verify
from safeguard.evidence.verifying.verdicts import Verdict
from safeguard.incidents.chapter import IncidentChapter
from safeguard.incidents.disagreed import list_disagreed
from safeguard.records.logs.chapter import WithDisagreements
from safeguard.records.logs.writing import write_disagreement
from safeguard.work import begin
from tests.records.making import recorded
from tests.records.test_packs import make

pytestmark = pytest.mark.anyio
SAID, ANSWER = "It was somebody else who wrote it.", "We asked again, and keep to it."


@pytest.fixture
def shop(addresses, shelf, tmp_path) -> Workshop:
    signer = FileKeySigner(bytes(range(32)), "safeguard.example", addresses.signer)
    return Workshop(signer, shelf, WithDisagreements(IncidentChapter()), tmp_path / "bench")


async def _disagreed(lead) -> UUID:
    incident, person = await recorded(lead, "columbine")
    _, other = await recorded(lead, "delphinium")
    async with begin(lead) as work:
        await write_disagreement(work, person, "Carla Brook", SAID, ANSWER)
        await write_disagreement(work, other, "Somebody", "Of another record.", "")
    return incident


async def test_it_stands_on_every_incident_of_whoever_it_is_about_and_on_no_other(someone) -> None:
    lead = await someone(Role.LEAD)
    incident = await _disagreed(lead)
    async with begin(lead) as work:
        (held,) = await list_disagreed(work, incident)
    assert (held.about, held.by_name, held.words, held.answer) == ("Ana columbine", "Carla Brook", SAID, ANSWER)
    async with begin(await someone(Role.LEAD)) as work:
        assert await list_disagreed(work, incident) == ()


@pytest.mark.parametrize("redacted", [False, True])
async def test_a_pack_of_the_incident_tells_it_and_verifies(someone, shop, tmp_path, redacted: bool) -> None:
    lead = await someone(Role.LEAD)
    incident = await _disagreed(lead)
    async with begin(lead) as work:
        pack = await request_incident_pack(work, shop.chapter, incident, Disclosure.COMPLETE, redacted=redacted)
    file = await make(lead, shop, pack, tmp_path / "pack.zip")
    assert verify(file, []).verdict is Verdict.KEY_NOT_KNOWN
    with zipfile.ZipFile(file) as whole:
        data = json.dumps([json.loads(whole.read(name)) for name in whole.namelist() if name.startswith("data/")])
        pages = PdfReader(BytesIO(whole.read("report.pdf"))).pages
        text = " ".join(" ".join(page.extract_text() for page in pages).split())
    assert SAID in text and ANSWER in text and SAID in data
    assert ("Carla Brook" in data + text) != redacted
    assert "Of another record." not in data
    assert msgspec.json.decode(data.encode())
