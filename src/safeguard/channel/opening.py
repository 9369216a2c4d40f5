"""Opening what arrived: in the order of its sender's numbers, many in one transaction while all goes well.

An envelope whose sender is not proven, or that was changed, repeated or meant for another, is refused and its sender
hears nothing: whoever forged it learns nothing, and the true sender's page says that there is no receipt. One that
comes too early waits for those before it. One that is whole and in its place but cannot be used (expired, sealed to a
key that is no longer here, a body that makes no sense) is refused with a receipt that says so, and the next may come.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any, Final
from uuid import UUID

import msgspec
import structlog

from safeguard.access.actors import system
from safeguard.audit.documents import Document
from safeguard.channel import bodies, envelopes, receipts
from safeguard.channel.bodies import Body
from safeguard.channel.correspondents import Correspondent, get_correspondent
from safeguard.channel.dsse import Refused
from safeguard.channel.envelopes import Envelope, Place
from safeguard.channel.keys import OwnKeys, own_keys_of, verifiers
from safeguard.channel.receipts import KeyOfLog, Receipt
from safeguard.channel.receiving import Receiver, receiver_here
from safeguard.channel.sending import lock_pair
from safeguard.work import Work, begin

BATCH: Final = 200
"""How many are opened in one transaction."""
WAITING: Final = """
select id, hash, content from public.channel_inbox
where organisation_id = (select sec.current_organisation()) and other_id = $1 and state = 'waiting' and what = $2
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
update public.channel_outbox b set delivered_at = $2, receipt = r.receipt, verdict = r.verdict
from unnest($3::bytea[], $4::bytea[], $5::text[]) as r (hash, receipt, verdict)
where b.organisation_id = (select sec.current_organisation()) and b.other_id = $1 and b.hash = r.hash
    and b.delivered_at is null
returning b.hash, b.id, b.log, b.subject_id
"""


class Apart(Exception):
    """One body among several is about a restricted incident: what is told of it stands in another log, on its own."""


@dataclass(frozen=True, slots=True)
class _Arrived:
    id: UUID
    hash: bytes
    content: bytes


@dataclass(slots=True)
class _Batch:
    """What was opened in this work, and how far the pair has got with it."""

    work: Work
    other_id: UUID
    last: Place
    noted: list[tuple[UUID, str, str, int | None, datetime, UUID | None]] = field(
        default_factory=list[tuple[UUID, str, str, int | None, datetime, UUID | None]]
    )

    def note(self, arrived: _Arrived, fault: str, number: int | None, subject_id: UUID | None = None) -> None:
        """That it was opened, or refused for that fault."""
        state = "refused" if fault else "accepted"
        self.noted.append((arrived.id, state, fault, number, self.work.now(), subject_id))

    def tell(self, arrived: _Arrived, fault: str) -> None:
        """Bind an envelope's hash into the log."""
        document = Document("envelope", arrived.id, 1, {"hash": Place(1, arrived.hash).previous, "fault": fault})
        self.work.record("envelope.refused" if fault else "envelope.received", arrived.id, document=document)

    async def keep(self) -> int:
        """Write it all down; how much that was."""
        await self.work.driver.executemany(OPENED, self.noted)
        if any(number is not None for _, _, _, number, _, _ in self.noted):
            await self.work.driver.execute(RECEIVED, self.other_id, self.last.sequence, self.last.hash)
            self.work.ask("channel.answer", self.other_id)
        return len(self.noted)


async def open_all(organisation_id: UUID, other_id: UUID, key_of_log: KeyOfLog) -> None:
    """Open everything from `other_id` that is in its place, many in a transaction.

    When one of many cannot be kept, all of them are opened one by one: those before it are kept, and it is tried again.
    """
    most, opened = BATCH, BATCH
    while opened:
        try:
            async with begin(system(organisation_id)) as work:
                opened = await open_next(work, other_id, key_of_log, most)
        except Exception:
            if most == 1:
                raise
            most = opened = 1


async def open_next(work: Work, other_id: UUID, key_of_log: KeyOfLog, most: int = BATCH) -> int:
    """Open up to so many envelopes or receipts from `other_id`; how many could be opened or refused."""
    pair = await lock_pair(work, other_id)
    batch = _Batch(work, other_id, pair.received)
    if receipts_here := await _waiting(work, other_id, "receipt", most):
        await _take_receipts(batch, receipts_here, key_of_log)
    else:
        await _take_envelopes(batch, await _waiting(work, other_id, "envelope", BATCH), most)
    return await batch.keep() if batch.noted else 0


async def _waiting(work: Work, other_id: UUID, what: str, most: int) -> list[_Arrived]:
    return [_Arrived(*row) for row in (await work.driver.fetch(WAITING, other_id, what))[:most]]


async def _take_envelopes(batch: _Batch, waiting: Sequence[_Arrived], most: int) -> None:
    """In their sender's order, until one comes too early."""
    if not waiting:
        return
    work = batch.work
    keys, read = await verifiers(work, batch.other_id), _Reading(work, batch.other_id)
    for arrived in _by_number(waiting)[:most]:
        try:
            envelope = envelopes.verified(arrived.content, batch.other_id, work.organisation_id, keys)
            envelopes.check_place(envelope, batch.last)
        except Refused as refusal:
            if refusal.code == "early":
                return
            _refuse(batch, arrived, refusal.code)
            continue
        await _take(batch, arrived, envelope, read)
        if work.is_restricted:
            if len(batch.noted) > 1:
                raise Apart
            return


@dataclass(slots=True)
class _Reading:
    """Who reads here and who wrote, asked once for all that is opened in this work."""

    work: Work
    other_id: UUID
    own: dict[int, OwnKeys | None] = field(default_factory=dict[int, OwnKeys | None])
    receiver: Receiver | None = None
    sender: Correspondent | None = None

    async def keys(self, version: int) -> OwnKeys | None:
        """Our keys of that version, if there are any."""
        if version not in self.own:
            self.own[version] = await own_keys_of(self.work, version)
        return self.own[version]

    async def hand(self, body: Body) -> None:
        """Hand a body over; raises `Refused`."""
        self.receiver = self.receiver or await receiver_here(self.work)
        self.sender = self.sender or await get_correspondent(self.work, self.other_id)
        await self.receiver(self.work, self.sender, body)


async def _take(batch: _Batch, arrived: _Arrived, envelope: Envelope, read: _Reading) -> None:
    """Hand the body over, or note why that cannot be; either way the next may come, and a receipt goes back."""
    fault, subject_id = "", None
    try:
        body = await _open(batch.work, envelope, read)
        subject_id = body.referral
        await read.hand(body)
    except Refused as refusal:
        fault = refusal.code
    batch.last = Place(envelope.header.sequence, arrived.hash)
    batch.note(arrived, fault, batch.last.sequence, subject_id)
    batch.tell(arrived, fault)


async def _open(work: Work, envelope: Envelope, read: _Reading) -> Body:
    own = await read.keys(envelope.header.key)
    if own is None:
        raise Refused("key")
    opened = envelopes.open_body(envelope, own, work.now())
    try:
        return bodies.decode(opened)
    except (msgspec.DecodeError, ValueError):
        raise Refused("body") from None


def _refuse(batch: _Batch, arrived: _Arrived, code: str) -> None:
    """For what proves nothing of where it came from: no receipt, and an alarm."""
    batch.note(arrived, code, None)
    batch.tell(arrived, code)
    structlog.get_logger().error("channel.refused", code=code, inbox=str(arrived.id))


async def _take_receipts(batch: _Batch, waiting: Sequence[_Arrived], key_of_log: KeyOfLog) -> None:
    """Believe those that are proven, once each; the others are refused and say so aloud."""
    work, faults = batch.work, dict[UUID, str]()
    keys, key_known = await verifiers(work, batch.other_id), cache(key_of_log)
    proven: dict[bytes, tuple[_Arrived, Receipt]] = {}
    for arrived in waiting:
        try:
            receipt = receipts.verified(arrived.content, keys, key_known)
            if proven.setdefault(receipts.hash_named(receipt), (arrived, receipt))[0] is not arrived:
                raise Refused("unknown")
        except Refused as refusal:
            faults[arrived.id] = refusal.code
    rows = await work.driver.fetch(
        DELIVERED, batch.other_id, work.now(), list(proven), [one.content for one, _ in proven.values()],
        [receipt.verdict for _, receipt in proven.values()],
    )  # fmt: skip
    sent = {row["hash"]: row for row in rows}
    for hash_, (arrived, receipt) in proven.items():
        if hash_ in sent:
            batch.note(arrived, "", None, sent[hash_]["subject_id"])
            _tell_delivered(work, sent[hash_], arrived, receipt)
        else:
            faults[arrived.id] = "unknown"
    for arrived in waiting:
        if arrived.id in faults:
            batch.note(arrived, faults[arrived.id], None)
            structlog.get_logger().error("channel.receipt_refused", code=faults[arrived.id], inbox=str(arrived.id))


def _tell_delivered(work: Work, row: Any, arrived: _Arrived, receipt: Receipt) -> None:
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
    return sorted(waiting, key=_number)


def _number(arrived: _Arrived) -> int:
    try:
        return envelopes.read(arrived.content).header.sequence
    except Refused:
        return 0
