"""The receipt for a person's file: the organisation that opened it signs which file that was, who, and when.

It is a DSSE envelope like those of the channel, signed with the same key of that organisation, so that it is checked
with the key that proved every other message of theirs. Outside the service nobody holds such a key: there the receipt
is what whoever opened the link confirmed, kept word for word, with the digest of the file.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec

from safeguard.channel import dsse
from safeguard.channel.dsse import Refused
from safeguard.channel.keys import OwnKeys

TYPE: Final = "application/vnd.safeguard.transfer-receipt+json"


class Receipt(msgspec.Struct, frozen=True, kw_only=True):
    """That a file was received."""

    transfer: UUID
    sha256: str
    """Of the sealed bundle, as its sender has it."""
    received: datetime
    by: str
    role: str
    organisation: str
    organisation_id: UUID | None = None
    """Of an organisation of this service; None where somebody outside confirmed."""


def signed(receipt: Receipt, own: OwnKeys) -> str:
    """The receipt with the organisation's signature."""
    return dsse.sign(TYPE, msgspec.json.encode(receipt), own.signing, own.id).decode()


def verified(text: str, keys: Mapping[str, bytes]) -> Receipt:
    """The receipt, once one of these keys signed it; raises `Refused`."""
    payload = dsse.verify(text.encode(), TYPE, keys)
    try:
        return msgspec.json.decode(payload, type=Receipt)
    except ValueError:
        raise Refused("unreadable") from None


def confirmed(receipt: Receipt) -> str:
    """The receipt of somebody outside: what they confirmed."""
    return msgspec.json.encode(receipt).decode()
