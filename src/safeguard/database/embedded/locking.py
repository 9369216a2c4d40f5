"""One owner at a time for a data directory, and any number of guests.

The owner holds an exclusive lock on DIR/lock for as long as it lives, so the kernel lets go of it even after kill -9.
Guests - commands that use a server which somebody else started - hold a shared lock on DIR/guests, and an owner that
is itself only a command waits for them before it takes the server away.
"""

import fcntl
import os
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

OWNER = "lock"
GUESTS = "guests"


class Ownership:
    """The exclusive right to run a server on one data directory."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self._file: int | None = None

    def take(self, purpose: str) -> bool:
        """Become the owner, and leave a line that says who; False when somebody else is."""
        file = os.open(self.data / OWNER, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(file)
            return False
        os.ftruncate(file, 0)
        os.pwrite(file, f"{purpose} (process {os.getpid()})\n".encode(), 0)
        self._file = file
        return True

    def drop(self) -> None:
        """Let somebody else become the owner."""
        if self._file is not None:
            os.ftruncate(self._file, 0)
            os.close(self._file)
            self._file = None

    @property
    def held(self) -> bool:
        """Whether this object is the owner."""
        return self._file is not None


def describe_owner(data: Path) -> str:
    """What the owner wrote about itself, for a message."""
    try:
        return (data / OWNER).read_text("utf-8").strip() or "another safeguard process"
    except OSError:
        return "another safeguard process"


@contextmanager
def guest(data: Path) -> Generator[None]:
    """Be counted as somebody who uses the server."""
    with _guests(data, fcntl.LOCK_SH):
        yield


def wait_for_guests(data: Path) -> None:
    """Return when nobody uses the server any more."""
    with _guests(data, fcntl.LOCK_EX):
        pass


@contextmanager
def _guests(data: Path, kind: int) -> Generator[None]:
    file = os.open(data / GUESTS, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(file, kind)
        yield
    finally:
        os.close(file)
