"""A file goes entire: every column of what belongs to it, what was referred, how it ended, what is held against it."""

import msgspec
import psycopg
import pytest

from safeguard import clock
from safeguard.attachments.queries import File
from safeguard.database.registry import registry, table, telling_tables
from safeguard.incidents.adding import add_entry
from safeguard.incidents.entering import NewEntry
from safeguard.incidents.queries import read_incident
from safeguard.incidents.story import Answer, Change, Entry, Facts, Person, Story
from safeguard.people import person as people
from safeguard.people.correcting import correct_person
from safeguard.people.details import details_of
from safeguard.people.queries import get_person
from safeguard.records.access.unsearched import TABLES as NOT_RECORDS
from safeguard.records.logs.writing import list_disagreements, write_disagreement
from safeguard.transfers import file, importing, opening, telling, translating
from safeguard.transfers.columns import SENT, STAYS, TABLES, list_staying
from safeguard.transfers.gathering import Wish, gather
from safeguard.work import begin
from tests.factories.incidents import SCHOOL
from tests.transfers.bundles import AT, FILE, NUMBER
from tests.transfers.making import OTHER, WISH, filed, inside, organisation_of, sent

pytestmark = pytest.mark.anyio
STRUCTS = {
    "public.people": file.Subject, "public.incidents": file.Incident, "public.incident_people": file.Part,
    "public.entries": file.Entry, "public.attachments": file.Attached, "public.referrals": file.Referral,
    "public.referral_steps": file.Step, "public.disagreements": file.Disagreement,
}  # fmt: skip
WITHIN = {"closing": file.Closing}


@pytest.fixture
def owner(addresses):
    """The database's owner."""
    with psycopg.connect(addresses.owner, autocommit=True) as connection:
        yield connection


def test_every_column_of_what_belongs_to_a_file_goes_or_says_why_not() -> None:
    for name, sent_columns in SENT.items():
        columns, staying = {column.name for column in table(name).columns}, STAYS[name]
        assert set(sent_columns) & set(staying) == set(), name
        assert columns - set(sent_columns) - set(staying) == set(), f"{name}: neither sent nor said why not"
        assert (set(sent_columns) | set(staying)) - columns == set(), name
        for place in sent_columns.values():
            room, _, field = place.rpartition(".")
            assert field in (WITHIN[room] if room else STRUCTS[name]).__struct_fields__, place
    assert all(why for columns in STAYS.values() for why in columns.values())
    assert {one.why for one in list_staying()} >= set(TABLES.values())


def test_every_table_that_is_tied_to_a_person_or_an_incident_goes_or_says_why_not() -> None:
    tied = {name for name, one in telling_tables().items() if {"incident_id", "person_id"} & set(one.columns.keys())}
    assert tied - set(NOT_RECORDS) - set(SENT) - set(TABLES) == set()
    known = {f"{one.schema or 'public'}.{one.name}" for one in registry().tables.values()}
    assert set(TABLES) <= known and set(TABLES) & set(SENT) == set()


def test_what_stands_in_a_column_stands_in_the_file() -> None:
    """Each field that is read from a column, filled with a word of its own."""
    person, position = NUMBER, {"id": NUMBER, "person_id": NUMBER, "removed_at": None}
    facts = _filled(Facts, "incidents") | {"state": "closed", "id": NUMBER, "issue_types": ("incidents issue_types",),
                                           "answers": (Answer("c", "asked", "incidents answers"),)}  # fmt: skip
    one = _filled(Person, "incident_people") | position
    entry = _filled(Entry, "entries") | {"changes": (Change("f", "was", "entries changes"),)}
    attached = _filled(File, "attachments") | {"media_type": "image/png", "locked_at": None, "state": "clean"}
    story = Story(Facts(**facts), (Person(**one),), (Entry(**entry),), files=(File(**attached),))
    whole = _told(telling.incident_of(story, frozenset({person}), ()))
    whole += _told(telling.subject_of(people.Person(**_filled(people.Person, "people") | {
        "identifiers": (people.Identifier(kind="k", value="people identifiers"),),
        "contacts": (people.Contact(name="people contacts"),)})))  # fmt: skip
    set_apart = {"incidents.id", "incidents.state", "incident_people.person_id", "attachments.media_type"}
    for name in ("public.incidents", "public.incident_people", "public.entries", "public.attachments", "public.people"):
        bare = name.removeprefix("public.")
        missing = [column for column in SENT[name] if f"{bare} {column}" not in whole]
        assert [column for column in missing if f"{bare}.{column}" not in set_apart] == [], name


def _filled(struct, name):
    return {field.name: (f"{name} {field.name}",) if "tuple" in str(field.type) else f"{name} {field.name}"
            for field in msgspec.structs.fields(struct)}  # fmt: skip


def _told(struct) -> str:
    return msgspec.json.encode(struct).decode()


async def test_a_contact_a_referral_an_outcome_and_a_disagreement_arrive(schools, owner) -> None:
    here, there = schools.school, schools.helpline
    ana = await filed(here, owner)
    await _followed_up(here, ana, owner)
    gone, gathered = await sent(here, ana.person, await inside(there))
    still = next(one for one in gathered.file.incidents if one.id == ana.open)
    assert [(one.contact, one.contact_name, one.contact_reference) for one in still.entries if one.contact] == [
        ("police", "PC Malik", "CAD 991"), ("social_care", "", "")
    ]  # fmt: skip
    assert {one.name: one.result for one in still.people} == {"Ana Brook": "supported", OTHER: "unresolved"}
    (referral,) = still.referrals
    assert [(each.label, each.words) for each in referral.steps[0].said] == [("Words", "We asked the platform.")]
    await schools.all()
    async with begin(there) as work:
        bundle = await opening.open_incoming(work, gone.id, "Lead", await organisation_of(there))
    assert bundle.file == gathered.file
    for _ in range(2):
        async with begin(there) as work:
            person = await _taken(work, gone, bundle)
        gone, _ = await sent(here, ana.person, await inside(there))
        await schools.all()
        async with begin(there) as work:
            bundle = await opening.open_incoming(work, gone.id, "Lead", await organisation_of(there))
    async with begin(there) as work:
        (held,) = await list_disagreements(work, person)
        row = await work.driver.fetchval("select i.id from public.incidents i where i.narrative like 'Somebody wrote%'")
        words = [one.words for one in (await read_incident(work, row)).entries]
    assert (held.by_name, held.words, held.answer) == ("Her mother", "It was not so.", "We wrote what we saw.")
    for told in (
        "With: Police", "Name: PC Malik", "Reference: CAD 991", "A referral is made", "We asked the platform.",
        "How it ended: Supported", "Took place:",
    ):  # fmt: skip
        assert len([one for one in words if told in one]) == 1, told
    assert any(f"How it ended for {OTHER}: Unresolved" in one for one in words)


async def _taken(work, gone, bundle):
    person = await work.driver.fetchval("select id from public.people where given_name = 'Ana'")
    return (await importing.take_over(work, gone.id, bundle, person, SCHOOL)).person_id


async def _followed_up(here, ana, owner) -> None:
    async with begin(here) as work:
        story = await read_incident(work, ana.open)
        affected = next(one.id for one in story.people if one.role == "affected")
        for entry in (
            NewEntry(kind="contact", words="Rang them.", contact="police", contact_name="PC Malik",
                     contact_reference="CAD 991", took_place_at=work.now()),
            NewEntry(kind="decision", words="Threshold.", reason="It was met.", referral="made", contact="social_care"),
            NewEntry(kind="person_outcome", words="Well.", person_id=affected, result="supported"),
        ):  # fmt: skip
            await add_entry(work, ana.open, entry)
        await write_disagreement(work, ana.person, "Her mother", "It was not so.", "We wrote what we saw.")
    referral = clock.new_id()
    owner.execute(
        "insert into public.referrals (organisation_id, id, incident_id, helpline_id, helpline_name, reference,"
        " urgency, asked, lawful_basis, condition, reason, sent_at, sent_by_name, last_activity_at)"
        " values (%s, %s, %s, %s, 'POSH', 'R7Q-3MX', 'soon', '{advice}', 'public_task', 'none', 'To help her.', now(),"
        " 'Lead', now())",
        (here.organisation_id, referral, ana.open, here.organisation_id),
    )
    owner.execute(
        "insert into public.referral_steps (organisation_id, id, referral_id, incident_id, direction, kind, body, at,"
        " author_name) values (%s, %s, %s, %s, 'in', 'message', %s, now(), 'Jo')",
        (here.organisation_id, clock.new_id(), referral, ana.open,
         '{"kind": "message", "id": "1", "words": "We asked the platform."}'),
    )  # fmt: skip


async def test_a_change_of_anything_that_goes_keeps_our_copy(schools, owner) -> None:
    here = schools.school
    ana = await filed(here, owner)
    await _followed_up(here, ana, owner)
    async with begin(here) as work:
        before = (await gather(work, ana.person, WISH, NUMBER)).entire[ana.open]
    for change in (
        "update public.entries set contact_reference = 'CAD 992' where kind = 'contact' and organisation_id = %s",
        "update public.referrals set outcome = 'resolved' where organisation_id = %s",
        "update public.incidents set lead_told = true where organisation_id = %s",
    ):
        owner.execute(change, (here.organisation_id,))
        async with begin(here) as work:
            now = (await gather(work, ana.person, WISH, NUMBER)).entire[ana.open]
        assert now != before, change
        before = now


async def test_names_of_others_are_blacked_out_in_the_persons_own_notes_too(schools) -> None:
    here = schools.school
    ana = await filed(here)
    async with begin(here) as work:
        person = await get_person(work, ana.person)
        contact = people.Contact(name="Bea Brook", notes="Not to meet Quintilla's mother.")
        more = msgspec.structs.replace(
            details_of(person), notes=f"Sits beside {OTHER}.", contacts=(contact,), address=""
        )
        await correct_person(work, person.id, person.version, more, SCHOOL)
        await write_disagreement(work, ana.person, "Bea Brook", "Quintilla began it.", "")
    wish = Wish("Birch", "Moves there.", names=True, why="They are in court.", leave=frozenset({ana.closed}))
    async with begin(here) as work:
        told = _told((await gather(work, ana.person, wish, NUMBER)).file)
    assert "Quintilla" not in told and "Featherstone" not in told
    assert "Bea Brook" in told and "Sits beside [another person]" in told


async def test_a_file_of_the_first_format_is_read_and_said_as_before() -> None:
    old = msgspec.structs.replace(FILE, format="safeguard-transfer/1")
    entry = file.Entry(id=NUMBER, kind="contact", written_at=AT, words="Rang.", about="PC Malik · CAD 991")
    incident = msgspec.structs.replace(old.incidents[0], entries=(entry,))
    read = file.decode(file.encode(msgspec.structs.replace(old, incidents=(incident,))))
    assert read.format == "safeguard-transfer/1"
    (account,) = translating.accounts_of(read.incidents[0])
    assert account.told == "Contact: Rang.\nAbout: PC Malik · CAD 991"
