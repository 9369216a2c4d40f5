"""A lead chooses files that go with a referral: documents alone, said to be fit, whole there or not at all."""

from hashlib import sha256
from pathlib import Path
from types import SimpleNamespace
from uuid import UUID

import asyncpg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from safeguard.access.actors import system
from safeguard.attachments.attaching import Blocked
from safeguard.attachments.kinds import BY_TYPE, PDF, TEXT, WORD
from safeguard.attachments.locking import lock_file
from safeguard.attachments.opening import Infected, Locked, NotChecked
from safeguard.attachments.queries import File, get_file
from safeguard.attachments.withholding import bind
from safeguard.channel import bodies, keys
from safeguard.channel.bodies import Enclosed, FileStands
from safeguard.channel.dsse import Refused
from safeguard.channel.enclosures import load_rules, object_name_of
from safeguard.clock import now
from safeguard.errors import Conflict, Gone, Invalid
from safeguard.helpline.files.arriving import arrive
from safeguard.helpline.files.locking import lock_found
from safeguard.helpline.files.opening import open_file
from safeguard.helpline.files.taking import take_in
from safeguard.helpline.queries import get_case, list_entries
from safeguard.helpline.taking import Facts, change_facts
from safeguard.incidents.triaging import Classes, classify
from safeguard.referrals.conversing import withdraw
from safeguard.referrals.enclosing import ATTESTED, FileToSend, enclosed, why_not
from safeguard.referrals.looking import Stays, read_words
from safeguard.referrals.queries import read_conversation
from safeguard.referrals.travelling import seal_file
from safeguard.referrals.withholding import withhold
from safeguard.strongbox import objects
from safeguard.tenancy.blocking import BLOCKED_TYPES
from safeguard.tenancy.profiles import profile_of
from safeguard.work import begin
from tests.attachments import files
from tests.attachments.scanner import EICAR, scanning
from tests.referrals.enclosing import Crossing, attach_file
from tests.referrals.making import OPENED
from tests.referrals.papers import LETTER, SCAN, letter

pytestmark = pytest.mark.anyio
IMAGERY = sorted(kind for kind in BY_TYPE if kind.startswith(("image/", "audio/", "video/")))
BEFORE = (
    b'{"kind":"referral.opened","referral":"00000000-0000-0000-0000-000000000000","reference":"","organisation":'
    b'"Sample School","organisation_kind":"school","nation":"england","contact_name":"Sam Lead","contact_role":'
    b'"Designated safeguarding lead","contact_telephone":"","asked":["mediation"],"urgency":"soon","child_at_risk":'
    b'false,"question":"Please have the account taken down.","account":"An account pretends to be Adult A.",'
    b'"steps_taken":"","issues":[],"platforms":[],"people":[],"urls":[],"handles":[],"reported":null,"basis":'
    b'{"lawful_basis":"public_task","condition":"safeguarding","reason":"The account harms a member of staff."},'
    b'"happened":""}'
)


@pytest.fixture
async def crossing(channel, incident, tmp_path: Path):
    """The channel with a store, and whoever keeps back what was locked."""
    shelf = objects.open_store((tmp_path / "objects").as_uri())
    objects.use(shelf)
    bind(withhold)
    world = Crossing(channel, shelf, incident)
    await world.prepare()
    yield world
    bind()
    objects.use(None)


def chosen(file_id, name="", *, attested=True) -> FileToSend:
    return FileToSend(id=file_id, name=name, attested=attested)


async def one(crossing: Crossing, whole: bytes = LETTER, media_type: str = PDF, name: str = "Ana Hale.pdf"):
    """A referral with one file of the incident, up to where a worker would seal it."""
    attachment = await attach_file(crossing.channel.school, crossing.incident, name, media_type, whole)
    return attachment, await crossing.refer(chosen(attachment))


async def across(crossing: Crossing, scanner: str | None = None) -> None:
    """Everything that the workers do; the check only where there is a scanner."""
    await crossing.seal()
    await crossing.channel.all()
    await crossing.take()
    if scanner:
        await crossing.check(scanner)
    await crossing.channel.reply_all()


def test_a_referral_without_files_has_the_bytes_that_it_had_before_there_were_any():
    assert bodies.encode(OPENED) == BEFORE
    assert bodies.decode(BEFORE) == OPENED
    assert OPENED.enclosed == ()


async def test_of_two_documents_the_one_that_was_chosen_arrives_whole_under_a_neutral_name(crossing, tmp_path):
    school, helpline = crossing.channel.school, crossing.channel.helpline
    whole = letter(padding=2_000_000)
    await attach_file(school, crossing.incident, "stays.pdf", PDF, files.PDF)
    _, referral = await one(crossing, whole)
    async with scanning(tmp_path / "clamd") as scanner:
        await across(crossing, scanner)
    (file,) = await crossing.files()
    assert (file.name, file.size, file.sha256, file.state) == (
        "Document 1.pdf", len(whole), sha256(whole).hexdigest(), "clean"
    )  # fmt: skip
    assert file.attested == ATTESTED
    async with begin(helpline) as work:
        _, pieces = await open_file(work, crossing.shelf, await crossing.case(), file.id)
        assert b"".join([piece async for piece in pieces]) == whole
    async with begin(school) as work:
        told = await read_conversation(work, referral.id)
    assert [(each.name, each.state) for each in told.files] == [("Document 1.pdf", "taken")]
    assert told.opened.enclosed[0].sha256 == sha256(whole).hexdigest()
    assert {step.kind for step in told.steps} == {"opened"}, "what carried it is no word of the conversation"
    stored = [place["path"] for page in crossing.shelf.list() for place in page]
    assert [place for place in stored if place.startswith("enclosures/")] == [], "nothing is left on the way"
    assert all(whole[:200] not in place.read_bytes() for place in (tmp_path / "objects").rglob("*") if place.is_file())


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    media_type=st.sampled_from([*BY_TYPE, "application/zip", "video/mp4", "image/svg+xml"]),
    state=st.sampled_from(["waiting", "clean", "infected"]), locked=st.booleans(),
    size=st.integers(1, 2 * load_rules().most_bytes), issue=st.sampled_from([*BLOCKED_TYPES, "impersonation"]),
    on_body=st.booleans(), attested=st.booleans(),
)  # fmt: skip
def test_nothing_goes_that_may_not(media_type, state, locked, size, issue, on_body, attested):
    story, file = _story(media_type, state, size, issue if not on_body else "impersonation", locked=locked)
    wanted = [FileToSend(id=file.id, attested=attested)]
    may = (
        media_type in load_rules().types and state == "clean" and not locked and size <= load_rules().most_bytes
        and issue not in BLOCKED_TYPES and attested
    )  # fmt: skip
    try:
        (going,) = enclosed(wanted, (issue,) if on_body else (), story)
    except (Invalid, Blocked) as refusal:
        assert not may, refusal
        assert isinstance(refusal, Blocked) == (issue in BLOCKED_TYPES)
        return
    assert may
    assert (going.media_type, going.size, going.attested) == (media_type, size, ATTESTED)
    assert file.name not in going.name


def test_a_list_that_lets_pictures_recordings_or_archives_travel_stops_whoever_reads_it(tmp_path):
    head = "most_files = 5\nmost_megabytes = 10\nmost_megabytes_together = 20\nmost_characters = 10\n[types]\n"
    for wrong in (*IMAGERY, "video/mp4", "application/zip"):
        place = tmp_path / f"{wrong.replace('/', '-')}.toml"
        place.write_text(head + f'"{wrong}" = "x"\n', "utf-8")
        with pytest.raises(ValueError, match="never go"):
            load_rules(place)


async def test_words_of_documents_are_read_and_pictures_inside_keep_them_here():
    assert "Dear Morgan" in await read_words(files.LETTER, TEXT)
    named = files.package(files.WORD_PARTS | {"word/document.xml": b"<w:t>Mor</w:t><w:p>x</w:p><w:t>gan</w:t>"})
    assert "Mor" in await read_words(named, WORD)
    for part in ("word/media/image1.png", "word/embeddings/sheet1.xlsx", "Pictures/1.jpg", "docProps/thumbnail.jpeg"):
        with pytest.raises(Stays):
            await read_words(files.package(files.WORD_PARTS | {part: b"x"}), WORD)


async def test_too_many_too_large_twice_or_of_elsewhere_is_refused_with_nothing_sent(crossing):
    school = crossing.channel.school
    ids = [await attach_file(school, crossing.incident, f"{n}.pdf", PDF, files.PDF) for n in range(6)]
    unread = await attach_file(school, crossing.incident, "new.pdf", PDF, files.PDF, clean=False)
    for wrong in (
        [chosen(each) for each in ids], [chosen(ids[0]), chosen(ids[0])], [chosen(crossing.incident)],
        [chosen(unread)], [chosen(ids[0], attested=False)], [chosen(ids[0], "x" * 200)],
    ):  # fmt: skip
        with pytest.raises(Invalid):
            await crossing.refer(*wrong)
    assert await crossing.sent() == []
    assert await crossing.channel.outgoing() == []


async def test_the_database_lets_no_file_of_a_blocked_incident_go_whoever_asks(crossing, owner):
    attachment, referral = await one(crossing)
    async with begin(crossing.channel.school) as work:
        facts = (await work.driver.fetchrow("select version from incidents where id = $1", crossing.incident))[
            "version"
        ]
        await classify(work, crossing.incident, facts, Classes(issue_types=("nudes",)), profile_of("school"))
    ((row),) = await crossing.sent()
    assert (row["state"], row["fault"]) == ("dropped", "locked")
    await across(crossing)
    assert [file.state for file in await crossing.files()] == ["expected"]
    with pytest.raises((Blocked, Invalid)):
        await crossing.refer(chosen(attachment))
    with pytest.raises(asyncpg.PostgresError):
        async with begin(crossing.channel.school) as work:
            await work.driver.execute(
                "insert into referral_files (organisation_id, id, referral_id, incident_id, attachment_id, changed_at)"
                " values ($1, gen_random_uuid(), $2, $3, $4, now())",
                work.organisation_id, referral.id, crossing.incident, attachment,
            )  # fmt: skip


async def test_a_case_is_there_before_its_file_and_a_file_that_is_late_is_taken_when_it_comes(crossing):
    await one(crossing)
    await crossing.channel.all()
    assert [file.coming for file in await crossing.files()] == [True]
    await crossing.seal()
    name = object_name_of((await crossing.files())[0].sent_id)
    whole = bytes((await crossing.shelf.get_async(name)).bytes())
    await crossing.shelf.delete_async(name)
    await crossing.channel.all()
    with pytest.raises(Gone):
        await crossing.take()
    assert [file.state for file in await crossing.files()] == ["arriving"]
    await crossing.shelf.put_async(name, whole)
    await crossing.take()
    await crossing.take()
    assert [file.state for file in await crossing.files()] == ["waiting"]


async def test_a_worker_that_dies_while_it_seals_leaves_a_file_that_the_next_one_sends_once(crossing):
    await one(crossing)
    await crossing.channel.all()
    with pytest.raises(RuntimeError):
        async with begin(system(crossing.channel.school.organisation_id)) as work:
            await _seal_and_die(work, crossing)
    assert [row["state"] for row in await crossing.sent()] == ["waiting"]
    await crossing.seal()
    await crossing.seal()
    await crossing.channel.all()
    await crossing.take()
    assert len(await crossing.channel.outgoing()) == 2, "the referral, and one file"
    assert [file.state for file in await crossing.files()] == ["waiting"]


@pytest.mark.parametrize("harm", ["flipped", "other", "longer"])
async def test_bytes_that_were_altered_on_the_way_are_never_kept_and_both_sides_are_told(crossing, harm):
    await one(crossing)
    await crossing.seal()
    await crossing.channel.all()
    (file,) = await crossing.files()
    name = object_name_of(file.sent_id)
    whole = bytearray((await crossing.shelf.get_async(name)).bytes())
    whole[-1] ^= 1 if harm == "flipped" else 0
    await crossing.shelf.put_async(name, bytes(whole) + (b"x" if harm == "longer" else b""))
    if harm == "other":  # sealed anew by somebody who knows the key, over other bytes of the same length
        key = await crossing.carried_key(file.id)
        await objects.put(crossing.shelf, name, key, objects.once(LETTER.replace(b"Thank", b"Thunk")))
    await crossing.take()
    await crossing.channel.reply_all()
    assert [(each.state, each.fault) for each in await crossing.files()] == [("refused", "altered")]
    assert [(row["state"], row["fault"]) for row in await crossing.sent()] == [("refused", "altered")]
    stored = [place["path"] for page in crossing.shelf.list() for place in page]
    assert not any(place.startswith("case-files/") for place in stored)


@pytest.mark.parametrize(
    "whole",
    [files.PNG, files.ARCHIVE, files.package(files.WORD_PARTS | {"word/media/a.png": b"x"}), SCAN, files.broken()],
    ids=["picture", "archive", "document_with_picture", "scan", "damaged"],
)  # fmt: skip
async def test_imagery_that_is_said_to_be_a_document_or_cannot_be_read_is_refused_at_the_other_end_too(crossing, whole):
    await one(crossing, whole, WORD if whole.startswith(b"PK") else PDF)
    await across(crossing)
    assert [(each.state, each.fault) for each in await crossing.files()] == [("refused", "kind")]


async def test_a_key_that_is_replaced_between_the_referral_and_its_file_changes_nothing(crossing):
    await one(crossing)
    await crossing.channel.all()
    async with begin(system(crossing.channel.helpline.organisation_id)) as work:
        await keys.rotate(work)
    await across(crossing)
    assert [file.state for file in await crossing.files()] == ["waiting"]


async def test_what_was_not_announced_lies_elsewhere_or_comes_twice_is_refused(crossing):
    await one(crossing)
    await crossing.seal()
    await crossing.channel.all()
    (file,) = await crossing.files()
    case = await crossing.case()
    good = {"referral": case, "file": file.sent_id, "object_name": object_name_of(file.sent_id), "key": "00" * 32}
    stranger = crossing.incident
    for wrong, code in (
        ({"file": stranger, "object_name": object_name_of(stranger)}, "file"),
        ({"object_name": "files/somebody-elses"}, "body"), ({"key": "zz"}, "body"), ({}, "replayed"),
    ):  # fmt: skip
        async with begin(system(crossing.channel.helpline.organisation_id)) as work:
            with pytest.raises(Refused) as refusal:
                await arrive(work, await get_case(work, case), Enclosed(**{**good, **wrong}))
        assert refusal.value.code == code


async def test_withdrawing_keeps_back_what_has_not_left_and_drops_what_is_on_its_way(crossing):
    school, helpline = crossing.channel.school, crossing.channel.helpline
    _, early = await one(crossing)
    async with begin(school) as work:
        await withdraw(work, early.id, "Solved.")
    await across(crossing)
    assert [(row["state"], row["fault"]) for row in await crossing.sent()] == [("dropped", "withdrawn")]
    assert [file.state for file in await crossing.files()] == ["dropped"]
    _, late = await one(crossing, name="second.pdf")
    await crossing.seal()
    async with begin(school) as work:
        await withdraw(work, late.id, "Solved as well.")
    await crossing.channel.all()
    async with begin(helpline) as work:
        ids = [row["id"] for row in await work.driver.fetch("select id from helpline_files where state = 'arriving'")]
    for file_id in ids:
        async with begin(system(helpline.organisation_id)) as work:
            await take_in(work, file_id, crossing.shelf)
    assert len(ids) == 1
    async with begin(helpline) as work:
        states = await work.driver.fetch("select distinct state, object_name from helpline_files")
    assert [tuple(row) for row in states] == [("dropped", None)]


async def test_nobody_opens_a_file_before_its_check_nor_one_with_a_virus(crossing, tmp_path):
    await one(crossing, LETTER + EICAR)
    await across(crossing)
    (file,) = await crossing.files()
    case = await crossing.case()
    async with begin(crossing.channel.helpline) as work:
        with pytest.raises(NotChecked):
            await open_file(work, crossing.shelf, case, file.id)
    async with scanning(tmp_path / "clamd") as scanner:
        await crossing.check(scanner)
    async with begin(crossing.channel.helpline) as work:
        with pytest.raises(Infected):
            await open_file(work, crossing.shelf, case, file.id)
    await crossing.channel.reply_all()
    assert [(row["state"], row["fault"]) for row in await crossing.sent()] == [("refused", "infected")]


@pytest.mark.parametrize("who", ["helpline", "reclassified", "school"])
async def test_whoever_finds_imagery_locks_the_copy_on_both_sides(crossing, tmp_path, who):
    attachment, _ = await one(crossing)
    async with scanning(tmp_path / "clamd") as scanner:
        await across(crossing, scanner)
    (file,), case = await crossing.files(), await crossing.case()
    helpline = crossing.channel.helpline
    if who == "school":
        async with begin(crossing.channel.school) as work:
            await lock_file(work, crossing.incident, attachment)
        await crossing.channel.all()
    async with begin(helpline) as work:
        before = await get_case(work, case)
        if who == "helpline":
            await lock_found(work, before, file.id, "The caller said so.", "", "IWF-1")
        if who == "reclassified":
            facts = Facts(summary=before.summary, issues=("nudes",))
            await change_facts(work, profile_of("helpline"), before, facts, before.version)
    await crossing.channel.reply_all()
    assert [row["state"] for row in await crossing.sent()] == ["locked"]
    async with begin(crossing.channel.school) as work:
        assert (await get_file(work, crossing.incident, attachment)).locked_at
    async with begin(helpline) as work:
        with pytest.raises(Locked):
            await open_file(work, crossing.shelf, case, file.id)
        if who == "helpline":
            assert "IWF-1" in (await list_entries(work, case))[-1].words
            with pytest.raises(Conflict):
                await lock_found(work, before, file.id, "Again.", "", "")


async def test_another_helpline_says_nothing_of_a_file(crossing, someone):
    _, referral = await one(crossing)
    ((row),) = await crossing.sent()
    _, other = await one(crossing, name="other.pdf")
    said = FileStands(referral=other.id, file=row["id"], state="refused", fault="altered")
    await crossing.seal()
    await crossing.channel.all()
    await crossing.channel.reply(said)
    await crossing.channel.reply_all()
    async with begin(crossing.channel.school) as work:
        assert [file.state for file in (await read_conversation(work, referral.id)).files] == ["sent"]


def _story(media_type, state, size, issue, *, locked):
    """What `enclosed` reads of an incident."""
    file = File(
        id=UUID(int=9), name="Ana Hale", media_type=media_type, size=size, sha256="ab", state=state, attached_at=now(),
        attached_by_name="Sam", locked_at=now() if locked else None,
    )  # fmt: skip
    assert bool(why_not(file)) == (
        media_type not in load_rules().types or state != "clean" or locked or size > load_rules().most_bytes
    )
    return SimpleNamespace(facts=SimpleNamespace(issue_types=(issue,)), files=(file,)), file


async def _seal_and_die(work, crossing):
    await seal_file(work, (await work.driver.fetchrow("select id from referral_files"))["id"], crossing.shelf)
    raise RuntimeError
