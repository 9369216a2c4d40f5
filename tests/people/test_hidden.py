"""Somebody alleged who has an account finds nothing of it on their own page in the list of people, nor by tying it."""

from uuid import UUID

import pytest

from safeguard.access.roles import Role
from safeguard.errors import NotFound
from safeguard.incidents.identifying import identify
from safeguard.incidents.involvement import IncidentParts
from safeguard.incidents.recording import record_incident
from safeguard.incidents.reports import NewIncident, NewPerson
from safeguard.people.merging import merge, separate
from safeguard.people.recording import record_person
from safeguard.web.viewing import Organisation
from safeguard.work import begin
from tests.factories.people import SCHOOL, called

pytestmark = pytest.mark.anyio

HERE = Organisation(UUID(int=1), "sample", "Sample", "school", "england", "Europe/London", "active")


async def test_a_chronology_leaves_out_what_its_reader_must_not_know_of(someone):
    subject = await someone(Role.LEAD)
    lead = await someone(Role.LEAD, organisation=subject.organisation_id)
    async with begin(lead) as work:
        own = called("Lee", "Lead", kind="adult", user_id=subject.user_id)
        person = await record_person(work, own, SCHOOL)
        child = await record_person(work, called("Ana", "Brook"), SCHOOL)
    people = (
        NewPerson(name="Lee Lead", role="alleged", kind="adult", person_id=person.id),
        NewPerson(name="Ana Brook", role="affected", kind="child", person_id=child.id),
    )
    async with begin(lead) as work:
        story = await record_incident(work, NewIncident(narrative="x", people=people), SCHOOL)
    async with begin(lead) as work:
        assert len(await IncidentParts().of(work, child.id, HERE)) == 1
    async with begin(subject) as work:
        assert await IncidentParts().of(work, person.id, HERE) == ()
        assert await IncidentParts().of(work, child.id, HERE) == ()
        with pytest.raises(NotFound):
            await identify(work, story.facts.id, story.people[1].id, 1, None)


async def test_merging_and_parting_leave_hidden_links_as_they_were(someone):
    subject = await someone(Role.LEAD)
    lead = await someone(Role.LEAD, organisation=subject.organisation_id)
    async with begin(lead) as work:
        own = await record_person(work, called("Lee", "Lead", kind="adult", user_id=subject.user_id), SCHOOL)
        child = await record_person(work, called("Ana", "Brook"), SCHOOL)
        twin = await record_person(work, called("Anna", "Brook"), SCHOOL)
    people = (
        NewPerson(name="Lee Lead", role="alleged", kind="adult", person_id=own.id),
        NewPerson(name="Anna Brook", role="affected", kind="child", person_id=twin.id),
    )
    async with begin(lead) as work:
        await record_incident(work, NewIncident(narrative="x", people=people), SCHOOL)
    async with begin(subject) as work:
        merge_id = await merge(work, child.id, twin.id, "The office.")
    async with begin(lead) as work:
        assert len(await IncidentParts().of(work, child.id, HERE)) == 1
    async with begin(subject) as work:
        await separate(work, merge_id, "Cousins.")
    async with begin(lead) as work:
        assert await IncidentParts().of(work, child.id, HERE) == ()
        assert len(await IncidentParts().of(work, twin.id, HERE)) == 1
