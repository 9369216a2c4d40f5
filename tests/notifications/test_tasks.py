"""A task tells whoever has to do it: when it is given, on the day that was chosen, and when it is late."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import msgspec
import pytest

from safeguard.access.actors import system
from safeguard.access.roles import Role
from safeguard.incidents.adding import add_entry, complete_action
from safeguard.notifications.reminding import remind, tell_that_it_is_due
from safeguard.work import begin
from tests.factories.incidents import ACTION
from tests.factories.shutting import shut
from tests.notifications.telling import everybody, hide, report, told
from tests.post.working import work_off

pytestmark = pytest.mark.anyio


async def test_a_task_tells_its_owner_when_it_is_given_due_and_overdue(someone):
    lead, deputy, _, reporter = await everybody(someone)
    incident = await report(reporter)
    action = msgspec.structs.replace(ACTION, owner_id=deputy.user_id, due_on=datetime.now(UTC).date())
    async with begin(lead) as work:
        await add_entry(work, incident, action)
    await work_off(lead.organisation_id, None)
    await work_off(lead.organisation_id, None, ahead=True)
    tasks = [event for event in await told(deputy) if event.startswith("task.")]
    assert tasks[0] == "task.given"
    assert sorted(tasks) == ["task.due", "task.given", "task.overdue"], "each once, the days worked off together"


async def test_a_task_reminds_its_owner_on_the_day_that_was_chosen_and_not_when_it_is_done(someone):
    lead, deputy, _, reporter = await everybody(someone)
    incident = await report(reporter)
    soon = datetime.now(UTC).date() + timedelta(days=3)
    action = msgspec.structs.replace(ACTION, owner_id=deputy.user_id, due_on=soon + timedelta(days=4), remind_on=soon)
    async with begin(lead) as work:
        open_one = await add_entry(work, incident, action)
        done = await add_entry(work, incident, action)
    await work_off(lead.organisation_id, None)
    async with begin(lead) as work:
        await complete_action(work, incident, done.id, "It was reported.")
    await work_off(lead.organisation_id, None, ahead=True)  # nothing yet: its day has not come
    assert "task.remind" not in await told(deputy)
    async with begin(system(lead.organisation_id)) as work:
        work.dated = datetime.combine(soon, time(7, 30), UTC)
        await remind(work, open_one.id)
        await remind(work, done.id)
        work.dated = None
    assert [event for event in await told(deputy) if event == "task.remind"] == ["task.remind"]


async def test_a_reminder_leaves_on_its_morning(someone):
    lead, _, _, reporter = await everybody(someone)
    incident = await report(reporter)
    day = datetime.now(UTC).date() + timedelta(days=5)
    async with begin(lead) as work:
        await add_entry(work, incident, msgspec.structs.replace(ACTION, due_on=day + timedelta(days=1), remind_on=day))
    await work_off(lead.organisation_id, None)
    async with begin(system(lead.organisation_id)) as work:
        at = await work.driver.fetchval("select run_at from jobs.job where kind = 'notice.task_remind'")
    assert at.astimezone(ZoneInfo("Europe/London")).replace(tzinfo=None) == datetime.combine(day, time(7, 30))


async def test_a_task_that_is_done_is_not_chased(someone):
    lead, deputy, _, reporter = await everybody(someone)
    incident = await report(reporter)
    async with begin(lead) as work:
        entry = await add_entry(work, incident, msgspec.structs.replace(ACTION, owner_id=deputy.user_id))
    async with begin(lead) as work:
        await complete_action(work, incident, entry.id, "It was reported.")
    await work_off(lead.organisation_id, None)
    await work_off(lead.organisation_id, None, ahead=True)
    assert not [event for event in await told(deputy) if event.startswith("task.")]


@pytest.mark.parametrize("writer", ["stays", "is kept from it too", "cannot get in either"])
async def test_a_task_of_whoever_is_kept_from_the_incident_is_its_writers_or_those_who_handle_it(someone, writer):
    lead, deputy, _, reporter = await everybody(someone)
    third = await someone(Role.LEAD, organisation=lead.organisation_id)
    incident = await report(reporter)
    soon = datetime.now(UTC).date() + timedelta(days=3)
    async with begin(lead) as work:
        task = await add_entry(work, incident, msgspec.structs.replace(ACTION, owner_id=deputy.user_id, due_on=soon))
    await work_off(lead.organisation_id, None)
    kept = (deputy,) if writer == "stays" else (deputy, lead)
    for each in kept:
        if writer == "cannot get in either":
            await shut(each)
        else:
            await hide(incident, each)
    await work_off(lead.organisation_id, None, ahead=True)
    async with begin(system(lead.organisation_id)) as work:
        work.dated = datetime.combine(soon, time(7, 30), UTC)
        await tell_that_it_is_due(work, task.id)
        work.dated = None
    chasing = lead if writer == "stays" else third
    for each in (lead, deputy, third):
        chased = [event for event in await told(each) if event in {"task.unowned", "task.overdue", "task.due"}]
        assert chased == (["task.unowned"] * 2 if each is chasing else []), "late, and on its day"


async def test_a_task_of_somebody_outside_is_chased_by_who_wrote_it(someone):
    lead, _, _, reporter = await everybody(someone)
    incident = await report(reporter)
    async with begin(lead) as work:
        await add_entry(work, incident, ACTION)
    await work_off(lead.organisation_id, None)
    await work_off(lead.organisation_id, None, ahead=True)
    assert "task.overdue" in await told(lead)
