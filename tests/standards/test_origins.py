"""From an incident's lesson to an improvement and what it changed: named to those who may know, to nobody else."""

from datetime import date
from uuid import UUID

import msgspec
import pytest

from safeguard.access.actors import Actor
from safeguard.access.roles import Role
from safeguard.errors import NotFound
from safeguard.incidents.adding import add_entry
from safeguard.incidents.entering import NewEntry
from safeguard.incidents.recording import record_incident
from safeguard.incidents.reports import NewIncident, NewPerson
from safeguard.incidents.teaching import count_lessons, incidents_that_taught
from safeguard.inspection.originating import inspections_that_found
from safeguard.standards import effects, origins
from safeguard.standards.improving import Plan, change_improvement, plan_improvement
from safeguard.standards.queries import get_improvement, improvements_from, list_improvements
from safeguard.standards.review import Improvement
from safeguard.standards.reviewing import begin_review, judge
from safeguard.work import begin
from tests.factories.incidents import SCHOOL

pytestmark = pytest.mark.anyio
PLAN = Plan(words="Name one person, and a deputy.", owner="The chair", due_on=date(2027, 3, 1))
LESSON = NewEntry(kind="lesson", words="Nobody knew who answers for the account.", controls=("M1",))


@pytest.fixture(autouse=True)
def whole_house(monkeypatch):
    monkeypatch.setattr(origins, "_bound", {})
    monkeypatch.setattr(effects, "_bound", [effects._unknown])
    origins.bind({"incident": incidents_that_taught, "audit": inspections_that_found})
    effects.bind(count_lessons)


async def taught(actor: Actor, alleged: str) -> UUID:
    person = NewPerson(name=alleged, role="alleged", kind="adult", connection="staff")
    async with begin(actor, purpose="session") as work:
        story = await record_incident(work, NewIncident(narrative="Something was posted.", people=(person,)), SCHOOL)
        await add_entry(work, story.facts.id, LESSON)
    return story.facts.id


async def named(actor: Actor, improvement_id: UUID) -> str | None:
    async with begin(actor, purpose="session") as work:
        found = await origins.name_origins(work, [await get_improvement(work, improvement_id)])
    return found[improvement_id].name if improvement_id in found else None


async def test_an_improvement_names_its_incident_to_those_alone_who_may_know_of_it(someone, pies):
    lead = await someone(Role.LEAD)
    alleged = await someone(Role.LEAD, organisation=lead.organisation_id)
    governor = await someone(Role.GOVERNOR, organisation=lead.organisation_id)
    incident = await taught(lead, alleged.name)
    async with begin(lead, purpose="session") as work:
        made = await plan_improvement(work, pies, pies.controls[0], PLAN, "incident", incident)
        assert (made.source, made.origin_id) == ("incident", incident)
        found = await origins.find_origin(work, "incident", incident)
        assert found and found.learnt == (LESSON.words,)
        assert [one.id for one in await improvements_from(work, "incident", incident)] == [made.id]
        told = await work.driver.fetchval("select reference from incidents where id = $1", incident)
    assert await named(lead, made.id) == told
    async with begin(alleged, purpose="session") as work:  # nor that anything was planned because of it
        with pytest.raises(NotFound):
            await get_improvement(work, made.id)
    assert await named(governor, made.id) is None


async def test_what_somebody_may_not_know_of_is_no_origin_of_theirs(someone, pies):
    lead, stranger = await someone(Role.LEAD), await someone(Role.LEAD)
    alleged = await someone(Role.LEAD, organisation=lead.organisation_id)
    incident = await taught(lead, alleged.name)
    for actor in (alleged, stranger):
        async with begin(actor, purpose="session") as work:
            made = await plan_improvement(work, pies, pies.controls[0], PLAN, "incident", incident)
            assert made.origin_id is None
            assert {one.origin_id for one in await list_improvements(work)} == {None}
    async with begin(lead) as work:
        assert (await plan_improvement(work, pies, pies.controls[0], PLAN, "audit", incident)).origin_id is None


async def test_what_an_improvement_changed_is_computed_beside_what_is_said_of_it(someone, pies):
    lead = await someone(Role.LEAD)
    governor = await someone(Role.GOVERNOR, organisation=lead.organisation_id)
    control = pies.controls[0]
    async with begin(lead) as work:
        review = await begin_review(work, pies, "first")
        first = await judge(work, review, control, 4, "One of us does it.", 0)
    incident = await taught(lead, "Somebody Else")
    async with begin(lead) as work:
        made = await plan_improvement(work, pies, control, PLAN, "incident", incident)
        planned = await effects.effect_of(work, pies, made)
    assert (planned.before and planned.before.number, planned.after) == (4, None)
    assert (planned.touched_before, planned.touched_since) == (1, 0)
    async with begin(lead) as work:
        await judge(work, msgspec.structs.replace(review, ratings=(first,)), control, 2, "Two of us do.", 1)
        await change_improvement(work, made.id, PLAN, "done", "", "There is a deputy now.", 1)
    await taught(lead, "Somebody Else")

    async def seen_by(actor: Actor) -> tuple[Improvement, effects.Effect]:
        async with begin(actor, purpose="session") as work:
            done = await get_improvement(work, made.id)
            return done, await effects.effect_of(work, pies, done)

    done, effect = await seen_by(lead)
    assert (effect.before and effect.before.number, effect.after and effect.after.number) == (4, 2)
    assert done.effect == "There is a deputy now."
    assert (effect.touched_before, effect.touched_since) == (1, 1)
    _, told = await seen_by(governor)
    assert (told.after and told.after.number, told.touched_before, told.touched_since) == (2, None, None)
