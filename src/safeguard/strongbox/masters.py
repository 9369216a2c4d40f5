"""The master key: outside the database, in `keys/master`; it wraps the organisations' keys and nothing else.

While a master is being replaced there are several: the current one in `keys/master`, every other in
`keys/master-<id>`. Which one wrapped a key stands before it, so all of them open and only the current one wraps. A
process that meets a key it does not hold looks into the folder again, so a rotation needs no restart.
"""

import os
from contextlib import suppress
from pathlib import Path
from typing import Final

from safeguard.errors import Unavailable
from safeguard.keys.files import write
from safeguard.keys.sources import is_given, source_of
from safeguard.keys.wrapping import ID, Key

CURRENT: Final = "master"


class KeyMissing(Unavailable):
    """Something was sealed with a key that this machine does not have."""

    code = "key-missing"
    title = "This cannot be opened here at the moment"

    def __init__(self, key_id: bytes) -> None:
        super().__init__(
            f"The key {key_id.hex()} is not on this machine, so nothing that it protects can be opened. Nothing is "
            f"lost: whoever runs the service copies the file master-{key_id.hex()} into its folder of keys."
        )


class Masters:
    """The master keys of one deployment, read from its folder of keys."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._known: dict[bytes, Key] = {}

    def __repr__(self) -> str:
        return f"Masters({len(self._known)} known)"

    @property
    def current(self) -> Key:
        """The one that wraps, read anew: it is used seldom, and may have been replaced a moment ago."""
        key = Key(source_of(self._folder, CURRENT).current(CURRENT))
        self._known[key.id] = key
        return key

    def open_below(self, wrapped: bytes, place: bytes) -> Key:
        """The key that one of the masters wrapped for `place`; raises `KeyMissing`, `CannotOpen`."""
        return self._find(wrapped[:ID]).open_below(wrapped, place)

    @property
    def is_given(self) -> bool:
        """Whether the environment hands it over: then it is replaced there."""
        return is_given(CURRENT)

    def prepare(self, key: Key) -> Path:
        """Put a further master beside the current one, from where every process can open with it."""
        file = self.file_of(key)
        if not file.exists():
            write(file, key.secret)
        return file

    def promote(self, key: Key) -> Path:
        """Make `key` the one that wraps; the former one stays beside it. Safe to do again after a crash."""
        former = self.current
        kept = self.prepare(former)
        if former.id != key.id:
            draft = self._folder / f"{CURRENT}.{os.getpid()}"
            write(draft, key.secret)
            draft.replace(self._folder / CURRENT)
        self.file_of(key).unlink(missing_ok=True)
        return kept

    def file_of(self, key: Key) -> Path:
        """Where a master that is not the current one lies."""
        return self._folder / f"{CURRENT}-{key.id.hex()}"

    def _find(self, key_id: bytes) -> Key:
        if key_id not in self._known:
            self._look()
        if key_id not in self._known:
            raise KeyMissing(key_id)
        return self._known[key_id]

    def _look(self) -> None:
        source = source_of(self._folder, CURRENT)
        with suppress(FileNotFoundError):  # a rotation may have moved one meanwhile
            for secret in (source.current(CURRENT), *source.former(CURRENT)):
                key = Key(secret)
                self._known[key.id] = key


_current: Masters | None = None


def use(masters: Masters | None) -> None:
    """Make these the masters of this process."""
    global _current  # noqa: PLW0603  one folder of keys per process
    _current = masters


def current() -> Masters:
    """The masters of this process; raises `RuntimeError` before `use`."""
    if _current is None:
        raise RuntimeError("no master key is loaded in this process")
    return _current
