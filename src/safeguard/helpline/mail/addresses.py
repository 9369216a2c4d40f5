"""Addresses of the helpline's mail: `posh@help.example` opens a case, `posh+k2m4…@help.example` continues one.

The token stands in the address and nowhere else: a subject is quoted, forwarded and printed.
"""

import re
from dataclasses import dataclass
from typing import Final

from safeguard import clock
from safeguard.clock import REFERENCE_ALPHABET

LENGTH: Final = 16
"""Letters of a token: 70 bits."""
_LOCAL: Final = re.compile(r"([a-z0-9][a-z0-9-]{0,62})(?:\+([a-z0-9]{1,64}))?")
_MAIL: Final = re.compile(r"[^\s@<>,;\"()\[\]\\]{1,64}@[a-zA-Z0-9](?:[a-zA-Z0-9.-]{0,250}[a-zA-Z0-9])?")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a mail is meant to go: a helpline by its name, and the case by its token, if there is one."""

    slug: str
    token: str = ""


def read_place(address: str, domain: str) -> Place | None:
    """Whom an address means; None for one of another domain, or of no helpline's form."""
    local, _, host = address.strip().lower().rpartition("@")
    found = _LOCAL.fullmatch(local)
    if found is None or not host or host != domain.lower():
        return None
    return Place(found[1], found[2] or "")


def address_of(slug: str, token: str, domain: str) -> str:
    """Where an answer to a case comes back to."""
    return f"{slug}+{token}@{domain}"


def new_token() -> str:
    """A token that nobody can guess."""
    size, chance = len(REFERENCE_ALPHABET), int.from_bytes(clock.System().random_bytes(32))
    letters: list[str] = []
    for _ in range(LENGTH):
        chance, place = divmod(chance, size)
        letters.append(REFERENCE_ALPHABET[place].lower())
    return "".join(letters)


def is_mail_address(said: str) -> bool:
    """Whether mail could be sent there: one address, and nothing beside it."""
    return len(said) <= 254 and said.isascii() and _MAIL.fullmatch(said) is not None
