"""Whoever is known here is flagged before their name leaves, linked or not; nobody learns of whom they may not know."""

from datetime import date
from uuid import UUID

import asyncpg
import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from safeguard.access.roles import Role
from safeguard.errors import Forbidden, Invalid
from safeguard.incidents.hiding.circle import exclude
from safeguard.incidents.recording import record_incident
from safeguard.incidents.reports import NewIncident, NewPerson
from safeguard.incidents.story import Person
from safeguard.people.naming import fold
from safeguard.people.person import Identifier
from safeguard.people.recording import record_person
from safeguard.people.spotting import words_in
from safeguard.referrals.naming import Named, name_people
from safeguard.referrals.referring import refer
from safeguard.referrals.spotting import look_through, sure
from safeguard.work import begin
from tests.factories.incidents import SCHOOL
from tests.factories.people import called
from tests.referrals.making import OPENED
from tests.referrals.test_pages import FIELDS, sent

pytestmark = pytest.mark.anyio

GIVEN = ("Tamsin", "Zoë", "Caitlin", "Łukasz", "Bo", "Will", "Grace", "Mary Ann", "Иван", "Oluwaseun", "J", "The")
FAMILY = (
    "Quillfeather", "O’Brien", "Smith-Jones", "van der Berg", "Li", "Long", "Hope", "Łukaszewicz", "Кузнецов", "Ng",
    "Quill", "Hill",
)  # fmt: skip
WAYS = ("{0} {1}", "{1}, {0}", "{0}\n{1}", "{0}_{1}", "({0} {1})", "{0}  {1}’s", "“{0} {1}”", "*{0}* {1}")
CASES = (str, str.lower, str.upper)


async def found_in(work, text, *people):
    return {each.words: each for each in await look_through(work, {"words": text}, people)}


async def test_no_full_name_of_anybody_known_passes_however_it_is_written(someone):
    lead = await someone(Role.LEAD)
    names = [*zip(GIVEN, FAMILY, strict=True), *zip(GIVEN, reversed(FAMILY), strict=True)]
    written = [case(way.format(*name)) for name in names for way in WAYS for case in CASES]
    texts = {name: f"it was said that {name} went home with somebody else from year nine." for name in written}
    async with begin(lead) as work:
        for given_name, family in names:
            await record_person(work, called(given_name, family, group_name="Year Nine"), SCHOOL)
        found = sure(await look_through(work, texts, ()))
    for name in written:
        shown = fold(" ".join(each.words for each in found if each.field == name)).split()
        assert {word for word in fold(name).split() if len(word) > 1} <= {*shown}, name
        assert "nine" not in shown


async def test_what_stands_alone_is_sure_or_perhaps_and_words_of_every_day_are_left_alone(someone):
    lead = await someone(Role.LEAD)
    async with begin(lead) as work:
        for given_name, family in (("Tamsin", "Quillfeather"), ("Will", "Price"), ("Bo", "May"), ("Siobhan", "Little")):
            await record_person(work, called(given_name, family), SCHOOL)
        numbered = called("Ann", "Abel", identifiers=(Identifier(kind="upn", value="A123456789012"),))
        await record_person(work, numbered, SCHOOL)
        found = await found_in(work, "Will you look? The price may be a little high. tamsin paid A123456789012.")
        assert {words: each.kind for words, each in found.items()} == {
            "Will": "perhaps", "tamsin": "known", "A123456789012": "number",
        }  # fmt: skip
        found = await found_in(work, "Then Will asked whether Quillfeather saw Bo.")
        assert {words for words, each in found.items() if not each.soft} == {"Will", "Quillfeather", "Bo"}


async def test_the_incidents_own_people_are_seen_when_nearly_spelt_and_by_their_parents(someone):
    lead = await someone(Role.LEAD)
    child = Named(Person(id=UUID(int=1), position=0, role="affected", kind="child", name="Jonathan Hale"), "Child A",
                  ("Jonathan Hale",), "unknown", ("Carla Brook",))  # fmt: skip
    async with begin(lead) as work:
        found = await found_in(work, "Jonathon and Hael met. Have they gone? carla Brooks knew.", child)
        assert {words: each.kind for words, each in found.items()} == {
            "Jonathon": "near", "Hael": "near", "carla Brooks": "known",
        }  # fmt: skip


async def test_the_class_or_team_of_the_incidents_own_people_is_shown_and_stops_nobody(someone):
    lead = await someone(Role.LEAD)
    async with begin(lead) as work:
        for given, group in (("Tamsin", "9E"), ("Bo", "Under 11s")):
            person = msgspec.structs.replace(called(given, "Quillfeather"), group_name=group)
            await record_person(work, person, SCHOOL)
        rows = await work.driver.fetch("select id from people order by given_name")
        present = [
            Person(id=UUID(int=at), position=at, role="affected", kind="child", name="Somebody", person_id=row["id"])
            for at, row in enumerate(rows)
        ]
        people = await name_people(work, present, date(2026, 3, 2))
        text = "A pupil of 9 e and one of the under-11s. Not 19E, nor room 9."
        found = await look_through(work, {"account": text}, people)
        assert {(each.words, each.kind) for each in found} == {("9 e", "group"), ("under-11s", "group")}
        assert sure(found) == ()


async def test_members_count_as_known_and_nobody_is_told_of_whom_they_may_not_know(someone):
    lead = await someone(Role.LEAD)
    deputy = await someone(Role.DEPUTY, organisation=lead.organisation_id)
    text = "It was Sample Person who saw Quintilla Featherstone."
    person = NewPerson(name="Quintilla Featherstone", role="witness", kind="child", connection="pupil", add=True)
    async with begin(lead) as work:
        story = await record_incident(work, NewIncident(narrative="Kept apart.", people=(person,)), SCHOOL)
        await exclude(work, story.facts.id, deputy.user_id)
    for reader, seen in (
        (lead, {"Sample Person", "Quintilla Featherstone"}), (deputy, {"Sample Person"}),
        (await someone(Role.LEAD), {"Sample Person"}),
    ):  # fmt: skip
        async with begin(reader) as work:
            assert {*await found_in(work, text)} == seen
    async with begin(await someone(Role.REPORTER, organisation=lead.organisation_id)) as work:
        with pytest.raises(Forbidden):
            await found_in(work, text)
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await work.driver.fetch("select * from public.spot_names(array['quintilla'], array['x'])")


async def test_a_known_pupil_whom_nobody_linked_is_flagged_on_every_way_out(sign_in, program, channel, incident):
    async with begin(channel.school) as work:
        await record_person(work, called("Tamsin", "Quillfeather"), SCHOOL)
    lead = await sign_in(actor=channel.school)
    canary = "A friend, tamsin quillfeather, saw it."
    preview, answer = await sent(lead, channel, incident, account=canary)
    assert "tamsin quillfeather</strong> (a name that is known here)" in preview.text
    assert answer.status_code == 422
    client = await program(Role.LEAD, organisation=channel.school.organisation_id)
    body = {"asked": ["advice"], "question": canary, "lawful_basis": "public_task", "condition": "none",
            "reason": "Advice.", "contact_name": "Sam", "helpline": str(channel.helpline.organisation_id)}  # fmt: skip
    refused = await client.client.post(f"/api/v1/incidents/{incident}/referrals", json=body)
    assert refused.status_code == 422
    assert "tamsin quillfeather" in refused.text
    async with begin(channel.school) as work:
        referral = await refer(work, incident, OPENED, channel.helpline.organisation_id, ())
    place, before = f"/referrals/{referral.id}", len(await channel.outgoing())
    for way, fields in (
        ("messages", {"words": canary}),
        ("withdraw", {"reason": canary}),
        ("close", {"outcome": "resolved", "words": "Done.", "feedback": canary}),
    ):
        answer = await lead.send(f"{place}/{way}", fields, page=place)
        assert answer.status_code == 422, way
        assert "Look at these before it leaves" in answer.text
        assert canary in answer.text
    assert len(await channel.outgoing()) == before
    assert (await lead.send(f"{place}/withdraw", {"reason": canary, "looked": "yes"}, page=place)).status_code == 303


async def test_more_than_anybody_looks_at_is_too_long_and_said_twice_it_is_shown_once(sign_in, channel, incident):
    async with begin(channel.school) as work:
        await record_person(work, called("Tamsin", "Quillfeather"), SCHOOL)
        found = await found_in(work, "Tamsin saw it. " * 10_000 + "Tamsin" + "\u0301\u0323" * 20_000)
        assert 1 <= len(found) <= 2
        numbers = [f"07700 {number:06}" for number in range(16_000)]
        assert len(await found_in(work, ", ".join(numbers[:500]))) == 500
        for each in (numbers, [f"Tamsin{' ' * (number % 3)} Quillfeather{'!' * 9}" for number in range(16_000)]):
            texts = {"account": numbers[0], "files": ". ".join(each)[:200_000]}
            if each is numbers:
                with pytest.raises(Invalid) as refusal:
                    await look_through(work, texts, ())
                assert [error.field for error in refusal.value.errors] == ["files"]
            else:
                assert len(await look_through(work, texts, ())) < 10
    async with begin(channel.school) as work:
        referral = await refer(work, incident, OPENED, channel.helpline.organisation_id, ())
    lead, many = await sign_in(actor=channel.school), " ".join(numbers[:600])
    typed = {**FIELDS, "helpline": str(channel.helpline.organisation_id), "account": many, "step": "preview"}
    preview = await lead.send(f"/incidents/{incident}/refer", typed)
    assert preview.status_code == 422
    assert "Send the part that matters" in preview.text
    for way, fields in (
        ("messages", {"words": many, "looked": "yes"}),
        ("withdraw", {"reason": many, "looked": "yes"}),
        ("close", {"outcome": "resolved", "words": "Done.", "feedback": many, "looked": "yes"}),
    ):
        answer = await lead.send(f"/referrals/{referral.id}/{way}", fields, page=f"/referrals/{referral.id}")
        assert answer.status_code == 422, way
        assert "Send the part that matters" in answer.text
        assert numbers[599] in answer.text, "nothing that was typed is lost"


@given(st.text(max_size=80))
@settings(max_examples=150, deadline=None)
def test_the_words_of_a_text_are_those_that_names_are_compared_by_each_in_its_place(text):
    words = words_in(text)
    assert "".join(word.plain for word in words) == fold(text).replace(" ", "")
    assert all(fold(text[word.start : word.end]).replace(" ", "") == word.plain for word in words)
