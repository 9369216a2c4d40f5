"""What may not leave, what may not stand in another's way, and what is not lost: bundles that something happens to."""

from collections.abc import AsyncIterator
from dataclasses import replace
from hashlib import sha256

import psycopg
import pytest
from msgspec.structs import replace as changed

from safeguard import clock
from safeguard.access.actors import system
from safeguard.access.roles import Role
from safeguard.attachments import scanner, withholding
from safeguard.attachments.locking import lock_file
from safeguard.errors import Conflict, Gone, Unavailable
from safeguard.incidents.adding import add_entry
from safeguard.incidents.entering import NewEntry
from safeguard.incidents.hiding.circle import exclude
from safeguard.incidents.queries import read_incident
from safeguard.jobs.claiming import claimed
from safeguard.keys.wrapping import Key
from safeguard.strongbox import objects
from safeguard.transfers import age, bundling, ending, importing, opening, queries
from safeguard.transfers.bundling import PAPER, Bundle
from safeguard.transfers.file import Part
from safeguard.transfers.gathering import Wish, gather
from safeguard.transfers.late import count_late
from safeguard.transfers.scanning import paper_of
from safeguard.transfers.sending import Way
from safeguard.transfers.withholding import keep_back, went_with_one, withhold
from safeguard.web.uploading import Upload
from safeguard.work import begin
from tests.attachments.scanner import EICAR, scanning
from tests.factories.incidents import SCHOOL
from tests.transfers.bundles import AT, FILE, LETTER, PATH
from tests.transfers.making import filed, inside, organisation_of, sent
from tests.transfers.test_life import list_parts_of, told, told_of

pytestmark = pytest.mark.anyio


@pytest.fixture
def owner(addresses):
    """The database's owner, who can say that a file was checked."""
    with psycopg.connect(addresses.owner, autocommit=True) as connection:
        yield connection


@pytest.fixture
def withheld():
    """The rooms bound as the application binds them."""
    withholding.bind(withhold)
    yield
    withholding.bind()


async def test_a_file_that_is_locked_takes_every_bundle_with_it_that_is_still_on_its_way(
    schools, owner, withheld
) -> None:
    here, there = schools.school, schools.helpline
    ana = await filed(here, owner)
    going, _ = await sent(here, ana.person, await inside(there))
    opened, _ = await sent(here, ana.person, await inside(there))
    link, _ = await sent(here, ana.person, Way("link"))
    paper, _ = await sent(here, ana.person, Way("paper"))
    without, _ = await sent(
        here, ana.person, Way("link"), Wish("Birch", "Moves.", frozenset({ana.closed}), why="Court.")
    )
    await schools.all()
    async with begin(there) as work:
        await opening.open_incoming(work, opened.id, "Lead", await organisation_of(there))
    await schools.reply_all()
    async with begin(here) as work:
        (file,) = (await read_incident(work, ana.closed)).files
        await lock_file(work, ana.closed, file.id)
    async with begin(here) as work:
        states = {one.id: one for one in await queries.list_sent(work)}
        assert [states[one.id].state for one in (going, opened, link, paper, without)] == [
            "cancelled", "received", "cancelled", "sent", "sent",
        ]  # fmt: skip
        assert "may not be opened" in states[going.id].cancel_reason
        assert states[link.id].locked_key is None and states[paper.id].locked_key is None
        assert states[without.id].locked_key is not None, "nothing of that incident is in it"
        assert await told(work, "transfer.withheld", going.id) and await told(work, "transfer.withheld", link.id)
        assert await went_with_one(work, opened.id, states[opened.id].sent_at)
        assert not await went_with_one(work, without.id, states[without.id].sent_at)
    await schools.all()
    async with begin(there) as work:
        assert (await queries.get_incoming(work, going.id)).state == "cancelled"
        with pytest.raises((Gone, Conflict)):
            await opening.open_incoming(work, going.id, "Lead", await organisation_of(there))
    async with begin(here) as work:
        again = await gather(work, ana.person, Wish("Birch", "Moves."), clock.new_id())
    assert again.file.attachments == () and "locked" in again.file.left_out[0].why


async def test_a_bundle_that_whoever_locks_must_not_know_of_is_kept_back_by_the_system(
    schools, someone, owner, withheld
) -> None:
    here, there = schools.school, schools.helpline
    ana = await filed(here, owner)
    deputy = await someone(Role.LEAD, organisation=here.organisation_id)
    going, _ = await sent(here, ana.person, await inside(there))
    async with begin(here) as work:
        await exclude(work, ana.open, deputy.user_id)
    async with begin(deputy) as work:
        (file,) = (await read_incident(work, ana.closed)).files
        await lock_file(work, ana.closed, file.id)
    async with begin(deputy) as work:
        assert await queries.list_sent(work) == (), "not even that there is one"
    async with begin(here) as work:
        before = await queries.get_sent(work, going.id)
        assert before.state == "sent", "hidden from whoever locked the file"
        assert await told_of(work, "transfer.withhold", ana.closed) == 1
        (job,) = await work.driver.fetch("select id from jobs.job where kind = 'transfer.withhold'")
    async with claimed(job["id"]) as taken:  # as a worker does it, with the rights that the job itself was given
        assert taken is not None
        await keep_back(taken[0], taken[1].subject_id)
    async with begin(system(here.organisation_id)) as work:
        await keep_back(work, ana.closed)
    async with begin(here) as work:
        kept = await queries.get_sent(work, going.id)
        assert (kept.state, kept.version) == ("cancelled", before.version + 1)
        assert await told_of(work, "notice.transfer.withheld", going.id) == 1
    await schools.all()
    async with begin(there) as work:
        assert (await queries.get_incoming(work, going.id)).state == "cancelled"


async def test_inside_a_file_nothing_is_blacked_out_so_it_stays_unless_somebody_looked(schools, owner) -> None:
    here = schools.school
    ana = await filed(here, owner)
    wish = Wish("Birch", "Moves.", names=True, why="About another child.")
    async with begin(here) as work:
        kept = await gather(work, ana.person, wish, clock.new_id())
        goes = await gather(work, ana.person, replace(wish, files=True), clock.new_id())
    assert (kept.file.attachments, kept.sources) == ((), {})
    assert any("inside a file nothing can be" in one.why for one in kept.file.left_out)
    assert len(goes.file.attachments) == 1
    assert not any("inside a file nothing can be" in one.why for one in goes.file.left_out)


async def uploaded(lead, file, passphrase="K7Q3"):
    """A file from outside, taken in."""
    before, age.WORK = age.WORK, 4
    try:
        sealed = bundling.make(file, b"%PDF-", {PATH: LETTER}, AT, passphrase)
    finally:
        age.WORK = before

    async def pieces() -> AsyncIterator[bytes]:
        yield sealed

    key, name = Key(clock.random_bytes(32)), f"uploads/{clock.random_bytes(16).hex()}"
    await objects.put(objects.current(), name, key, pieces())
    upload = Upload("a.age", "", "application/octet-stream", len(sealed), sha256(sealed).digest(), name, key)
    async with begin(lead) as work:
        return await opening.take_upload(work, upload, passphrase)


async def taken_over(lead, incoming_id):
    async with begin(lead) as work:
        bundle = await opening.read_incoming(work, await queries.get_incoming(work, incoming_id))
        return await importing.take_over(work, incoming_id, bundle, None, SCHOOL)


async def test_an_upload_that_proves_nothing_stands_in_the_way_of_no_file_that_is_proven(schools, owner) -> None:
    here, there = schools.school, schools.helpline
    ana = await filed(here, owner)
    gone, gathered = await sent(here, ana.person, await inside(there))
    (one,) = [each for each in gathered.file.incidents if not each.attachments]
    false = changed(one, narrative="Nothing happened.", attachments=FILE.incidents[0].attachments)
    forged = changed(gathered.file, incidents=(false,))
    first = await uploaded(there, forged)
    assert first != gone.id
    assert (await taken_over(there, first)).made == 1
    await schools.all()
    async with begin(there) as work:
        await opening.open_incoming(work, gone.id, "Lead", await organisation_of(there))
    taken = await taken_over(there, gone.id)
    assert (taken.made, taken.known) == (2, 0)


async def test_the_same_upload_is_taken_in_once_and_its_person_is_tied_wherever_they_stand(schools) -> None:
    lead = schools.school
    others = tuple(Part(name=f"Child {number}", role="witness", kind="child") for number in range(35))
    incident = changed(FILE.incidents[0], people=(*others, Part(name="Ana Brook", role="affected", subject=True)))
    file = changed(FILE, incidents=(incident,), bundle=clock.new_id())
    first = await uploaded(lead, file)
    taken = await taken_over(lead, first)
    async with begin(lead) as work:
        (story,) = [await read_incident(work, one) for one in await list_parts_of(work, taken.person_id)]
    assert story.people[0].name == "Ana Brook" and story.people[0].person_id == taken.person_id
    assert any("Also in it: Child 34" in entry.words for entry in story.entries)
    newer = changed(incident, child_words="More.")
    again = await uploaded(lead, changed(file, incidents=(newer,)))
    assert again != first and (await taken_over(lead, again)).known == 1


async def test_what_is_kept_from_whoever_takes_a_file_over_is_not_lost_and_not_told(schools, someone, owner) -> None:
    here, there = schools.school, schools.helpline
    ana = await filed(here, owner)
    other = await someone(Role.LEAD, organisation=there.organisation_id)
    gone, _ = await sent(here, ana.person, await inside(there))
    await schools.all()
    async with begin(there) as work:
        await opening.open_incoming(work, gone.id, "Lead", await organisation_of(there))
    first = await taken_over(there, gone.id)
    async with begin(there) as work:
        mine = (await list_parts_of(work, first.person_id))[1]
        await exclude(work, mine, other.user_id)
    async with begin(here) as work:
        await add_entry(work, ana.open, NewEntry(words="She told her aunt."))
    again, _ = await sent(here, ana.person, await inside(there))
    await schools.all()
    async with begin(other) as work:
        await opening.open_incoming(work, again.id, "Lead", await organisation_of(other))
    taken = await taken_over(other, again.id)
    assert (taken.made, taken.known) == (1, 1), "as if there were none: nothing tells of the one that is kept back"
    async with begin(other) as work:
        stories = [await read_incident(work, one) for one in await list_parts_of(work, taken.person_id)]
    assert any("She told her aunt." in entry.words for story in stories for entry in story.entries)
    assert mine not in [story.facts.id for story in stories]


async def test_the_document_of_a_file_from_outside_is_given_to_nobody_before_the_scanner(schools, tmp_path) -> None:
    lead = schools.school
    async with begin(lead) as work:
        incoming_id = await uploaded(lead, changed(FILE, bundle=clock.new_id()))
        incoming = await queries.get_incoming(work, incoming_id)
    harmful, harmless = (Bundle(FILE, {PAPER: b"%PDF-" + more}) for more in (EICAR, b""))
    try:
        for nowhere in (None, f"unix://{tmp_path}/nobody"):
            scanner.use(nowhere)
            with pytest.raises(Unavailable):
                await paper_of(incoming, harmless)
        async with scanning(tmp_path / "clamd") as url:
            scanner.use(url)
            assert await paper_of(incoming, harmless) == b"%PDF-"
            with pytest.raises(Conflict, match="Eicar"):
                await paper_of(incoming, harmful)
        async with scanning(tmp_path / "unsure", b"stream: ERROR") as url:
            scanner.use(url)
            with pytest.raises(Unavailable):
                await paper_of(incoming, harmless)
    finally:
        scanner.use(None)


async def test_a_late_receipt_is_counted_until_it_comes(schools, someone, owner) -> None:
    here = schools.school
    ana = await filed(here)
    gone, _ = await sent(here, ana.person, Way("paper"))
    governor = await someone(Role.GOVERNOR, organisation=here.organisation_id)
    for due_on, late in (("current_date + 1", 0), ("current_date - 1", 1)):
        owner.execute(f"update public.transfers set due_on = {due_on} where id = %s", (gone.id,))
        async with begin(here) as work:
            assert await count_late(work) == late
    async with begin(governor) as work:
        assert await count_late(work) == 0
    async with begin(here) as work:
        await ending.write_receipt(work, gone.id, "Sam Reed", "Head", clock.now().date())
        assert await count_late(work) == 0
