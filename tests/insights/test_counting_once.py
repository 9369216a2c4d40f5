"""An upgrade that counts more than before counts what is recorded already, before anybody reads it."""

import psycopg
import pytest

from safeguard.access.roles import Role
from safeguard.database.migrating import migrate
from safeguard.incidents.adding import add_entry
from safeguard.incidents.entering import NewEntry
from safeguard.incidents.recording import record_incident
from safeguard.insights.counting import read_counts, read_narrowed
from safeguard.work import begin
from tests.factories.incidents import IMPERSONATION, SCHOOL
from tests.insights.agreeing import agree

pytestmark = pytest.mark.anyio

BEFORE = (
    "select public.fold_counts_of(null)", "delete from public.incident_pair_counts",
    "delete from public.incident_counts where dimension = 'touched'",
)  # fmt: skip


async def test_what_was_recorded_before_an_upgrade_is_counted_by_it(someone, addresses, key):
    lead = await someone(Role.LEAD)
    async with begin(lead) as work:
        story = await record_incident(work, IMPERSONATION, SCHOOL)
        await add_entry(work, story.facts.id, NewEntry(kind="lesson", words="We learnt.", controls=("M1",)))
    with psycopg.connect(addresses.owner) as owner:
        for statement in BEFORE:
            owner.execute("set local role safeguard_definer")
            owner.execute(statement)
    async with begin(lead) as work:
        assert (await read_narrowed(work, "year|09")).by == {}
    migrate(addresses.owner, key)
    async with begin(lead) as work:
        assert (await read_narrowed(work, "year|09")).total("total") == 1
        assert (await read_counts(work)).total("touched", "M1") == 1
    await agree(lead)
