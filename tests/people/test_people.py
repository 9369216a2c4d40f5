"""A person is recorded, read, corrected; what was said before stays; every reading is told to the log."""

import json
from datetime import date, timedelta
from uuid import UUID

import msgspec
import pytest

from safeguard import clock
from safeguard.access.roles import Role
from safeguard.errors import Conflict, Forbidden, Invalid, NotFound
from safeguard.people.correcting import correct_person
from safeguard.people.details import Details, details_of
from safeguard.people.person import Contact, Identifier
from safeguard.people.queries import Filters, list_groups, list_people, read_person, reveal_address
from safeguard.people.recording import record_person
from safeguard.work import Work, begin
from tests.factories.organisations import make_person
from tests.factories.people import ANA, SCHOOL, called

pytestmark = pytest.mark.anyio


async def events(work: Work, person_id: UUID) -> list[str]:
    """What the log tells of a person, the earliest first."""
    rows = await work.driver.fetch(
        "select split_part(l.entry, E'\\n', 3) from audit.leaves l where l.object = ("
        "select handle from audit.objects where kind = 'person' and id = $1) order by l.index",
        person_id,
    )
    return [row[0] for row in rows]


async def test_a_person_is_kept_as_they_were_told_of(someone):
    lead = await someone(Role.LEAD)
    async with begin(lead) as work:
        kept = await record_person(work, ANA, SCHOOL)
    async with begin(lead) as work:
        read = await read_person(work, kept.id)
    assert read.address == ""
    assert read.has_address
    assert msgspec.structs.replace(details_of(read), address=ANA.address) == ANA
    assert (read.name, read.also, read.recorded_by_name) == ("Ana Brook", "Annie", lead.name)


async def test_reading_and_revealing_are_told_to_the_log(someone):
    lead = await someone(Role.LEAD)
    async with begin(lead) as work:
        person = await record_person(work, ANA, SCHOOL)
    async with begin(lead) as work:
        await read_person(work, person.id)
    async with begin(lead) as work:
        assert await reveal_address(work, person.id) == ANA.address
    async with begin(lead) as work:
        assert await events(work, person.id) == ["person.recorded", "person.viewed", "person.revealed"]


async def test_a_correction_is_a_version_and_the_earlier_one_stays(someone):
    lead = await someone(Role.LEAD)
    async with begin(lead) as work:
        person = await record_person(work, ANA, SCHOOL)
    async with begin(lead) as work:
        changed = msgspec.structs.replace(ANA, family_name="Hill", former_names=("Ana Brook",))
        after = await correct_person(work, person.id, 1, changed, SCHOOL)
    assert after.version == 2
    async with begin(lead) as work:
        rows = await work.driver.fetch(
            "select version, fields from audit.documents where kind = 'person' and id = $1 order by version", person.id
        )
    said = [json.loads(json.loads(row["fields"])["family_name"][0]) for row in rows]
    assert said == ["Brook", "Hill"]
    assert "contacts.2.no_contact" in json.loads(rows[0]["fields"])


async def test_nobody_overwrites_what_they_have_not_read(someone):
    lead = await someone(Role.LEAD)
    async with begin(lead) as work:
        person = await record_person(work, ANA, SCHOOL)
        await correct_person(work, person.id, 1, msgspec.structs.replace(ANA, group_name="Year 10"), SCHOOL)
    async with begin(lead) as work:
        with pytest.raises(Conflict):
            await correct_person(work, person.id, 1, msgspec.structs.replace(ANA, group_name="Year 8"), SCHOOL)
        with pytest.raises(Conflict):
            await correct_person(work, person.id, 2, msgspec.structs.replace(ANA, group_name="Year 10"), SCHOOL)


@pytest.mark.parametrize(
    ("details", "field"),
    [
        (Details(kind="child"), "given_name"),
        (Details(kind="child", given_name="  ​ "), "given_name"),
        (Details(kind="child", given_name="..."), "given_name"),
        (called("Ana", born_on=date.today() + timedelta(days=2)), "born_on"),
        (called("Ana", born_on=date(1066, 10, 14)), "born_on"),
        (called("Ana", connection="king"), "connection"),
        (called("Ana", flags=("looked_after", "tall")), "flags"),
        (called("Ana", identifiers=(Identifier(kind="upn", value="12"),)), "identifiers.0.value"),
        (called("Ana", identifiers=(Identifier(kind="shoe", value="12"),)), "identifiers.0.kind"),
        (called("Ana", contacts=(Contact(name="", phone="1"),)), "contacts.0.name"),
        (called("Ana", contacts=(Contact(name="B", email="nobody"),)), "contacts.0.email"),
        (called("Ana", contacts=(Contact(name="B", relation="pet"),)), "contacts.0.relation"),
        (called("A" * 201), "given_name"),
        (called("Ana", notes="n" * 20_001), "notes"),
        (called("Ana", user_id=UUID(int=1)), "user_id"),
    ],
)
async def test_what_cannot_be_meant_is_asked_again(someone, details, field):
    async with begin(await someone(Role.LEAD)) as work:
        with pytest.raises(Invalid) as refusal:
            await record_person(work, details, SCHOOL)
    assert [error.field for error in refusal.value.errors] == [field]


@pytest.mark.parametrize("role", [Role.REPORTER, Role.PASTORAL, Role.HEAD, Role.GOVERNOR, Role.ADMINISTRATOR])
async def test_the_directory_is_for_leads(someone, role):
    lead = await someone(Role.LEAD)
    async with begin(lead) as work:
        person = await record_person(work, ANA, SCHOOL)
    async with begin(await someone(role, organisation=lead.organisation_id)) as work:
        for asked in (
            read_person(work, person.id),
            reveal_address(work, person.id),
            list_people(work),
            record_person(work, ANA, SCHOOL),
            correct_person(work, person.id, 1, ANA, SCHOOL),
        ):
            with pytest.raises(Forbidden):
                await asked


async def test_another_organisation_finds_nothing(someone):
    async with begin(await someone(Role.LEAD)) as work:
        person = await record_person(work, ANA, SCHOOL)
    async with begin(await someone(Role.LEAD)) as work:
        assert await list_people(work) == ()
        with pytest.raises(NotFound):
            await read_person(work, person.id)
        with pytest.raises(NotFound):
            await correct_person(work, person.id, 1, called("Ana"), SCHOOL)


async def test_the_list_is_by_family_name_and_pages_by_key(someone):
    lead = await someone(Role.LEAD)
    names = [("Zoë", "Ålund"), ("Bo", "Abel"), ("Ann", "Zed"), ("Ann", "O'Brien"), ("Cy", "Abel")]
    async with begin(lead) as work:
        for given, family in names:
            await record_person(work, called(given, family), SCHOOL)
    async with begin(lead) as work:
        seen, after = [], None
        while page := await list_people(work, after=after, limit=2):
            seen += [person.name for person in page]
            after = page[-1].id
    assert seen == ["Bo Abel", "Cy Abel", "Zoë Ålund", "Ann O'Brien", "Ann Zed"]


async def test_the_list_narrows_by_kind_and_group(someone):
    lead = await someone(Role.LEAD)
    async with begin(lead) as work:
        await record_person(work, called("Ann", "Abel", group_name="Year 9"), SCHOOL)
        await record_person(work, called("Bo", "Abel", group_name="Year 10"), SCHOOL)
        await record_person(work, called("Cy", "Abel", kind="adult", group_name="Year 9"), SCHOOL)
        assert await list_groups(work) == ("Year 10", "Year 9")
        for filters, names in (
            (Filters(kind="adult"), ["Cy"]),
            (Filters(group="Year 9"), ["Ann", "Cy"]),
            (Filters(kind="child", group="Year 9"), ["Ann"]),
        ):
            assert [person.given_name for person in await list_people(work, filters)] == names


async def test_an_account_belongs_to_one_person(someone):
    lead = await someone(Role.LEAD)
    user_id, _ = await make_person(lead.organisation_id, [Role.REPORTER])
    staff = called("Morgan", "Hale", kind="adult", user_id=user_id)
    async with begin(lead) as work:
        await record_person(work, staff, SCHOOL)
        with pytest.raises(Invalid, match="Some answers"):
            await record_person(work, staff, SCHOOL)
        with pytest.raises(Invalid):
            await record_person(work, msgspec.structs.replace(staff, user_id=clock.new_id()), SCHOOL)


async def test_nobody_unties_their_own_account(someone):
    lead = await someone(Role.LEAD)
    async with begin(lead) as work:
        person = await record_person(work, called("Lee", "Lead", kind="adult"), SCHOOL)
        own = called("Lee", "Lead", kind="adult", user_id=lead.user_id)
        with pytest.raises(Forbidden):
            await correct_person(work, person.id, 1, own, SCHOOL)
    async with begin(await someone(Role.LEAD, organisation=lead.organisation_id)) as work:
        assert (await correct_person(work, person.id, 1, own, SCHOOL)).user_id == lead.user_id
    async with begin(lead) as work:
        with pytest.raises(Forbidden):
            await correct_person(work, person.id, 2, called("Lee", "Lead", kind="adult"), SCHOOL)
