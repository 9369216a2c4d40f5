"""Packs and a disposal: what left before still verifies, what is here is erased, what is made later says so."""

import io
import json
import zipfile
from collections.abc import Awaitable, Callable
from datetime import date, timedelta
from pathlib import Path
from uuid import UUID

import anyio
import pytest
from obstore.store import ObjectStore
from pypdf import PdfReader

from safeguard import clock
from safeguard.access.actors import Actor
from safeguard.access.roles import Role
from safeguard.database.bootstrap import Addresses
from safeguard.errors import Gone
from safeguard.evidence.downloading import download
from safeguard.evidence.making import Workshop, make_pack
from safeguard.evidence.packs.chapters import Scope
from safeguard.evidence.packs.contents import Disclosure
from safeguard.evidence.queries import get_pack
from safeguard.evidence.report.saying import day
from safeguard.evidence.requesting import request_incident_pack, request_parts_pack, request_period_pack
from safeguard.evidence.sealing import FileKeySigner
from safeguard.evidence.verifying.checking import verify
from safeguard.evidence.verifying.notes import parse_key
from safeguard.evidence.verifying.verdicts import Verdict
from safeguard.incidents.chapter import IncidentChapter
from safeguard.jobs.claiming import claimed
from safeguard.people.chapter import PersonPart
from safeguard.people.recording import record_person
from safeguard.records.disposed import DisposedPart
from safeguard.records.erasing import erase_stored
from safeguard.records.holding import About
from safeguard.work import begin
from tests.factories.incidents import SCHOOL
from tests.factories.people import called
from tests.records.making import disposed, recorded, second

pytestmark = pytest.mark.anyio

Someone = Callable[..., Awaitable[Actor]]


@pytest.fixture
def shop(addresses: Addresses, shelf: ObjectStore, tmp_path: Path) -> Workshop:
    signer = FileKeySigner(bytes(range(32)), "safeguard.example", addresses.signer)
    return Workshop(signer, shelf, IncidentChapter(), tmp_path / "bench", parts={"disposals": DisposedPart()})


async def job_of(lead: Actor, subject: UUID, kind: str) -> UUID:
    async with begin(lead) as work:
        found = await work.driver.fetchval("select id from jobs.job where subject_id = $1 and kind = $2", subject, kind)
    return UUID(str(found))


async def make(lead: Actor, shop: Workshop, pack_id: UUID, target: Path) -> Path:
    """The pack as whoever asked for it gets it."""
    async with claimed(await job_of(lead, pack_id, "pack.make")) as taken:
        assert taken is not None
        await make_pack(*taken, shop)
    async with begin(lead) as work:
        _, pieces = await download(work, shop.store, pack_id)
        await anyio.Path(target).write_bytes(b"".join([piece async for piece in pieces]))
    return target


async def test_older_packs_verify_newer_ones_say_it_and_those_here_are_erased(
    someone: Someone, shop: Workshop, tmp_path: Path
) -> None:
    lead = await someone(Role.LEAD)
    head = await second(lead)
    incident, _ = await recorded(lead, "columbine")
    async with begin(lead) as work:
        reference = str(await work.driver.fetchval("select reference from public.incidents where id = $1", incident))
    today = clock.now().date()
    async with begin(lead) as work:
        own = await request_incident_pack(work, IncidentChapter(), incident, Disclosure.COMPLETE)
        period = await request_period_pack(work, today - timedelta(days=2), today + timedelta(days=2))
        other = await request_period_pack(work, date(2020, 1, 1), date(2020, 1, 31))
    before = await make(lead, shop, own, tmp_path / "before.zip")
    whole = await make(lead, shop, period, tmp_path / "period.zip")
    with zipfile.ZipFile(whole) as archive:
        assert "disposed" not in PdfReader(io.BytesIO(archive.read("report.pdf"))).pages[0].extract_text()
    await make(lead, shop, other, tmp_path / "other.zip")
    stored = tmp_path / "objects" / "packs" / str(lead.organisation_id)
    assert len(list(stored.iterdir())) == 3

    disposal = await disposed(lead, head, About("incident", incident))
    async with claimed(await job_of(lead, disposal, "record.erase")) as taken:
        assert taken is not None
        await erase_stored(taken[0], disposal, shop.store)
    assert [path.name[:36] for path in stored.iterdir()] == [str(other)]
    for pack_id in (own, period):
        with pytest.raises(Gone, match="disposed of"):
            async with begin(lead) as work:
                await download(work, shop.store, pack_id)

    async with begin(lead) as work:
        key = parse_key((await get_pack(work, own)).vkey or "")
    assert verify(before, [key]).verdict is Verdict.VALID
    async with begin(lead) as work:
        later = await request_period_pack(
            work, today - timedelta(days=2), today + timedelta(days=2), Disclosure.COMPLETE
        )
    after = await make(lead, shop, later, tmp_path / "after.zip")
    report = verify(after, [key])
    assert report.verdict is Verdict.VALID
    with zipfile.ZipFile(after) as archive:
        entries = archive.read("audit/entries")
        everything = b"".join(archive.read(name) for name in archive.namelist())
        pages = PdfReader(io.BytesIO(archive.read("report.pdf"))).pages
    told = " ".join(" ".join(page.extract_text() for page in pages).split())
    assert f"1 record was disposed of since {day(today - timedelta(days=2))}, and what it said is in" in told
    for words in ("What was disposed of", "Its period of retention is over 1", reference, head.name):
        assert "".join(words.split()) in "".join(told.split()), words
    assert f"data/record-{disposal}.json" in archive.namelist()
    assert b"record.disposed" in entries
    assert b"columbine" not in everything


async def test_what_the_certificate_commits_to_holds_the_packs_hashes(
    someone: Someone, shop: Workshop, tmp_path: Path
) -> None:
    lead = await someone(Role.LEAD)
    head = await second(lead)
    incident, _ = await recorded(lead, "foxglove")
    async with begin(lead) as work:
        own = await request_incident_pack(work, IncidentChapter(), incident, Disclosure.MINIMAL)
    await make(lead, shop, own, tmp_path / "own.zip")
    disposal = await disposed(lead, head, About("incident", incident))
    async with begin(lead) as work:
        sha256 = await work.driver.fetchval("select sha256 from public.packs where id = $1", own)
        fields = await work.driver.fetchval("select fields from audit.documents where id = $1", disposal)
        entries = await work.driver.fetch("select entry from audit.leaves where entry like '%record.disposed%'")
    said = {name: json.loads(value) for name, (value, _) in json.loads(str(fields)).items()}
    assert said["erased.packs"] == [bytes(sha256 or b"").hex()]
    assert len(entries) == 1


async def test_with_an_incident_go_the_files_of_those_who_had_a_part_in_it_and_with_a_person_their_own(
    someone: Someone,
) -> None:
    lead = await someone(Role.LEAD)
    head = await second(lead)
    (incident, person), (_, stranger) = [await recorded(lead, word) for word in ("columbine", "aquilegia")]
    today = clock.now().date()
    async with begin(lead) as work:
        own, another = [
            await request_parts_pack(work, {"person": PersonPart()}, "person", Scope(person_id=each))
            for each in (person, stranger)
        ]
        days = await request_period_pack(work, today - timedelta(days=2), today)

    async def erased() -> list[bool]:
        async with begin(lead) as work:
            return [(await get_pack(work, each)).disposed_at is not None for each in (own, another, days)]

    async with begin(lead) as work:
        merely_listed = await record_person(work, called("Grace", "Elsewhere"), SCHOOL)
    await disposed(lead, head, About("person", merely_listed.id), "erasure")
    assert await erased() == [False, False, False]
    await disposed(lead, head, About("incident", incident))
    assert await erased() == [True, False, True]
