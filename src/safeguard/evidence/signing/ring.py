"""The signer's keys: one that signs and, while a rotation overlaps, the one before it, which signs too.

In the overlap each note bears both signatures. Whoever knows only the old key still finds a signature of it, whoever
was given the new one finds that; a verifier ignores what it does not know (C2SP signed-note). After it the old key is
destroyed and its public half remembered, so that what it signed is still known as ours.
"""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from safeguard.errors import Conflict
from safeguard.evidence.notes import NoteKey
from safeguard.keys.files import load, load_or_make
from safeguard.keys.sources import is_given, source_of

MODE: Final = 0o400
FORMER: Final = ".former"


@dataclass(frozen=True, slots=True)
class RingKey:
    """Every key of the ring, under one name: the one that signs now, then its forerunner."""

    name: str
    privates: tuple[Ed25519PrivateKey, ...]

    @property
    def public(self) -> bytes:
        """The 32 bytes of the public key that signs now."""
        return self._keys[0].public

    @property
    def vkey(self) -> str:
        """The verifier key that signs now."""
        return self._keys[0].vkey

    @property
    def vkeys(self) -> tuple[str, ...]:
        """Of every key that signs."""
        return tuple(key.vkey for key in self._keys)

    def sign(self, text: str) -> str:
        """A note with this text and a signature of each key; the same text always gives the same note."""
        first, *others = (key.sign(text) for key in self._keys)
        return first + "".join(note.rpartition("\n\n")[2] for note in others)

    @property
    def _keys(self) -> tuple[NoteKey, ...]:
        return tuple(NoteKey(self.name, private) for private in self.privates)


def read_ring(secrets: Sequence[bytes]) -> tuple[Ed25519PrivateKey, ...]:
    """Private keys from their 32 bytes."""
    return tuple(Ed25519PrivateKey.from_private_bytes(secret) for secret in secrets)


def load_ring(file: Path) -> tuple[bytes, ...]:
    """The secrets in `file`, made at first use, and of its forerunner while there is one."""
    source = source_of(file.parent, file.name)
    if is_given(file.name):
        return (source.current(file.name), *source.former(file.name))
    current, former = load_or_make(file, mode=MODE), former_of(file)
    return (current, load(former)) if former.exists() else (current,)


def former_of(file: Path) -> Path:
    """Where the key before this one lies while both sign."""
    return file.with_name(file.name + FORMER)


def rotate(file: Path) -> bytes:
    """Begin a rotation: a new key in `file`, the present one beside it. The new public key; raises `Conflict`."""
    if is_given(file.name):
        raise Conflict("This key comes from SAFEGUARD_KEY_LOG: it is replaced there, with the former one beside it.")
    former, fresh = former_of(file), file.with_name(file.name + ".new")
    if former.exists():
        raise Conflict("A rotation is already under way. End it first: safeguard signer retire.")
    load_or_make(file, mode=MODE)
    fresh.unlink(missing_ok=True)
    secret = load_or_make(fresh, mode=MODE)
    os.link(file, former)
    os.replace(fresh, file)
    _sync(file.parent)
    return Ed25519PrivateKey.from_private_bytes(secret).public_key().public_bytes_raw()


def retire(file: Path) -> bytes:
    """End a rotation: the former key is destroyed. Its public half; raises `Conflict` when there is none."""
    former = former_of(file)
    if not former.exists():
        raise Conflict("There is no former key: no rotation is under way.")
    public = Ed25519PrivateKey.from_private_bytes(load(former)).public_key().public_bytes_raw()
    former.unlink()
    _sync(file.parent)
    return public


def _sync(folder: Path) -> None:
    """The folder's entries are on the disk too."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
