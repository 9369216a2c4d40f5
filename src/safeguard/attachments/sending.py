"""Sending a file out: to be kept, never to be shown. No browser renders it, whatever it holds."""

from collections.abc import AsyncIterator
from typing import Final, Protocol
from urllib.parse import quote

from litestar.response import Stream

from safeguard.web.directions import neutral
from safeguard.web.headers import SANDBOX

MEDIA_TYPE: Final = "application/octet-stream"


class Sendable(Protocol):
    """A file of any room."""

    @property
    def copy_name(self) -> str:
        """What a copy of it is called."""
        ...

    @property
    def size(self) -> int:
        """Bytes."""
        ...


def send(file: Sendable, pieces: AsyncIterator[bytes]) -> Stream:
    """The bytes, as a file to keep."""
    headers = {
        "Content-Disposition": disposition(file.copy_name),
        "Content-Length": str(file.size),
        "Content-Security-Policy": SANDBOX,
    }
    return Stream(pieces, media_type=MEDIA_TYPE, headers=headers)


def disposition(name: str) -> str:
    """Keep it, under this name (RFC 6266): in plain letters for old programs, and as people read it."""
    name = neutral(name)
    plain = "".join(letter if letter.isascii() and (letter.isalnum() or letter in "-_.") else "_" for letter in name)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
