"""One box: incidents by their words and their people, people by any name, actions; and nothing that is hidden."""

import pytest

from safeguard.access.roles import Role
from safeguard.incidents.adding import add_entry
from safeguard.incidents.entering import NewEntry
from safeguard.incidents.hiding.circle import exclude
from safeguard.incidents.queries import Filters, list_incidents
from safeguard.incidents.recording import record_incident
from safeguard.incidents.reports import NewIncident, NewPerson
from safeguard.people.merging import merge
from safeguard.people.recording import record_person
from safeguard.searching.actions import find_actions
from safeguard.work import begin
from tests.factories.incidents import ACTION, IMPERSONATION, SCHOOL
from tests.factories.people import ANA, called

pytestmark = pytest.mark.anyio


async def record(work, narrative="On the bus.", *people):
    return (await record_incident(work, NewIncident(narrative=narrative, people=people), SCHOOL)).facts


async def references(work, text, **filters):
    return [row.reference for row in await list_incidents(work, Filters(text=text, state="all", **filters))]


async def test_an_incident_is_found_by_what_its_person_is_called_today(someone):
    async with begin(await someone(Role.LEAD)) as work:
        ana = await record_person(work, ANA, SCHOOL)
        facts = await record(work, "On the bus.", NewPerson(name="A. B.", person_id=ana.id, kind="child"))
        await record(work, "Elsewhere.")
        for text in ("annie", "Brook", "ana brook", "ann"):
            assert await references(work, text) == [facts.reference], text
        for text in ("annie zebra", '"annie"', "year 9", "brooke-something"):
            assert facts.reference not in await references(work, text), text


async def test_an_incident_of_somebody_merged_is_found_by_the_name_that_stayed(someone):
    async with begin(await someone(Role.LEAD)) as work:
        kept, twin = await record_person(work, ANA, SCHOOL), await record_person(work, called("Anna", "Hill"), SCHOOL)
        facts = await record(work, "On the bus.", NewPerson(name="A.", person_id=twin.id, kind="child"))
        await merge(work, kept.id, twin.id, "The same child.")
        assert await references(work, "annie") == [facts.reference]


async def test_people_are_found_within_the_filters_and_each_incident_once(someone):
    async with begin(await someone(Role.LEAD)) as work:
        ana = await record_person(work, ANA, SCHOOL)
        facts = await record(work, "Ana Brook was sad.", NewPerson(name="Ana Brook", person_id=ana.id, kind="child"))
        assert await references(work, "brook") == [facts.reference]
        assert await references(work, "annie", risk="high") == []
        assert await references(work, "annie", until=work.now().replace(year=2020)) == []
        assert [row.reference for row in await list_incidents(work, Filters(text="annie", state="closed"))] == []


@pytest.mark.parametrize("text", ["fanpage", "mr.hale.fanpage", "@mr.hale.fanpage", "tiktok", "hale"])
async def test_an_incident_is_found_by_platform_and_by_a_part_of_a_handle(someone, text):
    async with begin(await someone(Role.LEAD)) as work:
        facts = (await record_incident(work, IMPERSONATION, SCHOOL)).facts
        assert await references(work, text) == [facts.reference]


@pytest.mark.parametrize("text", ["fanp", "tik", "tikt fanp", "The tikt"])
async def test_the_beginning_of_a_platform_of_a_handle_or_of_a_word_finds_the_incident(someone, text):
    async with begin(await someone(Role.LEAD)) as work:
        facts = (await record_incident(work, IMPERSONATION, SCHOOL)).facts
        await record(work, "On the bus.", NewPerson(name="Joan Hughes", role="other", kind="adult"))
        assert await references(work, text) == [facts.reference]
        assert await references(work, f"{text} -zebra") == [], "whoever leaves a word out asks for whole words"


async def test_the_beginning_of_a_name_finds_the_incident_and_quotes_ask_for_the_whole(someone):
    async with begin(await someone(Role.LEAD)) as work:
        facts = await record(work, "On the bus.", NewPerson(name="Joan Hughes", role="other", kind="adult"))
        await record(work, "A joke was made.")
        for text in ("hug", "joan hug", "Joa Hughe", "bus hugh", "hughes joan"):
            assert await references(work, text) == [facts.reference], text
        for text in ('"hug"', "hug -bus", "hu", "joan hug zebra"):
            assert await references(work, text) == [], text


async def test_the_beginning_of_a_word_is_marked_too(sign_in):
    lead = await sign_in(Role.LEAD)
    async with begin(lead.actor) as work:
        await record(work, "Somebody wrote on Instagram.")
    assert "<mark>Instagram</mark>" in (await lead.get("/search?q=insta")).text
    assert "<mark>Instagram</mark>" in (await lead.get("/incidents?q=insta")).text


@pytest.mark.parametrize("text", ["Joan Huges", "Mrs Hughs", "Joan.Huges", "joan hewghes"])
async def test_a_name_that_stands_only_in_an_incident_is_offered_where_it_is_nearly_spelt(sign_in, someone, text):
    lead = await sign_in(Role.LEAD)
    other = await sign_in(actor=await someone(Role.LEAD, organisation=lead.actor.organisation_id))
    async with begin(lead.actor) as work:
        facts = await record(work, "On the bus.", NewPerson(name="Joan Hughes", role="other", kind="adult"))
        await record(work, "At lunch.", NewPerson(name="Tom Baxter", role="other", kind="child"))
    address = f"/search?q={text}"
    page = (await lead.get(address)).text
    assert 'href="/search?q=Joan+Hughes"' in page
    assert "Baxter" not in page
    assert str(facts.id) in (await lead.get("/search?q=Joan+Hughes")).text
    before = (await other.get("/search?q=Jack+Nobodyson")).text
    async with begin(lead.actor) as work:
        await exclude(work, facts.id, other.actor.user_id)
    hidden = (await other.get(address)).text
    assert "Joan Hughes" not in hidden
    assert _main(hidden, text) == _main(before, "Jack Nobodyson"), "as though nobody were called so"


def _main(page, text):
    return page[page.index("<main") : page.index("</main>")].replace(text, "")


async def test_the_words_are_marked_in_the_list_and_what_was_typed_stays_text(sign_in):
    lead = await sign_in(Role.LEAD)
    async with begin(lead.actor) as work:
        await record(work, f"{'Much was said before. ' * 30}A <b>zebra</b> & \ue000another\ue001 zebra on the bus.")
    page = (await lead.get("/incidents?q=zebras")).text
    assert "<mark>zebra</mark>" in page
    assert "<b>zebra" not in page
    assert "<mark>another" not in page
    assert "&lt;b&gt;<mark>zebra</mark>&lt;/b&gt;" in page, "what stands in angle brackets is shown as it was typed"
    assert "<mark>" not in (await lead.get("/incidents")).text


async def test_a_row_found_by_its_entries_alone_shows_its_first_words(sign_in):
    lead = await sign_in(Role.LEAD)
    async with begin(lead.actor) as work:
        facts = await record(work, "Something happened on the bus.")
        await add_entry(work, facts.id, NewEntry(words="Telephoned the grandmother."))
    page = (await lead.get("/incidents?q=grandmother")).text
    assert "Something happened on the bus." in page
    assert "<mark>" not in page


async def test_the_api_tells_the_first_words_without_any_mark(program):
    service = await program(Role.LEAD)
    async with begin(service.actor) as work:
        await record(work, "A zebra on the bus.")
    (row,) = (await service.get("/api/v1/incidents?q=zebra")).json()["items"]
    assert row["beginning"] == "A zebra on the bus."


async def test_one_box_finds_incidents_people_and_actions(sign_in):
    lead = await sign_in(Role.LEAD)
    async with begin(lead.actor) as work:
        await record_person(work, called("Zora", "Platform"), SCHOOL)
        facts = await record(work, "The platform did not answer.")
        await add_entry(work, facts.id, ACTION)
    page = (await lead.get("/search?q=platform")).text
    assert "Zora Platform" in page
    assert "The <mark>platform</mark> did not answer." in page
    assert "Report the account to the <mark>platform</mark>." in page
    assert f"/incidents/{facts.id}?show=actions" in page


async def test_a_name_that_is_nearly_so_finds_the_person(sign_in):
    lead = await sign_in(Role.LEAD)
    async with begin(lead.actor) as work:
        await record_person(work, called("Siobhan", "Featherstonehaugh"), SCHOOL)
    page = (await lead.get("/search?q=fetherstonhaugh")).text
    assert "Siobhan Featherstonehaugh" in page
    assert "No incident that you may read has these words." in page


@pytest.mark.parametrize(
    "text", ["", "%20", "%25", "'%3B drop table incidents%3B--", ":*", "%22", "-", "%F0%9F%98%80", "a" * 5000]
)
async def test_odd_words_are_answered(sign_in, text):
    lead = await sign_in(Role.LEAD)
    assert (await lead.get(f"/search?q={text}")).status_code == 200


async def test_the_box_is_there_for_those_who_may_read_incidents_and_for_nobody_else(sign_in):
    assert 'action="/search"' in (await (await sign_in(Role.LEAD)).get("/incidents")).text
    reporter = await sign_in(Role.REPORTER)
    assert 'action="/search"' not in (await reporter.get("/incidents")).text
    assert (await reporter.get("/search?q=x")).status_code == 403


async def test_an_action_is_found_by_its_words_or_its_owner_those_to_do_first(someone):
    async with begin(await someone(Role.LEAD)) as work:
        facts = await record(work)
        await add_entry(work, facts.id, ACTION)
        await add_entry(work, facts.id, NewEntry(words="The account again."))
    async with begin(work.actor) as work:
        assert [one.reference for one in await find_actions(work, "account", 5)] == [facts.reference]
        assert [one.owner for one in await find_actions(work, "oakes", 5)] == ["Sam Oakes"]
        assert await find_actions(work, "grandmother", 5) == ()


async def test_each_list_says_that_it_goes_on_and_where(sign_in):
    lead = await sign_in(Role.LEAD)
    async with begin(lead.actor) as work:
        facts = await record(work)
        for number in range(7):
            await record_person(work, called(f"Ana {number}", "Rhodes"), SCHOOL)
            due = ACTION.due_on
            await add_entry(
                work, facts.id, NewEntry(kind="action", words=f"Rhodes {number}.", owner_name="S", due_on=due)
            )
    page = (await lead.get("/search?q=rhodes")).text
    assert (page.count('href="/people/'), page.count(f"{facts.id}?show=actions")) == (6, 6)
    assert 'href="/people?q=rhodes"' in page
    assert 'href="/search?show=actions&amp;q=rhodes"' in page
    assert (await lead.get("/search?show=actions&q=rhodes")).text.count(f"{facts.id}?show=actions") == 7


async def test_whoever_is_kept_from_an_incident_finds_nothing_of_it(sign_in, someone):
    lead = await sign_in(Role.LEAD)
    other = await sign_in(actor=await someone(Role.LEAD, organisation=lead.actor.organisation_id))
    async with begin(lead.actor) as work:
        ana = await record_person(work, ANA, SCHOOL)
        facts = await record(work, "A zebra on the bus.", NewPerson(name="A.", person_id=ana.id, kind="child"))
        await add_entry(
            work,
            facts.id,
            NewEntry(kind="action", words="Feed the zebra.", owner_name="Sam Oakes", due_on=ACTION.due_on),
        )
        await exclude(work, facts.id, other.actor.user_id)
    for text in ("zebra", "annie", "oakes", facts.reference):
        assert str(facts.id) in (await lead.get(f"/search?q={text}")).text, text
        for page in ("/search?q=", "/incidents?state=all&q=", "/incidents/list.csv?state=all&q="):
            assert str(facts.id) not in (hidden := (await other.get(f"{page}{text}")).text), text
            assert "zebra on" not in hidden
