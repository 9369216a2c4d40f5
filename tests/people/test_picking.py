"""Saying who people are while a report is written, and afterwards. A reporter is told nothing."""

import re

import pytest

from safeguard.access.roles import Role
from safeguard.incidents.queries import read_incident
from safeguard.incidents.recording import record_incident
from safeguard.incidents.reports import NewIncident, NewPerson
from safeguard.people.queries import list_people
from safeguard.people.recording import record_person
from safeguard.work import begin
from tests.factories.people import ANA, SCHOOL, called

pytestmark = pytest.mark.anyio

TYPED = {
    "narrative": "Something happened on the bus.",
    "people-0-name": "ana bro",
    "people-0-role": "affected",
    "people-1-name": "Ravi",
    "people-1-role": "alleged",
    "immediate_action": "Told the lead.",
}


async def known(browser, details=ANA):
    async with begin(browser.actor) as work:
        return await record_person(work, details, SCHOOL)


async def test_somebody_is_looked_up_without_script_and_nothing_is_lost(sign_in):
    lead = await sign_in(Role.LEAD)
    ana = await known(lead)
    looked = await lead.send("/incidents/new", TYPED | {"look": "people-0-"})
    assert looked.status_code == 200
    assert f'value="people-0-={ana.id}"' in looked.text
    assert "born 14 May 2012" in looked.text
    for said in ("Something happened on the bus.", "Told the lead.", 'value="Ravi"'):
        assert said in looked.text
    chosen = await lead.send("/incidents/new", TYPED | {"choose": f"people-0-={ana.id}"})
    assert f'name="people-0-person_id" id="people-0-person_id" value="{ana.id}"' in chosen.text
    assert 'value="Ana Brook"' in chosen.text
    assert "Told the lead." in chosen.text
    fields = {"people-0-person_id": str(ana.id), "people-0-name": "Ana Brook"}
    done = await lead.send("/incidents/new", TYPED | fields)
    assert done.status_code == 303
    page = (await lead.get(done.headers["location"])).text
    assert f'href="/people/{ana.id}"' in page
    assert "Tie to the list of people" in page


async def test_somebody_is_looked_up_as_the_name_is_typed(sign_in):
    lead = await sign_in(Role.LEAD)
    ana = await known(lead)
    part = await lead.get("/incidents/people/suggestions?at=people-0-&people-0-name=brooke", **{"HX-Request": "true"})
    assert f"people-0-={ana.id}" in part.text
    assert "<html" not in part.text
    assert "1 person found" in part.text
    kept = await lead.get(f"/incidents/people/suggestions?at=people-0-&people-0-name=x&people-0-person_id={ana.id}")
    assert "In the list of people:" in kept.text
    short = await lead.get("/incidents/people/suggestions?at=people-0-&people-0-name=b")
    assert str(ana.id) not in short.text
    chosen = await lead.get(f"/incidents/people/chosen?at=people-12-&person={ana.id}")
    for said in ('value="Ana Brook"', 'hx-swap-oob="true"', 'id="people-12-name"', 'value="Year 9"'):
        assert said in chosen.text, said
    assert (await lead.get("/incidents/people/suggestions?at=%22onload&people-0-name=b")).status_code == 404
    assert (await lead.get("/incidents/people/chosen?at=people-0-&person=nobody")).status_code == 200


async def test_somebody_new_is_added_with_the_report(sign_in):
    lead = await sign_in(Role.LEAD)
    sent = TYPED | {"people-0-name": "Robin Sample", "people-0-add": "yes"}
    wrong = await lead.send("/incidents/new", sent)
    assert (wrong.status_code, "Say how they belong here" in wrong.text) == (422, True)
    assert "Will be added to the list of people" in wrong.text
    async with begin(lead.actor) as work:
        assert await list_people(work) == ()
    assert (await lead.send("/incidents/new", sent | {"people-0-connection": "pupil"})).status_code == 303
    async with begin(lead.actor) as work:
        assert [person.name for person in await list_people(work)] == ["Robin Sample"]


async def test_the_same_person_twice_is_refused_kindly(sign_in):
    lead = await sign_in(Role.LEAD)
    ana = await known(lead)
    twice = {"people-0-person_id": str(ana.id), "people-1-person_id": str(ana.id)}
    answer = await lead.send("/incidents/new", TYPED | twice)
    assert answer.status_code == 422
    assert "This person is here already" in answer.text
    assert 'id="people-1-name-error"' in answer.text


async def test_a_reporter_is_offered_nothing_and_told_nothing(sign_in):
    lead = await sign_in(Role.LEAD)
    ana = await known(lead)
    reporter = await sign_in(Role.REPORTER, organisation=lead.actor.organisation_id)
    form = (await reporter.get("/incidents/new")).text
    assert "list of people" not in form
    assert "suggestions" not in form
    for button in ({"look": "people-0-"}, {"choose": f"people-0-={ana.id}"}):
        answer = await reporter.send("/incidents/new", TYPED | button)
        assert answer.status_code == 200
        assert "Ana Brook" not in answer.text
        assert str(ana.id) not in answer.text
    for path in (
        "/incidents/people/suggestions?at=people-0-&people-0-name=ana",
        f"/incidents/people/chosen?at=people-0-&person={ana.id}",
    ):
        assert (await reporter.get(path)).status_code == 403
    there = await reporter.send("/incidents/new", TYPED | {"people-0-person_id": str(ana.id)})
    nowhere = await reporter.send("/incidents/new", TYPED | {"people-0-person_id": str(reporter.actor.user_id)})
    assert there.status_code == nowhere.status_code == 422
    told = re.compile(r"govuk-error-message[^>]*>.*?</p>", re.S)
    assert told.findall(there.text) == told.findall(nowhere.text) != []
    assert (await reporter.send("/incidents/new", TYPED)).status_code == 303


async def test_a_lead_ties_somebody_afterwards(sign_in):
    lead = await sign_in(Role.LEAD)
    ana, _ravi = await known(lead), await known(lead, called("Ravi", "Hill"))
    async with begin(lead.actor) as work:
        people = (NewPerson(name="Annie Brooke", role="affected"), NewPerson(name="A girl in Year 9", role="witness"))
        story = await record_incident(work, NewIncident(narrative="x", people=people), SCHOOL)
    page = f"/incidents/{story.facts.id}"
    first, second = (f"{page}/people/{person.id}" for person in story.people)
    assert first in (await lead.get(page)).text
    assert str(ana.id) in (await lead.get(first)).text
    assert (await lead.send(first, {"person": str(ana.id), "version": "1"})).status_code == 303
    assert f'href="/people/{ana.id}"' in (await lead.get(page)).text
    assert (await lead.send(first, {"person": "", "version": "1"})).status_code == 409
    again = await lead.send(second, {"person": str(ana.id), "version": "2"})
    assert (again.status_code, "This person is here already" in again.text) == (409, True)
    unsaid = await lead.send(second, {"person": "new", "version": "2"})
    assert (unsaid.status_code, "Say whether this is a child" in unsaid.text) == (422, True)
    assert (await lead.send(second, {"person": "new", "kind": "child", "version": "2"})).status_code == 303
    assert (await lead.send(first, {"person": "", "version": "3"})).status_code == 303
    async with begin(lead.actor) as work:
        read = await read_incident(work, story.facts.id)
        assert [bool(person.person_id) for person in read.present] == [False, True]
        assert len(await list_people(work)) == 3


async def test_a_correction_looks_somebody_up_as_well(sign_in):
    lead = await sign_in(Role.LEAD)
    ana = await known(lead)
    async with begin(lead.actor) as work:
        story = await record_incident(work, NewIncident(narrative="x", people=(NewPerson(name="Ravi"),)), SCHOOL)
    page = f"/incidents/{story.facts.id}/correct"
    typed = {
        "narrative": "x",
        "people-0-id": str(story.people[0].id),
        "people-0-name": "Ravi",
        "people-0-role": "other",
        "version": "1",
    }
    new = {"people-1-name": "ana", "people-1-role": "witness", "people-1-notes": "Saw it."}
    chosen = await lead.send(page, typed | new | {"choose": f"people-1-={ana.id}"})
    assert chosen.status_code == 200
    assert "Saw it." in chosen.text
    assert (await lead.send(page, typed | new | {"people-1-person_id": str(ana.id)})).status_code == 303
    async with begin(lead.actor) as work:
        read = await read_incident(work, story.facts.id)
    assert [person.person_id for person in read.present] == [None, ana.id]
