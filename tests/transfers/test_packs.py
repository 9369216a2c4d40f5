"""A person's file as evidence tells that it was sent on: to whom, when, and what came back."""

import json
import zipfile
from io import BytesIO

import pytest
from pypdf import PdfReader

from safeguard.access.roles import Role
from safeguard.channel.keys import verifiers
from safeguard.evidence.making import Workshop
from safeguard.evidence.packs.chapters import Scope
from safeguard.evidence.requesting import request_parts_pack
from safeguard.evidence.sealing import FileKeySigner
from safeguard.evidence.verifying.checking import verify
from safeguard.evidence.verifying.verdicts import Verdict
from safeguard.identity import approving
from safeguard.incidents.chapter import IncidentChapter
from safeguard.incidents.hiding.circle import exclude
from safeguard.inspection.pack_parts import PARTS
from safeguard.records import proposing
from safeguard.records.holding import About
from safeguard.transfers import ending, opening
from safeguard.transfers.receipts import verified
from safeguard.transfers.sending import Way
from safeguard.work import begin
from tests.records.making import TODAY, second
from tests.records.test_packs import make
from tests.transfers.making import WISH, filed, inside, organisation_of, sent

pytestmark = pytest.mark.anyio
SECTION = "Sent on to the next place"


@pytest.fixture
def shop(addresses, shelf, tmp_path) -> Workshop:
    signer = FileKeySigner(bytes(range(32)), "safeguard.example", addresses.signer)
    return Workshop(signer, shelf, IncidentChapter(), tmp_path / "bench", parts=PARTS)


async def _told(lead, shop: Workshop, person, folder, *, redacted: bool = False) -> tuple[str, dict[str, object]]:
    """The words of their file's report, and what was committed of each transfer in it."""
    async with begin(lead) as work:
        pack = await request_parts_pack(work, PARTS, "person", Scope(person_id=person), redacted=redacted)
    file = await make(lead, shop, pack, folder / f"{pack}.zip")
    assert verify(file, []).verdict is Verdict.KEY_NOT_KNOWN
    with zipfile.ZipFile(file) as whole:
        pages = PdfReader(BytesIO(whole.read("report.pdf"))).pages
        data = {name: json.loads(whole.read(name)) for name in whole.namelist() if "transfer-" in name}
    return " ".join(" ".join(page.extract_text() for page in pages).replace("\u200b", "").split()), data


async def test_it_tells_to_whom_it_went_and_holds_the_receipt_that_they_signed(schools, shop, tmp_path) -> None:
    here, there = schools.school, schools.helpline
    ana = await filed(here)
    before, nothing = await _told(here, shop, ana.person, tmp_path)
    assert SECTION not in before and nothing == {}
    gone, _ = await sent(here, ana.person, await inside(there))
    waiting, _ = await _told(here, shop, ana.person, tmp_path)
    assert SECTION in waiting and "No receipt yet" in waiting and WISH.basis in waiting
    await schools.all()
    async with begin(there) as work:
        await opening.open_incoming(work, gone.id, "Lead", await organisation_of(there))
    await schools.reply_all()
    text, data = await _told(here, shop, ana.person, tmp_path)
    place = (await organisation_of(there)).name
    for words in (f"To {place}", "Received", f"{there.name}, Lead, {place}", "Signed by their organisation."):
        assert words in text, words
    (kept,) = data.values()
    receipt = json.loads(kept["versions"][-1]["fields"]["receipt"]["value"])
    async with begin(here) as work:
        keys = await verifiers(work, there.organisation_id)
    assert verified(receipt, keys).transfer == gone.id, "the pack holds the signature itself"
    hidden, left = await _told(here, shop, ana.person, tmp_path, redacted=True)
    (kept,) = left.values()
    assert "digest" in kept["versions"][-1]["fields"]["receipt"]
    assert there.name not in hidden + json.dumps(left)
    assert SECTION in hidden and "Ana" in hidden


async def test_what_was_taken_back_says_why_and_one_with_a_restricted_incident_is_in_no_pack(
    schools, shop, tmp_path, someone
) -> None:
    here = schools.school
    ana = await filed(here)
    first, _ = await sent(here, ana.person, Way("link"))
    await sent(here, ana.person, Way("paper"))
    async with begin(here) as work:
        await ending.cancel(work, first.id, "The wrong academy.")
    text, data = await _told(here, shop, ana.person, tmp_path)
    assert len(data) == 2
    for words in ("Sent by a one-time link", "Taken back", "The wrong academy.", "Sent on paper", "No receipt yet"):
        assert words in text.replace("- ", "-"), words  # a hyphen may end a line
    kept_out = await second(here, Role.DEPUTY)
    async with begin(here) as work:
        await exclude(work, ana.closed, kept_out.user_id)
    after, none = await _told(here, shop, ana.person, tmp_path)
    assert SECTION not in after and none == {}


async def test_what_the_log_was_told_of_it_goes_with_the_person(schools, shop, someone) -> None:
    here = schools.school
    ana = await filed(here)
    await sent(here, ana.person, Way("paper"))
    async with begin(here) as work:
        await work.driver.execute("update public.incident_people set role = 'witness' where person_id = $1", ana.person)
        held = await work.driver.fetchval("select count(*) from audit.documents where kind = 'transfer'")
    assert held == 1
    async with begin(here) as work:
        proposal = await proposing.ask(work, About("person", ana.person), "erasure", TODAY)
    async with begin(await someone(Role.HEAD, organisation=here.organisation_id), purpose="session") as work:
        await approving.approve(work, proposal.id)
    async with begin(here) as work:
        assert await work.driver.fetchval("select count(*) from audit.documents where kind = 'transfer'") == 0
        assert await work.driver.fetchval("select count(*) from public.transfers") == 1
