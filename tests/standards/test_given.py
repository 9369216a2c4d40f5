"""What was given to somebody to improve: they are told, they say how far it is, and see nobody else's."""

from datetime import timedelta
from uuid import UUID

import pytest
from anyio import to_thread

from safeguard import clock
from safeguard.access.actors import system
from safeguard.access.roles import Role
from safeguard.database.migrating import migrate
from safeguard.errors import NotFound
from safeguard.notifications.rules import NOTICES
from safeguard.notifications.standards import tell_of_improvement, tell_whose_it_is
from safeguard.standards.given import count_late, list_given
from safeguard.standards.improving import Plan, change_improvement, plan_improvement, say_how_far
from safeguard.standards.queries import get_improvement, members
from safeguard.work import begin
from tests.factories.owning import owning

pytestmark = pytest.mark.anyio
TOLD = """
select event from notices where organisation_id = (select sec.current_organisation()) and recipient_id = $1 order by 1
"""
WAITS = """
select (run_at at time zone 'UTC')::date - (now() at time zone 'UTC')::date as days from jobs.job
where subject_id = $1 and kind = 'notice.improvement_due' order by 1
"""
ASKED = "select kind from jobs.job where subject_id = $1 and kind like 'notice.improvement%' order by kind"


async def given(lead, pies, owner: str, days: int) -> UUID:
    plan = Plan(words="Hand out the sheet.", owner=owner, due_on=clock.now().date() + timedelta(days=days))
    async with begin(lead) as work:
        return (await plan_improvement(work, pies, pies.controls[0], plan)).id


async def looked_at(lead, improvement_id: UUID) -> list[str]:
    """The looks that were asked for, each taken twice, as a job may be."""
    async with begin(system(lead.organisation_id)) as work:
        asked = [row["kind"] for row in await work.driver.fetch(ASKED, improvement_id)]
        for look in (tell_whose_it_is, tell_of_improvement) * 2:
            await look(work, improvement_id)
    return asked


async def told(actor) -> list[str]:
    async with begin(actor) as work:
        return [row["event"] for row in await work.driver.fetch(TOLD, actor.user_id)]


async def test_whoever_is_given_an_improvement_is_told_once_when_it_is_near_and_when_its_day_is_over(someone, pies):
    lead = await someone(Role.LEAD)
    teacher = await someone(Role.REPORTER, organisation=lead.organisation_id)
    later, near, late = [await given(lead, pies, str(teacher.user_id), days) for days in (60, 5, -1)]
    assert await looked_at(lead, later) == ["notice.improvement_due"] * 2 + ["notice.improvement_given"]
    assert await told(teacher) == ["improvement.given"] and await told(lead) == []
    assert await looked_at(lead, near) == ["notice.improvement_due", "notice.improvement_given"]
    assert await looked_at(lead, late) == ["notice.improvement_given"], "who types a day that is over knows it"
    assert await told(teacher) == ["improvement.due"] + ["improvement.given"] * 3 + ["improvement.overdue"]
    assert await told(lead) == ["improvement.overdue_of_others"]
    assert NOTICES["improvement.given"].href == "/improvements/{subject}"
    own = await given(lead, pies, str(lead.user_id), -1)
    assert await looked_at(lead, own) == []
    async with begin(lead) as work:
        assert await count_late(work, clock.now().date()) == 2
        mine = await get_improvement(work, own)
        plan = Plan(words=mine.words, owner=str(teacher.user_id), due_on=mine.due_on)
        await change_improvement(work, own, plan, "doing", "", "", 1)
    assert await looked_at(lead, own) == ["notice.improvement_given"], "given on to somebody else"
    async with begin(teacher) as work:
        assert [one.id for one in await list_given(work)] == [late, own, near, later]
        assert await count_late(work, clock.now().date()) == 0, "the whole plan is not theirs to see"


async def test_an_upgrade_asks_for_the_looks_at_what_was_given_before_there_were_any(someone, pies, addresses, key):
    lead = await someone(Role.LEAD)
    made = {days: await given(lead, pies, str(lead.user_id), days) for days in (60, 3, -10, -40)}
    done = await given(lead, pies, str(lead.user_id), 60)
    async with owning(addresses.owner) as owner:  # as an earlier release left them
        here = (lead.organisation_id,)
        await owner.execute("delete from jobs.job where kind = 'notice.improvement_due' and organisation_id = %s", here)
        await owner.execute(
            "update improvements set planned_at = now() - interval '90 days' where organisation_id = %s", here
        )
        await owner.execute("update improvements set state = 'done', finished_at = now() where id = %s", (done,))
    for _ in range(2):
        await to_thread.run_sync(migrate, addresses.owner, key)
    async with begin(lead) as work:
        asked = {days: [tuple(row) for row in await work.driver.fetch(WAITS, each)] for days, each in made.items()}
        assert asked == {60: [(53,), (61,)], 3: [(0,), (4,)], -10: [(0,)], -40: []}
        assert await work.driver.fetch(WAITS, done) == []


async def test_nobody_says_how_far_somebody_elses_improvement_is(someone, pies):
    lead = await someone(Role.LEAD)
    teacher = await someone(Role.REPORTER, organisation=lead.organisation_id)
    colleague = await someone(Role.REPORTER, organisation=lead.organisation_id)
    inspector = await someone(Role.INSPECTOR, organisation=lead.organisation_id)
    theirs, outside = await given(lead, pies, str(teacher.user_id), 9), await given(lead, pies, "The chair", 9)
    for actor, one in ((colleague, theirs), (lead, theirs), (teacher, outside)):
        async with begin(actor) as work:
            with pytest.raises(NotFound):
                await say_how_far(work, one, "done", "", "It is done.", 1)
    async with begin(lead) as work:
        owners = {user_id for user_id, _name in await members(work)}
    assert {teacher.user_id, colleague.user_id} <= owners and inspector.user_id not in owners


async def test_a_teacher_says_how_far_it_is_and_the_plan_shows_it(sign_in, pies):
    lead = await sign_in(Role.LEAD)
    teacher = await sign_in(Role.REPORTER, organisation=lead.actor.organisation_id)
    one = await given(lead.actor, pies, str(teacher.actor.user_id), 9)
    at = f"/improvements/{one}"
    shown = (await teacher.get(at)).text
    assert "Hand out the sheet." in shown and pies.controls[0].name in shown
    assert (await teacher.get(f"/standards/plan/{one}")).status_code == 403
    assert (await lead.get(at)).status_code == 404
    early = await teacher.send(at, {"state": "done", "progress": "Printed.", "effect": "", "seen": "1"})
    assert (early.status_code, "Say what it changed" in early.text, "Printed." in early.text) == (422, True, True)
    dropped = await teacher.send(at, {"state": "dropped", "progress": "No time.", "effect": "", "seen": "1"}, page=at)
    assert (dropped.status_code, "No time." in dropped.text) == (422, True)
    begun = {"state": "doing", "progress": "Printed, not handed out.", "effect": "", "seen": "1"}
    assert (await teacher.send(at, begun, page=at)).headers["location"] == f"{at}?saved"
    assert "Printed, not handed out." in (await lead.get(f"/standards/plan/{one}")).text
    stale = await teacher.send(at, begun | {"progress": "Again."}, page=at)
    assert (stale.status_code, "Again." in stale.text, "Printed, not handed out." in stale.text) == (409, True, True)
    done = begun | {"state": "done", "effect": "Everybody has one.", "seen": "2"}
    assert (await teacher.send(at, done, page=at)).status_code == 303
    assert "Everybody has one." in (await lead.get(f"/standards/plan/{one}")).text
    assert f'action="{at}"' not in (await teacher.get(at)).text
