"""Two records become one person, and two again exactly as they were."""

import asyncio
from datetime import date
from uuid import UUID

import pytest

from safeguard.access.actors import Actor
from safeguard.access.roles import Role
from safeguard.errors import Conflict, Forbidden, Invalid, NotFound
from safeguard.people.correcting import correct_person
from safeguard.people.finding import find, roots_of
from safeguard.people.merging import keep_apart, merge, separate
from safeguard.people.person import Contact, Person
from safeguard.people.queries import get_person, list_people
from safeguard.people.recording import record_person
from safeguard.people.twins import list_merges, list_pairs, list_twins
from safeguard.work import begin
from tests.factories.people import SCHOOL, called

pytestmark = pytest.mark.anyio

WHY = "The office says that these are one child."


async def known(actor: Actor, *names: tuple[str, str], **more: object) -> list[Person]:
    async with begin(actor) as work:
        return [await record_person(work, called(given, family, **more), SCHOOL) for given, family in names]


async def test_a_merged_record_is_found_as_the_one_that_was_kept(someone):
    lead = await someone(Role.LEAD)
    kept, absorbed = await known(lead, ("Mohammed", "Rahman"), ("Mo", "Raman"))
    async with begin(lead) as work:
        await merge(work, kept.id, absorbed.id, WHY)
    async with begin(lead) as work:
        assert [person.id for person in await find(work, "mo raman")] == [kept.id]
        assert [person.id for person in await list_people(work)] == [kept.id]
        assert await roots_of(work, [absorbed.id, kept.id]) == {absorbed.id: kept.id, kept.id: kept.id}
        [told] = await list_merges(work, kept.id)
        assert (told.name, told.reason, told.merged_by_name, told.undone_at) == ("Mo Raman", WHY, lead.name, None)


async def test_the_undo_restores_both(someone):
    lead = await someone(Role.LEAD)
    kept, absorbed = await known(lead, ("Mohammed", "Rahman"), ("Mo", "Raman"))
    async with begin(lead) as work:
        merge_id = await merge(work, kept.id, absorbed.id, WHY)
    async with begin(lead) as work:
        assert await separate(work, merge_id, "Two cousins.") == kept.id
    async with begin(lead) as work:
        assert [person.id for person in await find(work, "mo raman")] == [absorbed.id, kept.id]
        assert (await get_person(work, absorbed.id)).version == 3
        [told] = await list_merges(work, kept.id)
        assert told.undone_reason == "Two cousins."
        with pytest.raises(NotFound):
            await separate(work, merge_id, "Again.")


async def test_a_chain_is_undone_one_by_one(someone):
    lead = await someone(Role.LEAD)
    one, two, three = await known(lead, ("A", "One"), ("A", "Two"), ("A", "Three"))
    async with begin(lead) as work:
        await merge(work, two.id, one.id, WHY)
        second = await merge(work, three.id, two.id, WHY)
    async with begin(lead) as work:
        assert set((await roots_of(work, [one.id, two.id, three.id])).values()) == {three.id}
        await separate(work, second, "No.")
    async with begin(lead) as work:
        assert await roots_of(work, [one.id, two.id, three.id]) == {one.id: two.id, two.id: two.id, three.id: three.id}


async def test_nobody_is_merged_with_themself_or_in_a_ring(someone):
    lead = await someone(Role.LEAD)
    one, two, three = await known(lead, ("A", "One"), ("A", "Two"), ("A", "Three"))
    async with begin(lead) as work:
        with pytest.raises(Invalid):
            await merge(work, one.id, one.id, WHY)
        await merge(work, two.id, one.id, WHY)
        for kept, absorbed in ((one.id, two.id), (two.id, one.id), (one.id, three.id), (three.id, one.id)):
            with pytest.raises(Conflict):
                await merge(work, kept, absorbed, WHY)
        with pytest.raises(Invalid):
            await merge(work, two.id, three.id, "  ")
        with pytest.raises(NotFound):
            await merge(work, two.id, UUID(int=7), WHY)


async def test_two_who_merge_each_way_at_once_make_no_ring(someone):
    lead = await someone(Role.LEAD)
    one, two = await known(lead, ("A", "One"), ("A", "Two"))

    async def attempt(kept: UUID, absorbed: UUID) -> bool:
        try:
            async with begin(lead) as work:
                await merge(work, kept, absorbed, WHY)
        except Conflict:
            return False
        return True

    done = await asyncio.gather(*(attempt(*pair) for pair in ((one.id, two.id), (two.id, one.id)) * 5))
    assert sum(done) == 1
    async with begin(lead) as work:
        assert len(set((await roots_of(work, [one.id, two.id])).values())) == 1


async def test_a_child_is_not_merged_with_an_adult(someone):
    lead = await someone(Role.LEAD)
    [child] = await known(lead, ("Ann", "Abel"))
    [adult] = await known(lead, ("Ann", "Abel"), kind="adult")
    async with begin(lead) as work:
        with pytest.raises(Invalid):
            await merge(work, child.id, adult.id, WHY)


async def test_a_merged_record_is_corrected_in_the_one_that_was_kept(someone):
    lead = await someone(Role.LEAD)
    one, two = await known(lead, ("A", "One"), ("A", "Two"))
    async with begin(lead) as work:
        await merge(work, two.id, one.id, WHY)
        with pytest.raises(Conflict):
            await correct_person(work, one.id, 2, called("A", "Other"), SCHOOL)


async def test_nobody_merges_the_record_of_their_own_account(someone):
    lead = await someone(Role.LEAD)
    other = await someone(Role.LEAD, organisation=lead.organisation_id)
    [own] = await known(other, ("Lee", "Lead"), kind="adult", user_id=lead.user_id)
    [same] = await known(other, ("L", "Lead"), kind="adult")
    async with begin(lead) as work:
        with pytest.raises(Forbidden):
            await merge(work, own.id, same.id, WHY)
    async with begin(other) as work:
        merge_id = await merge(work, same.id, own.id, WHY)
    async with begin(lead) as work:
        with pytest.raises(Forbidden):
            await separate(work, merge_id, "No.")


async def test_names_that_sound_alike_are_suggested_once(someone):
    lead = await someone(Role.LEAD)
    born = {"born_on": date(2012, 5, 14)}
    one, two = await known(lead, ("Caitlin", "Murphy"), ("Kaitlyn", "Murphey"), **born)
    await known(lead, ("Kaitlin", "Murphy"), born_on=date(2013, 1, 1))
    await known(lead, ("Caitlin", "Murphy"), kind="adult")
    async with begin(lead) as work:
        assert [person.id for person in await list_twins(work, one.id)] == [two.id]
        assert {frozenset((pair.one.id, pair.other.id)) for pair in await list_pairs(work)} == {
            frozenset((one.id, two.id))
        }
        await keep_apart(work, two.id, one.id)
        await keep_apart(work, one.id, two.id)
        assert await list_twins(work, one.id) == ()
        assert await list_pairs(work) == ()


async def test_what_must_be_known_at_once_is_seen_before_a_merge_and_after_it(sign_in):
    lead = await sign_in(Role.LEAD)
    warned = Contact(name="Mr Brook", relation="parent", no_contact=True)
    more = {"flags": ("looked_after",), "contacts": (warned,), "born_on": date(2012, 5, 4), "notes": "Hears badly."}
    (kept,) = await known(lead.actor, ("Ella", "Brook"))
    (between,) = await known(lead.actor, ("Ella", "Brooke"))
    (absorbed,) = await known(lead.actor, ("Ellie", "Brook"), **more)
    compared = (await lead.get(f"/people/{kept.id}/merge?with={absorbed.id}")).text
    assert all(each in compared for each in ("Looked after", "Mr Brook", "Do not contact"))
    async with begin(lead.actor) as work:
        await merge(work, between.id, absorbed.id, WHY)
        await merge(work, kept.id, between.id, WHY)
    page = (await lead.get(f"/people/{kept.id}")).text
    assert page.count("from the record of Ellie Brook") == 4, "the day of birth, the flag, the contact, the notes"
    assert all(each in page for each in ("Looked after", "Mr Brook", "Do not contact", "4 May 2012", "Hears badly."))
    assert "4 May 2012" in (await lead.get(f"/people/{kept.id}/chronology")).text
