"""Envelopes altered, replayed, out of order, expired or for somebody else; and receipts that are not true."""

from base64 import b64decode, b64encode
from datetime import timedelta
from hashlib import sha256

import msgspec
import psycopg
import pytest
from structlog.testing import capture_logs

from safeguard import clock
from safeguard.access.actors import system
from safeguard.channel import bodies, dsse, envelopes, receipts
from safeguard.channel.dsse import Refused
from safeguard.channel.envelopes import Place
from safeguard.channel.keeping import raise_alarm
from safeguard.channel.keys import others_keys, own_keys, verifiers
from safeguard.work import begin
from tests.channel.conftest import message, opened

pytestmark = pytest.mark.anyio


@pytest.fixture
def owner(addresses):
    """Whoever has the database."""
    with psycopg.connect(addresses.owner, autocommit=True) as connection:
        yield connection


async def arrives(owner, channel, envelope: bytes) -> None:
    """Put an envelope into the helpline's inbox, as if it had come from the school."""
    owner.execute(
        "insert into channel_inbox (organisation_id, id, other_id, what, hash, content, arrived_at)"
        " values (%s, gen_random_uuid(), %s, 'envelope', %s, %s, now())",
        (channel.helpline.organisation_id, channel.school.organisation_id, sha256(envelope).digest(), envelope),
    )


async def faults(channel) -> list[str]:
    return sorted(row["fault"] for row in await channel.arrived())


@pytest.mark.parametrize("part", ["payload", "sig"])
async def test_an_altered_envelope_is_refused_and_gets_no_receipt(channel, owner, part):
    await channel.send(opened())
    await channel.carry()
    (row,) = await channel.arrived()
    told = msgspec.json.decode(bytes(row["content"]))
    place = told if part == "payload" else told["signatures"][0]
    raw = bytearray(b64decode(place[part]))
    raw[len(raw) // 2] ^= 1
    place[part] = b64encode(raw).decode()
    owner.execute("update channel_inbox set content = %s where id = %s", (msgspec.json.encode(told), row["id"]))
    await channel.open()
    assert await channel.answer() == 0
    assert await faults(channel) == ["signature"]
    assert channel.at_helpline.bodies == []


async def test_an_envelope_that_comes_again_is_refused(channel, owner):
    await channel.send(opened())
    await channel.all()
    (row,) = await channel.arrived()
    told = msgspec.json.decode(bytes(row["content"]))
    await arrives(owner, channel, msgspec.json.encode(told) + b"\n")
    await channel.open()
    assert await faults(channel) == ["", "replayed"]
    assert len(channel.at_helpline.bodies) == 1


async def test_what_overtook_another_waits_for_it(channel, owner):
    referral = clock.new_request_id()
    await channel.send(message(referral, "one"))
    await channel.send(message(referral, "two"))
    await channel.carry()
    first = next(row for row in await channel.arrived() if envelopes.read(bytes(row["content"])).header.sequence == 1)
    owner.execute("delete from channel_inbox where id = %s", (first["id"],))
    assert await channel.open() == 0
    assert channel.at_helpline.bodies == []
    await arrives(owner, channel, bytes(first["content"]))
    await channel.open()
    assert [body.words for _, body in channel.at_helpline.bodies] == ["one", "two"]


async def test_an_envelope_whose_link_to_the_one_before_is_broken_is_refused_and_both_sides_are_alarmed(channel, owner):
    referral = clock.new_request_id()
    await channel.send(message(referral, "one"))
    await channel.all()
    await channel.send(message(referral, "two"))
    await channel.carry()
    async with begin(system(channel.school.organisation_id)) as work:
        own, theirs = await own_keys(work), (await others_keys(work, channel.helpline.organisation_id))[0]
    body = bodies.encode(message(referral, "in place of two"))
    elsewhere = Place(1, sha256(b"another first").digest())
    forked = envelopes.make(body, own, channel.helpline.organisation_id, theirs, elsewhere, clock.now())
    owner.execute(
        "update channel_inbox set content = %s, hash = %s where organisation_id = %s and state = 'waiting'",
        (forked, sha256(forked).digest(), channel.helpline.organisation_id),
    )
    with capture_logs() as said:
        await channel.open()
    assert await faults(channel) == ["", "chain"]
    assert [body.words for _, body in channel.at_helpline.bodies] == ["one"]
    assert ("error", "channel.refused", "chain") in {(one["log_level"], one["event"], one.get("code")) for one in said}
    assert await channel.answer() == 0  # nobody says that it was received
    owner.execute(
        "update channel_outbox set put_at = now() - interval '11 minutes'"
        " where organisation_id = %s and verdict is null",
        (channel.school.organisation_id,),
    )
    async with begin(system(channel.school.organisation_id)) as work:
        assert await raise_alarm(work, channel.helpline.organisation_id) == 1


async def test_an_envelope_for_somebody_else_is_refused(channel, owner, organisation):
    other = await organisation("helpline")
    async with begin(system(other)) as work:
        await own_keys(work)
    async with begin(system(channel.school.organisation_id)) as work:
        own, theirs = await own_keys(work), (await others_keys(work, other))[0]
        envelope = envelopes.make(b"{}", own, other, theirs, Place(), work.now())
    await arrives(owner, channel, envelope)
    await channel.open()
    assert await faults(channel) == ["recipient"]


async def test_an_envelope_signed_by_another_is_refused(channel, owner, organisation):
    other = await organisation()
    async with begin(system(other)) as work:
        own, theirs = await own_keys(work), (await others_keys(work, channel.helpline.organisation_id))[0]
        envelope = envelopes.make(b"{}", own, channel.helpline.organisation_id, theirs, Place(), work.now())
    await arrives(owner, channel, envelope)
    await channel.open()
    assert await faults(channel) == ["signature"]


async def test_an_expired_envelope_is_not_opened_and_its_sender_learns_so(channel, owner):
    async with begin(system(channel.school.organisation_id)) as work:
        own, theirs = await own_keys(work), (await others_keys(work, channel.helpline.organisation_id))[0]
    past = clock.now() - envelopes.LASTS - timedelta(minutes=1)
    envelope = envelopes.make(b"{}", own, channel.helpline.organisation_id, theirs, Place(), past)
    await arrives(owner, channel, envelope)
    await channel.open()
    assert await faults(channel) == ["expired"]
    assert await channel.answer() == 1


@pytest.mark.parametrize("junk", [b"", b"{}", b"\xff\xfe", b'{"payloadType":"x","payload":"","signatures":[]}'])
async def test_junk_is_refused(channel, owner, junk):
    await arrives(owner, channel, junk)
    await channel.open()
    assert await faults(channel) == ["unreadable"]


async def test_a_receipt_that_says_something_else_than_the_log_is_refused(channel):
    await channel.send(opened())
    await channel.carry()
    await channel.open()
    await channel.answer()
    async with begin(system(channel.school.organisation_id)) as work:
        kept = await work.driver.fetchval("select content from channel_inbox where what = 'receipt'")
        keys = await verifiers(work, channel.helpline.organisation_id)
    async with begin(system(channel.helpline.organisation_id)) as work:
        own = await own_keys(work)
    told = msgspec.json.decode(dsse.read(bytes(kept), receipts.TYPE))
    assert receipts.verified(bytes(kept), keys, channel.key_of_log).verdict == "accepted"
    lies = {
        "verdict": "refused", "envelope": b64encode(bytes(32)).decode(), "index": told["index"] + 1,
        "entry": told["entry"].replace("envelope.received", "envelope.refused"), "proof": told["proof"][:-1],
        "checkpoint": told["checkpoint"].replace("\n\n", "0\n\n"),
    }  # fmt: skip
    for name, lie in lies.items():
        signed = dsse.sign(receipts.TYPE, msgspec.json.encode({**told, name: lie}), own.signing, own.id)
        with pytest.raises(Refused):
            receipts.verified(signed, keys, channel.key_of_log)
    with pytest.raises(Refused, match="checkpoint"):
        receipts.verified(bytes(kept), keys, lambda _: bytes(range(32)))
