"""A request that this service sent out and got back: an address that somebody typed leads here, by whatever name.

Comparing names and addresses does not tell: an alias in the DNS, a second proxy, a tunnel all hide it, and many
services share one address. So whatever we send out says who passes it on (CDN-Loop, RFC 8586), and what comes in with
our own mark is refused before anything looks at it.
"""

from collections.abc import Mapping
from typing import Final
from urllib.parse import urlsplit

from safeguard.errors import DomainError
from safeguard.web import surroundings

HEADER: Final = "CDN-Loop"
STATUS: Final = 508


class Looped(DomainError):
    """It comes from here."""

    status = STATUS
    code = "loop"
    title = "This service was asked by itself"
    sentence = "This address leads back to Safeguard itself, so nothing was done."


def mark() -> str:
    """What stands for this deployment: its public host, and its port where it has one."""
    return urlsplit(surroundings.current().public_url).netloc.rpartition("@")[2].lower()


def refuse(headers: Mapping[str, str]) -> None:
    """Raise `Looped` for a request that was sent from here."""
    if (said := headers.get(HEADER)) and mark() in (one.partition(";")[0].strip().lower() for one in said.split(",")):
        raise Looped
