"""Rounds: who is told, reminded and asked again, whenever they joined or what they read or signed ran out."""

from datetime import date, timedelta

import msgspec
import pytest

from safeguard.access.actors import system
from safeguard.access.roles import Role
from safeguard.notifications import asking
from safeguard.notifications import registers as telling
from safeguard.registers.here import months_on
from safeguard.registers.policies.publishing import change_readers, publish, publish_edition
from safeguard.registers.policies.queries import (
    get_edition,
    list_mine,
    list_readers,
)
from safeguard.registers.policies.reading import acknowledge
from safeguard.work import begin
from tests.factories.owning import owning
from tests.registers.editions import AGREEMENT, NEW, NOTICES, TODAY

pytestmark = pytest.mark.anyio


async def test_readers_are_told_and_reminded_until_they_have_read(someone, school, addresses):
    lead = await someone(Role.LEAD)
    reporter = await someone(Role.REPORTER, organisation=lead.organisation_id)
    async with begin(lead) as work:
        policy = await publish(work, school, "policy", NEW)
        edition = await get_edition(work, policy.id, 1)
        await acknowledge(work, policy.id, 1)

    async def look() -> list[str]:
        for _ in range(2):
            async with begin(system(lead.organisation_id)) as work:
                await asking.ask_and_remind(work, lead.organisation_id)
                await telling.tell_that_it_is_unread(work, edition.id)
        async with begin(system(lead.organisation_id)) as work:
            assert await work.driver.fetch(NOTICES, lead.user_id) == []
            return [row["event"] for row in await work.driver.fetch(NOTICES, reporter.user_id)]

    async with begin(system(lead.organisation_id)) as work:
        await telling.tell_readers(work, policy.id)
    assert await look() == ["policy.published"]
    await fall_due(addresses, lead, TODAY)
    assert await look() == ["policy.published", "policy.unread"]
    await fall_due(addresses, lead, TODAY - timedelta(days=29))
    assert await look() == ["policy.published", "policy.unread"]
    async with begin(reporter) as work:
        await acknowledge(work, policy.id, 1)
    await fall_due(addresses, lead, TODAY - timedelta(days=8))
    assert await look() == ["policy.published", "policy.unread"]
    async with begin(system(lead.organisation_id)) as work:
        await telling.tell_of_renewal(work, edition.id)
    async with begin(system(lead.organisation_id)) as work:
        assert [row["event"] for row in await work.driver.fetch(NOTICES, lead.user_id)] == ["policy.renewal"]


async def fall_due(addresses, lead, day: date) -> None:
    """As if everybody had been here long before, and should have read it by that day."""
    async with owning(addresses.owner) as owner:
        here = (lead.organisation_id,)
        await owner.execute("update memberships set created_at = '2020-01-01' where organisation_id = %s", here)
        await owner.execute("update policy_editions set read_by = %s where organisation_id = %s", (day, *here))


async def test_who_joins_or_takes_on_a_role_after_everybody_was_asked_is_asked_by_themselves(
    someone, school, addresses
):
    lead = await someone(Role.LEAD)
    reporter = await someone(Role.REPORTER, organisation=lead.organisation_id)
    governor = await someone(Role.GOVERNOR, organisation=lead.organisation_id)
    async with begin(lead) as work:
        policy = await publish(work, school, "policy", NEW)
        await acknowledge(work, policy.id, 1)
    async with begin(reporter) as work:
        await acknowledge(work, policy.id, 1)
    await fall_due(addresses, lead, TODAY - timedelta(days=300))
    later = await someone(Role.REPORTER, organisation=lead.organisation_id)
    async with owning(addresses.owner) as owner:
        await owner.execute("update memberships set roles = '{governor,lead}' where user_id = %s", (governor.user_id,))
        await owner.execute("update memberships set roles = '{lead}' where user_id = %s", (governor.user_id,))
    async with begin(system(lead.organisation_id)) as work:
        await asking.ask_and_remind(work, lead.organisation_id)
    async with begin(system(lead.organisation_id)) as work:
        for person, told in ((later, ["policy.published"]), (governor, ["policy.published"]), (reporter, [])):
            assert [row["event"] for row in await work.driver.fetch(NOTICES, person.user_id)] == told
    async with begin(later) as work:
        (mine,) = await list_mine(work, TODAY)
        assert mine.due_on == TODAY + timedelta(days=14)
    async with begin(lead) as work:
        due = {one.user_id: one.due_on for one in await list_readers(work, policy.id, TODAY)}
        assert due[governor.user_id] == TODAY + timedelta(days=14)
        assert due[reporter.user_id] == TODAY - timedelta(days=300)


async def test_who_is_asked_only_since_it_was_widened_has_days_from_then(someone, school, addresses):
    lead = await someone(Role.LEAD)
    reporter = await someone(Role.REPORTER, organisation=lead.organisation_id)
    governor = await someone(Role.GOVERNOR, organisation=lead.organisation_id)
    past = TODAY - timedelta(days=300)
    narrow = msgspec.structs.replace(NEW, readers=("reporter",))
    wide = msgspec.structs.replace(NEW, readers=("reporter", "governor"))
    agreed = msgspec.structs.replace(NEW, title="Use", readers=(), parties=("visitor",))

    async def due(policy_id) -> dict[object, date]:
        async with begin(lead) as work:
            return {one.user_id: one.due_on for one in await list_readers(work, policy_id, TODAY)}

    async with begin(lead) as work:
        policy = await publish(work, school, "policy", narrow)
        agreement = await publish(work, school, "agreement", agreed)
    await fall_due(addresses, lead, past)
    async with begin(lead) as work:
        await change_readers(work, policy.id, wide, 1)
        await change_readers(work, agreement.id, msgspec.structs.replace(agreed, parties=("visitor", "staff")), 1)
    async with begin(governor) as work:
        assert {one.due_on for one in await list_mine(work, TODAY)} == {TODAY + timedelta(days=14)}
    assert await due(policy.id) == {reporter.user_id: past, governor.user_id: TODAY + timedelta(days=14)}
    async with owning(addresses.owner) as owner:
        await owner.execute(
            'update policies set asked_since = \'{"governor": "2020-01-01"}\' where id = %s', (policy.id,)
        )
    async with begin(lead) as work:
        await change_readers(work, policy.id, msgspec.structs.replace(wide, title="Another name"), 2)
    assert (await due(policy.id))[governor.user_id] == past
    async with begin(lead) as work:
        await change_readers(work, policy.id, narrow, 3)
        await change_readers(work, policy.id, wide, 4)
    assert (await due(policy.id))[governor.user_id] == TODAY + timedelta(days=14)
    async with begin(lead) as work:
        await publish_edition(work, school, policy.id, wide, 5)
    await fall_due(addresses, lead, past)
    assert set((await due(policy.id)).values()) == {past}


async def test_what_ran_out_is_asked_again_as_a_round_of_its_own(someone, school, addresses):
    lead = await someone(Role.LEAD)
    new = msgspec.structs.replace(NEW, lasts_months=12, readers=("lead",))
    async with begin(lead) as work:
        policy = await publish(work, school, "policy", new)
        agreement = await publish(work, school, "agreement", AGREEMENT)
        for one in (policy, agreement):
            await acknowledge(work, one.id, 1)
    async with begin(lead) as work:
        assert {one.done_on for one in await list_mine(work, months_on(TODAY, 12))} == {TODAY}
        again = await list_mine(work, months_on(TODAY, 12) + timedelta(days=1))
        assert [one.done_on for one in again] == [None, None]
        assert {one.due_on for one in again} == {months_on(TODAY, 12) + timedelta(days=14)}
        await acknowledge(work, policy.id, 1)
    ended = TODAY - timedelta(days=20)
    await fall_due(addresses, lead, TODAY - timedelta(days=300))
    async with owning(addresses.owner) as owner:
        for table in ("policy_readings", "agreement_signatures"):
            await owner.execute(
                f"update {table} set expires_on = %s where organisation_id = %s", (ended, lead.organisation_id)
            )
    for _ in range(2):
        async with begin(system(lead.organisation_id)) as work:
            await asking.ask_and_remind(work, lead.organisation_id)
    async with begin(system(lead.organisation_id)) as work:
        told = sorted(row["event"] for row in await work.driver.fetch(NOTICES, lead.user_id))
        assert told == ["policy.published", "policy.published", "policy.unread", "policy.unread"]
    async with begin(lead) as work:
        for one in (policy, agreement):
            await acknowledge(work, one.id, 1)
    async with begin(lead) as work:
        assert [one.done_on for one in await list_mine(work, TODAY)] == [TODAY, TODAY]
        rows = await work.driver.fetch("select version, expires_on from policy_readings")
        assert [tuple(row) for row in rows] == [(2, months_on(TODAY, 12))]
