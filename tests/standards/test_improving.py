"""The action plan and the evidence behind it."""

import runpy
from datetime import date

import msgspec
import psycopg
import pytest

from safeguard import paths
from safeguard.access.roles import Role
from safeguard.errors import Conflict, Invalid
from safeguard.standards.improving import Plan, change_improvement, plan_improvement
from safeguard.standards.proving import NewItem, add_item, change_item, withdraw_item
from safeguard.standards.queries import beside, get_improvement, get_item, list_improvements
from safeguard.work import begin

pytestmark = pytest.mark.anyio

POLICY = NewItem(
    kind="policy", title="Online safety policy", dated_on=date(2026, 1, 5), renew_on=date(2027, 1, 5),
    supports=(("pies", "M3"), ("360-degree-safe", "PO1")),
)  # fmt: skip


async def test_an_improvement_has_an_owner_and_a_day(someone, pies):
    lead = await someone(Role.LEAD)
    async with begin(lead) as work:
        with pytest.raises(Invalid) as refused:
            await plan_improvement(work, pies, pies.controls[0], Plan(words="", owner="", due_on=None))
    assert {error.field for error in refused.value.errors} == {"words", "owner", "due_on"}


async def test_an_improvement_is_finished_with_its_effect_and_dropped_with_a_reason(someone, pies):
    lead = await someone(Role.LEAD)
    plan = Plan(words="Name a deputy.", owner=str(lead.user_id), due_on=date(2027, 3, 1))
    async with begin(lead) as work:
        made = await plan_improvement(work, pies, pies.controls[0], plan)
    assert made.owner_name == lead.name
    async with begin(lead) as work:
        with pytest.raises(Invalid):
            await change_improvement(work, made.id, plan, "done", "", "", 1)
        with pytest.raises(Invalid):
            await change_improvement(work, made.id, plan, "dropped", "", "", 1)
    async with begin(lead) as work:
        done = await change_improvement(work, made.id, plan, "done", "", "There is a deputy now.", 1)
        assert done.finished_at
        assert await list_improvements(work) == ()
        assert [one.id for one in await list_improvements(work, finished=True)] == [made.id]


async def test_a_plan_that_somebody_changed_meanwhile_is_not_overwritten(someone, pies):
    lead = await someone(Role.LEAD)
    plan = Plan(words="Name a deputy.", owner="The chair", due_on=date(2027, 3, 1))
    async with begin(lead) as work:
        made = await plan_improvement(work, pies, pies.controls[0], plan)
        await change_improvement(work, made.id, plan, "doing", "Asked two people.", "", 1)
    async with begin(lead) as work:
        with pytest.raises(Conflict):
            await change_improvement(work, made.id, plan, "doing", "Asked nobody.", "", 1)


async def test_what_was_due_at_the_end_of_time_can_be_read_again_and_is_due_when_it_was_said(someone, pies, addresses):
    """The driver writes the last day that there is as infinity, which JSON holds as a word."""
    lead = await someone(Role.LEAD)
    async with begin(lead) as work:
        plan = Plan(words="Go on for ever.", owner="The chair", due_on=date.max)
        made = await plan_improvement(work, pies, pies.controls[0], plan)
        with pytest.raises(msgspec.ValidationError):
            await get_improvement(work, made.id)
    mended = runpy.run_path(str(paths.MIGRATIONS / "versions" / "0095_days_without_end.py"))
    with psycopg.connect(addresses.owner) as owner:
        for statement in mended["STATEMENTS"]:
            owner.execute(statement)
    async with begin(lead) as work:
        assert (await get_improvement(work, made.id)).due_on == date.max


async def test_one_item_supports_controls_of_several_frameworks(someone):
    lead = await someone(Role.LEAD)
    async with begin(lead) as work:
        item = await add_item(work, POLICY)
    async with begin(lead) as work:
        for framework, control in POLICY.supports:
            assert [found.id for found in (await beside(work, framework, [control])).items] == [item.id]


async def test_an_item_is_renewed_as_another_version(someone):
    lead = await someone(Role.LEAD)
    async with begin(lead) as work:
        item = await add_item(work, POLICY)
        changed = NewItem(
            kind="policy", title="Policy, second edition", dated_on=date(2026, 9, 1), supports=POLICY.supports[:1]
        )
        await change_item(work, item.id, changed, 1)
    async with begin(lead) as work:
        found = await get_item(work, item.id)
        assert (found.version, found.title, found.supports) == (2, "Policy, second edition", (("pies", "M3"),))
        with pytest.raises(Conflict):
            await change_item(work, item.id, changed, 1)


async def test_a_withdrawn_item_no_longer_stands_beside_its_control(someone):
    lead = await someone(Role.LEAD)
    async with begin(lead) as work:
        item = await add_item(work, POLICY)
        await withdraw_item(work, item.id, "Replaced.", 1)
        assert (await beside(work, "pies", ["M3"])).items == ()
        assert (await get_item(work, item.id)).withdrawn_reason == "Replaced."


async def test_an_item_says_what_is_missing(someone):
    async with begin(await someone(Role.LEAD)) as work:
        with pytest.raises(Invalid) as refused:
            await add_item(work, NewItem(kind="", title=""))
    assert {error.field for error in refused.value.errors} == {"kind", "title", "dated_on", "supports"}
