"""Wrapping: a key seals the keys below it, and names itself, so that each can be rotated by wrapping again.

master (a file, never in the database) -> organisation (in the database, wrapped) -> object (beside the object,
wrapped). Erasing an object's wrapped key erases the object; erasing an organisation's erases everything of theirs.
AES-256-GCM; what is sealed is bound to its place, so that a sealed value moved elsewhere does not open.
"""

from dataclasses import dataclass, field
from hashlib import sha256

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from safeguard import clock

NONCE = 12
ID = 8


class CannotOpen(ValueError):
    """It was sealed with another key, for another place, or has been altered."""


@dataclass(frozen=True, slots=True)
class Key:
    """32 bytes that seal and open; `id` tells which key it is without telling the key."""

    secret: bytes = field(repr=False)

    @property
    def id(self) -> bytes:
        """Eight bytes of the key's hash: stands before everything that it sealed."""
        return sha256(b"safeguard-key\n" + self.secret).digest()[:ID]

    def seal(self, plain: bytes, place: bytes) -> bytes:
        """key id || nonce || ciphertext, bound to `place` (an organisation's or object's id, say)."""
        nonce = clock.System().random_bytes(NONCE)
        return self.id + nonce + AESGCM(self.secret).encrypt(nonce, plain, place)

    def open(self, sealed: bytes, place: bytes) -> bytes:
        """What was sealed by this key for `place`; raises `CannotOpen`."""
        if sealed[:ID] != self.id:
            raise CannotOpen("sealed with another key")
        try:
            return AESGCM(self.secret).decrypt(sealed[ID : ID + NONCE], sealed[ID + NONCE :], place)
        except (InvalidTag, ValueError) as fault:
            raise CannotOpen("altered, or sealed for another place") from fault

    def make_below(self, place: bytes) -> tuple["Key", bytes]:
        """A fresh key for `place`, and the same key wrapped by this one."""
        key = Key(clock.System().random_bytes(32))
        return key, self.seal(key.secret, place)

    def open_below(self, wrapped: bytes, place: bytes) -> "Key":
        """The key that was wrapped for `place`; raises `CannotOpen`."""
        return Key(self.open(wrapped, place))
