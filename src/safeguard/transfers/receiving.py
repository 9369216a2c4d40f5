"""What arrives over the channel about files: one that was sent here, a receipt for one of ours, one taken back.

Only the organisation that a file came from, or went to, may speak of it. A receipt counts once it is signed by theirs.
"""

from typing import Final
from uuid import UUID

from safeguard.audit.documents import Document
from safeguard.channel.bodies import Body, FileSent, FileTaken, FileWithdrawn
from safeguard.channel.correspondents import Correspondent
from safeguard.channel.dsse import Refused
from safeguard.channel.keys import verifiers
from safeguard.errors import NotFound
from safeguard.strongbox.sealing import seal
from safeguard.transfers.clearing import clear_later
from safeguard.transfers.queries import Transfer, get_incoming, get_sent
from safeguard.transfers.receipts import verified
from safeguard.transfers.sending import about
from safeguard.work import Work

ARRIVED: Final = """
insert into public.incoming_transfers (organisation_id, id, way, sender_id, sender_name, contact, arrived_at, sha256,
    size, object_name, locked_key, secret)
values ((select sec.current_organisation()), $1, 'inside', $2, $3, $4, $5, $6, $7, $8, $9, $10)
on conflict do nothing
"""
RECEIVED: Final = """
update public.transfers set state = 'received', version = version + 1, received_at = $2, received_by = $3,
    received_role = $4, received_at_place = $5, receipt = $6, locked_key = null, secret = null
where organisation_id = (select sec.current_organisation()) and id = $1 and state = 'sent'
"""
LATE: Final = """
update public.transfers set version = version + 1, received_at = $2, received_by = $3, received_role = $4,
    received_at_place = $5, receipt = $6
where organisation_id = (select sec.current_organisation()) and id = $1 and state <> 'sent'
"""
DECLINED: Final = """
update public.transfers set state = 'declined', version = version + 1, cancel_reason = $2, locked_key = null
where organisation_id = (select sec.current_organisation()) and id = $1 and state = 'sent'
"""
WITHDRAWN: Final = """
update public.incoming_transfers set state = 'cancelled', version = version + 1, ended_at = $2, end_reason = $3,
    locked_key = null, secret = null, object_name = null
where organisation_id = (select sec.current_organisation()) and id = $1 and state = 'waiting'
"""


async def receive(work: Work, sender: Correspondent, body: Body) -> None:
    """Keep what was said of a file; raises `Refused` where it makes no sense here."""
    match body:
        case FileSent():
            await _arrive(work, sender, body)
        case FileTaken():
            await _taken(work, sender, body)
        case FileWithdrawn():
            await _withdrawn(work, sender, body)
        case _:
            raise Refused("kind")


async def _arrive(work: Work, sender: Correspondent, body: FileSent) -> None:
    try:
        digest, locked = bytes.fromhex(body.sha256), bytes.fromhex(body.locked_key)
    except ValueError:
        raise Refused("body") from None
    if not body.object_name.startswith("transfers/") or "." in body.object_name or body.object_name.count("/") != 1:
        raise Refused("body")
    contact = ", ".join(filter(None, (body.contact_name, body.contact_role, body.contact_telephone)))
    secret = await seal(work, body.passphrase.encode(), about(body.referral))
    added = await work.driver.execute(
        ARRIVED, body.referral, sender.id, sender.name or body.organisation, contact, work.now(), digest, body.size,
        body.object_name, locked, secret,
    )  # fmt: skip
    if added != "INSERT 0 1":
        raise Refused("replayed")
    work.record("incoming.received", body.referral)


async def _taken(work: Work, sender: Correspondent, body: FileTaken) -> None:
    transfer = await _ours(work, sender, body.referral)
    if body.declined:
        await work.driver.execute(DECLINED, transfer.id, body.declined)
        clear_later(work, transfer.id)
        declined = Document("transfer", transfer.id, transfer.version + 1, {"reason": body.declined})
        work.record("transfer.declined", transfer.id, document=declined)
        return
    receipt = verified(body.receipt, await verifiers(work, sender.id))
    if receipt.transfer != transfer.id or receipt.sha256 != transfer.sha256.hex():
        raise Refused("receipt")
    said = (work.now(), receipt.by, receipt.role, receipt.organisation, body.receipt)
    in_time = await work.driver.execute(RECEIVED, transfer.id, *said) == "UPDATE 1"
    if not in_time:
        await work.driver.execute(LATE, transfer.id, *said)
    clear_later(work, transfer.id)
    fields = {
        "by": receipt.by, "role": receipt.role, "organisation": receipt.organisation, "sha256": receipt.sha256,
        "received": receipt.received.isoformat(), "receipt": body.receipt,
    }  # fmt: skip
    document = Document("transfer", transfer.id, transfer.version + 1, fields)
    work.record("transfer.received" if in_time else "transfer.reopened", transfer.id, document=document)


async def _withdrawn(work: Work, sender: Correspondent, body: FileWithdrawn) -> None:
    try:
        incoming = await get_incoming(work, body.referral, lock=True)
    except NotFound:
        raise Refused("referral") from None
    if incoming.sender_id != sender.id:
        raise Refused("referral")
    if await work.driver.execute(WITHDRAWN, incoming.id, work.now(), body.reason) == "UPDATE 1":
        work.record("incoming.withdrawn", incoming.id, version=incoming.version + 1)


async def _ours(work: Work, sender: Correspondent, transfer_id: UUID) -> Transfer:
    try:
        transfer = await get_sent(work, transfer_id, lock=True)
    except NotFound:
        raise Refused("referral") from None
    if transfer.other_id != sender.id:
        raise Refused("referral")
    return transfer
