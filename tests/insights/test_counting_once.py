"""An upgrade that counts more than before counts what is recorded already, before anybody reads it."""

import psycopg
import pytest

from safeguard.access.roles import Role
from safeguard.database.migrating import migrate
from safeguard.incidents.adding import add_entry
from safeguard.incidents.entering import NewEntry
from safeguard.incidents.recording import record_incident
from safeguard.insights.counting import read_counts, read_narrowed
from safeguard.insights.timeliness import HOURS, Waiting, waiting
from safeguard.insights.timeliness import STEPS as STEPS_OF
from safeguard.work import begin
from tests.factories.incidents import IMPERSONATION, SCHOOL
from tests.insights.agreeing import agree

pytestmark = pytest.mark.anyio

BEFORE = (
    "select public.fold_counts_of(null)", "delete from public.incident_pair_counts",
    "delete from public.incident_counts where dimension = 'touched'",
)  # fmt: skip


async def test_what_was_recorded_before_an_upgrade_is_counted_by_it(someone, alone, key):
    lead = await someone(Role.LEAD)
    async with begin(lead) as work:
        story = await record_incident(work, IMPERSONATION, SCHOOL)
        await add_entry(work, story.facts.id, NewEntry(kind="lesson", words="We learnt.", controls=("M1",)))
    with psycopg.connect(alone.owner) as owner:
        for statement in BEFORE:
            owner.execute("set local role safeguard_definer")
            owner.execute(statement)
    async with begin(lead) as work:
        assert (await read_narrowed(work, "year|09")).by == {}
    migrate(alone.owner, key)
    async with begin(lead) as work:
        assert (await read_narrowed(work, "year|09")).total("total") == 1
        assert (await read_counts(work)).total("touched", "M1") == 1
    await agree(lead)


STEPS = "select public.waited(now(), now() + make_interval(secs => h * 3600 - 1)) from unnest(%s::int[]) h"
LATE = """
update public.incidents
set recorded_at = recorded_at - interval '70 days', acknowledged_at = recorded_at, state = 'open'
where organisation_id = %s and id = %s
"""
ONE_STEP = """
update public.incident_counts set code = '8'
where organisation_id = %s and dimension = 'acknowledged' and code = '9'
"""


async def test_what_took_longer_than_a_month_was_one_step_and_is_told_apart_by_the_upgrade(someone, alone, key):
    lead = await someone(Role.LEAD)
    async with begin(lead) as work:
        story = await record_incident(work, IMPERSONATION, SCHOOL)
    with psycopg.connect(alone.owner) as owner:
        owner.execute(LATE, (lead.organisation_id, story.facts.id))
        assert [row[0] for row in owner.execute(STEPS, (list(HOURS[1:]),))] == list(STEPS_OF[:-1])
    with psycopg.connect(alone.owner) as owner:
        owner.execute("set local role safeguard_definer")
        owner.execute("select public.fold_counts_of(null)")
        assert owner.execute(ONE_STEP, (lead.organisation_id,)).rowcount == 1
    migrate(alone.owner, key)
    async with begin(lead) as work:
        counts = await read_counts(work)
    assert (counts.total("acknowledged", "8"), counts.total("acknowledged", "9")) == (0, 1)
    await agree(lead)


def test_half_and_nine_of_ten_are_told_apart_beyond_a_month():
    assert waiting({"8": 3, "11": 1}) is None
    found = waiting({"8": 6, "9": 1, "11": 3})
    assert found and (found.half, found.most) == ("60 days", "a year")
    assert waiting({"12": 5}) == Waiting(5, "more than a year", "more than a year")
