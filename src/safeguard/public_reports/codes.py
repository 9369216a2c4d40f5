"""The code with which somebody comes back: drawn with the form, shown once, kept as its hash.

It is made from the sixteen random bytes that name one rendering of the form, under a key of the server. So whoever
sends the same form twice, by a double click or because an answer was lost on the way, is told the same code, and there
is one report. (The road not taken: a code drawn at the moment of keeping, which a lost answer would lose for good.)
"""

from hashlib import sha256
from typing import Final
from uuid import UUID

from safeguard.clock import REFERENCE_ALPHABET
from safeguard.web import keys

GROUPS: Final = 4
GROUP: Final = 4
"""Sixteen letters of twenty-one: 70 bits. Guessing a million a second takes twenty million years for one report."""


def code_of(nonce: bytes) -> str:
    """The code that belongs to one rendering of the form, as `7KQM-3XPV-RWJ2-9CFH`."""
    number = int.from_bytes(keys.current().tag("public code", nonce))
    letters: list[str] = []
    for _ in range(GROUPS * GROUP):
        number, place = divmod(number, len(REFERENCE_ALPHABET))
        letters.append(REFERENCE_ALPHABET[place])
    return "-".join("".join(letters[start : start + GROUP]) for start in range(0, GROUPS * GROUP, GROUP))


def tidied_code(typed: str) -> str:
    """The code as it was given out, however it was typed: small letters, blanks, without hyphens."""
    letters = "".join(letter for letter in typed.upper() if letter in REFERENCE_ALPHABET)
    return "-".join(letters[start : start + GROUP] for start in range(0, len(letters), GROUP))


def hash_of(code: str, organisation_id: UUID) -> bytes:
    """What is kept of it: another organisation's codes open nothing here."""
    return sha256(b"safeguard public code\n" + organisation_id.bytes + code.encode()).digest()


def mark_of(visitor: str) -> bytes:
    """What stands for a browser's cookie: it cannot be turned back, and ends to mean anything with the browser."""
    return keys.current().tag("public visitor", visitor.encode())[:16]
