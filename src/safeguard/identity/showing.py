"""A secret that is shown once, on the page after the form that made it.

It travels in that page's address, sealed with the server's key and bound to the session, for ten minutes: nothing is
stored, a reload shows the same, and to anybody else - or in a log - the address tells nothing.
"""

from datetime import timedelta
from typing import Final

from safeguard import clock
from safeguard.web import exchange, keys
from safeguard.web.keys import Tampered

LASTS: Final = timedelta(minutes=10)
_PURPOSE = "shown once"


def seal(secret: str) -> str:
    """The secret, for the address of the next page."""
    until = int((clock.now() + LASTS).timestamp())
    return keys.current().seal(_PURPOSE, f"{until} {secret}".encode(), _session())


def unseal(sealed: str | None) -> str | None:
    """The secret of this session's address; None when there is none, or it is too late."""
    if not sealed:
        return None
    try:
        until, _, secret = keys.current().open(_PURPOSE, sealed, _session()).decode().partition(" ")
    except Tampered:
        return None
    return secret if int(until) >= clock.now().timestamp() else None


def _session() -> bytes:
    return exchange.current().session_hash or b""
