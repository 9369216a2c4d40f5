"""A pack tells what was referred, and holds the receipt that shows it arrived."""

import json
import zipfile
from io import BytesIO
from uuid import UUID

import pytest
from pypdf import PdfReader

from safeguard.access.actors import system
from safeguard.channel.bodies import Message
from safeguard.channel.keys import own_keys
from safeguard.clock import new_request_id
from safeguard.evidence.downloading import download
from safeguard.evidence.making import Workshop, make_pack
from safeguard.evidence.packs.contents import Disclosure
from safeguard.evidence.requesting import request_incident_pack
from safeguard.evidence.sealing import FileKeySigner
from safeguard.evidence.verifying.checking import verify
from safeguard.evidence.verifying.verdicts import Verdict
from safeguard.incidents.chapter import IncidentChapter
from safeguard.jobs.claiming import claimed
from safeguard.referrals.chapter import WithReferrals
from safeguard.referrals.queries import list_referrals
from safeguard.referrals.referring import refer
from safeguard.strongbox import objects
from safeguard.work import begin
from tests.referrals.making import OPENED

pytestmark = pytest.mark.anyio

JOB = "select id from jobs.job where subject_id = $1"


@pytest.fixture
def shop(addresses, tmp_path) -> Workshop:
    signer = FileKeySigner(b"l" * 32, "safeguard.test", addresses.signer)
    store = objects.open_store((tmp_path / "objects").as_uri())
    return Workshop(signer, store, WithReferrals(IncidentChapter()), tmp_path / "bench")


async def made(lead, incident: UUID, shop: Workshop, tmp_path):
    """The pack of an incident, as a file."""
    async with begin(lead) as work:
        pack_id = await request_incident_pack(work, shop.chapter, incident, Disclosure.COMPLETE)
    async with begin(system(lead.organisation_id)) as work:
        job_id = await work.driver.fetchval(JOB, pack_id)
    async with claimed(job_id) as taken:
        assert taken
        await make_pack(taken[0], taken[1], shop)
    async with begin(lead) as work:
        _, stream = await download(work, shop.store, pack_id)
        file = tmp_path / "pack.zip"
        file.write_bytes(b"".join([piece async for piece in stream]))
    return file


async def test_a_pack_holds_what_was_referred_and_the_receipt(channel, incident, shop, tmp_path):
    for there in (channel.school, channel.helpline):
        async with begin(system(there.organisation_id)) as work:
            await own_keys(work)
    async with begin(channel.school) as work:
        referral = await refer(work, incident, OPENED, channel.helpline.organisation_id, ())
    await channel.all()
    answer = Message(referral=referral.id, id=new_request_id(), author="Desk", words="We took it to the platform.")
    await channel.reply(answer)
    await channel.reply_all()
    file = await made(channel.school, incident, shop, tmp_path)
    report = verify(file, [])
    assert report.verdict is Verdict.KEY_NOT_KNOWN, report.sentence
    with zipfile.ZipFile(file) as pack:
        data = {name: json.loads(pack.read(name)) for name in pack.namelist() if name.startswith("data/")}
        text = "".join(page.extract_text() for page in PdfReader(BytesIO(pack.read("report.pdf"))).pages)
    told = json.dumps(data)
    assert f"Referred to the helpline as {referral.reference}" in text
    assert "We took it to the platform." in text
    assert "by a signed receipt" in text.replace("\n", " ")
    assert "application/vnd.safeguard.receipt+json" in told
    async with begin(channel.school) as work:
        assert [each.id for each in await list_referrals(work)] == [referral.id]


async def test_what_was_not_delivered_is_told_so(channel, incident, shop, tmp_path):
    async with begin(channel.school) as work:
        await refer(work, incident, OPENED, channel.helpline.organisation_id, ())
    file = await made(channel.school, incident, shop, tmp_path)
    with zipfile.ZipFile(file) as pack:
        text = "".join(page.extract_text() for page in PdfReader(BytesIO(pack.read("report.pdf"))).pages)
    assert "No receipt" in text.replace("\n", " ")
