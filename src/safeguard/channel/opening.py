"""Opening what arrived: one at a time, each in a transaction of its own, in the order of its sender's numbers.

An envelope whose sender is not proven, or that was changed, repeated or meant for another, is refused and its sender
hears nothing: whoever forged it learns nothing, and the true sender's page says that there is no receipt. One that
comes too early waits for those before it. One that is whole and in its place but cannot be used (expired, sealed to a
key that is no longer here, a body that makes no sense) is refused with a receipt that says so, and the next may come.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec
import structlog

from safeguard.audit.documents import Document
from safeguard.channel import bodies, envelopes, receipts
from safeguard.channel.bodies import Body
from safeguard.channel.correspondents import get_correspondent
from safeguard.channel.dsse import Refused
from safeguard.channel.envelopes import Envelope, Place
from safeguard.channel.keys import own_keys_of, verifiers
from safeguard.channel.receipts import KeyOfLog
from safeguard.channel.receiving import receiver_here
from safeguard.channel.sending import lock_pair
from safeguard.work import Work

WAITING: Final = """
select id, what, hash, content from public.channel_inbox
where organisation_id = (select sec.current_organisation()) and other_id = $1 and state = 'waiting'
order by arrived_at, id limit 200
"""
OPENED: Final = """
update public.channel_inbox set state = $2, fault = $3, sequence = $4, opened_at = $5, subject_id = $6
where organisation_id = (select sec.current_organisation()) and id = $1
"""
RECEIVED: Final = """
update public.channel_pairs set received = $2, received_hash = $3
where organisation_id = (select sec.current_organisation()) and other_id = $1
"""
DELIVERED: Final = """
update public.channel_outbox set delivered_at = $3, receipt = $4, verdict = $5
where organisation_id = (select sec.current_organisation()) and other_id = $1 and hash = $2 and delivered_at is null
returning id, log, subject_id
"""


@dataclass(frozen=True, slots=True)
class _Arrived:
    id: UUID
    what: str
    hash: bytes
    content: bytes


async def open_next(work: Work, other_id: UUID, key_of_log: KeyOfLog) -> bool:
    """Open one envelope or receipt from `other_id`; whether there was one that could be opened or refused."""
    pair = await lock_pair(work, other_id)
    waiting = [_Arrived(*row) for row in await work.driver.fetch(WAITING, other_id)]
    if receipt := next((arrived for arrived in waiting if arrived.what == "receipt"), None):
        await _take_receipt(work, other_id, receipt, key_of_log)
        return True
    keys = await verifiers(work, other_id)
    for arrived in _by_number(waiting):
        try:
            envelope = envelopes.verified(arrived.content, other_id, work.organisation_id, keys)
            envelopes.check_place(envelope, pair.received)
        except Refused as refusal:
            if refusal.code == "early":
                return False
            await _refuse(work, arrived, refusal.code)
            return True
        await _take(work, other_id, arrived, envelope)
        return True
    return False


async def _take(work: Work, other_id: UUID, arrived: _Arrived, envelope: Envelope) -> None:
    """Hand the body over, or note why that cannot be; either way the next may come, and a receipt goes back."""
    fault, subject_id = "", None
    try:
        body = await _open(work, envelope)
        subject_id = body.referral
        receive = await receiver_here(work)
        await receive(work, await get_correspondent(work, other_id), body)
    except Refused as refusal:
        fault = refusal.code
    place = Place(envelope.header.sequence, arrived.hash)
    await work.driver.execute(RECEIVED, other_id, place.sequence, place.hash)
    await _note(work, arrived, fault, place, subject_id)
    work.ask("channel.answer", other_id)


async def _open(work: Work, envelope: Envelope) -> Body:
    own = await own_keys_of(work, envelope.header.key)
    if own is None:
        raise Refused("key")
    opened = envelopes.open_body(envelope, own, work.now())
    try:
        return bodies.decode(opened)
    except (msgspec.DecodeError, ValueError):
        raise Refused("body") from None


async def _refuse(work: Work, arrived: _Arrived, code: str) -> None:
    """For what proves nothing of where it came from: no receipt, and an alarm."""
    await _note(work, arrived, code, None)
    structlog.get_logger().error("channel.refused", code=code, inbox=str(arrived.id))


async def _note(work: Work, arrived: _Arrived, fault: str, place: Place | None, subject_id: UUID | None = None) -> None:
    state, now = ("refused" if fault else "accepted"), work.now()
    number = place.sequence if place else None
    await work.driver.execute(OPENED, arrived.id, state, fault, number, now, subject_id)
    document = Document("envelope", arrived.id, 1, {"hash": Place(1, arrived.hash).previous, "fault": fault})
    work.record("envelope.refused" if fault else "envelope.received", arrived.id, document=document)


async def _take_receipt(work: Work, other_id: UUID, arrived: _Arrived, key_of_log: KeyOfLog) -> None:
    now: datetime = work.now()
    try:
        receipt = receipts.verified(arrived.content, await verifiers(work, other_id), key_of_log)
        row = await work.driver.fetchrow(
            DELIVERED, other_id, receipts.hash_named(receipt), now, arrived.content, receipt.verdict
        )
        if row is None:
            raise Refused("unknown")
    except Refused as refusal:
        await work.driver.execute(OPENED, arrived.id, "refused", refusal.code, None, now, None)
        structlog.get_logger().error("channel.receipt_refused", code=refusal.code, inbox=str(arrived.id))
        return
    await work.driver.execute(OPENED, arrived.id, "accepted", "", None, now, row["subject_id"])
    fields = {
        "verdict": receipt.verdict, "fault": receipt.fault, "received": receipt.received.isoformat(),
        "hash": receipt.envelope, "receipt": arrived.content.decode(),
    }  # fmt: skip
    document = Document("envelope", row["id"], 2, fields)
    work.record("envelope.delivered", row["id"], document=document, log=row["log"])
    if receipt.verdict == "refused":
        work.record("envelope.undelivered", row["id"], version=2, log=row["log"])


def _by_number(waiting: Sequence[_Arrived]) -> list[_Arrived]:
    """As their sender numbered them, whatever the order in which they came; unreadable ones first, to be refused."""
    return sorted((arrived for arrived in waiting if arrived.what == "envelope"), key=_number)


def _number(arrived: _Arrived) -> int:
    try:
        return envelopes.read(arrived.content).header.sequence
    except Refused:
        return 0
