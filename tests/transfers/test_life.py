"""A file between two organisations: sent, opened, signed for, taken over; and what else can become of it."""

import obstore
import psycopg
import pytest

from safeguard import clock
from safeguard.access.actors import system
from safeguard.access.roles import Role
from safeguard.channel.keys import verifiers
from safeguard.errors import Conflict, Gone, Invalid, NotFound
from safeguard.identity import approving
from safeguard.incidents.adding import add_entry
from safeguard.incidents.entering import NewEntry
from safeguard.incidents.hiding.circle import exclude
from safeguard.incidents.queries import read_incident
from safeguard.incidents.recording import record_incident
from safeguard.incidents.reports import NewIncident, NewPerson
from safeguard.people.queries import get_person
from safeguard.people.recording import record_person
from safeguard.strongbox import objects
from safeguard.transfers import chasing, ending, importing, opening, queries
from safeguard.transfers.gathering import Wish, gather
from safeguard.transfers.receipts import verified
from safeguard.transfers.sending import Way
from safeguard.work import begin
from tests.factories.incidents import SCHOOL
from tests.factories.people import called
from tests.transfers.making import CLEAN, OTHER, WISH, filed, inside, organisation_of, sent

pytestmark = pytest.mark.anyio


@pytest.fixture
def owner(addresses):
    """The database's owner, who can say that a file was checked."""
    with psycopg.connect(addresses.owner, autocommit=True) as connection:
        yield connection


async def test_a_file_arrives_whole_is_signed_for_and_is_taken_over_once(schools, owner) -> None:
    here, there = schools.school, schools.helpline
    ana = await filed(here, owner)
    gone, gathered = await sent(here, ana.person, await inside(there))
    assert (len(gathered.file.incidents), len(gathered.file.attachments)) == (2, 1)
    await schools.all()
    async with begin(there) as work:
        (waiting,) = await queries.list_incoming(work)
        assert (waiting.state, waiting.sender_id) == ("waiting", here.organisation_id)
        bundle = await opening.open_incoming(work, gone.id, "Lead", await organisation_of(there))
    assert bundle.file == gathered.file
    await schools.reply_all()
    async with begin(here) as work:
        transfer = await queries.get_sent(work, gone.id)
        keys = await verifiers(work, there.organisation_id)
    assert (transfer.state, transfer.received_by, transfer.received_role) == ("received", there.name, "Lead")
    receipt = verified(transfer.receipt, keys)
    assert (receipt.transfer, receipt.sha256) == (gone.id, transfer.sha256.hex())
    async with begin(there) as work:
        bundle = await opening.read_incoming(work, await queries.get_incoming(work, gone.id))
        taken = await importing.take_over(work, gone.id, bundle, None, SCHOOL)
    assert (taken.made, taken.known, taken.files) == (2, 0, 1)
    async with begin(there) as work:
        parts = await list_parts_of(work, taken.person_id)
        stories = [await read_incident(work, one) for one in parts]
    assert [one.facts.state for one in stories] == ["closed", "open"]
    assert all(one.facts.recorded_by_name == f"{here.name} (imported)" for one in stories)
    assert stories[0].facts.recorded_at == gathered.file.incidents[0].recorded_at
    assert any("Spoke with Quintilla" in entry.words for entry in stories[0].entries)
    assert [file.state for file in stories[0].files] == ["waiting"]
    with pytest.raises(Conflict):
        async with begin(there) as work:
            await importing.take_over(work, gone.id, bundle, None, SCHOOL)
    again, _ = await sent(here, ana.person, await inside(there))
    await schools.all()
    async with begin(there) as work:
        bundle = await opening.open_incoming(work, again.id, "Lead", await organisation_of(there))
        taken = await importing.take_over(work, again.id, bundle, taken.person_id, SCHOOL)
    assert (taken.made, taken.known, taken.files) == (0, 2, 0)


async def test_whoever_is_called_as_somebody_alleged_takes_a_file_over_whole_and_reads_none_of_it(
    schools, owner, call
) -> None:
    here, there = schools.school, schools.helpline
    ana = await filed(here, owner)
    owner.execute("update incident_people set kind = 'unknown' where name = %s", (OTHER,))
    gone, _ = await sent(here, ana.person, await inside(there))
    await schools.all()
    call(there, OTHER)
    async with begin(there) as work:
        bundle = await opening.open_incoming(work, gone.id, "Lead", await organisation_of(there))
    async with begin(there) as work:
        taken = await importing.take_over(work, gone.id, bundle, None, SCHOOL)
    assert (taken.made, taken.known, taken.files) == (2, 0, 1)
    async with begin(there) as work:
        assert await list_parts_of(work, taken.person_id) == []
    tied = owner.execute("select count(*) from incident_people where person_id = %s", (taken.person_id,)).fetchone()
    told = owner.execute(
        "select count(*) from entries where organisation_id = %s and words like '%%Spoke with Quintilla%%'",
        (there.organisation_id,),
    ).fetchone()
    assert (tied, told) == ((2,), (1,))


async def test_what_is_newer_and_what_is_said_of_somebody_who_is_here_already_is_kept(schools, owner) -> None:
    here, there = schools.school, schools.helpline
    ana = await filed(here, owner)
    async with begin(there) as work:
        ours = await record_person(work, called("Ana", "Brook", notes="Ours."), SCHOOL)
    wish = Wish("Birch", "Moves there in January.", leave=frozenset({ana.closed}), why="It is before the court.")
    for wanted in (wish, WISH, WISH):
        gone, _ = await sent(here, ana.person, await inside(there), wanted)
        await schools.all()
        async with begin(there) as work:
            bundle = await opening.open_incoming(work, gone.id, "Lead", await organisation_of(there))
        async with begin(there) as work:
            await importing.take_over(work, gone.id, bundle, ours.id, SCHOOL)
        async with begin(here) as work:
            await add_entry(work, ana.open, NewEntry(words="She told her aunt."))
    async with begin(there) as work:
        person = await get_person(work, ours.id)
        parts = await list_parts_of(work, ours.id)
        stories = [await read_incident(work, one) for one in parts]
    assert person.notes.startswith("Ours.\n")
    for words in ("Likes to draw.", "Year 9", "Moves there in January.", "It is before the court."):
        assert person.notes.count(words) == 1, "the same is not written twice"
    closed, other = stories
    assert [one.name for one in closed.files] == ["letter.pdf"]
    assert len([one for one in other.entries if "She told her aunt." in one.words]) == 2
    assert len([one for one in closed.entries if "Spoke with Quintilla" in one.words]) == 1


async def list_parts_of(work, person_id):
    rows = await work.driver.fetch(
        "select n.incident_id from public.incident_people n join public.incidents i on i.id = n.incident_id"
        " where n.person_id = $1 order by i.recorded_at",
        person_id,
    )
    return [row["incident_id"] for row in rows]


async def test_a_file_that_was_taken_back_opens_no_more_and_one_opened_meanwhile_is_told(schools, shelf) -> None:
    here, there = schools.school, schools.helpline
    ana = await filed(here)
    first, _ = await sent(here, ana.person, await inside(there))
    second, _ = await sent(here, ana.person, await inside(there))
    await schools.all()
    async with begin(there) as work:
        await opening.open_incoming(work, second.id, "Lead", await organisation_of(there))
    for one in (first, second):
        async with begin(here) as work:
            await ending.cancel(work, one.id, "Sent to the wrong school.")
        async with begin(system(here.organisation_id)) as work:
            await chasing.chase(work, one.id, shelf)
    with pytest.raises(Gone):
        async with begin(there) as work:
            await opening.open_incoming(work, first.id, "Lead", await organisation_of(there))
    await schools.all()
    await schools.reply_all()
    async with begin(there) as work:
        assert (await queries.get_incoming(work, first.id)).state == "cancelled"
        assert (await queries.get_incoming(work, second.id)).state == "opened"
    async with begin(here) as work:
        late = await queries.get_sent(work, second.id)
        assert (late.state, late.received_by) == ("cancelled", there.name)
        assert await told(work, "transfer.reopened", second.id)
        assert not await told(work, "transfer.reopened", first.id)


async def told(work, event: str, subject) -> bool:
    asked = "select exists (select from jobs.job where kind = $1 and subject_id = $2)"
    return await work.driver.fetchval(asked, f"notice.{event}", subject)


async def test_what_is_left_out_and_blacked_out_is_said_with_its_reason(schools, owner) -> None:
    here = schools.school
    ana = await filed(here, owner)
    async with begin(here) as work:
        gigi = await record_person(work, called("Georgina", "O’Canaríe", known_as="Gigi"), SCHOOL)
        people = (
            NewPerson(name="Ana Brook", role="witness", kind="child", person_id=ana.person),
            NewPerson(name="A friend", role="affected", kind="child", person_id=gigi.id),
        )
        new = NewIncident(narrative="Gigi, who is Georgina O'Canaríe, was sent it.", people=people)
        await record_incident(work, new, SCHOOL)
    with pytest.raises(Invalid):
        async with begin(here) as work:
            await gather(work, ana.person, Wish("Birch", "Moves.", leave=frozenset({ana.open})), clock.new_id())
    wish = Wish("Birch", "Moves.", leave=frozenset({ana.open}), names=True, why="About another child.")
    async with begin(here) as work:
        gathered = await gather(work, ana.person, wish, clock.new_id())
    said = str(gathered.file)
    assert not [name for name in ("Featherstone", "Quintilla", "Gigi", "Georgina", "Canaríe") if name in said]
    assert "Ana Brook" in said
    inside = "Names of others are blacked out, and inside a file nothing can be."
    assert [one.why for one in gathered.file.left_out] == ["About another child.", inside, "About another child."]
    assert gathered.left == {ana.open: next(iter(gathered.left.values()))}
    assert gathered.digest != (await whole(here, ana.person)).digest


async def whole(lead, person):
    async with begin(lead) as work:
        return await gather(work, person, WISH, clock.new_id())


async def test_a_file_that_nobody_has_checked_or_that_is_locked_never_leaves(schools) -> None:
    ana = await filed(schools.school)
    gathered = await whole(schools.school, ana.person)
    assert gathered.file.attachments == ()
    assert [one.why for one in gathered.file.left_out] == ["It was not checked for viruses yet."]


async def test_whoever_is_kept_from_an_incident_neither_sends_it_nor_sees_that_it_was_sent(schools, someone) -> None:
    here, there = schools.school, schools.helpline
    ana = await filed(here)
    other = await someone(Role.LEAD, organisation=here.organisation_id)
    async with begin(here) as work:
        await exclude(work, ana.open, other.user_id)
    gone, gathered = await sent(here, ana.person, await inside(there))
    assert len(gathered.file.incidents) == 2
    assert [one.id for one in (await whole(other, ana.person)).file.incidents] == [ana.closed]
    async with begin(other) as work:
        assert await queries.list_sent(work) == ()
        with pytest.raises(NotFound):
            await queries.get_sent(work, gone.id)
        seen = await work.driver.fetchval("select count(*) from public.transfer_items where transfer_id = $1", gone.id)
        entries = await work.driver.fetch("select entry from audit.leaves where log = 'general'")
    assert seen == 0
    assert not any("transfer.sent" in row["entry"] for row in entries)
    async with begin(here) as work:
        assert [one.id for one in await queries.list_sent(work)] == [gone.id]


async def test_without_a_receipt_the_sender_is_told_again_and_again_until_there_is_one(schools, shelf) -> None:
    ana = await filed(schools.school)
    gone, _ = await sent(schools.school, ana.person, Way("paper"))
    async with begin(system(schools.school.organisation_id)) as work:
        assert await chasing.chase(work, gone.id, shelf)
        assert await told_of(work, "transfer.chase", gone.id) == 1
    async with begin(schools.school) as work:
        transfer = await queries.get_sent(work, gone.id)
        assert transfer.due_on is not None and transfer.due_on > transfer.sent_at.date()
        await ending.write_receipt(work, gone.id, "Sam Reed", "Head", clock.now().date())
    async with begin(system(schools.school.organisation_id)) as work:
        assert not await chasing.chase(work, gone.id, shelf)


async def told_of(work, kind: str, subject) -> int:
    asked = "select count(*) from jobs.job where kind = $1 and subject_id = $2"
    return int(await work.driver.fetchval(asked, kind, subject))


async def test_once_opened_it_is_not_declined_so_that_no_receipt_stands_for_what_nobody_has(schools) -> None:
    here, there = schools.school, schools.helpline
    ana = await filed(here)
    first, _ = await sent(here, ana.person, await inside(there))
    second, _ = await sent(here, ana.person, await inside(there))
    await schools.all()
    async with begin(there) as work:
        await opening.open_incoming(work, first.id, "Lead", await organisation_of(there))
    with pytest.raises(Conflict, match="Take it over"):
        async with begin(there) as work:
            await opening.decline(work, first.id, "Not ours.")
    async with begin(there) as work:
        kept = await queries.get_incoming(work, first.id)
        assert kept.state == "opened" and (await opening.read_incoming(work, kept)).file.incidents
        await opening.decline(work, second.id, "Not ours.")
    await schools.reply_all()
    async with begin(here) as work:
        assert (await queries.get_sent(work, first.id)).state == "received"
        assert (await queries.get_sent(work, second.id)).state == "declined"


async def test_what_is_over_is_cleared_by_a_job_once_it_is_kept_and_a_failed_work_loses_nothing(schools, shelf) -> None:
    here, there = schools.school, schools.helpline
    ana = await filed(here)
    gone, _ = await sent(here, ana.person, await inside(there))
    paper, _ = await sent(here, ana.person, Way("paper"))
    await schools.all()
    async with begin(there) as work:
        bundle = await opening.open_incoming(work, gone.id, "Lead", await organisation_of(there))
        ours = (await queries.get_incoming(work, gone.id)).object_name
    await schools.reply_all()
    async with begin(here) as work:
        theirs = (await queries.get_sent(work, gone.id)).object_name
        printed = (await queries.get_sent(work, paper.id)).object_name
    for who, act in (
        (there, lambda work: importing.take_over(work, gone.id, bundle, None, SCHOOL)),
        (here, lambda work: ending.write_receipt(work, paper.id, "Sam", "Head", clock.now().date())),
        (here, lambda work: ending.cancel(work, paper.id, "Lost.")),
    ):
        with pytest.raises(LostError):
            async with begin(who) as work:
                await act(work)
                raise LostError
    assert await there_are(shelf, ours, theirs, printed) == [True, True, True]
    async with begin(there) as work:
        await importing.take_over(work, gone.id, bundle, None, SCHOOL)
    async with begin(here) as work:
        await ending.cancel(work, paper.id, "Lost.")
    objects.use(None)  # the job has the store that it was given, and no other
    for who, one in ((there, gone), (here, gone), (here, paper)):
        async with begin(system(who.organisation_id)) as work:
            assert await told_of(work, "transfer.chase", one.id) >= 1
            assert not await chasing.chase(work, one.id, shelf)
            assert not await chasing.chase(work, one.id, shelf)
    assert await there_are(shelf, ours, theirs, printed) == [False, False, False]


CHECKED = CLEAN.replace("$1", "%s")


class LostError(Exception):
    """The database went away."""


async def there_are(shelf, *names: str) -> list[bool]:
    stored = {each["path"] async for batch in obstore.list(shelf) for each in batch}
    return [name in stored for name in names]


async def test_our_copy_stays_where_the_next_place_has_not_all_of_it_as_it_is_here(schools, owner) -> None:
    here = schools.school
    ana = await filed(here, owner)
    blackened = Wish("Birch", "Moves.", names=True, why="Others.")
    for wish, before, why in (
        (WISH, "", ""),
        (blackened, "", "did not go whole"),
        (
            WISH,
            "update public.attachments set state = 'waiting', scanned_at = null where organisation_id = %s",
            "did not go whole",
        ),
        (WISH, CHECKED, "has changed"),
    ):
        if before:
            owner.execute(before, (here.organisation_id,))
        gone, _ = await sent(here, ana.person, Way("paper"), wish)
        owner.execute("update public.transfers set policy = 'none' where id = %s", (gone.id,))
        async with begin(here) as work:
            await ending.write_receipt(work, gone.id, "Sam Reed", "Head", clock.now().date())
        if why == "has changed":
            owner.execute("update public.incidents set narrative = 'And more.' where id = %s", (ana.closed,))
        async with begin(here) as work:
            copies = await ending.list_copies(work, await queries.get_sent(work, gone.id))
            (closed,) = [one.why for one in copies if one.incident_id == ana.closed]
            assert closed == "" if not why else why in closed
        if why:
            with pytest.raises(Conflict):
                async with begin(here) as work:
                    await ending.ask_to_dispose(work, gone.id, clock.now().date())


async def test_where_no_copy_is_kept_two_people_dispose_of_what_was_received(schools, someone, owner) -> None:
    here = schools.school
    ana = await filed(here, owner)
    gone, _ = await sent(here, ana.person, Way("paper"))
    owner.execute("update public.transfers set policy = 'none' where id = %s", (gone.id,))
    async with begin(here) as work:
        await ending.write_receipt(work, gone.id, "Sam Reed", "Head", clock.now().date())
    async with begin(here) as work:
        transfer = await queries.get_sent(work, gone.id)
        assert [one for one, _ in await ending.may_go(work, transfer)] == [ana.closed]
        assert await ending.ask_to_dispose(work, gone.id, clock.now().date()) == 1
        assert await ending.may_go(work, transfer) == []
        (proposal,) = await work.driver.fetch("select id from public.proposals where state = 'open'")
    head = await someone(Role.HEAD, organisation=here.organisation_id)
    async with begin(head) as work:
        await approving.approve(work, proposal["id"])
    async with begin(here) as work:
        assert [item.incident_id for item in await queries.list_items(work, gone.id)] == [ana.open]
        assert (await queries.get_sent(work, gone.id)).state == "received"


async def test_nobody_who_holds_the_database_and_the_store_can_open_what_is_on_its_way(schools, shelf) -> None:
    ana = await filed(schools.school)
    gone, _ = await sent(schools.school, ana.person, Way("link"))
    async with begin(schools.school) as work:
        transfer = await queries.get_sent(work, gone.id)
    stored = b"".join([piece async for piece in await _raw(shelf, transfer.object_name)])
    held = stored + repr(transfer).encode()
    assert transfer.secret is None
    assert gone.passphrase.encode() not in held
    assert all(word not in held for word in (b"age-encryption", OTHER.encode()))


async def _raw(shelf, name):
    found = await obstore.get_async(shelf, name)

    async def pieces():
        async for piece in found.stream():
            yield bytes(piece)

    return pieces()
