"""A key with those before it, as a process that goes on running sees them: it notices when one was replaced.

Looked at once a second at most, by a question to the file system and not by reading: who signs a context for every
request does not wait for it.
"""

import time
from pathlib import Path
from typing import Final

from safeguard.keys.sources import source_of

EVERY: Final = 1.0
"""Seconds after which a key that was replaced is noticed at the latest."""


class Ring:
    """The secrets of one name, the current one first."""

    def __init__(self, folder: Path, name: str) -> None:
        self._source, self._name = source_of(folder, name), name
        self._stamp: object = None
        self._held: tuple[bytes, ...] = ()
        self._look_at = 0.0
        self.look()

    def __repr__(self) -> str:
        return f"Ring({self._name}, {len(self._held)} known)"

    def secrets(self) -> tuple[bytes, ...]:
        """The current one, then the former ones; the same tuple until something was replaced."""
        now = time.monotonic()
        if now >= self._look_at:
            self._look_at = now + EVERY
            self.look()
        return self._held

    def look(self) -> bool:
        """Read again if it was replaced; whether it was."""
        stamp = self._source.stamp(self._name)
        if self._held and stamp == self._stamp:
            return False
        self._held = (self._source.current(self._name), *self._source.former(self._name))
        self._stamp = stamp  # of before: what was replaced while it was read is noticed at the next look
        return True
