"""Opening what came: the seal, the digest and the contents are checked, a copy of our own is kept, the receipt leaves.

Opening is what the receipt says: that this organisation has the file, and who opened it. Until then the sender may
take it back. What was uploaded opens as it comes, with the passphrase that was read out on the telephone.
"""

from collections.abc import AsyncIterator
from hashlib import sha256
from typing import Final
from uuid import UUID

from anyio import to_thread

from safeguard import clock
from safeguard.access.policy import Permission
from safeguard.channel.bodies import FileTaken
from safeguard.channel.keys import own_keys
from safeguard.channel.sending import send as send_body
from safeguard.errors import Conflict, FieldError, Gone, Invalid
from safeguard.keys.wrapping import CannotOpen, Key
from safeguard.strongbox import objects
from safeguard.strongbox.sealing import seal, unseal
from safeguard.transfers import bundling
from safeguard.transfers.bundling import Bundle
from safeguard.transfers.passphrases import lock, tidied, unlock
from safeguard.transfers.queries import Incoming, get_incoming
from safeguard.transfers.receipts import Receipt, signed
from safeguard.transfers.sending import LABOUR, about
from safeguard.web.uploading import Upload
from safeguard.web.viewing import Organisation
from safeguard.work import Work

GONE: Final = "The sender has taken this file back, or it is no longer stored. Ask them to send it again."
OPENED: Final = "Somebody of yours has opened this file already. It is below."
SIGNED: Final = (
    "It was opened, so a receipt for it stands and this may be the only copy. Take it over; what should not stay is"
    " then disposed of under Records."
)
CANNOT: Final = "This file cannot be used, and no receipt was sent: {} Tell the sender."
UPLOADED: Final = """
insert into public.incoming_transfers (organisation_id, id, way, sender_name, contact, state, arrived_at, arrived_by,
    sha256, size, object_name, locked_key, secret, opened_at, opened_by, opened_by_name)
values ((select sec.current_organisation()), $1, 'upload', $2, $3, 'opened', $4, $5, $6, $7, $8, $9, $10, $4, $5, $11)
on conflict do nothing
"""
HERE_ALREADY: Final = """
select t.id from public.incoming_transfers t
where t.organisation_id = (select sec.current_organisation()) and t.sha256 = $1
order by t.arrived_at, t.id limit 1
"""
KEPT: Final = """
update public.incoming_transfers set state = 'opened', version = version + 1, object_name = $2, locked_key = $3,
    opened_at = $4, opened_by = $5, opened_by_name = $6, opened_role = $7
where organisation_id = (select sec.current_organisation()) and id = $1
"""
DECLINE: Final = """
update public.incoming_transfers set state = 'declined', version = version + 1, ended_at = $2, ended_by_name = $3,
    end_reason = $4, object_name = null, locked_key = null, secret = null
where organisation_id = (select sec.current_organisation()) and id = $1
"""


async def open_incoming(work: Work, incoming_id: UUID, role: str, organisation: Organisation) -> Bundle:
    """Open a file that an organisation sent, and let the receipt go; raises `Conflict`, `Gone`."""
    incoming = await get_incoming(work, incoming_id, lock=True)
    if incoming.state != "waiting" or incoming.sender_id is None:
        raise Conflict(OPENED)
    passphrase, sealed = await _sealed(work, incoming)
    try:
        bundle = await to_thread.run_sync(bundling.read, sealed, passphrase, limiter=LABOUR)
    except Invalid as refusal:
        raise Conflict(CANNOT.format(refusal.errors[0].message)) from None
    if bundle.file.bundle != incoming.id or bundle.file.sender.organisation != incoming.sender_id:
        raise Conflict(CANNOT.format("it names another sender than the one that it came from."))
    name, locked = await _kept(sealed, passphrase, incoming.id)
    now, actor = work.now(), work.actor
    await work.driver.execute(KEPT, incoming.id, name, locked, now, actor.user_id, actor.name, role)
    receipt = Receipt(
        transfer=incoming.id, sha256=sha256(sealed).hexdigest(), received=now, by=actor.name, role=role,
        organisation=organisation.name, organisation_id=organisation.id,
    )  # fmt: skip
    body = FileTaken(referral=incoming.id, receipt=signed(receipt, await own_keys(work)))
    await send_body(work, incoming.sender_id, body)
    work.record("incoming.opened", incoming.id, version=incoming.version + 1)
    return bundle


async def take_upload(work: Work, upload: Upload | None, typed: str) -> UUID:
    """Take in a file from outside, once its passphrase opens it; the one that is here where it came before.

    Raises `Invalid` with the field that is wrong.
    """
    work.require(Permission.RECORDS_MANAGE)
    passphrase = tidied(typed)
    if upload is None or upload.problem or upload.key is None:
        raise Invalid(FieldError("file", (upload and upload.problem) or "Choose the file."))
    pieces = await objects.read(objects.current(), upload.object_name, upload.key)
    sealed = b"".join([piece async for piece in pieces])
    bundle = await _read(sealed, passphrase, typed)
    if (before := await work.driver.fetchval(HERE_ALREADY, upload.sha256)) is not None:
        return before
    file, incoming_id = bundle.bundle.file, id_of_upload(upload.sha256)
    contact = ", ".join(filter(None, (file.sender.contact, file.sender.role, file.sender.telephone)))
    added = await work.driver.execute(
        UPLOADED, incoming_id, file.sender.name, contact[:500], work.now(), work.actor.user_id, upload.sha256,
        upload.size, upload.object_name, lock(upload.key.secret, bundle.passphrase, incoming_id),
        await seal(work, bundle.passphrase.encode(), about(incoming_id)), work.actor.name,
    )  # fmt: skip
    if added == "INSERT 0 1":
        upload.kept = True
        work.record("incoming.opened", incoming_id)
    return incoming_id


def id_of_upload(digest: bytes) -> UUID:
    """The number here of a file from outside: its own digest's, for what it calls itself proves nothing."""
    return UUID(bytes=sha256(b"uploaded transfer" + digest).digest()[:16], version=4)


async def read_incoming(work: Work, incoming: Incoming) -> Bundle:
    """The file again, for its preview and for taking it over; raises `Gone`."""
    work.require(Permission.RECORDS_MANAGE)
    passphrase, sealed = await _sealed(work, incoming)
    return await to_thread.run_sync(bundling.read, sealed, passphrase, limiter=LABOUR)


async def decline(work: Work, incoming_id: UUID, reason: str) -> None:
    """Do not take it, and tell the sender why; raises `Conflict` once it was opened.

    From then on the sender holds a receipt, and may keep no copy: ours may be the only one.
    """
    incoming = await get_incoming(work, incoming_id, lock=True)
    if incoming.state == "opened":
        raise Conflict(SIGNED)
    if incoming.state != "waiting":
        raise Conflict("This file was taken over, or it is over already.")
    await work.driver.execute(DECLINE, incoming.id, work.now(), work.actor.name, reason)
    if incoming.sender_id:
        await send_body(work, incoming.sender_id, FileTaken(referral=incoming.id, declined=reason))
    work.record("incoming.declined", incoming.id, version=incoming.version + 1)


class _Read:
    def __init__(self, bundle: Bundle, passphrase: str) -> None:
        self.bundle, self.passphrase = bundle, passphrase


async def _read(sealed: bytes, passphrase: str, typed: str) -> _Read:
    """Ours are tidied; another product's passphrase may be any words, just as they were typed."""
    try:
        return _Read(await to_thread.run_sync(bundling.read, sealed, passphrase, limiter=LABOUR), passphrase)
    except Invalid as refusal:
        if refusal.errors[0].field != "passphrase" or typed.strip() == passphrase or not typed.strip():
            raise
    again = typed.strip()
    return _Read(await to_thread.run_sync(bundling.read, sealed, again, limiter=LABOUR), again)


async def _sealed(work: Work, incoming: Incoming) -> tuple[str, bytes]:
    """The passphrase, and the sealed bundle whose digest is the one that was said; raises `Gone`, `Conflict`."""
    if not (incoming.secret and incoming.locked_key and incoming.object_name):
        raise Gone(GONE)
    passphrase = (await unseal(work, incoming.secret, about(incoming.id))).decode()
    try:
        key = unlock(incoming.locked_key, passphrase, incoming.id)
        pieces = await objects.read(objects.current(), incoming.object_name, key, GONE)
        sealed = b"".join([piece async for piece in pieces])
    except CannotOpen:
        raise Conflict(CANNOT.format(bundling.ALTERED)) from None
    if sha256(sealed).digest() != incoming.sha256:
        raise Conflict(CANNOT.format(bundling.ALTERED))
    return passphrase, sealed


async def _kept(sealed: bytes, passphrase: str, incoming_id: UUID) -> tuple[str, bytes]:
    """A copy of our own: the sender's may go from now on."""
    chance = clock.System()
    key, name = Key(chance.random_bytes(32)), f"transfers/{chance.random_bytes(16).hex()}"
    await objects.put(objects.current(), name, key, _once(sealed))
    return name, lock(key.secret, passphrase, incoming_id)


async def _once(content: bytes) -> AsyncIterator[bytes]:
    yield content
