"""Incidents that name somebody like a person of the list, tied to nobody: said on their page, never guessed."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safeguard.access.roles import Role
from safeguard.incidents.identifying import identify
from safeguard.incidents.involvement import IncidentParts
from safeguard.incidents.recording import record_incident
from safeguard.incidents.reports import NewIncident, NewPerson
from safeguard.incidents.untied import whole_names
from safeguard.people.naming import fold
from safeguard.people.recording import record_person
from safeguard.work import begin
from tests.factories.people import SCHOOL, called

pytestmark = pytest.mark.anyio

OTHERS = (
    "Ana sat beside Brook House and waited.",
    "Brook. Ana was not here.",
    "Anabel Brookes left early.",
)


async def recorded(actor, narrative, *people):
    async with begin(actor) as work:
        return await record_incident(work, NewIncident(narrative=narrative, people=people), SCHOOL)


async def mentions(actor, person_id):
    async with begin(actor) as work:
        return [(one.incident_id, one.someone_id) for one in await IncidentParts().mentions(work, person_id)]


async def test_whoever_is_named_and_not_tied_is_said_until_somebody_ties_them(someone):
    lead = await someone(Role.LEAD)
    async with begin(lead) as work:
        ana = await record_person(work, called("Ána", "Brook-O’Neill", known_as="Annie"), SCHOOL)
        await record_person(work, called("Ana", "Else"), SCHOOL)
    tied = await recorded(lead, "Annie Brook-O'Neill again.", NewPerson(name="Ana", role="affected", person_id=ana.id))
    named = await recorded(lead, "x", NewPerson(name="ana brook o'neill", role="witness", kind="child"))
    told = await recorded(lead, "Saw BROOK-O'NEILL, ANNIE by the gate.")
    for words in OTHERS:
        await recorded(lead, words)
    assert await mentions(lead, ana.id) == [(told.facts.id, None), (named.facts.id, named.people[0].id)]
    async with begin(lead) as work:
        await identify(work, named.facts.id, named.people[0].id, 1, ana.id)
    assert await mentions(lead, ana.id) == [(told.facts.id, None)]
    assert tied.facts.id not in dict(await mentions(lead, ana.id))


async def test_whoever_must_not_know_of_an_incident_is_told_of_none(someone):
    subject = await someone(Role.LEAD)
    lead = await someone(Role.LEAD, organisation=subject.organisation_id)
    stranger = await someone(Role.LEAD)
    async with begin(lead) as work:
        child = await record_person(work, called("Ana", "Brook"), SCHOOL)
    alleged = NewPerson(name=subject.name, role="alleged", kind="adult")
    story = await recorded(lead, "Ana Brook was held.", alleged)
    assert await mentions(lead, child.id) == [(story.facts.id, None)]
    assert await mentions(subject, child.id) == []
    assert await mentions(stranger, child.id) == []


async def test_the_persons_page_and_the_closing_page_say_so_and_lead_to_where_they_are_tied(sign_in):
    window = await sign_in(Role.LEAD)
    lead = window.actor
    async with begin(lead) as work:
        ana = await record_person(work, called("Ana", "Brook"), SCHOOL)
        await record_person(work, called("Zed", "Quill"), SCHOOL)
    story = await recorded(
        lead, "Ana and Zed Quill fought, Some Body saw it.", NewPerson(name="Ana Brook", role="affected", kind="child")
    )
    at = f"/incidents/{story.facts.id}"
    page = (await window.get(f"/people/{ana.id}")).text
    assert "1 incident names someone like them" in page
    assert f'href="{at}/people/{story.people[0].id}"' in page
    printed = (await window.get(f"/people/{ana.id}/chronology")).text
    assert "1 incident names someone like them" in printed
    closing = (await window.get(f"{at}/close")).text
    assert [name for name in ("Ana Brook", "Zed Quill", "Some Body") if f'dir="auto">{name}</span>:' in closing] == [
        "Ana Brook", "Zed Quill",
    ]  # fmt: skip
    assert re.search(rf'href="{at}/people/{story.people[0].id}">Say who that is', closing)
    async with begin(lead) as work:
        await identify(work, story.facts.id, story.people[0].id, 1, ana.id)
    assert "someone like them" not in (await window.get(f"/people/{ana.id}")).text
    assert 'dir="auto">Ana Brook</span>:' not in (await window.get(f"{at}/close")).text


@given(*[st.text(max_size=12)] * 3, st.lists(st.text(max_size=8), max_size=3))
def test_a_whole_name_is_found_as_it_was_written_and_one_word_alone_never_is(given_name, family, known_as, former):
    names = set(whole_names(given_name, family, known_as, former))
    if fold(given_name) and fold(family):
        assert fold(f"{given_name} {family}") in names
    for name in names:
        assert " " in name
        assert '"' not in name
