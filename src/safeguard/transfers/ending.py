"""What ends a transfer at the sender's: taken back, or received on paper; and the copy that is not kept."""

from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from anyio import to_thread

from safeguard.audit.documents import Document
from safeguard.channel.bodies import FileWithdrawn
from safeguard.channel.sending import send as send_body
from safeguard.errors import Conflict, DomainError, FieldError, Gone, Invalid
from safeguard.incidents.queries import READ
from safeguard.incidents.story import Story, decode_story
from safeguard.records import proposing
from safeguard.records.holding import About
from safeguard.strongbox import objects
from safeguard.strongbox.sealing import unseal
from safeguard.transfers import bundling
from safeguard.transfers.clearing import clear_later
from safeguard.transfers.gathering import as_sent, read_same
from safeguard.transfers.passphrases import unlock
from safeguard.transfers.queries import Item, Transfer, get_sent, list_items
from safeguard.transfers.receipts import Receipt, confirmed
from safeguard.transfers.referred import read_referrals
from safeguard.transfers.sending import LABOUR, about
from safeguard.work import Work

OVER: Final = "This file was received, or it was taken back already. Nothing was changed."
CANCEL: Final = """
update public.transfers set state = 'cancelled', version = version + 1, cancelled_at = $2, cancelled_by_name = $3,
    cancel_reason = $4, locked_key = null, secret = null
where organisation_id = (select sec.current_organisation()) and id = $1
"""
RECEIVED: Final = """
update public.transfers set state = 'received', version = version + 1, received_at = $2, received_by = $3,
    received_role = $4, received_at_place = $5, receipt = $6, locked_key = null, secret = null
where organisation_id = (select sec.current_organisation()) and id = $1
"""
GROUND: Final = "transferred"


async def cancel(work: Work, transfer_id: UUID, reason: str) -> None:
    """Take a file back that nobody has opened; raises `Conflict` when somebody has."""
    transfer = await get_sent(work, transfer_id, lock=True)
    if not transfer.waits:
        raise Conflict(OVER)
    await work.driver.execute(CANCEL, transfer.id, work.now(), work.actor.name, reason)
    if transfer.other_id and transfer.outbox_id:
        await send_body(work, transfer.other_id, FileWithdrawn(referral=transfer.id, reason=reason))
    clear_later(work, transfer.id)
    fields = {"reason": reason, "ended_by_name": work.actor.name}
    work.record(
        "transfer.cancelled", transfer.id, document=Document("transfer", transfer.id, transfer.version + 1, fields)
    )


async def write_receipt(work: Work, transfer_id: UUID, by: str, role: str, received_on: date) -> None:
    """Write down a receipt on paper; raises `Conflict` for one that came, `Invalid` for a day before it was sent."""
    transfer = await get_sent(work, transfer_id, lock=True)
    if transfer.way != "paper" or not transfer.waits:
        raise Conflict(OVER)
    if received_on < transfer.sent_at.date():
        raise Invalid(FieldError("received_on", "This is before the file was sent. Which day stands on the slip?"))
    receipt = Receipt(
        transfer=transfer.id, sha256=transfer.sha256.hex(), received=work.now(), by=by, role=role,
        organisation=transfer.recipient,
    )  # fmt: skip
    await work.driver.execute(RECEIVED, transfer.id, work.now(), by, role, transfer.recipient, confirmed(receipt))
    clear_later(work, transfer.id)
    fields = {"by": by, "role": role, "received_on": received_on.isoformat(), "way": "paper"}
    document = Document("transfer", transfer.id, transfer.version + 1, fields)
    work.record("transfer.received", transfer.id, document=document)


async def printed(work: Work, transfer_id: UUID) -> tuple[Transfer, bytes]:
    """The document that goes by hand, for whoever sent it; raises `Gone`, `Conflict`."""
    transfer = await get_sent(work, transfer_id)
    if transfer.way != "paper":
        raise Conflict("This file was not sent on paper.")
    if transfer.sent_by != work.actor.user_id:
        raise Conflict("Whoever sent it prints it, and nobody else.")
    if not (transfer.secret and transfer.locked_key and transfer.object_name):
        raise Gone("No copy for printing is kept here any more: it was received, or a file in it may not be opened.")
    passphrase = (await unseal(work, transfer.secret, about(transfer.id))).decode()
    key = unlock(transfer.locked_key, passphrase, transfer.id)
    pieces = await objects.read(objects.current(), transfer.object_name, key)
    sealed = b"".join([piece async for piece in pieces])
    work.record("transfer.printed", transfer.id, version=transfer.version)
    return transfer, await to_thread.run_sync(_read, sealed, passphrase, limiter=LABOUR)


def _read(sealed: bytes, passphrase: str) -> bytes:
    return bundling.read(sealed, passphrase).members[bundling.PAPER]


@dataclass(frozen=True, slots=True)
class Copy:
    """Our copy of an incident that was sent."""

    incident_id: UUID
    reference: str
    why: str
    """Why it has to stay; empty where it may go."""


async def list_copies(work: Work, transfer: Transfer) -> list[Copy]:
    """What of it is still here, where no copy is kept and there is a receipt: what may go, and why the rest stays."""
    if transfer.policy != "none" or transfer.state != "received" or not transfer.receipt or not transfer.person_id:
        return []
    whole, found = await read_same(work, transfer.person_id), list[Copy]()
    for item in await list_items(work, transfer.id):
        text = await work.driver.fetchval(READ, item.incident_id, None)
        if text is not None:
            story = decode_story(text)
            found.append(Copy(item.incident_id, item.reference, await _stays(work, item, story, whole)))
    return found


async def may_go(work: Work, transfer: Transfer) -> list[tuple[UUID, str]]:
    """Incidents that the next place has whole, as they are here, and that are about nobody else on the list."""
    return [(one.incident_id, one.reference) for one in await list_copies(work, transfer) if not one.why]


async def _stays(work: Work, item: Item, story: Story, whole: frozenset[UUID]) -> str:
    """Why our copy is needed; empty where it is not."""
    if item.left_out:
        return "It was left out."
    if item.as_sent is None:
        return "It did not go whole: names were blacked out, or a file of it stayed here."
    referred = await read_referrals(work, [story])
    if as_sent(story, whole, referred[item.incident_id]) != item.as_sent:
        return "It has changed since it was sent. Send the file again, and wait for that receipt."
    if not {one.person_id for one in story.present if one.role == "affected"} <= whole:
        return "Somebody else is affected too."
    if await _in_the_way(work, item.incident_id):
        return "It is open, on hold, or its disposal was asked for."
    return ""


async def ask_to_dispose(work: Work, transfer_id: UUID, today: date) -> int:
    """Ask for the disposal of everything that may go; somebody else agrees to each. How many were asked for."""
    transfer = await get_sent(work, transfer_id, lock=True)
    going = await may_go(work, transfer)
    if not going:
        raise Conflict("There is nothing here that may go: it was asked for already, is open, held, or others' too.")
    for incident_id, _ in going:
        await proposing.ask(work, About("incident", incident_id), GROUND, today)
    return len(going)


async def _in_the_way(work: Work, incident_id: UUID) -> bool:
    try:
        return bool(await proposing.find_obstacles(work, About("incident", incident_id)))
    except DomainError:
        return True
