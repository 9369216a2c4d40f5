"""Secrets that people and programs carry: how they are made, and what is kept of them.

At least 128 random bits each, so that one SHA-256 keeps them: there is nothing to guess, and no salt to look up.
"""

from hashlib import sha256
from typing import Final, NamedTuple

from safeguard import clock

API_PREFIX: Final = "sgt_"
"""So that a scanner of repositories and logs knows our tokens when it sees one."""


class Secret(NamedTuple):
    """What is handed out once, and what is kept."""

    text: str
    hash: bytes


def new_secret(size: int = 32, prefix: str = "") -> Secret:
    """A fresh secret of `size` random bytes."""
    text = prefix + clock.new_token(size)
    return Secret(text, hash_of(text))


def hash_of(text: str) -> bytes:
    """What is kept of a secret."""
    return sha256(text.encode("utf-8", "surrogatepass")).digest()
