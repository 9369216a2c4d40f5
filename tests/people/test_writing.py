"""Many new people are kept in one statement, exactly as they would be one by one."""

from datetime import date

import msgspec
import pytest

from safeguard import clock
from safeguard.access.roles import Role
from safeguard.people.person import Contact, Identifier, Person
from safeguard.people.writing import insert, insert_all
from safeguard.work import begin

pytestmark = pytest.mark.anyio

KEPT = """
select (to_jsonb(p) - '{id,flags_since}'::text[])::text
from public.people p join unnest($1::uuid[]) with ordinality l(id, place) using (id)
where p.organisation_id = (select sec.current_organisation()) order by l.place
"""
NAMES = (
    ("Ana", "Brook", "Annie", ("Ana Hill", "Hé,{}lo")),
    ("Zoë", 'O\'Neil \\ "x"', "", ("", "null", "NULL")),
    ("", "Wolfeschlegelsteinhausenbergerdorff", "", ()),
    ("فاطمة", "الزهراء", "", ()),
    ("", "", "1", ("\U0001f98a",)),
    ("Mary Jane", "van der Berg", "MJ", ()),
)


def everybody() -> list[Person]:
    """People whose names, lists and gaps try every way of quoting."""
    contact = Contact(name="C “x”", relation="parent", phone="1", responsibility=True)
    whole = {
        "connection": "pupil", "group_name": "Year 9", "identifiers": (Identifier(kind="upn", value="A1"),),
        "contacts": (contact,), "flags": ("send", "looked_after"), "born_on": date(2012, 5, 14),
        "address": "1 Sample Street\n\tTown", "notes": '{"a": [1]}',
    }  # fmt: skip
    return [
        Person(
            id=clock.new_id(), kind="child", given_name=given, family_name=family, known_as=known, former_names=former,
            recorded_at=clock.now(), changed_at=clock.now(), recorded_by_name="Sam", **said,
        )
        for given, family, known, former in NAMES
        for said in (whole, {})
    ]  # fmt: skip


async def test_people_who_are_kept_together_are_kept_as_one_by_one(someone):
    lead, people = await someone(Role.LEAD), everybody()
    again = [msgspec.structs.replace(person, id=clock.new_id()) for person in people]
    async with begin(lead) as work:
        await insert_all(work, ())
        await insert_all(work, people)
        for person in again:
            await insert(work, person)
    async with begin(lead) as work:
        together, alone = [
            [row[0] for row in await work.driver.fetch(KEPT, [person.id for person in kept])]
            for kept in (people, again)
        ]
    assert len(together) == len(people)
    assert together == alone
