"""A socket's path that every system takes, however long the data folder's is."""

import os
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

LIMIT: Final = 103
"""Bytes: `sun_path` holds 108 on Linux, 104 on macOS, one of them a NUL."""


@contextmanager
def short(file: Path) -> Generator[str]:
    """The path, or where it is too long one by way of its opened folder, which Linux has."""
    if len(os.fsencode(file)) <= LIMIT:
        yield str(file)
        return
    folder = os.open(file.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{folder}/{file.name}"
    finally:
        os.close(folder)
