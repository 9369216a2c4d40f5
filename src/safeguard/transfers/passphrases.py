"""The passphrase of a bundle, and the secret of its link: made from one rendering of the form that sends it.

Sent twice by a double click it is one transfer, and the second answer shows the same passphrase; no lost answer loses
it. Twenty letters of twenty-one: 87 bits. What it locks in the database is the key of the stored bundle, so that
nobody who has the database and the store can open it.
"""

from typing import Final
from uuid import UUID

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from safeguard.clock import REFERENCE_ALPHABET
from safeguard.keys.wrapping import Key
from safeguard.web import keys

GROUPS: Final = 5
GROUP: Final = 4


def passphrase_of(nonce: bytes) -> str:
    """`7KQM-3XPV-RWJ2-9CFH-KM3T`: capital letters and figures that are not taken for each other."""
    number = int.from_bytes(keys.current().tag("transfer passphrase", nonce))
    letters: list[str] = []
    for _ in range(GROUPS * GROUP):
        number, place = divmod(number, len(REFERENCE_ALPHABET))
        letters.append(REFERENCE_ALPHABET[place])
    return _grouped(letters)


def link_secret_of(nonce: bytes) -> str:
    """What stands in the address of a one-time link: 128 bits."""
    return keys.encode(keys.current().tag("transfer link", nonce)[:16])


def tidied(typed: str) -> str:
    """As it was given out, however it was typed: small letters, blanks, without hyphens."""
    return _grouped([letter for letter in typed.upper() if letter in REFERENCE_ALPHABET])


def lock(secret: bytes, passphrase: str, transfer_id: UUID) -> bytes:
    """The key of a stored bundle, locked with its passphrase."""
    return _key(passphrase, transfer_id).seal(secret, transfer_id.bytes)


def unlock(locked: bytes, passphrase: str, transfer_id: UUID) -> Key:
    """That key; raises `CannotOpen` for another passphrase."""
    return Key(_key(passphrase, transfer_id).open(locked, transfer_id.bytes))


def _key(passphrase: str, transfer_id: UUID) -> Key:
    info = b"safeguard transfer/1"
    return Key(HKDF(SHA256(), 32, salt=transfer_id.bytes, info=info).derive(passphrase.encode()))


def _grouped(letters: list[str]) -> str:
    return "-".join("".join(letters[start : start + GROUP]) for start in range(0, len(letters), GROUP))
