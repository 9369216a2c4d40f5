"""What is done for the people of an incident: outcomes, plans, support, and who knows."""

from datetime import UTC, datetime

import pytest

from safeguard.access.roles import Role
from safeguard.errors import Invalid
from safeguard.incidents.entering import NewEntry
from safeguard.incidents.entry_kinds import KNOWERS, SHAREABLE
from safeguard.incidents.informing import note_knowledge
from safeguard.incidents.standing import standing
from safeguard.work import begin
from tests.factories.incidents import SHORT
from tests.incidents.casework import SOON, add, of_every_kind, read, recorded

pytestmark = pytest.mark.anyio


async def test_an_outcome_is_of_one_person_and_the_last_word_on_them_counts(someone):
    lead = await someone(Role.LEAD)
    story = await recorded(lead)
    affected, alleged, _witness = story.people
    assert [person.name for person in standing(story).without_outcome] == [affected.name, alleged.name]
    first = {"kind": "person_outcome", "words": "Still upset.", "result": "support_continues"}
    await add(lead, story.facts.id, person_id=affected.id, **first)
    await add(lead, story.facts.id, kind="person_outcome", words="Well.", result="supported", person_id=affected.id)
    now = standing(await read(lead, story.facts.id))
    assert now.of(affected.id).outcome.words == "Well."
    assert now.of(alleged.id).outcome is None
    assert [person.name for person in now.without_outcome] == [alleged.name]


async def test_somebody_of_another_incident_and_an_outcome_of_another_list_are_refused(someone):
    lead = await someone(Role.LEAD)
    story, other = await recorded(lead), await recorded(lead)
    for values, field in (
        ({"person_id": other.people[0].id, "result": "supported"}, "person_id"),
        ({"person_id": story.people[0].id, "result": "hanged"}, "result"),
    ):
        with pytest.raises(Invalid) as refusal:
            await add(lead, story.facts.id, kind="person_outcome", words="w", **values)
        assert [error.field for error in refusal.value.errors] == [field]


async def test_a_plan_has_versions_and_stays_with_its_person(someone):
    lead = await someone(Role.LEAD)
    story = await recorded(lead)
    child = story.people[1]
    plan = {"kind": "plan", "words": "A tutor each morning.", "due_on": SOON, "person_id": child.id}
    first = await add(lead, story.facts.id, **plan)
    with pytest.raises(Invalid):
        await add(lead, story.facts.id, **plan | {"person_id": story.people[0].id, "supersedes_id": first.id})
    second = await add(lead, story.facts.id, **plan | {"words": "Every other.", "supersedes_id": first.id})
    assert standing(await read(lead, story.facts.id)).of(child.id).plan.id == second.id
    async with begin(lead) as work:
        events = await work.driver.fetch(
            "select split_part(entry, E'\\n', 3) as event from audit.leaves order by index"
        )
    assert "entry.revised" in {row["event"] for row in events}
    assert "entry.corrected" not in {row["event"] for row in events}


async def test_for_a_looked_after_child_everybody_who_answers_for_them_is_told_each_on_record(someone):
    lead = await someone(Role.LEAD)
    story = await recorded(lead)
    child = story.people[1].id
    said = tuple(
        NewEntry(kind="informing", contact=code, informed="no" if code == "parents" else "yes", person_id=child,
                 reason="It could put him at risk." if code == "parents" else "",
                 took_place_at=None if code == "parents" else datetime.now(UTC))
        for code in KNOWERS
    )  # fmt: skip
    async with begin(lead) as work:
        await note_knowledge(work, story.facts.id, 1, said)
    after = await read(lead, story.facts.id)
    assert {(entry.contact, entry.informed) for entry in standing(after).knowledge} == {
        ("parents", "no"), ("parental_responsibility", "yes"), ("social_worker", "yes"), ("placing_authority", "yes"),
    }  # fmt: skip
    assert (after.facts.parents_informed, after.facts.parents_reason) == ("no", "It could put him at risk.")
    assert {entry.person_name for entry in after.entries} == {story.people[1].name}


async def test_statements_about_who_knows_name_the_one_that_needs_another_look(someone):
    lead = await someone(Role.LEAD)
    story = await recorded(lead)
    said = tuple(NewEntry(kind="informing", contact=code, informed="no") for code in ("parents", "social_worker"))
    async with begin(lead) as work:
        with pytest.raises(Invalid) as refusal:
            await note_knowledge(work, story.facts.id, 1, said)
    assert [error.field for error in refusal.value.errors] == ["0.reason", "1.reason"]


async def test_what_is_written_about_somebody_is_never_shared_with_the_reporter(someone):
    reporter = await someone(Role.REPORTER)
    lead = await someone(Role.LEAD, organisation=reporter.organisation_id)
    story, other = await recorded(reporter), await recorded(lead, SHORT)
    contact = await add(lead, story.facts.id, kind="contact", words="Rang.", contact="lado", awaits_answer=True)
    action = await add(lead, story.facts.id, kind="action", words="Do.", owner_name="Sam", due_on=SOON)
    for kind, values in of_every_kind(story.people[0].id, contact.id, action.id, other.facts.id).items():
        await add(lead, story.facts.id, kind=kind, shared=True, **values)
    seen = await read(reporter, story.facts.id)
    assert {entry.kind for entry in seen.entries} <= SHAREABLE | {"acknowledgement"}
    assert seen.links == ()
