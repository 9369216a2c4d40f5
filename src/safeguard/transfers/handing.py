"""The one-time link: somebody without an account gets the file, once, with the passphrase that was read to them.

A try is counted before the passphrase is looked at. What the database keeps opens with it and with nothing else, so
there is nothing here to compare it with: the right one opens the file. The file is read before it counts as handed
over; whoever comes second is told so, and the sender hears of it. Whoever fetched it may fetch it again for a day, with
the same passphrase, name and place: their download may have broken off. Of that the sender hears too.
"""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Final, Literal
from uuid import UUID

from anyio import to_thread

from safeguard import clock
from safeguard.access.actors import Actor, ActorKind
from safeguard.audit.documents import Document
from safeguard.database import pool
from safeguard.errors import FieldError, Gone, Invalid, NotFound
from safeguard.keys.wrapping import CannotOpen
from safeguard.strongbox import objects
from safeguard.transfers import bundling
from safeguard.transfers.clearing import AGAIN_WITHIN, MARGIN, clear_later
from safeguard.transfers.passphrases import tidied, unlock
from safeguard.transfers.receipts import Receipt, confirmed
from safeguard.transfers.sending import LABOUR
from safeguard.work import begin

PURPOSE: Final = "public"
FIND: Final = "select * from public.find_transfer_link($1)"
TRY: Final = "select public.try_transfer_link($1)"
TAKE: Final = "select public.take_transfer_link($1, $2, $3, $4, $5)"
TWICE: Final = (
    "This file was handed over already, and a link works once. If that was not you or a colleague of yours, telephone"
    " the sender now. They have been told that somebody tried again."
)
OVER: Final = "This link is over: it expired, was taken back, or was tried with wrong passphrases. Ask for a new one."
WRONG: Final = "This is not the passphrase. Look at each letter. Tries left: {}."
LOCKED: Final = "This was not the passphrase, and there are no more tries. Telephone the sender and ask for a new link."


@dataclass(frozen=True, slots=True)
class Handed:
    """What a link tells."""

    organisation_id: UUID
    organisation_name: str
    transfer_id: UUID
    recipient: str
    state: Literal["open", "received", "expired", "cancelled", "locked", "declined"]
    expires_at: datetime
    received_at: datetime | None
    tries_left: int
    sha256: bytes
    size: int
    object_name: str | None
    locked_key: bytes | None
    link_hash: bytes

    @property
    def again(self) -> bool:
        """Whether whoever fetched it may still fetch it again."""
        if self.state != "received" or self.received_at is None or not self.locked_key or not self.tries_left:
            return False
        return clock.now() < self.received_at + AGAIN_WITHIN


@dataclass(frozen=True, slots=True)
class Taker:
    """Who takes it, as they say."""

    name: str
    role: str
    place: str


async def find_handed(link_hash: bytes) -> Handed:
    """What is at a link; raises `NotFound` for one that nobody made."""
    async with pool.current().connection() as connection:
        row = await connection.fetchrow(FIND, link_hash)
    if row is None:
        raise NotFound("There is no such link. Check that the whole of it was copied.")
    return Handed(**row, link_hash=link_hash)


async def take(handed: Handed, typed: str, taker: Taker, form: str, request_id: UUID) -> bytes:
    """The file, in the form that was asked for: `read` is a plain zip, `sealed` the bundle as it was sealed.

    Raises `Gone` when it is over, `Invalid` for a wrong passphrase.
    """
    if handed.state == "received" and not (handed.again and typed.strip()):
        await _tell(handed, "transfer.reopened", taker, request_id)
        raise Gone(TWICE)
    passphrase, tries = tidied(typed), await _try(handed, request_id)
    if not tries or not handed.locked_key or not handed.object_name:
        raise Gone(OVER)
    try:
        key = unlock(handed.locked_key, passphrase, handed.transfer_id)
    except CannotOpen:
        if handed.state == "received":
            await _tell(handed, "transfer.reopened", taker, request_id)
        if tries == 1 and handed.state == "received":
            raise Gone(TWICE) from None
        if tries == 1:
            await _tell(handed, "transfer.locked", taker, request_id)
            raise Gone(LOCKED) from None
        raise Invalid(FieldError("passphrase", WRONG.format(tries - 1))) from None
    pieces = await objects.read(objects.current(), handed.object_name, key)
    sealed = b"".join([piece async for piece in pieces])
    if sha256(sealed).digest() != handed.sha256:
        raise Gone(OVER)
    plain = await to_thread.run_sync(bundling.opened, sealed, passphrase, limiter=LABOUR) if form == "read" else sealed
    await _hand_over(handed, taker, request_id)
    return plain


async def _try(handed: Handed, request_id: UUID) -> int:
    async with begin(_visitor(handed, ""), purpose=PURPOSE, request_id=request_id) as work:
        return int(await work.driver.fetchval(TRY, handed.link_hash) or 0)


async def _hand_over(handed: Handed, taker: Taker, request_id: UUID) -> None:
    async with begin(_visitor(handed, taker.name), purpose=PURPOSE, request_id=request_id) as work:
        receipt = Receipt(
            transfer=handed.transfer_id, sha256=handed.sha256.hex(), received=work.now(), by=taker.name,
            role=taker.role, organisation=taker.place,
        )  # fmt: skip
        said = (taker.name, taker.role, taker.place, confirmed(receipt))
        taken = await work.driver.fetchval(TAKE, handed.link_hash, *said)
        if taken:
            fields = {"by": taker.name, "role": taker.role, "organisation": taker.place, "sha256": handed.sha256.hex()}
            document = Document("transfer", handed.transfer_id, 2, fields)
            work.record("transfer.received", handed.transfer_id, document=document)
            clear_later(work, handed.transfer_id, at=work.now() + AGAIN_WITHIN + MARGIN)
        else:
            work.record("transfer.reopened", handed.transfer_id, version=2)
    if taken is False:  # None: the same one, once more
        raise Gone(TWICE)


async def _tell(handed: Handed, event: str, taker: Taker, request_id: UUID) -> None:
    async with begin(_visitor(handed, taker.name), purpose=PURPOSE, request_id=request_id) as work:
        work.record(event, handed.transfer_id, version=2)


def _visitor(handed: Handed, name: str) -> Actor:
    return Actor(ActorKind.PUBLIC, handed.organisation_id, None, frozenset(), name)
