"""The secret of an authenticator app, as the database keeps it: sealed with `keys/factors`, for one person and app.

To replace the key without downtime, rename the file to `factors-<anything>` and start the processes anew: a fresh key
is made, the former one goes on opening what it sealed, and each secret moves to the new key when it is next used.
"""

from pathlib import Path
from typing import Final
from uuid import UUID

from safeguard.keys.files import load, load_or_make
from safeguard.keys.wrapping import ID, CannotOpen, Key

FILE: Final = "factors"


class Ring:
    """The key that seals, and former ones that still open."""

    def __init__(self, folder: Path) -> None:
        self.current = Key(load_or_make(folder / FILE))
        self._known = {key.id: key for file in sorted(folder.glob(f"{FILE}-*")) if (key := Key(load(file)))}
        self._known[self.current.id] = self.current

    def __repr__(self) -> str:
        return f"Ring({len(self._known)} known)"

    def seal(self, secret: bytes, person: UUID, factor: UUID) -> bytes:
        """The secret, readable for this person's app alone."""
        return self.current.seal(secret, person.bytes + factor.bytes)

    def open(self, sealed: bytes, person: UUID, factor: UUID) -> bytes:
        """The secret; raises `CannotOpen` for what was sealed for somebody else, or with a key that is not here."""
        key = self._known.get(sealed[:ID])
        if key is None:
            raise CannotOpen("the key of this secret is not on this machine")
        return key.open(sealed, person.bytes + factor.bytes)

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
