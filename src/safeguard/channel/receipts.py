"""Receipts: the recipient signs that an envelope arrived, and shows the entry in its log that says so.

A receipt holds the entry itself, the values that its commitment binds (the envelope's hash among them), where in the
log it stands, and what leads from there to a checkpoint that the log's key signed. "Delivered" is said only after all
of that was verified here, so a recipient cannot receive something and later have no trace of it.
"""

from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Final, Literal

import msgspec
import rfc8785
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from safeguard.audit.documents import commitment, field_digest
from safeguard.channel import dsse
from safeguard.channel.dsse import Refused
from safeguard.evidence import merkle
from safeguard.evidence.notes import Checkpoint, parse_checkpoint
from safeguard.evidence.verifying import notes as signed_notes
from safeguard.evidence.verifying.verdicts import Refused as FalseNote

TYPE: Final = "application/vnd.safeguard.receipt+json"
Verdict = Literal["accepted", "refused"]
KeyOfLog = Callable[[str], bytes]
"""The public key of a log, by its origin: never one that the receipt brings along."""


class Receipt(msgspec.Struct, frozen=True, kw_only=True):
    """That an envelope was received, and how anybody can see it."""

    envelope: str
    """Base64 of the envelope's hash."""
    verdict: Verdict
    fault: str = ""
    received: datetime
    entry: str
    """The entry of the recipient's log."""
    fields: dict[str, tuple[str, str]]
    """What the entry commits to: name -> (JCS text, base64 salt)."""
    salt: str
    index: int
    proof: tuple[str, ...]
    checkpoint: str
    """The signed note that the proof leads to."""


@dataclass(frozen=True, slots=True)
class Proven:
    """An entry of a log, with what shows that it is there."""

    entry: str
    fields: Mapping[str, tuple[str, str]]
    salt: bytes
    index: int
    proof: tuple[bytes, ...]
    checkpoint: str


_decode = msgspec.json.Decoder(Receipt).decode


def make(
    envelope: bytes,
    verdict: Verdict,
    fault: str,
    received: datetime,
    proven: Proven,
    key: Ed25519PrivateKey,
    key_id: str,
) -> bytes:
    """The signed receipt for the envelope of that hash."""
    receipt = Receipt(
        envelope=_text(envelope), verdict=verdict, fault=fault, received=received, entry=proven.entry,
        fields=dict(proven.fields), salt=_text(proven.salt), index=proven.index,
        proof=tuple(_text(node) for node in proven.proof), checkpoint=proven.checkpoint,
    )  # fmt: skip
    return dsse.sign(TYPE, msgspec.json.encode(receipt), key, key_id)


def verified(data: bytes, keys: Mapping[str, bytes], key_of_log: KeyOfLog) -> Receipt:
    """The receipt, once its signature, its entry, its proof and the log's own signature hold; raises `Refused`."""
    payload = dsse.verify(data, TYPE, keys)
    try:
        receipt = _decode(payload)
        _check_entry(receipt)
        _check_log(receipt, key_of_log)
    except FalseNote:
        raise Refused("checkpoint") from None
    except (ValueError, KeyError) as fault:
        raise fault if isinstance(fault, Refused) else Refused("unreadable") from None
    return receipt


def hash_named(receipt: Receipt) -> bytes:
    """The hash of the envelope that it is about."""
    return b64decode(receipt.envelope, validate=True)


def _check_entry(receipt: Receipt) -> None:
    """The entry says that an envelope was received (or refused), and commits to this one's hash."""
    _, _, event, _, _, _, _, committed, _, end = receipt.entry.split("\n")
    said = "envelope.received" if receipt.verdict == "accepted" else "envelope.refused"
    digests = [
        (name, field_digest(name, value.encode(), b64decode(salt, validate=True)))
        for name, (value, salt) in sorted(receipt.fields.items(), key=lambda item: item[0].encode())
    ]
    named = rfc8785.dumps(receipt.envelope).decode()
    if (event, end) != (said, "") or receipt.fields["hash"][0] != named:
        raise Refused("entry")
    if _text(commitment(digests, b64decode(receipt.salt, validate=True))) != committed:
        raise Refused("entry")


def _check_log(receipt: Receipt, key_of_log: KeyOfLog) -> None:
    """The entry stands where the receipt says, under a checkpoint that the log's own key signed."""
    origin = parse_checkpoint(receipt.checkpoint).origin
    checkpoint = _signed(receipt.checkpoint, key_of_log(origin))
    proof = [b64decode(node, validate=True) for node in receipt.proof]
    leaf = merkle.leaf_hash(receipt.entry.encode())
    if not merkle.includes(leaf, receipt.index, checkpoint.size, proof, checkpoint.root):
        raise Refused("proof")


@lru_cache(16)
def _signed(note: str, public: bytes) -> Checkpoint:
    """The checkpoint of a note that this key signed: receipts that leave together share one. Raises `Refused`."""
    checkpoint = parse_checkpoint(note)
    key = signed_notes.Key(checkpoint.origin, public)
    if not signed_notes.parse_note(note.encode(), "checkpoint").signers((key,), "checkpoint"):
        raise Refused("checkpoint")
    return checkpoint


def _text(data: bytes) -> str:
    return b64encode(data).decode()
