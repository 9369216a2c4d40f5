"""When mail leaves: held back in quiet hours, gathered into one, and never for what was seen meanwhile."""

from datetime import time, timedelta

import pytest

from safeguard import clock
from safeguard.access.actors import system
from safeguard.notifications.choosing import Choices, choose
from safeguard.work import begin
from tests.notifications.telling import everybody, hide, mailed, report, told
from tests.post.conftest import Mailbox
from tests.post.working import work_off

pytestmark = pytest.mark.anyio
TOMORROW = (clock.now() + timedelta(days=1)).replace(minute=1, second=0, microsecond=0)
"""What is asked for later from here on is later than the database's own now."""
NOW = "update jobs.job set run_at = sec.clock() where kind = any ($1) and state = 'queued'"


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


@pytest.mark.parametrize(
    ("choices", "mails"),
    [
        (Choices(quiet_from=time(0, 0), quiet_until=time(23, 59)), [("incident_recorded", "kept")]),
        (Choices(duty="digest"), []),
    ],
)
async def test_no_mail_calls_anybody_to_what_was_kept_from_them_before_it_left(
    someone, mailbox: Mailbox, choices, mails
):
    lead, deputy, _, reporter = await everybody(someone)
    async with begin(lead) as work:
        await choose(work, choices)
    incident_id = await report(reporter)
    await work_off(lead.organisation_id, mailbox.url)
    await hide(incident_id, lead)
    async with begin(system(lead.organisation_id)) as work:
        await work.driver.execute(NOW, ["notice.digest", "mail.send"])
    await work_off(lead.organisation_id, mailbox.url)
    assert (await mailed(lead), await mailed(deputy)) == (mails, [("incident_recorded", "sent")])
