"""A control's page shows the incidents that touched it, to those who may open them."""

import pytest

from safeguard.access.roles import Role
from safeguard.incidents.adding import add_entry
from safeguard.incidents.entering import NewEntry
from safeguard.incidents.recording import record_incident
from safeguard.incidents.touching import incidents_touching
from safeguard.work import begin
from tests.factories.incidents import SCHOOL, SHORT

pytestmark = pytest.mark.anyio


async def test_the_latest_lessons_are_shown_and_corrected_ones_are_not(someone):
    lead = await someone(Role.LEAD)
    async with begin(lead) as work:
        story = await record_incident(work, SHORT, SCHOOL)
        first = await add_entry(work, story.facts.id, NewEntry(kind="lesson", words="First.", controls=("M5",)))
    async with begin(lead) as work:
        again = NewEntry(kind="lesson", words="Better said.", controls=("L7",), supersedes_id=first.id)
        await add_entry(work, story.facts.id, again)
    async with begin(lead) as work:
        assert (await incidents_touching(work, "M5")).latest == ()
        [found] = (await incidents_touching(work, "L7")).latest
        assert (found.reference, found.words) == (story.facts.reference, "Better said.")


async def test_whoever_reads_no_incidents_sees_none_of_them(someone):
    lead = await someone(Role.LEAD)
    governor = await someone(Role.GOVERNOR, organisation=lead.organisation_id)
    async with begin(lead) as work:
        story = await record_incident(work, SHORT, SCHOOL)
        await add_entry(work, story.facts.id, NewEntry(kind="lesson", words="Learnt.", controls=("M5",)))
    async with begin(governor) as work:
        found = await incidents_touching(work, "M5")
    assert (found.latest, found.readable) == ((), False)
