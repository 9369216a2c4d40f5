"""Sealing files piece by piece: AES-256-GCM over chunks of 64 KiB, each bound to its number and to being the last.

The STREAM construction (Hoang, Reyhanitabar, Rogaway, Vizár: Online Authenticated-Encryption and its Nonce-Reuse
Misuse-Resistance, 2015), as `age` uses it: the nonce is eleven bytes of counter and one byte that says "last". A key
seals one object only, so a counter needs no randomness beside it. Chunks that are cut off, exchanged or repeated do
not open, and no byte comes out of the stream before its chunk was authenticated.
"""

from collections.abc import AsyncIterator
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from safeguard.keys.wrapping import CannotOpen, Key

CHUNK: Final = 1 << 16
TAG: Final = 16
MAGIC: Final = b"safeguard-sealed-stream/1\n"
"""Begins every sealed object, so that whoever finds one without its database knows what it is."""


async def sealed(key: Key, pieces: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """The pieces, sealed. The key must not seal anything else."""
    cipher, number, waiting = AESGCM(key.secret), 0, bytearray()
    yield MAGIC
    async for piece in pieces:
        waiting += piece
        while len(waiting) > CHUNK:
            yield cipher.encrypt(_nonce(number), bytes(waiting[:CHUNK]), MAGIC)
            del waiting[:CHUNK]
            number += 1
    yield cipher.encrypt(_nonce(number, last=True), bytes(waiting), MAGIC)


async def opened(key: Key, pieces: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """What was sealed; raises `CannotOpen` at the first chunk that is not as it was."""
    cipher, number, waiting, begun = AESGCM(key.secret), 0, bytearray(), False
    async for piece in pieces:
        waiting += piece
        if not begun and len(waiting) >= len(MAGIC):
            begun = _check_magic(waiting)
        while begun and len(waiting) > CHUNK + TAG:
            yield _open(cipher, _nonce(number), bytes(waiting[: CHUNK + TAG]))
            del waiting[: CHUNK + TAG]
            number += 1
    if not begun:
        raise CannotOpen("cut short before it began")
    yield _open(cipher, _nonce(number, last=True), bytes(waiting))


def sealed_size(size: int) -> int:
    """How many bytes `size` bytes take once sealed."""
    chunks = max(1, -(-size // CHUNK))
    return len(MAGIC) + size + chunks * TAG


def _check_magic(waiting: bytearray) -> bool:
    if not waiting.startswith(MAGIC):
        raise CannotOpen("not a sealed object")
    del waiting[: len(MAGIC)]
    return True


def _nonce(number: int, *, last: bool = False) -> bytes:
    return number.to_bytes(11, "big") + (b"\1" if last else b"\0")


def _open(cipher: AESGCM, nonce: bytes, chunk: bytes) -> bytes:
    try:
        return cipher.decrypt(nonce, chunk, MAGIC)
    except (InvalidTag, ValueError) as fault:
        raise CannotOpen("altered, cut short, or sealed with another key") from fault
