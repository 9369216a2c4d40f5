"""Who is told of what: everybody who has to act, nobody who did it, nobody who could not open it."""

from datetime import UTC, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
import pytest

from safeguard import clock
from safeguard.access.actors import Actor, system
from safeguard.access.roles import Role
from safeguard.concerns.raising import NewConcern, raise_concern
from safeguard.evidence.requesting import request_incident_pack
from safeguard.incidents.acknowledging import acknowledge
from safeguard.incidents.adding import add_entry, complete_action
from safeguard.incidents.assigning import assign
from safeguard.incidents.chapter import IncidentChapter
from safeguard.incidents.recording import record_incident
from safeguard.notifications.choosing import Choices, choose
from safeguard.notifications.reminding import remind
from safeguard.operations.queries import list_stopped, read_queue
from safeguard.work import begin
from tests.factories.incidents import ACTION, SCHOOL, SHORT
from tests.post.conftest import Mailbox
from tests.post.working import work_off

pytestmark = pytest.mark.anyio

TOMORROW = (clock.now() + timedelta(days=1)).replace(minute=1, second=0, microsecond=0)
"""What is asked for later from here on is later than the database's own now."""
TOLD = "select event from notices where recipient_id = $1 order by created_at, id"
MAILED = "select template, state from outbox where recipient_id = $1 order by created_at, id"
WAITS = """
select (extract(epoch from run_at - created_at) / 60)::integer from jobs.job where kind = $1 and subject_id = $2
"""
ABOUT = """
insert into exclusions (organisation_id, id, concern_id, user_id, cause, since)
values ($1, $2, $3, $4, 'chosen', now()) on conflict do nothing
"""
HIDE = """
insert into exclusions (organisation_id, id, incident_id, user_id, cause, since)
values ($1, $2, $3, $4, 'chosen', now())
"""


async def told(person: Actor) -> list[str]:
    async with begin(system(person.organisation_id)) as work:
        return [row["event"] for row in await work.driver.fetch(TOLD, person.user_id)]


async def mailed(person: Actor) -> list[tuple[str, str]]:
    async with begin(system(person.organisation_id)) as work:
        return [tuple(row) for row in await work.driver.fetch(MAILED, person.user_id)]


async def report(actor: Actor, *, danger: bool = False) -> UUID:
    async with begin(actor) as work:
        new = msgspec.structs.replace(SHORT, danger_now=danger)
        return (await record_incident(work, new, SCHOOL)).facts.id


async def everybody(someone) -> tuple[Actor, Actor, Actor, Actor]:
    lead = await someone(Role.LEAD)
    here = lead.organisation_id
    others = [await someone(role, organisation=here) for role in (Role.DEPUTY, Role.HEAD, Role.REPORTER)]
    return lead, *others  # pyright: ignore[reportReturnType]


async def test_a_new_report_tells_everybody_who_handles_incidents_and_nobody_else(someone, mailbox: Mailbox):
    lead, deputy, head, reporter = await everybody(someone)
    await report(reporter)
    await work_off(lead.organisation_id, mailbox.url)
    assert [await told(one) for one in (lead, deputy, head, reporter)] == [
        ["incident.recorded"], ["incident.recorded"], [], []
    ]  # fmt: skip
    assert sorted(mail["To"] for mail in mailbox.mails) == sorted(
        f"person-{one.user_id.hex[-12:]}@example.org" for one in (lead, deputy)
    )


async def test_who_reports_is_not_told_of_their_own_report(someone):
    lead, deputy, *_ = await everybody(someone)
    await report(lead)
    await work_off(lead.organisation_id, None)
    assert (await told(lead), await told(deputy)) == ([], ["incident.recorded"])


async def test_doing_the_job_again_tells_nobody_twice(someone, mailbox: Mailbox):
    lead, _, _, reporter = await everybody(someone)
    await report(reporter)
    await work_off(lead.organisation_id, mailbox.url)
    async with begin(system(lead.organisation_id)) as work:
        await work.driver.execute("update jobs.job set state = 'queued' where kind <> 'mail.send' and state = 'done'")
    await work_off(lead.organisation_id, mailbox.url)
    assert await told(lead) == ["incident.recorded"]
    assert len(mailbox.taken) == 2


async def test_an_excluded_lead_is_told_nothing_at_any_time(someone, mailbox: Mailbox):
    lead, deputy, head, reporter = await everybody(someone)
    incident = await report(reporter)
    await hide(incident, lead)
    await work_off(lead.organisation_id, mailbox.url)
    for _ in range(2):
        await work_off(lead.organisation_id, mailbox.url, ahead=True)
    assert await told(lead) == []
    assert await mailed(lead) == []
    assert await told(deputy) == ["incident.recorded", "incident.waiting"]
    assert await told(head) == ["incident.waiting_long"]


async def test_when_nobody_who_handles_incidents_may_know_the_head_is_told_at_once(someone):
    lead, deputy, head, reporter = await everybody(someone)
    incident = await report(reporter)
    await hide(incident, lead)
    await hide(incident, deputy)
    await work_off(lead.organisation_id, None)
    assert [await told(one) for one in (lead, deputy, head)] == [[], [], ["incident.onward"]]


async def test_an_organisation_without_a_lead_tells_its_head(someone):
    head = await someone(Role.HEAD)
    reporter = await someone(Role.REPORTER, organisation=head.organisation_id)
    await report(reporter)
    await work_off(head.organisation_id, None)
    assert await told(head) == ["incident.onward"]


async def test_a_report_that_waits_is_told_again_and_then_to_the_head(someone):
    lead, deputy, head, reporter = await everybody(someone)
    await report(reporter)
    await work_off(lead.organisation_id, None)
    assert await told(head) == []
    await work_off(lead.organisation_id, None, ahead=True)
    assert await told(deputy) == ["incident.recorded", "incident.waiting"]
    assert await told(head) == []
    await work_off(lead.organisation_id, None, ahead=True)
    assert await told(head) == ["incident.waiting_long"]
    assert await work_off(lead.organisation_id, None, ahead=True) == []


async def test_a_report_with_somebody_in_danger_waits_a_quarter_of_an_hour(someone):
    lead, _, _, reporter = await everybody(someone)
    waits: list[int] = []
    for danger in (True, False):
        incident = await report(reporter, danger=danger)
        await work_off(lead.organisation_id, None)
        async with begin(system(lead.organisation_id)) as work:
            waits.append(await work.driver.fetchval(WAITS, "notice.still_waiting", incident))
    assert waits == [15, 240]


async def test_a_report_that_was_acknowledged_is_not_told_again_and_its_writer_knows(someone, mailbox: Mailbox):
    lead, deputy, head, reporter = await everybody(someone)
    incident = await report(reporter)
    async with begin(lead) as work:
        await acknowledge(work, incident, 1)
    await work_off(lead.organisation_id, mailbox.url)
    await work_off(lead.organisation_id, mailbox.url, ahead=True)
    assert await told(reporter) == ["incident.acknowledged"]
    assert "incident.waiting" not in await told(deputy)
    assert await told(head) == []
    assert await mailed(reporter) == [("incident_acknowledged", "sent")]


async def test_an_incident_that_is_given_to_somebody_tells_them_and_not_who_takes_one(someone):
    lead, deputy, _, reporter = await everybody(someone)
    given, taken = await report(reporter), await report(reporter)
    async with begin(lead) as work:
        await assign(work, given, 1, deputy.user_id)
    async with begin(lead) as work:
        await assign(work, taken, 1, lead.user_id)
    await work_off(lead.organisation_id, None)
    assert "incident.assigned" in await told(deputy)
    assert "incident.assigned" not in await told(lead)


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


async def test_a_task_of_somebody_outside_is_chased_by_who_wrote_it(someone):
    lead, _, _, reporter = await everybody(someone)
    incident = await report(reporter)
    async with begin(lead) as work:
        await add_entry(work, incident, ACTION)
    await work_off(lead.organisation_id, None)
    await work_off(lead.organisation_id, None, ahead=True)
    assert "task.overdue" in await told(lead)


async def test_somebody_who_has_left_is_told_nothing(someone):
    lead, deputy, _, reporter = await everybody(someone)
    async with begin(system(lead.organisation_id)) as work:
        await work.driver.execute("update memberships set state = 'ended' where user_id = $1", deputy.user_id)
    await report(reporter)
    await work_off(lead.organisation_id, None)
    assert (await told(lead), await told(deputy)) == (["incident.recorded"], [])


async def test_who_reports_and_leaves_at_once_is_still_heard(someone):
    lead, _, _, reporter = await everybody(someone)
    await report(reporter)
    async with begin(system(lead.organisation_id)) as work:
        await work.driver.execute("update memberships set state = 'ended' where user_id = $1", reporter.user_id)
    await work_off(lead.organisation_id, None)
    assert await told(lead) == ["incident.recorded"]


async def test_quiet_hours_hold_mail_back_but_not_that_of_a_report_that_waits(someone, mailbox: Mailbox):
    lead, _, _, reporter = await everybody(someone)
    async with begin(lead) as work:
        await choose(work, Choices(quiet_from=time(0, 0), quiet_until=time(23, 59)))
    await report(reporter)
    await work_off(lead.organisation_id, mailbox.url)
    assert (await told(lead), await mailed(lead)) == (["incident.recorded"], [("incident_recorded", "queued")])
    async with begin(system(lead.organisation_id)) as work:
        await work.driver.execute("update jobs.job set run_at = sec.clock() where kind = 'notice.still_waiting'")
    await work_off(lead.organisation_id, mailbox.url)
    assert await mailed(lead) == [("incident_recorded", "queued"), ("incident_waiting", "sent")]


async def test_gathered_mail_is_one_for_many_notices(someone, mailbox: Mailbox):
    lead, deputy, _, reporter = await everybody(someone)
    async with begin(lead) as work:
        await choose(work, Choices(duty="digest"))
    for _ in range(3):
        await report(reporter)
    await work_off(lead.organisation_id, mailbox.url)
    assert (len(await told(lead)), await mailed(lead), len(await mailed(deputy))) == (3, [], 3)
    async with begin(system(lead.organisation_id)) as work:
        assert await work.driver.fetchval("select count(*) from jobs.job where kind = 'notice.digest'") == 1
        await work.driver.execute("update jobs.job set run_at = sec.clock() where kind = 'notice.digest'")
    await work_off(lead.organisation_id, mailbox.url)
    assert await mailed(lead) == [("digest", "sent")]


async def test_gathered_mail_stays_away_when_everything_was_seen(someone):
    lead, _, _, reporter = await everybody(someone)
    async with begin(lead) as work:
        await choose(work, Choices(duty="digest"))
    await report(reporter)
    await work_off(lead.organisation_id, None)
    async with begin(system(lead.organisation_id)) as work:
        await work.driver.execute("update notices set read_at = now()")
        await work.driver.execute("update jobs.job set run_at = sec.clock() where kind = 'notice.digest'")
    await work_off(lead.organisation_id, None)
    assert await mailed(lead) == []


async def test_demonstration_data_of_the_past_tell_nobody(someone, addresses, key):
    lead = await someone(Role.LEAD)
    async with begin(lead) as work:
        work.dated = clock.now() - timedelta(days=400)
        work.record("incident.recorded", clock.new_id())
        assert work._jobs == []
        work.dated = None


async def test_a_notice_of_another_organisation_is_not_seen(someone):
    lead, _, _, reporter = await everybody(someone)
    await report(reporter)
    await work_off(lead.organisation_id, None)
    stranger = await someone(Role.LEAD)
    async with begin(stranger) as work:
        assert await work.driver.fetch("select id from notices union all select id from outbox") == []


async def test_an_incident_that_is_hidden_later_takes_its_notices_along(someone):
    lead, _, _, reporter = await everybody(someone)
    incident = await report(reporter)
    await work_off(lead.organisation_id, None)
    await hide(incident, lead)
    async with begin(lead) as work:
        assert await work.driver.fetch("select id from notices where recipient_id = $1", lead.user_id) == []


async def hide(incident: UUID, person: Actor) -> None:
    """Exclude somebody, as the record of an allegation does."""
    async with begin(system(person.organisation_id)) as work:
        await work.driver.execute(HIDE, person.organisation_id, clock.new_id(), incident, person.user_id)


async def test_a_pack_that_is_ready_tells_who_asked_for_it(someone):
    lead, _, _, reporter = await everybody(someone)
    incident = await report(reporter)
    async with begin(lead) as work:
        pack = await request_incident_pack(work, IncidentChapter(), incident)
        work.record("pack.made", pack)
    await work_off(lead.organisation_id, None)
    assert await told(lead) == ["incident.recorded", "pack.made"]


async def test_a_concern_tells_who_reads_the_vault_and_never_whom_it_is_about(someone, mailbox: Mailbox):
    lead, deputy, head, reporter = await everybody(someone)
    async with begin(reporter, purpose="session") as work:
        new = NewConcern(subject_name="Somebody who works here", narrative="Was alone with a pupil, twice.")
        await raise_concern(work, new)
    await work_off(lead.organisation_id, mailbox.url)
    assert [await told(one) for one in (lead, deputy, head, reporter)] == [[], [], ["concern.raised"], []]
    [mail] = mailbox.mails
    assert mail["Subject"] == "Something new waits for you in Safeguard"
    assert "concern" not in mailbox.taken[0].decode().lower()


async def test_a_head_whom_a_concern_is_about_is_not_told(someone):
    lead, _, head, reporter = await everybody(someone)
    async with begin(reporter, purpose="session") as work:
        new = NewConcern(subject_name=head.name, narrative="Was alone with a pupil, twice.")
        concern = (await raise_concern(work, new)).id
    async with begin(system(lead.organisation_id)) as work:
        await work.driver.execute(ABOUT, head.organisation_id, clock.new_id(), concern, head.user_id)
    await work_off(lead.organisation_id, None)
    assert await told(head) == []


async def test_work_for_what_is_hidden_is_not_counted_among_the_work(someone):
    lead, _, _, reporter = await everybody(someone)
    async with begin(lead) as work:
        before = (await read_queue(work), await list_stopped(work))
    incident = await report(reporter)
    await hide(incident, lead)
    async with begin(lead) as work:
        assert (await read_queue(work), await list_stopped(work)) == before
    async with begin(system(lead.organisation_id)) as work:
        assert (await read_queue(work)).waiting == 1


async def test_what_waits_is_one_mail_in_a_quarter_of_an_hour_each_sent_once_and_its_delivery_is_kept(
    someone, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
):
    lead, deputy, head, reporter = await everybody(someone)
    here = lead.organisation_id
    moment = TOMORROW
    monkeypatch.setattr(clock, "now", lambda: moment)
    reports = [await report(reporter) for _ in range(3)]
    await work_off(here, mailbox.url, ahead=True)
    await work_off(here, mailbox.url, ahead=True)
    assert (await told(deputy)).count("incident.waiting") == 3, "in the app each stands for itself"
    assert (await mailed(deputy)).count(("incident_waiting", "sent")) == 1
    moment += timedelta(minutes=15)
    kinds = await work_off(here, mailbox.url, ahead=True)
    assert "notice.together" in kinds
    assert (await mailed(deputy)).count(("incident_waiting", "sent")) == 2, "the two that came after the first"
    assert (await mailed(head)).count(("incident_waiting", "sent")) == 1
    moment += timedelta(minutes=15)
    await work_off(here, mailbox.url, ahead=True)
    assert (await told(head)).count("incident.waiting_long") == 3
    assert (await mailed(head)).count(("incident_waiting", "sent")) == 2
    for _ in range(3):
        moment += timedelta(minutes=15)
        await work_off(here, mailbox.url, ahead=True)
    assert (await mailed(deputy)).count(("incident_waiting", "sent")) == 2
    assert (await mailed(head)).count(("incident_waiting", "sent")) == 2
    assert not any(str(each) in str(mail) for each in reports for mail in mailbox.mails)


async def test_what_was_read_meanwhile_is_not_mailed_again(someone, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch):
    lead, deputy, _, reporter = await everybody(someone)
    here = lead.organisation_id
    moment = TOMORROW
    monkeypatch.setattr(clock, "now", lambda: moment)
    for _ in range(2):
        await report(reporter)
    await work_off(here, mailbox.url, ahead=True)
    await work_off(here, mailbox.url, ahead=True)
    async with begin(system(here)) as work:
        await work.driver.execute("update notices set read_at = now() where recipient_id = $1", deputy.user_id)
    moment += timedelta(minutes=15)
    await work_off(here, mailbox.url, ahead=True)
    assert (await mailed(deputy)).count(("incident_waiting", "sent")) == 1
