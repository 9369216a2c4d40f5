"""Somebody is found by any of their names, also nearly spelt; never by who may not look, nor from elsewhere."""

import msgspec
import pytest

from safeguard.access.roles import Role
from safeguard.errors import Forbidden
from safeguard.people.finding import find, find_all
from safeguard.people.naming import fold, terms_of, words_of
from safeguard.people.person import Identifier
from safeguard.people.recording import record_person
from safeguard.work import begin
from tests.factories.people import ANA, SCHOOL, called

pytestmark = pytest.mark.anyio

PEOPLE = (
    ("Mohammed", "Rahman"), ("Caitlin", "O'Brien"), ("Zoë", "Smith-Jones"), ("Stephen", "Shaw"), ("Ivan", "Кузнецов"),
    ("Jonathan", "Price"), ("Siobhan", "Murphy"), ("Li", "Na"), ("Bjørn", "Łukaszewicz"), ("Aaliyah", "Khan"),
)  # fmt: skip


async def find_names(someone, text: str) -> list[str]:
    lead = await someone(Role.LEAD)
    async with begin(lead) as work:
        for given, family in PEOPLE:
            await record_person(work, called(given, family), SCHOOL)
        await record_person(work, ANA, SCHOOL)
        return [person.name for person in await find(work, text)]


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("moh", "Mohammed Rahman"),
        ("Muhammad", "Mohammed Rahman"),
        ("mohamed rahmann", "Mohammed Rahman"),
        ("rahman mohammed", "Mohammed Rahman"),
        ("Kaitlyn", "Caitlin O'Brien"),
        ("obrien", "Caitlin O'Brien"),
        ("o’brien", "Caitlin O'Brien"),
        ("o brien", "Caitlin O'Brien"),
        ("zoe", "Zoë Smith-Jones"),
        ("smith jones", "Zoë Smith-Jones"),
        ("jones", "Zoë Smith-Jones"),
        ("Steven Shaw", "Stephen Shaw"),
        ("Кузн", "Ivan Кузнецов"),
        ("jonathon", "Jonathan Price"),
        ("Jonahtan", "Jonathan Price"),
        ("murphey", "Siobhan Murphy"),
        ("na li", "Li Na"),
        ("bjorn", "Bjørn Łukaszewicz"),
        ("lukaszewic", "Bjørn Łukaszewicz"),
        ("Aliya Kahn", "Aaliyah Khan"),
        ("annie", "Ana Brook"),
        ("ana hill", "Ana Brook"),
        ("brooke", "Ana Brook"),
        ("year 9 ana", "Ana Brook"),
        ("a123456789012", "Ana Brook"),
        ("A1234 56789012", "Ana Brook"),
    ],
)
async def test_somebody_is_found_as_people_type(someone, typed, name):
    found = await find_names(someone, typed)
    assert name in found[:2]


@pytest.mark.parametrize("typed", ["", "   ", "%", "_", "'; drop table people; --", "\\", "xyzzy", "%%%%", "()&|!"])
async def test_what_names_nobody_finds_nobody(someone, typed):
    assert await find_names(someone, typed) == []


async def test_the_exact_name_comes_first(someone):
    lead = await someone(Role.LEAD)
    async with begin(lead) as work:
        for given in ("Anastasia", "Hannah", "Anna", "Ann", "Joanna"):
            await record_person(work, called(given, "Abel"), SCHOOL)
        found = [person.given_name for person in await find(work, "ann")]
    assert found[0] == "Ann"
    assert found[1] == "Anna"


async def test_children_and_adults_are_told_apart(someone):
    lead = await someone(Role.LEAD)
    async with begin(lead) as work:
        await record_person(work, called("Ann", "Abel"), SCHOOL)
        await record_person(work, called("Ann", "Abel", kind="adult"), SCHOOL)
        assert [person.kind for person in await find(work, "ann abel", kind="adult")] == ["adult"]
        assert len(await find(work, "ann abel")) == 2


async def test_another_organisation_is_not_searched(someone):
    async with begin(await someone(Role.LEAD)) as work:
        await record_person(work, ANA, SCHOOL)
    async with begin(await someone(Role.LEAD)) as work:
        assert await find(work, "ana brook") == ()


async def test_a_reporter_may_not_look_and_the_database_agrees(someone):
    lead = await someone(Role.LEAD)
    async with begin(lead) as work:
        await record_person(work, ANA, SCHOOL)
    async with begin(await someone(Role.REPORTER, organisation=lead.organisation_id)) as work:
        with pytest.raises(Forbidden):
            await find(work, "ana")
        assert await work.driver.fetch("select * from public.search_people(array['ana'], null, 8)") == []
    async with begin(lead) as work:
        assert len(await work.driver.fetch("select * from public.search_people(array['ana'], null, 8)")) == 1


async def test_a_number_is_found_however_it_is_spaced(someone):
    lead = await someone(Role.LEAD)
    async with begin(lead) as work:
        numbered = called("Ann", "Abel", identifiers=(Identifier(kind="nhs", value="999 000 1234"),))
        kept = await record_person(work, numbered, SCHOOL)
        assert kept.identifiers[0].value == "9990001234"
        assert [person.id for person in await find(work, "9990001234")] == [kept.id]


def test_names_are_folded_as_people_type_them():
    assert fold("  Zoë  Ångström ") == "zoe angstrom"
    assert words_of("O'Brien-Smith") == ("obrien", "smith", "o", "brien")
    assert terms_of("D’Arcy d'arcy  X") == ["darcy", "x"]
    assert len(terms_of(" ".join(f"w{n}" for n in range(50)))) == 6


async def test_more_than_a_page_of_one_name_is_gone_through_whole_and_within_a_group(someone):
    lead = await someone(Role.LEAD)
    async with begin(lead) as work:
        for number in range(55):
            details = msgspec.structs.replace(
                called(f"Pat{number:02}", "Rhodes"), group_name="9" if number > 52 else "8"
            )
            await record_person(work, details, SCHOOL)
        seen, last = [], None
        while rows := await find_all(work, "rhodes", None, "", after=last, limit=20):
            seen, last = [*seen, *(row.name for row in rows)], rows[-1].id
        ninth = await find_all(work, "rhodes", None, "9", after=None, limit=20)
    assert len(seen) == len(set(seen)) == 55
    assert {row.name for row in ninth} == {"Pat53 Rhodes", "Pat54 Rhodes"}
