"""What is sent arrives once, in order, unread by whoever carries it, and its receipt is verified."""

import pytest

from safeguard import clock
from safeguard.access.actors import system
from safeguard.channel import bodies, keys
from safeguard.channel.dsse import Refused
from safeguard.channel.keeping import WAITING, list_waiting, raise_alarm
from safeguard.channel.opening import open_all
from safeguard.channel.sending import NobodyThere, carry, is_gone, send
from safeguard.work import begin
from tests.channel.conftest import message, opened
from tests.factories.owning import owning

pytestmark = pytest.mark.anyio


async def test_a_body_arrives_as_it_was_sent_and_is_delivered_once_its_receipt_is_verified(channel):
    body = opened(question="What can we do about @handle?")
    await channel.send(body)
    assert await channel.carry() == 1
    assert await channel.open() == 1
    assert channel.at_helpline.bodies == [(channel.school.organisation_id, body)]
    assert (await channel.outgoing())[0]["delivered_at"] is None
    assert await channel.answer() == 1
    assert await channel.open_receipts() == 1
    (sent,) = await channel.outgoing()
    assert sent["verdict"] == "accepted"
    assert sent["delivered_at"] is not None


async def test_nobody_on_the_way_can_read_a_body(channel):
    await channel.send(opened(question="Frightful secret"))
    (put,) = await channel.outgoing()
    await channel.carry()
    (sent,), (arrived,) = await channel.outgoing(), await channel.arrived()
    assert sent["body"] is None
    assert all(b"Frightful" not in bytes(data) for data in (put["body"], sent["envelope"], arrived["content"]))


async def test_several_arrive_in_the_order_in_which_they_were_written(channel):
    referral = clock.new_request_id()
    for words in ("one", "two", "three"):
        await channel.send(message(referral, words))
    await channel.all()
    await channel.send(message(referral, "four"))
    await channel.all()
    assert [body.words for _, body in channel.at_helpline.bodies] == ["one", "two", "three", "four"]
    assert [row["sequence"] for row in await channel.arrived()] == [1, 2, 3, 4]


async def test_carrying_again_carries_nothing_twice(channel):
    await channel.send(opened())
    assert await channel.carry() == 1
    assert await channel.carry() == 0
    await channel.open()
    assert await channel.open() == 0
    assert len(channel.at_helpline.bodies) == 1


async def test_without_keys_at_the_other_end_it_waits_and_is_not_lost(channel, organisation):
    other = await organisation("helpline")
    async with begin(channel.school) as work:
        await send(work, other, opened())
    with pytest.raises(NobodyThere):
        async with begin(system(channel.school.organisation_id)) as work:
            await carry(work, other)
    async with begin(system(other)) as work:
        await keys.own_keys(work)
    async with begin(system(channel.school.organisation_id)) as work:
        assert await carry(work, other) == 1


async def test_a_key_that_is_replaced_on_the_way_still_opens(channel):
    await channel.send(opened())
    await channel.carry()
    async with begin(system(channel.helpline.organisation_id)) as work:
        assert await keys.rotate(work) == 2
    async with begin(system(channel.school.organisation_id)) as work:
        await keys.rotate(work)
    await channel.open()
    await channel.answer()
    await channel.open_receipts()
    assert len(channel.at_helpline.bodies) == 1
    assert (await channel.outgoing())[0]["verdict"] == "accepted"
    await channel.send(opened())
    await channel.all()
    assert len(channel.at_helpline.bodies) == 2


async def test_what_makes_no_sense_is_refused_with_a_receipt_and_the_next_arrives(channel):
    channel.at_helpline.fault = Refused("referral")
    await channel.send(opened())
    await channel.all()
    channel.at_helpline.fault = None
    await channel.send(opened())
    await channel.all()
    assert [row["verdict"] for row in await channel.outgoing()] == ["refused", "accepted"]
    assert len(channel.at_helpline.bodies) == 1


async def test_when_one_of_many_cannot_be_kept_those_before_it_are_and_it_is_tried_again(channel):
    referral = clock.new_request_id()
    for words in ("one", "two", "three", "four"):
        await channel.send(message(referral, words))
    await channel.carry()
    channel.at_helpline.fault, channel.at_helpline.faulty = RuntimeError("away"), "three"
    ends = channel.helpline.organisation_id, channel.school.organisation_id
    with pytest.raises(RuntimeError):
        await open_all(*ends, channel.key_of_log)
    assert [row["state"] for row in await channel.arrived()][:2] == ["accepted", "accepted"]
    channel.at_helpline.fault = None
    await open_all(*ends, channel.key_of_log)
    assert [row["sequence"] for row in await channel.arrived()] == [1, 2, 3, 4]
    kept = [body.words for _, body in channel.at_helpline.bodies]
    assert kept[-2:] == ["three", "four"]
    await channel.answer()
    await channel.open_receipts()
    assert [row["verdict"] for row in await channel.outgoing()] == ["accepted"] * 4


async def test_what_is_about_a_restricted_incident_is_told_on_its_own(channel):
    referral, log_of = clock.new_request_id(), "select l.log, l.entry from audit.leaves l order by l.log, l.index"
    for words in ("open", "kept", "open again"):
        await channel.send(message(referral, words))
    await channel.carry()
    channel.at_helpline.restricted = "kept"
    await open_all(channel.helpline.organisation_id, channel.school.organisation_id, channel.key_of_log)
    async with begin(system(channel.helpline.organisation_id)) as work:
        told = [row["log"] for row in await work.driver.fetch(log_of) if "envelope.received" in row["entry"]]
    assert told == ["general", "general", "restricted"]


async def test_two_hundred_and_fifty_arrive_in_order_with_a_receipt_each_and_leave_one_job(channel):
    referral = clock.new_request_id()
    async with begin(channel.school) as work:
        for number in range(250):
            await send(work, channel.helpline.organisation_id, message(referral, str(number)))
    for _ in range(2):
        await channel.all()
    assert [body.words for _, body in channel.at_helpline.bodies] == [str(number) for number in range(250)]
    sent = await channel.outgoing()
    assert [(row["sequence"], row["verdict"]) for row in sent] == [(number, "accepted") for number in range(1, 251)]
    async with begin(system(channel.school.organisation_id)) as work:
        asked = await work.driver.fetchval("select count(*) from jobs.job where kind = 'channel.carry'")
    assert asked == 2  # one for all that was written, one for the fifty that did not fit


async def test_while_the_other_side_is_down_nothing_is_lost(channel):
    await channel.send(opened())
    await channel.carry()
    channel.at_helpline.fault = RuntimeError("away")
    with pytest.raises(RuntimeError):
        await channel.open()
    channel.at_helpline.fault = None
    await channel.open()
    assert len(channel.at_helpline.bodies) == 1


async def test_no_page_can_carry(channel):
    await channel.send(opened())
    with pytest.raises(Exception, match="needs a context for carry"):
        async with begin(channel.school) as work:
            await work.driver.fetchval("select public.carry_envelopes($1)", channel.helpline.organisation_id)


async def test_neither_side_sees_the_others_rows(channel):
    await channel.send(opened())
    await channel.carry()
    async with begin(channel.school) as work:
        assert await work.driver.fetchval("select count(*) from channel_inbox") == 0
    async with begin(channel.helpline) as work:
        assert await work.driver.fetchval("select count(*) from channel_outbox") == 0


def test_every_kind_of_body_reads_back_as_it_was_written():
    body = opened(urls=(bodies.Url(url="https://example.org/ö"),))
    assert bodies.decode(bodies.encode(body)) == body


async def test_what_is_for_an_organisation_that_was_removed_is_carried_no_more_and_no_job_fails_for_ever(
    channel, addresses
):
    removed, aged = clock.new_id(), "update channel_outbox set put_at = put_at - interval '1 hour' where other_id = %s"
    async with begin(channel.school) as work:
        await send(work, removed, opened())
    async with owning(addresses.owner) as owner:
        await owner.execute(aged, (removed,))
    async with begin(system(channel.school.organisation_id)) as work:
        assert await carry(work, removed) == 0
        assert await is_gone(work, removed)
        assert not await is_gone(work, channel.helpline.organisation_id)
    async with begin(system(channel.school.organisation_id)) as work:
        assert {one.job for one in await list_waiting(work) if one.other_id == removed} == {"channel.alarm"}
        await work.enter("carry")
        rows = await work.driver.fetch(WAITING)
        assert {row["what"] for row in rows if row["other_id"] == removed} == {"alarm"}, "told once, not each minute"
        await work.enter("job")
        await raise_alarm(work, removed)
        assert {one.job for one in await list_waiting(work) if one.other_id == removed} == set()
