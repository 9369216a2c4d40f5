"""Keys that lie in files: `DIR/keys/{master,context,log,cookie}`, 32 bytes each, readable by their owner alone."""

import os
from pathlib import Path

from safeguard import clock

SIZE = 32


class BadKeyFile(RuntimeError):
    """A key file that holds something else: restore it from the backup of the keys."""


def load_or_make(path: Path, mode: int = 0o600) -> bytes:
    """The key in `path`; made there when there is none, whole or not at all, however many processes start at once."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not path.exists():
        _make(path, mode)
    return load(path)


def load(path: Path) -> bytes:
    """The key in `path`; raises `FileNotFoundError`, `BadKeyFile`."""
    secret = path.read_bytes()
    if len(secret) != SIZE:
        raise BadKeyFile(f"{path} is not a key of {SIZE} bytes: restore it from the backup of the keys.")
    return secret


def write(file: Path, secret: bytes) -> None:
    """Write a key over whatever is there, and on the disk."""
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as target:
        target.write(secret)
        target.flush()
        os.fsync(target.fileno())


def _make(path: Path, mode: int) -> None:
    draft = path.with_name(f"{path.name}.{os.getpid()}.{clock.System().random_bytes(4).hex()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
        file.write(clock.System().random_bytes(SIZE))
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)
    except FileExistsError:
        pass  # another process was first: its key is the one
    finally:
        draft.unlink()
