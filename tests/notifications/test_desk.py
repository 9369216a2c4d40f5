"""Who hears of what passes between an organisation and the helpline, and at the desk."""

from datetime import datetime, timedelta
from uuid import UUID

import msgspec
import psycopg
import pytest

from safeguard.access.actors import Actor, system
from safeguard.access.roles import Role
from safeguard.channel import receiving
from safeguard.channel.bodies import Message, Status, UrlStep
from safeguard.channel.dsse import Refused
from safeguard.channel.keeping import list_waiting, raise_alarm
from safeguard.channel.keys import own_keys
from safeguard.clock import new_request_id
from safeguard.evidence.sealing import FileKeySigner
from safeguard.helpline.alerts.signalling import publish_signal
from safeguard.helpline.alerts.spreading import spread_signal
from safeguard.helpline.moving import give_case
from safeguard.helpline.queries import get_case
from safeguard.incidents.recording import record_incident
from safeguard.referrals.awaited import awaited_since, list_awaited
from safeguard.referrals.conversing import write
from safeguard.referrals.receiving import receive
from safeguard.referrals.referring import refer
from safeguard.tenancy.calendars.bank_holidays import load_bank_holidays
from safeguard.tenancy.calendars.counting import open_between
from safeguard.tenancy.profiles import profile_of
from safeguard.work import begin
from tests.channel.conftest import Channel, Kept
from tests.factories.incidents import IMPERSONATION, SCHOOL
from tests.helpline.conftest import CALL, taken
from tests.notifications.telling import told
from tests.post.conftest import Mailbox
from tests.post.working import work_off
from tests.referrals.making import OPENED
from tests.web.announced import SIGNAL

pytestmark = pytest.mark.anyio


@pytest.fixture
async def channel(someone, addresses) -> Channel:
    """A school that refers, and a helpline that keeps what arrives."""
    school, helpline = await someone(Role.LEAD), await someone(Role.SUPERVISOR, kind="helpline")
    for there in (school, helpline):
        async with begin(system(there.organisation_id)) as work:
            await own_keys(work)
    at_helpline = Kept()
    receiving.bind(helpline=at_helpline, referrer=receive)
    return Channel(school, helpline, FileKeySigner(b"l" * 32, "safeguard.test", addresses.signer), at_helpline, Kept())


async def referred(channel: Channel) -> UUID:
    async with begin(channel.school) as work:
        incident = (await record_incident(work, IMPERSONATION, SCHOOL)).facts.id
        return (await refer(work, incident, OPENED, channel.helpline.organisation_id, ())).id


async def test_whoever_referred_hears_that_the_helpline_wrote_and_of_addresses_once_a_day(
    channel, someone, mailbox: Mailbox
):
    deputy = await someone(Role.DEPUTY, organisation=channel.school.organisation_id)
    referral = await referred(channel)
    await work_off(channel.school.organisation_id, None)
    await channel.carry()
    for number in range(3):
        step = UrlStep(referral=referral, url=f"https://a.example/{number}", state="removed", at=channel.now())
        await channel.reply(step)
    await channel.reply_all()
    await work_off(channel.school.organisation_id, mailbox.url)
    await channel.reply(Message(referral=referral, id=new_request_id(), author="Desk", words="Zebulon wrote."))
    await channel.reply_all()
    await work_off(channel.school.organisation_id, mailbox.url)
    assert await told(channel.school) == ["referral.answered", "referral.answered"]
    assert "referral.answered" not in await told(deputy)
    assert len(mailbox.mails) == 2
    assert all(b"Zebulon" not in mail and b"a.example" not in mail for mail in mailbox.taken)


async def test_without_whoever_referred_everybody_who_handles_incidents_hears_it(channel, someone, addresses):
    deputy = await someone(Role.DEPUTY, organisation=channel.school.organisation_id)
    referral = await referred(channel)
    with psycopg.connect(addresses.owner) as owner:
        owner.execute("update memberships set state = 'ended' where user_id = %s", (channel.school.user_id,))
    await channel.carry()
    await channel.reply(Status(referral=referral, state="acknowledged"))
    await channel.reply_all()
    await work_off(channel.school.organisation_id, None)
    assert "referral.answered" in await told(deputy)


async def test_what_has_no_receipt_after_ten_minutes_is_an_alarm_once(channel, addresses):
    referral = await referred(channel)
    await work_off(channel.school.organisation_id, None)
    async with begin(system(channel.school.organisation_id)) as work:
        assert await raise_alarm(work, channel.helpline.organisation_id) == 0
    with psycopg.connect(addresses.owner) as owner:
        long_ago = channel.now() - timedelta(minutes=11)
        owner.execute("update channel_outbox set put_at = %s where subject_id = %s", (long_ago, referral))
    ours = (channel.school.organisation_id, channel.helpline.organisation_id, "channel.alarm")
    async with begin(system(channel.school.organisation_id)) as work:
        waiting = await list_waiting(work)
        assert ours in {(each.organisation_id, each.other_id, each.job) for each in waiting}
        assert await raise_alarm(work, channel.helpline.organisation_id) == 1
    async with begin(system(channel.school.organisation_id)) as work:
        waiting = await list_waiting(work)
        assert ours not in {(each.organisation_id, each.other_id, each.job) for each in waiting}
    await work_off(channel.school.organisation_id, None)
    assert await told(channel.school) == ["referral.undelivered"]


async def test_what_was_refused_at_the_other_end_is_an_alarm_too(channel):
    channel.at_helpline.fault = Refused("referral")
    await referred(channel)
    await channel.all()
    await work_off(channel.school.organisation_id, None)
    assert "referral.undelivered" in await told(channel.school)


async def desk(someone) -> tuple[Actor, Actor]:
    supervisor = await someone(Role.SUPERVISOR, kind="helpline")
    return supervisor, await someone(Role.PRACTITIONER, organisation=supervisor.organisation_id)


async def test_a_case_that_nobody_has_is_told_to_the_desk_and_an_urgent_one_as_such(someone):
    supervisor, practitioner = await desk(someone)
    async with begin(system(supervisor.organisation_id)) as work:
        await taken(work, channel="email", mine=False)
    async with begin(practitioner) as work:
        await taken(work, mine=True)
    await work_off(supervisor.organisation_id, None)
    assert [await told(one) for one in (supervisor, practitioner)] == [["case.opened"], ["case.opened"]]
    async with begin(system(supervisor.organisation_id)) as work:
        await taken(work, facts=msgspec.structs.replace(CALL, priority="urgent"), channel="web", mine=False)
    await work_off(supervisor.organisation_id, None)
    assert await told(practitioner) == ["case.opened", "case.urgent"]


QUESTION = """
select j.run_at from jobs.job j where j.organisation_id = (select sec.current_organisation())
    and j.kind = 'notice.referral_waiting' and j.state = 'queued' order by j.run_at
"""


async def looks(channel: Channel) -> list[datetime]:
    async with begin(system(channel.school.organisation_id)) as work:
        return [row["run_at"] for row in await work.driver.fetch(QUESTION)]


async def test_a_question_that_waits_is_told_again_in_the_hours_of_the_helpline_until_somebody_answers(
    channel, mailbox: Mailbox
):
    here, often = channel.school.organisation_id, load_bank_holidays().reminders
    answered, silent = [await referred(channel) for _ in range(2)]
    await work_off(here, None)
    await channel.carry()
    for referral in (answered, silent):
        await channel.reply(
            Status(referral=referral, state="awaiting_referrer", reason="Zebulon asks.", case_reference="H-1")
        )
    await channel.reply_all()
    await work_off(here, mailbox.url)
    at = await looks(channel)
    assert len(at) == 2 * often.times
    helpline, now = load_bank_holidays().helpline, channel.now()
    hours = [round(open_between(helpline, now, moment) / timedelta(hours=1)) for moment in at]
    assert hours == [often.first_after + often.again_after * number for number in range(often.times) for _ in range(2)]
    assert "referral.waiting" not in await told(channel.school)
    async with begin(channel.school) as work:
        assert {one.id for one in await list_awaited(work)} == {answered, silent}
        await write(work, answered, "They told us on Monday.")
    async with begin(channel.school) as work:
        (waits,) = await list_awaited(work)
        assert (waits.id, waits.since) == (silent, await awaited_since(work, silent))
        assert await awaited_since(work, answered) is None
    await work_off(here, mailbox.url, ahead=True)
    assert (await told(channel.school)).count("referral.waiting") == 1, "one was answered, the other is told once a day"
    assert await looks(channel) == []
    assert all(b"Zebulon" not in mail and b"H-1" not in mail for mail in mailbox.taken)


async def test_an_alert_of_the_helpline_is_told_to_those_who_handle_incidents_and_says_nothing(
    someone, addresses, mailbox: Mailbox
):
    supervisor, lead = await someone(Role.SUPERVISOR, kind="helpline"), await someone(Role.LEAD, kind="childrens_home")
    teacher = await someone(Role.REPORTER, organisation=lead.organisation_id)
    alert = msgspec.structs.replace(SIGNAL, kinds=("childrens_home",))  # of which no other test spoils the log
    with psycopg.connect(addresses.owner) as owner:
        owner.execute("update organisations set state = 'active' where id = %s", (lead.organisation_id,))
    async with begin(supervisor) as work:
        signal = await publish_signal(work, profile_of("helpline"), alert)
    async with begin(system(supervisor.organisation_id)) as work:
        await spread_signal(work, signal.id)
    await work_off(lead.organisation_id, mailbox.url)
    assert await told(lead) == ["signal.received"]
    assert await told(teacher) == []
    assert not any(SIGNAL.title.encode() in mail or SIGNAL.to_do.encode() in mail for mail in mailbox.taken)


async def test_whoever_is_given_a_case_hears_of_it_and_not_whoever_takes_one(someone):
    supervisor, practitioner = await desk(someone)
    async with begin(supervisor) as work:
        case = await taken(work)
    async with begin(supervisor) as work:
        await give_case(work, await get_case(work, case.id), practitioner.user_id, "Rings at 10.", case.version)
    await work_off(supervisor.organisation_id, None)
    assert await told(practitioner) == ["case.assigned"]
    assert await told(supervisor) == []


async def test_a_desk_with_nobody_on_it_tells_those_who_can_let_somebody_in(someone):
    head = await someone(Role.HEAD, kind="helpline")
    async with begin(system(head.organisation_id)) as work:
        await taken(work, channel="email", mine=False)
    await work_off(head.organisation_id, None)
    assert await told(head) == ["desk.unattended"]
