"""What the processes of one run of the tests make once and share: a folder that is gone with the run."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

FOLDER: Final = "TESTS_SHARE"
"""The variable by which the first process of a run tells the others where."""


def shared() -> Path:
    """The folder; whoever asks first makes it, and removes it when that process ends."""
    if FOLDER not in os.environ:
        ours = TemporaryDirectory(prefix="safeguard-shared-")
        _made.append(ours)
        os.environ[FOLDER] = ours.name
    return Path(os.environ[FOLDER])


@contextmanager
def alone(name: str) -> Iterator[None]:
    """One process at a time, for the length of the block."""
    with (shared() / f"{name}.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


_made: list[TemporaryDirectory[str]] = []
"""Removed when this process ends."""
