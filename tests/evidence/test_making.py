"""Packs made of real incidents, from the request to the verifier's verdict."""

import json
import zipfile
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from uuid import UUID

import psycopg
import pytest
from pypdf import PdfReader

from safeguard import clock
from safeguard.access.actors import Actor, system
from safeguard.access.roles import Role
from safeguard.database.bootstrap import Addresses
from safeguard.errors import Conflict, Forbidden, Gone, Invalid, NotFound
from safeguard.evidence import making
from safeguard.evidence.downloading import download
from safeguard.evidence.making import Workshop, make_pack
from safeguard.evidence.packs.contents import Disclosure
from safeguard.evidence.queries import AskedPack, get_pack
from safeguard.evidence.requesting import request_incident_pack, request_period_pack
from safeguard.evidence.verifying.checking import verify
from safeguard.evidence.verifying.notes import parse_key
from safeguard.evidence.verifying.verdicts import Report, Verdict
from safeguard.incidents.acknowledging import acknowledge
from safeguard.incidents.adding import add_entry, complete_action
from safeguard.incidents.chapter import IncidentChapter
from safeguard.incidents.closing import Closing, close
from safeguard.incidents.entering import NewEntry
from safeguard.incidents.queries import read_incident
from safeguard.incidents.recording import record_incident
from safeguard.incidents.triaging import assess
from safeguard.jobs.claiming import Job, claimed
from safeguard.strongbox import objects
from safeguard.strongbox.streaming import sealed_size
from safeguard.work import begin
from tests.factories.incidents import ACTION, CONTACT, DECISION, IMPERSONATION, NOTE, SCHOOL, SHORT

pytestmark = pytest.mark.anyio

Someone = Callable[..., Awaitable[Actor]]


async def tell_a_story(lead: Actor) -> UUID:
    """An incident recorded, followed up and closed by one person."""
    async with begin(lead) as work:
        facts = (await record_incident(work, IMPERSONATION, SCHOOL)).facts
    async with begin(lead) as work:
        facts = await acknowledge(work, facts.id, facts.version)
    async with begin(lead) as work:
        facts = await assess(work, facts.id, facts.version, "high", "It spreads quickly.")
    for entry in (NOTE, DECISION, CONTACT):
        async with begin(lead) as work:
            await add_entry(work, facts.id, entry)
    async with begin(lead) as work:
        action = await add_entry(work, facts.id, ACTION)
    async with begin(lead) as work:
        await complete_action(work, facts.id, action.id, "Reported; they took it down.")
    async with begin(lead) as work:
        corrected = NewEntry(words="It was four videos, not fourteen.")
        first = await add_entry(work, facts.id, NewEntry(words="There are fourteen videos."))
        await add_entry(work, facts.id, NewEntry(words=corrected.words, supersedes_id=first.id))
    async with begin(lead) as work:
        await read_incident(work, facts.id)
    async with begin(lead) as work:
        closing = Closing(
            summary="An account in a name.", follow_up="Spoke.", decision="No police.", outcome="Removed."
        )
        await close(work, facts.id, facts.version, closing)
    return facts.id


async def ask(lead: Actor, incident_id: UUID, disclosure: Disclosure = Disclosure.MINIMAL) -> UUID:
    async with begin(lead) as work:
        return await request_incident_pack(work, IncidentChapter(), incident_id, disclosure)


async def make(lead: Actor, pack_id: UUID, shop: Workshop) -> AskedPack:
    """Do the job, as the worker does."""
    async with begin(system(lead.organisation_id)) as work:
        job_id = UUID(str(await work.driver.fetchval("select id from jobs.job where key = $1", str(pack_id))))
        await work.driver.execute("update jobs.job set run_at = sec.clock(), claimed_at = null where id = $1", job_id)
    async with claimed(job_id) as taken:
        if taken:
            await make_pack(*taken, shop)
    async with begin(lead) as work:
        return await get_pack(work, pack_id)


async def get(lead: Actor, pack_id: UUID) -> AskedPack:
    async with begin(lead) as work:
        return await get_pack(work, pack_id)


async def file_of(lead: Actor, pack_id: UUID, tmp_path: Path) -> Path:
    """The pack as whoever downloads it gets it; in the store it is sealed."""
    shelf = objects.open_store((tmp_path / "objects").as_uri())
    async with begin(lead) as work:
        _, pieces = await download(work, shelf, pack_id)
    file = tmp_path / f"{pack_id}.zip"
    file.write_bytes(b"".join([piece async for piece in pieces]))
    return file


def stored(lead: Actor, pack_id: UUID, tmp_path: Path) -> list[Path]:
    """What lies in the store of a pack."""
    return list((tmp_path / "objects" / "packs" / str(lead.organisation_id)).glob(f"{pack_id}-*"))


def check(pack: AskedPack, file: Path, shop: Workshop) -> Report:
    """The verdict, with the key that signs here."""
    return verify(file, [parse_key(shop.signer.signer_of(pack.origin or "").vkey)])


@pytest.mark.parametrize("disclosure", list(Disclosure))
async def test_a_pack_of_an_incident_verifies(
    someone: Someone, shop: Workshop, tmp_path: Path, disclosure: Disclosure
) -> None:
    lead = await someone(Role.LEAD)
    incident_id = await tell_a_story(lead)
    async with begin(lead) as work:
        await record_incident(work, SHORT, SCHOOL)
    pack = await make(lead, await ask(lead, incident_id, disclosure), shop)
    report = check(pack, await file_of(lead, pack.id, tmp_path), shop)
    assert report.verdict is Verdict.VALID, report
    assert report.findings.versions >= 12
    assert (pack.state, pack.size) == ("ready", (await file_of(lead, pack.id, tmp_path)).stat().st_size)
    assert (report.findings.hidden > 0) == (disclosure is Disclosure.MINIMAL)
    assert b"Something happened on the bus" not in (await file_of(lead, pack.id, tmp_path)).read_bytes()


async def test_the_report_tells_what_was_done(someone: Someone, shop: Workshop, tmp_path: Path) -> None:
    lead = await someone(Role.LEAD)
    pack = await make(lead, await ask(lead, await tell_a_story(lead)), shop)
    with zipfile.ZipFile(await file_of(lead, pack.id, tmp_path)) as archive:
        pages = PdfReader(BytesIO(archive.read("report.pdf"))).pages
        names = archive.namelist()
    said = " ".join(" ".join(page.extract_text() for page in pages).split())
    for expected in (
        "pretends to be a science teacher", "Morgan Hale", "Ravi Underhill", "@mr.hale.fanpage",
        "one evening last week",
        "Risk set to high", "It spreads quickly.", "Considered a referral and did not make one.", "No sign of harm.",
        "CRN-0042", "Report the account to the platform.", "Reported; they took it down.", "There are fourteen videos.",
        "It was four videos, not fourteen.", "Corrected on", "An account in a name.", "Removed.", lead.name,
        "An incident was read", "Added to the record: decision", "Added to the record: note",
        SCHOOL.roles[Role.LEAD].name,
    ):  # fmt: skip
        assert expected in said, expected
    assert "An entry was written" not in said
    assert names[:2] == ["README.txt", "report.pdf"]
    assert names[-2:] == ["manifest.json", "manifest.note"]


async def test_making_again_gives_the_same_bytes_whatever_happened_since(
    someone: Someone, shop: Workshop, tmp_path: Path
) -> None:
    lead = await someone(Role.LEAD)
    incident_id = await tell_a_story(lead)
    pack_id = await ask(lead, incident_id, Disclosure.COMPLETE)
    pack = await make(lead, pack_id, shop)
    async with begin(lead) as work:
        await record_incident(work, SHORT, SCHOOL)
    async with begin(system(lead.organisation_id)) as work:
        await work.driver.execute(
            "update packs set ready_at = null, size = null, sha256 = null, records = null, shown = null where id = $1",
            pack_id,
        )
        await work.driver.execute("update jobs.job set state = 'queued' where key = $1", str(pack_id))
    again = await remake(lead, pack_id, shop)
    assert (again.sha256, again.log_size) == (pack.sha256, pack.log_size)


async def remake(lead: Actor, pack_id: UUID, shop: Workshop) -> AskedPack:
    """Make it as if the first making had crashed before its commit: nothing of that was told to the log."""
    async with begin(lead) as work:
        assert (await get_pack(work, pack_id)).ready_at is None
    job = type("Job", (), {"subject_id": pack_id, "progress": staticmethod(_no_progress)})
    try:
        async with begin(lead) as work:
            await make_pack(work, job, shop)
            made = await get_pack(work, pack_id)
            raise _Crash
    except _Crash:
        return made


class _Crash(Exception):
    """The process died before the commit."""


async def _no_progress(done: int, total: int) -> None:
    assert done <= total


async def test_a_crash_before_the_commit_leaves_the_pack_to_be_made_again(
    someone: Someone, shop: Workshop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lead = await someone(Role.LEAD)
    pack_id = await ask(lead, await tell_a_story(lead))

    written: list[bytes] = []

    async def crash(*given: object) -> None:
        written.append(given[3].digest)
        raise _Crash

    with monkeypatch.context() as broken:
        broken.setattr(making, "_finish", crash)
        assert (await make(lead, pack_id, shop)).state != "ready"
    assert list((tmp_path / "bench").iterdir()) == []
    pack = await make(lead, pack_id, shop)
    assert pack.state == "ready"
    assert [pack.sha256] == written
    assert sha256((await file_of(lead, pack_id, tmp_path)).read_bytes()).digest() == pack.sha256


async def test_a_pack_that_does_not_verify_is_not_published(
    someone: Someone, shop: Workshop, tmp_path: Path, addresses: Addresses
) -> None:
    lead = await someone(Role.LEAD)
    incident_id = await tell_a_story(lead)
    await shop.signer.seal(lead.organisation_id)
    with psycopg.connect(addresses.owner) as owner:
        owner.execute(
            "update audit.leaves set entry = replace(entry, 'incident.viewed', 'incident.closed')"
            " where organisation_id = %s",
            (lead.organisation_id,),
        )
    pack_id = await ask(lead, incident_id)
    pack = await make(lead, pack_id, shop)
    assert pack.state != "ready"
    assert stored(lead, pack_id, tmp_path) == []


async def test_a_pack_of_a_period_holds_what_was_recorded_in_it(
    someone: Someone, shop: Workshop, tmp_path: Path
) -> None:
    lead = await someone(Role.LEAD)
    await tell_a_story(lead)
    async with begin(lead) as work:
        await record_incident(work, SHORT, SCHOOL)
    today = datetime.now(UTC).date()
    async with begin(lead) as work:
        pack_id = await request_period_pack(work, today - timedelta(days=30), today)
    pack = await make(lead, pack_id, shop)
    file = await file_of(lead, pack_id, tmp_path)
    assert check(pack, file, shop).verdict is Verdict.VALID
    with zipfile.ZipFile(file) as archive:
        manifest = json.loads(archive.read("manifest.json"))
    assert manifest["disclosure"] == "complete"
    assert sum(each["path"].startswith("data/incident-") for each in manifest["files"]) == 2


async def test_an_empty_period_gives_a_pack_that_says_so(someone: Someone, shop: Workshop, tmp_path: Path) -> None:
    lead = await someone(Role.LEAD)
    async with begin(lead) as work:
        day = datetime(2024, 2, 29, tzinfo=UTC).date()
        pack_id = await request_period_pack(work, day, day)
    pack = await make(lead, pack_id, shop)
    assert check(pack, await file_of(lead, pack_id, tmp_path), shop).verdict is Verdict.VALID
    assert pack.title == "Incidents, 29 February 2024"


@pytest.mark.parametrize(
    ("first", "last", "field"),
    [(0, -1, "to"), (1, 2, "from"), (-2000, 0, "to"), (-40000, 0, "from"), (None, 0, "from"), (0, None, "to")],
)
async def test_a_period_that_cannot_be_is_refused_by_field(
    someone: Someone, first: int | None, last: int | None, field: str
) -> None:
    today = clock.now().date()
    begins, ends = (None if offset is None else today + timedelta(days=offset) for offset in (first, last))
    async with begin(await someone(Role.LEAD)) as work:
        with pytest.raises(Invalid) as refused:
            await request_period_pack(work, begins, ends)
    assert [error.field for error in refused.value.errors] == [field]


async def test_only_those_who_may_export_ask_for_packs(someone: Someone) -> None:
    lead = await someone(Role.LEAD)
    incident_id = await tell_a_story(lead)
    for role in (Role.REPORTER, Role.ADMINISTRATOR, Role.HEAD, Role.GOVERNOR):
        other = await someone(role, organisation=lead.organisation_id)
        with pytest.raises(Forbidden):
            await ask(other, incident_id)


async def test_another_organisations_incident_and_pack_do_not_exist(someone: Someone, shop: Workshop) -> None:
    lead, stranger = await someone(Role.LEAD), await someone(Role.LEAD)
    incident_id = await tell_a_story(lead)
    pack_id = await ask(lead, incident_id)
    with pytest.raises(NotFound):
        await ask(stranger, incident_id)
    async with begin(stranger) as work:
        with pytest.raises(NotFound):
            await get_pack(work, pack_id)
        with pytest.raises(NotFound):
            await download(work, shop.store, pack_id)


async def test_a_download_is_told_to_the_log_and_refused_before_the_pack_is_ready(
    someone: Someone, shop: Workshop, tmp_path: Path
) -> None:
    lead = await someone(Role.LEAD)
    pack_id = await ask(lead, await tell_a_story(lead))
    async with begin(lead) as work:
        with pytest.raises(Conflict):
            await download(work, shop.store, pack_id)
    await make(lead, pack_id, shop)
    async with begin(lead) as work:
        _, pieces = await download(work, shop.store, pack_id)
        whole = b"".join([piece async for piece in pieces])
    assert sha256(whole).digest() == (await get(lead, pack_id)).sha256
    async with begin(lead) as work:
        events = await work.driver.fetch(
            "select split_part(entry, E'\\n', 3) as event from audit.leaves where entry like '%pack.%' order by index"
        )
    assert [row["event"] for row in events] == ["pack.requested", "pack.made", "pack.downloaded"]
    for file in stored(lead, pack_id, tmp_path):
        file.unlink()
    async with begin(lead) as work:
        with pytest.raises(Gone):
            await download(work, shop.store, pack_id)


async def test_what_lies_in_the_store_is_for_its_own_user_alone(
    someone: Someone, shop: Workshop, tmp_path: Path
) -> None:
    lead = await someone(Role.LEAD)
    pack_id = await ask(lead, await tell_a_story(lead))
    await make(lead, pack_id, shop)
    (file,) = stored(lead, pack_id, tmp_path)
    assert file.stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "objects").stat().st_mode & 0o777 == 0o700


async def test_what_lies_in_the_store_tells_nothing_without_its_key(
    someone: Someone, shop: Workshop, tmp_path: Path
) -> None:
    lead = await someone(Role.LEAD)
    pack = await make(lead, await ask(lead, await tell_a_story(lead)), shop)
    (file,) = stored(lead, pack.id, tmp_path)
    kept = file.read_bytes()
    assert len(kept) == sealed_size(pack.size or 0)
    assert b"manifest.json" in (await file_of(lead, pack.id, tmp_path)).read_bytes()
    assert b"manifest.json" not in kept
    async with begin(system(lead.organisation_id)) as work:
        await work.driver.execute("update packs set wrapped_key = null where id = $1", pack.id)
    async with begin(lead) as work:
        with pytest.raises(Gone):
            await download(work, shop.store, pack.id)


async def test_a_worker_that_sets_a_long_report_says_that_it_lives(
    someone: Someone, shop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    lead = await someone(Role.LEAD)
    pack_id = await ask(lead, await tell_a_story(lead))
    said: list[int] = []
    monkeypatch.setattr(making, "SIGN_OF_LIFE", 0.001)
    progress = Job.progress

    async def noted(job: Job, done: int, total: int) -> None:
        said.append(done)
        await progress(job, done, total)

    monkeypatch.setattr(Job, "progress", noted)
    assert (await make(lead, pack_id, shop)).state == "ready"
    assert said.count(said[-1]) > 2
