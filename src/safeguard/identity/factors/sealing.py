"""The secret of an authenticator app, as the database keeps it: sealed with `keys/factors`, for one person and app.

`safeguard keys rotate factors` replaces the key while everything runs: the former ones go on opening what they sealed,
and each secret moves to the new key when it is next used.
"""

from functools import cached_property
from pathlib import Path
from typing import Final
from uuid import UUID

from safeguard.keys import rings as keys
from safeguard.keys.wrapping import ID, CannotOpen, Key

FILE: Final = "factors"


class Ring:
    """The key that seals, and former ones that still open."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @cached_property
    def _ring(self) -> keys.Ring:
        """Read when it is first needed: a process that opens no secret makes no key that nobody else has."""
        return keys.Ring(self._folder, FILE)

    @property
    def current(self) -> Key:
        """The one that seals."""
        return Key(self._ring.secrets()[0])

    def __repr__(self) -> str:
        return "Ring()"

    def seal(self, secret: bytes, person: UUID, factor: UUID) -> bytes:
        """The secret, readable for this person's app alone."""
        return self.current.seal(secret, person.bytes + factor.bytes)

    def open(self, sealed: bytes, person: UUID, factor: UUID) -> bytes:
        """The secret; raises `CannotOpen` for what was sealed for somebody else, or with a key that is not here."""
        key = self._find(sealed[:ID]) or (self._find(sealed[:ID]) if self._ring.look() else None)
        if key is None:
            raise CannotOpen("the key of this secret is not on this machine")
        return key.open(sealed, person.bytes + factor.bytes)

    def _find(self, key_id: bytes) -> Key | None:
        return next((key for secret in self._ring.secrets() if (key := Key(secret)).id == key_id), None)

    def is_outdated(self, sealed: bytes) -> bool:
        """Whether another key than the newest sealed it."""
        return sealed[:ID] != self.current.id


_current: Ring | None = None


def use(ring: Ring | None) -> None:
    """Make this the ring of this process."""
    global _current  # noqa: PLW0603  one folder of keys per process
    _current = ring


def current() -> Ring:
    """The ring of this process; raises `RuntimeError` before `use`."""
    if _current is None:
        raise RuntimeError("no key for second factors is loaded in this process")
    return _current
