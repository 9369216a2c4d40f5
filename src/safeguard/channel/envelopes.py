"""Envelopes: signed by their sender, sealed to their recipient, numbered, and each bound to the one before it.

Payload: who sends to whom, the number within that pair, the hash of the envelope before, when it was made and until
when it may be opened, and the sealed body. Sealing is X25519 with a fresh key for each envelope, HKDF-SHA-256 and
AES-256-GCM, bound to the rest of the payload; the lawful basis of a referral stands in the body, where nobody on the
way reads it. The signature is over all of it (DSSE), so whoever carries an envelope can change, exchange, repeat or
reorder nothing without being noticed. `check_place` is where repeated, reordered and lost ones are noticed.
"""

from base64 import b64decode, b64encode
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final
from uuid import UUID

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from safeguard import clock
from safeguard.channel import dsse
from safeguard.channel.dsse import Refused
from safeguard.channel.keys import OthersKeys, OwnKeys

TYPE: Final = "application/vnd.safeguard.envelope+json"
LASTS: Final = timedelta(days=14)
"""How long an envelope may be on its way. After that it is not opened, and its sender learns so."""
NONCE: Final = bytes(12)
"""Each key seals one body only, so the nonce needs no chance."""


class Header(msgspec.Struct, frozen=True, kw_only=True):
    """What stands around a body."""

    id: UUID
    sender: UUID
    recipient: UUID
    sequence: int
    previous: str
    """Base64 of the hash of the envelope before; empty in the first."""
    created: datetime
    expires: datetime
    key: int
    """Which version of the recipient's keys it is sealed to."""
    ephemeral: str
    """Base64 of the public half of the key that was made for this envelope."""


class _Payload(msgspec.Struct, frozen=True):
    header: msgspec.Raw
    sealed: str


@dataclass(frozen=True, slots=True)
class Place:
    """How far a pair has got: the number and the hash of the last envelope."""

    sequence: int = 0
    hash: bytes | None = None

    @property
    def previous(self) -> str:
        """As the next envelope names it."""
        return b64encode(self.hash).decode() if self.hash else ""


@dataclass(frozen=True, slots=True)
class Envelope:
    """An envelope as read; `verified` made it, so its sender is who it says."""

    header: Header
    bound: bytes
    """The header as it was signed and as the body is bound to it."""
    sealed: bytes


_payload = msgspec.json.Decoder(_Payload).decode
_header = msgspec.json.Decoder(Header).decode


def make(body: bytes, own: OwnKeys, recipient: UUID, theirs: OthersKeys, before: Place, now: datetime) -> bytes:
    """The envelope after `before` to that recipient."""
    ephemeral = X25519PrivateKey.from_private_bytes(clock.System().random_bytes(32))
    header = Header(
        id=clock.new_request_id(), sender=own.organisation_id, recipient=recipient, sequence=before.sequence + 1,
        previous=before.previous, created=now, expires=now + LASTS, key=theirs.version,
        ephemeral=b64encode(ephemeral.public_key().public_bytes_raw()).decode(),
    )  # fmt: skip
    bound = msgspec.json.encode(header)
    shared = ephemeral.exchange(X25519PublicKey.from_public_bytes(theirs.sealing))
    sealed = _cipher(shared, bound).encrypt(NONCE, body, bound)
    payload = msgspec.json.encode(_Payload(msgspec.Raw(bound), b64encode(sealed).decode()))
    return dsse.sign(TYPE, payload, own.signing, own.id)


def hash_of(envelope: bytes) -> bytes:
    """What the next envelope, the receipt and both logs name it by."""
    return sha256(envelope).digest()


def read(data: bytes) -> Envelope:
    """The envelope, whoever made it: only to learn its number. Raises `Refused`."""
    return _read(dsse.read(data, TYPE))


def verified(data: bytes, sender: UUID, recipient: UUID, keys: dict[str, bytes]) -> Envelope:
    """The envelope, once it is from that sender to that recipient; raises `Refused`."""
    envelope = _read(dsse.verify(data, TYPE, keys))
    if envelope.header.sender != sender:
        raise Refused("sender")
    if envelope.header.recipient != recipient:
        raise Refused("recipient")
    return envelope


def check_place(envelope: Envelope, last: Place) -> None:
    """Raise `Refused` unless it is the very next of its pair. One that comes too early may wait."""
    header = envelope.header
    if header.sequence <= last.sequence:
        raise Refused("replayed")
    if header.sequence > last.sequence + 1:
        raise Refused("early")
    if header.previous != last.previous:
        raise Refused("chain")


def open_body(envelope: Envelope, own: OwnKeys, now: datetime) -> bytes:
    """The body; raises `Refused` for one that expired, or that was not sealed to this key."""
    if now > envelope.header.expires:
        raise Refused("expired")
    try:
        theirs = X25519PublicKey.from_public_bytes(b64decode(envelope.header.ephemeral, validate=True))
        shared = own.sealing.exchange(theirs)
        return _cipher(shared, envelope.bound).decrypt(NONCE, envelope.sealed, envelope.bound)
    except (InvalidTag, ValueError):
        raise Refused("sealing") from None


def _read(payload: bytes) -> Envelope:
    try:
        told = _payload(payload)
        bound = bytes(told.header)
        return Envelope(_header(bound), bound, b64decode(told.sealed, validate=True))
    except ValueError:
        raise Refused("unreadable") from None


def _cipher(shared: bytes, bound: bytes) -> AESGCM:
    derived = HKDF(hashes.SHA256(), 32, salt=None, info=b"safeguard-envelope/1\n" + sha256(bound).digest())
    return AESGCM(derived.derive(shared))
