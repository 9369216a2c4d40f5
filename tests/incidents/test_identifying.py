"""Who the people of an incident are among those whom the organisation knows, and each one's chronology."""

from uuid import UUID

import msgspec
import pytest

from safeguard.access.actors import Actor
from safeguard.access.roles import Role
from safeguard.errors import Conflict, Forbidden, Invalid, NotFound
from safeguard.incidents.closing import Closing, close
from safeguard.incidents.correcting import correct
from safeguard.incidents.identifying import identify
from safeguard.incidents.involvement import IncidentParts
from safeguard.incidents.queries import read_incident
from safeguard.incidents.recording import record_incident
from safeguard.incidents.reports import NewIncident, NewPerson
from safeguard.incidents.story import Story
from safeguard.people.merging import merge, separate
from safeguard.people.person import Person
from safeguard.people.queries import list_people
from safeguard.people.recording import record_person
from safeguard.web.viewing import Organisation
from safeguard.work import begin
from tests.factories.people import SCHOOL, called

pytestmark = pytest.mark.anyio

HERE = Organisation(UUID(int=1), "sample", "Sample", "school", "england", "Europe/London", "active")


async def known(actor: Actor, given: str, family: str) -> Person:
    async with begin(actor) as work:
        return await record_person(work, called(given, family), SCHOOL)


async def recorded(actor: Actor, *people: NewPerson, narrative: str = "Something happened.") -> Story:
    async with begin(actor) as work:
        return await record_incident(work, NewIncident(narrative=narrative, people=people), SCHOOL)


async def chronology(actor: Actor, person_id: UUID) -> list[tuple[str, str]]:
    """The parts of a person: incident and role."""
    async with begin(actor) as work:
        return [(part.reference, part.role_code) for part in await IncidentParts().of(work, person_id, HERE)]


async def test_everybody_has_their_own_part_and_it_is_in_their_chronology(someone):
    lead = await someone(Role.LEAD)
    ana, ravi = await known(lead, "Ana", "Brook"), await known(lead, "Ravi", "Hill")
    story = await recorded(
        lead,
        NewPerson(name="Annie B", role="affected", kind="child", person_id=ana.id, notes="Was crying."),
        NewPerson(name="Ravi Hill", role="alleged", kind="child", person_id=ravi.id),
        NewPerson(name="Somebody else", role="witness"),
    )
    reference = story.facts.reference
    assert await chronology(lead, ana.id) == [(reference, "affected")]
    assert await chronology(lead, ravi.id) == [(reference, "alleged")]
    async with begin(lead) as work:
        [part] = await IncidentParts().of(work, ravi.id, HERE)
        assert "crying" not in repr(part)
        read = await read_incident(work, story.facts.id)
    assert [(person.name, person.person_id) for person in read.present] == [
        ("Annie B", ana.id), ("Ravi Hill", ravi.id), ("Somebody else", None),
    ]  # fmt: skip


async def test_one_person_has_one_part_in_an_incident(someone):
    lead = await someone(Role.LEAD)
    ana, other = await known(lead, "Ana", "Brook"), await known(lead, "Annie", "Brook")
    async with begin(lead) as work:
        await merge(work, ana.id, other.id, "The same child.")
    for second in (ana.id, other.id):
        with pytest.raises(Invalid) as refusal:
            await recorded(
                lead,
                NewPerson(name="Ana Brook", role="affected", person_id=ana.id),
                NewPerson(name="Ana Brook", role="alleged", person_id=second),
            )
        assert [error.field for error in refusal.value.errors] == ["people.1.name"]
    story = await recorded(lead, NewPerson(name="Ana", role="affected", person_id=ana.id), NewPerson(name="X"))
    async with begin(lead) as work:
        with pytest.raises(Conflict):
            await identify(work, story.facts.id, story.people[1].id, 1, other.id)


async def test_a_reporter_ties_nobody_and_learns_nothing(someone):
    lead = await someone(Role.LEAD)
    reporter = await someone(Role.REPORTER, organisation=lead.organisation_id)
    ana = await known(lead, "Ana", "Brook")
    said = []
    for identifier in (ana.id, UUID(int=9)):
        with pytest.raises(Invalid) as refusal:
            await recorded(reporter, NewPerson(name="Ana", person_id=identifier))
        said.append(refusal.value.errors)
    assert said[0] == said[1]
    with pytest.raises(Invalid):
        await recorded(reporter, NewPerson(name="Ana", kind="child", add=True))
    story = await recorded(reporter, NewPerson(name="Ana Brook", role="affected"))
    async with begin(lead) as work:
        await identify(work, story.facts.id, story.people[0].id, 1, ana.id)
    async with begin(reporter) as work:
        assert (await read_incident(work, story.facts.id)).people[0].person_id is None
        with pytest.raises(Forbidden):
            await identify(work, story.facts.id, story.people[0].id, 2, None)


async def test_somebody_new_is_added_on_the_way(someone):
    lead = await someone(Role.LEAD)
    person = NewPerson(name="Mary Ann Hale", kind="child", connection="pupil", group_name="Year 9", add=True)
    story = await recorded(lead, person)
    async with begin(lead) as work:
        [added] = await list_people(work)
    assert (added.given_name, added.family_name, added.group_name) == ("Mary Ann", "Hale", "Year 9")
    assert story.people[0].person_id == added.id
    with pytest.raises(Invalid) as refusal:
        await recorded(lead, NewPerson(name="Mary Hale", add=True))
    assert refusal.value.errors[0].field == "people.0.connection"
    async with begin(lead) as work:
        assert len(await list_people(work)) == 1


async def test_tying_is_a_version_and_possible_when_it_is_closed(someone):
    lead = await someone(Role.LEAD)
    ana = await known(lead, "Ana", "Brook")
    story = await recorded(lead, NewPerson(name="A girl in Year 9", role="affected"))
    incident_id, someone_id = story.facts.id, story.people[0].id
    async with begin(lead) as work:
        closing = Closing(summary="s", follow_up="f", decision="d", outcome="o")
        facts = await close(work, incident_id, 1, closing)
    async with begin(lead) as work:
        tied = await identify(work, incident_id, someone_id, facts.version, ana.id)
    assert tied.version == facts.version + 1
    assert await chronology(lead, ana.id) == [(story.facts.reference, "affected")]
    async with begin(lead) as work:
        with pytest.raises(Conflict):
            await identify(work, incident_id, someone_id, facts.version, None)
        with pytest.raises(NotFound):
            await identify(work, incident_id, someone_id, tied.version, UUID(int=9))
        with pytest.raises(NotFound):
            await identify(work, incident_id, UUID(int=9), tied.version, ana.id)
        await identify(work, incident_id, someone_id, tied.version, None)
    assert await chronology(lead, ana.id) == []


async def test_a_correction_keeps_who_people_are_and_may_tie_those_who_are_new(someone):
    lead = await someone(Role.LEAD)
    ana, ravi = await known(lead, "Ana", "Brook"), await known(lead, "Ravi", "Hill")
    story = await recorded(lead, NewPerson(name="Ana", role="affected", kind="child", person_id=ana.id))
    first = NewPerson(id=story.people[0].id, name="Ana B", role="affected", kind="child")
    async with begin(lead) as work:
        with pytest.raises(Invalid):
            again = NewIncident(narrative="More.", people=(first, NewPerson(name="Ana", person_id=ana.id)))
            await correct(work, story.facts.id, 1, again, SCHOOL)
    async with begin(lead) as work:
        new = NewIncident(narrative="More.", people=(first, NewPerson(name="Ravi", role="alleged", person_id=ravi.id)))
        await correct(work, story.facts.id, 1, new, SCHOOL)
    async with begin(lead) as work:
        people = (await read_incident(work, story.facts.id)).present
    assert [(person.name, person.person_id) for person in people] == [("Ana B", ana.id), ("Ravi", ravi.id)]


async def test_merging_joins_two_chronologies_and_the_undo_parts_them_exactly(someone):
    lead = await someone(Role.LEAD)
    ana, twin = await known(lead, "Ana", "Brook"), await known(lead, "Anna", "Brook")
    first = await recorded(lead, NewPerson(name="Ana", role="affected", person_id=ana.id))
    second = await recorded(lead, NewPerson(name="Anna", role="alleged", person_id=twin.id))
    before = [await chronology(lead, ana.id), await chronology(lead, twin.id)]
    async with begin(lead) as work:
        merge_id = await merge(work, ana.id, twin.id, "The same child.")
    joined = [(first.facts.reference, "affected"), (second.facts.reference, "alleged")]
    assert await chronology(lead, ana.id) == joined
    assert await chronology(lead, twin.id) == joined
    third = await recorded(lead, NewPerson(name="Ana", role="witness", person_id=twin.id))
    async with begin(lead) as work:
        await separate(work, merge_id, "Two cousins.")
    assert await chronology(lead, twin.id) == before[1]
    assert await chronology(lead, ana.id) == [*before[0], (third.facts.reference, "witness")]


async def test_whoever_was_taken_out_is_in_no_chronology(someone):
    lead = await someone(Role.LEAD)
    ana = await known(lead, "Ana", "Brook")
    story = await recorded(lead, NewPerson(name="Ana", role="affected", person_id=ana.id))
    async with begin(lead) as work:
        await correct(work, story.facts.id, 1, NewIncident(narrative="Nobody."), SCHOOL)
    assert await chronology(lead, ana.id) == []


async def test_another_organisation_s_person_cannot_be_tied(someone):
    lead, stranger = await someone(Role.LEAD), await someone(Role.LEAD)
    theirs = await known(stranger, "Ana", "Brook")
    with pytest.raises(Invalid):
        await recorded(lead, NewPerson(name="Ana", person_id=theirs.id))
    story = await recorded(lead, NewPerson(name="Ana"))
    async with begin(lead) as work:
        with pytest.raises(NotFound):
            await identify(work, story.facts.id, story.people[0].id, 1, theirs.id)
    assert await chronology(lead, theirs.id) == []
    assert msgspec.structs.asdict(story.people[0])["person_id"] is None
