"""A mail's link while it waits: sealed by the server's key, which no database holds."""

from typing import Final

from safeguard.web import keys

_PURPOSE: Final = "mail"


def seal(path: str) -> str:
    """The path of a one-time link, such as `/reset/…`, as the outbox keeps it."""
    return keys.current().seal(_PURPOSE, path.encode())


def unseal(sealed: str) -> str:
    """The path; raises `safeguard.web.keys.Tampered` for anything that this server did not seal."""
    return keys.current().open(_PURPOSE, sealed).decode()
