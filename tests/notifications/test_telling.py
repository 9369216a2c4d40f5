"""Who is told of what: everybody who has to act, nobody who did it, nobody who could not open it."""

from datetime import timedelta

import psycopg
import pytest

from safeguard import clock
from safeguard.access.actors import system
from safeguard.access.roles import Role
from safeguard.concerns.raising import NewConcern, raise_concern
from safeguard.evidence.requesting import request_incident_pack
from safeguard.incidents.acknowledging import acknowledge
from safeguard.incidents.assigning import assign
from safeguard.incidents.chapter import IncidentChapter
from safeguard.operations.queries import list_stopped, read_queue
from safeguard.tenancy.choosing import change_setting
from safeguard.work import begin
from tests.notifications.telling import everybody, hide, mailed, report, told
from tests.post.conftest import Mailbox
from tests.post.working import work_off

pytestmark = pytest.mark.anyio
WAITS = """
select (extract(epoch from run_at - created_at) / 60)::integer from jobs.job where kind = $1 and subject_id = $2
"""
OUTSIDE = "select template, address from outbox where address is not null"
ABOUT = """
insert into exclusions (organisation_id, id, concern_id, user_id, cause, since)
values ($1, $2, $3, $4, 'chosen', now()) on conflict do nothing
"""


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
    assert await told(head) == ["incident.onward"], "who was sent to ask might ask whom it is kept from"


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


@pytest.mark.parametrize("roles", [(Role.LEAD,), (Role.LEAD, Role.HEAD)])
async def test_where_nobody_stands_above_whoever_leads_the_person_outside_asks_why_it_waits(someone, addresses, roles):
    lead = await someone(*roles)
    here = lead.organisation_id
    with psycopg.connect(addresses.owner, autocommit=True) as owner:
        owner.execute("update organisations set second_person_email = 'chair@example.org' where id = %s", (here,))
    await report(await someone(Role.REPORTER, organisation=here))
    for ahead in (False, True, True):
        async with begin(system(here)) as work:
            assert await work.driver.fetch(OUTSIDE) == []
        await work_off(here, None, ahead=ahead)
    async with begin(system(here)) as work:
        mails = [tuple(row) for row in await work.driver.fetch(OUTSIDE)]
    assert mails == [("nobody_looked", "chair@example.org")]


async def test_a_head_who_wrote_it_hears_that_nobody_has_received_it(someone):
    lead = await someone(Role.LEAD)
    head = await someone(Role.HEAD, organisation=lead.organisation_id)
    await report(head)
    for ahead in (False, True, True):
        await work_off(lead.organisation_id, None, ahead=ahead)
    assert await told(head) == ["incident.waiting_long"]


async def test_a_report_with_somebody_in_danger_waits_a_quarter_of_an_hour_and_never_longer_than_any_other(someone):
    lead, _, _, reporter = await everybody(someone)
    waits: list[int] = []
    for danger, chosen in ((True, None), (False, None), (True, "10"), (False, None)):
        if chosen:
            async with begin(lead) as work:
                await change_setting(work, "notices.wait", chosen, seen=0)
        incident = await report(reporter, danger=danger)
        await work_off(lead.organisation_id, None)
        async with begin(system(lead.organisation_id)) as work:
            waits.append(await work.driver.fetchval(WAITS, "notice.still_waiting", incident))
    assert waits == [15, 240, 10, 10]


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
