"""Policies that are read: editions, who has read them, and the evidence that each is."""

from datetime import date, timedelta

import msgspec
import pytest

from safeguard.access.roles import Role
from safeguard.errors import Conflict, Forbidden, Invalid, NotFound
from safeguard.registers.here import months_on
from safeguard.registers.policies.publishing import NewEdition, change_readers, publish, publish_edition, withdraw
from safeguard.registers.policies.queries import (
    get_edition,
    list_mine,
    list_policies,
    list_readers,
)
from safeguard.registers.policies.reading import acknowledge
from safeguard.standards.queries import beside, get_item
from safeguard.work import begin
from tests.registers.editions import NEW, TODAY

pytestmark = pytest.mark.anyio


async def test_a_policy_is_read_by_those_whose_role_asks_for_it(someone, school):
    lead = await someone(Role.LEAD)
    reporter = await someone(Role.REPORTER, organisation=lead.organisation_id)
    governor = await someone(Role.GOVERNOR, organisation=lead.organisation_id)
    async with begin(lead) as work:
        policy = await publish(work, school, "policy", NEW)
    async with begin(governor) as work:
        assert await list_mine(work, TODAY) == ()
    async with begin(reporter) as work:
        assert [one.id for one in await list_mine(work, TODAY)] == [policy.id]
        await acknowledge(work, policy.id, 1)
    async with begin(reporter) as work:
        await acknowledge(work, policy.id, 1)
        (mine,) = await list_mine(work, TODAY)
        assert mine.done_on
    async with begin(lead) as work:
        readers = {one.name: one.read_on for one in await list_readers(work, policy.id, TODAY)}
        assert readers == {lead.name: None, reporter.name: mine.done_on}
        (line,) = await list_policies(work, TODAY)
        assert (line.people, line.read, line.late) == (2, 1, 0)
        (line,) = await list_policies(work, TODAY + timedelta(days=60))
        assert line.late == 1


async def test_the_next_edition_asks_everybody_again_and_the_first_stays_as_it_was(someone, school):
    lead = await someone(Role.LEAD)
    async with begin(lead) as work:
        policy = await publish(work, school, "policy", NEW)
        await acknowledge(work, policy.id, 1)
    async with begin(lead) as work:
        after = await publish_edition(work, school, policy.id, msgspec.structs.replace(NEW, words="Second."), 1)
        assert after.edition == 2
    async with begin(lead) as work:
        assert [one.done_on for one in await list_mine(work, TODAY)] == [None]
        assert (await get_edition(work, policy.id, 1)).words == "Be kind online."
        with pytest.raises(Conflict):
            await acknowledge(work, policy.id, 1)
        with pytest.raises(Conflict):
            await publish_edition(work, school, policy.id, NEW, 1)


async def test_a_policy_is_evidence_that_is_renewed_and_withdrawn_with_it(someone, school):
    lead = await someone(Role.LEAD)
    async with begin(lead) as work:
        policy = await publish(work, school, "policy", NEW)
        assert policy.item_id
        assert [one.id for one in (await beside(work, "pies", ["M3"])).items] == [policy.item_id]
        item = await get_item(work, policy.item_id)
        assert item.renew_on == months_on(TODAY, 12)
    async with begin(lead) as work:
        renewed = msgspec.structs.replace(NEW, renew_on=TODAY + timedelta(days=90))
        await publish_edition(work, school, policy.id, renewed, 1)
        assert (await get_item(work, policy.item_id)).renew_on == renewed.renew_on
        await withdraw(work, policy.id, "Another takes its place.", 2)
        assert (await get_item(work, policy.item_id)).withdrawn_at
        assert await list_mine(work, TODAY) == ()


async def test_whom_it_is_for_changes_without_another_edition(someone, school):
    lead = await someone(Role.LEAD)
    async with begin(lead) as work:
        policy = await publish(work, school, "policy", NEW)
        await acknowledge(work, policy.id, 1)
        await change_readers(work, policy.id, msgspec.structs.replace(NEW, readers=("lead", "head")), 1)
    async with begin(lead) as work:
        (mine,) = await list_mine(work, TODAY)
        assert mine.done_on


async def test_what_is_missing_is_said_all_at_once(someone, school):
    async with begin(await someone(Role.LEAD)) as work:
        with pytest.raises(Invalid) as refused:
            await publish(work, school, "policy", NewEdition(title="", readers=("nobody",)))
        assert {error.field for error in refused.value.errors} == {"title", "readers", "words", "effective_on"}
        with pytest.raises(Invalid) as refused:
            await publish(work, school, "agreement", NewEdition(title="A", words="B", effective_on=TODAY))
        assert {error.field for error in refused.value.errors} == {"parties"}


async def test_a_reporter_publishes_nothing_and_reads_no_register(someone, school):
    async with begin(await someone(Role.REPORTER)) as work:
        with pytest.raises(Forbidden):
            await publish(work, school, "policy", NEW)
        with pytest.raises(Forbidden):
            await list_policies(work, TODAY)


async def test_another_organisation_sees_nothing_of_it(someone, school):
    async with begin(await someone(Role.LEAD)) as work:
        policy = await publish(work, school, "policy", NEW)
    async with begin(await someone(Role.LEAD)) as work:
        assert await list_policies(work, TODAY) == ()
        with pytest.raises(NotFound):
            await acknowledge(work, policy.id, 1)


async def test_nothing_holds_from_a_year_that_nobody_means(someone, school):
    async with begin(await someone(Role.LEAD)) as work:
        with pytest.raises(Invalid) as refused:
            await publish(work, school, "policy", msgspec.structs.replace(NEW, effective_on=date.max))
        assert [error.field for error in refused.value.errors] == ["effective_on"]


@pytest.mark.parametrize(
    ("day", "months", "then"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2026, 11, 22), 2, date(2027, 1, 22)),
        (date(2026, 3, 31), -1, date(2026, 2, 28)),
    ],
    ids=["short-month", "leap-day", "new-year", "backwards"],
)
def test_a_day_so_many_months_on_is_the_same_day_or_the_last_of_a_shorter_month(day, months, then):
    assert months_on(day, months) == then
