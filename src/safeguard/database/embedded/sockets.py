"""The private directory of the server's socket: DIR/run, or a short one when the system's limit forbids that."""

import contextlib
import shutil
import tempfile
from pathlib import Path

from safeguard.database.embedded.account import Account
from safeguard.database.embedded.address import PORT

LIMIT = 103
"""Bytes of a socket's path that every system takes (`sun_path` holds 108 on Linux, 104 on macOS, one of them a NUL)."""

ELSEWHERE = "elsewhere"
"""The file in DIR/run that names the short directory."""


def make_socket_directory(data: Path, account: Account) -> Path:
    """An empty directory that only the server's account and root can enter."""
    remove_elsewhere(data)
    run = data / "run"
    run.mkdir(mode=0o700, exist_ok=True)
    run.chmod(0o700)
    account.give(run)
    if _fits(run):
        return run
    short = Path(tempfile.mkdtemp(prefix="safeguard-"))  # mode 0700, a name nobody can take first
    account.give(short)
    (run / ELSEWHERE).write_text(str(short), "utf-8")
    return short


def find_socket_directory(data: Path) -> Path:
    """Where a running server of this data directory has its socket."""
    with contextlib.suppress(OSError):
        return Path((data / "run" / ELSEWHERE).read_text("utf-8"))
    return data / "run"


def remove_elsewhere(data: Path) -> None:
    """Remove the short directory, if there was one."""
    short = find_socket_directory(data)
    if short != data / "run":
        if not short.is_symlink() and short.name.startswith("safeguard-"):
            shutil.rmtree(short, ignore_errors=True)
        (data / "run" / ELSEWHERE).unlink(missing_ok=True)


def _fits(run: Path) -> bool:
    return len(f"{run}/.s.PGSQL.{PORT}".encode()) <= LIMIT
