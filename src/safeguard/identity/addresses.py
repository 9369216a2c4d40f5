"""E-mail addresses, as people type them and as they are kept."""

import re
import unicodedata
from typing import Final

from safeguard.errors import FieldError, Invalid

LONGEST: Final = 254
"""RFC 5321 §4.5.3.1.3, less the angle brackets."""

_SHAPE = re.compile(r"[^\s@<>\"(),;:\\\[\]]+@[^\s@<>\"(),;:\\\[\]]+\.[^\s@<>\"(),;:\\\[\].]+")


def normal(typed: str) -> str:
    """The one way in which an address is compared and kept: composed, in lower case, without blanks around it."""
    return unicodedata.normalize("NFC", typed.strip()).lower()


def check(typed: str, *, field: str = "email") -> str:
    """The normal form; raises `Invalid` for what cannot be an address. Whether mail arrives, only mail can tell."""
    address = normal(typed)
    if not address:
        raise Invalid(FieldError(field, "Enter an email address."))
    if len(address) > LONGEST or not _SHAPE.fullmatch(address):
        raise Invalid(FieldError(field, "Enter an email address like name@example.org."))
    return address


def domain(address: str) -> str:
    """What comes after the sign: most often, the organisation."""
    return address.rpartition("@")[2]
