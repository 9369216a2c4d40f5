"""What a server that was killed left behind.

A lock file names a process number, and numbers are used again, so a number proves nothing: a process is our server
when it is PostgreSQL and its working directory is the data directory (a postmaster's always is).
"""

import contextlib
import os
import signal
import time
from pathlib import Path

import psutil

from safeguard.database.embedded.refusing import CannotStart

LOCK_FILE = "postmaster.pid"
NOBODY = 2**31 - 2
"""A process number that no kernel gives out."""


def clear_leftovers(cluster: Path, socket: Path) -> None:
    """End an orphaned server on this directory, and make a lock file of a process that is no such server harmless."""
    for process in orphans(cluster):
        end(process)
    _disarm(cluster / LOCK_FILE)
    for path in (socket, socket.with_name(f"{socket.name}.lock")):
        path.unlink(missing_ok=True)


def orphans(cluster: Path) -> list[psutil.Process]:
    """The postmaster that the lock file names, if it really is one of this data directory."""
    with contextlib.suppress(FileNotFoundError, ValueError, psutil.Error):
        process = psutil.Process(_number(cluster / LOCK_FILE))
        if is_server(process, cluster):
            return [process]
    return []


def is_server(process: psutil.Process, cluster: Path) -> bool:
    """Whether the process is a PostgreSQL server that works in `cluster`."""
    with contextlib.suppress(psutil.Error, OSError):
        return process.name() == "postgres" and os.path.samefile(process.cwd(), cluster)
    return False


def end(process: psutil.Process, patience: float = 30) -> None:
    """Stop a postmaster: without waiting for its clients first, then as after a crash (the log makes good for it)."""
    for number, seconds in ((signal.SIGINT, patience), (signal.SIGQUIT, 10.0), (signal.SIGKILL, 5.0)):
        with contextlib.suppress(psutil.NoSuchProcess):
            process.send_signal(number)
        if _gone(process, seconds):
            return
    raise CannotStart(f"A database server of an earlier run (process {process.pid}) does not end.")


def _gone(process: psutil.Process, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        with contextlib.suppress(psutil.NoSuchProcess):
            if process.is_running() and process.status() != psutil.STATUS_ZOMBIE:
                time.sleep(0.02)
                continue
        return True
    return False


def _disarm(lock_file: Path) -> None:
    """Put a number that nobody has into the file, instead of deleting it.

    PostgreSQL refuses to start while *any* process has that number. The rest of the file names the shared memory by
    which PostgreSQL notices that children of the dead server still write; without the file it could not.
    """
    try:
        lines = lock_file.read_text("utf-8").splitlines(keepends=True)
    except FileNotFoundError:
        return
    if not lines:  # killed between making and writing it: PostgreSQL would refuse an empty one
        lock_file.unlink()
        return
    owner = lock_file.parent.stat()  # a copy put back by root may have made the file root's
    new = lock_file.with_name(f"{LOCK_FILE}.new")
    new.write_text("".join([f"{NOBODY}\n", *lines[1:]]), "utf-8")
    new.chmod(0o600)
    if os.geteuid() == 0:
        os.chown(new, owner.st_uid, owner.st_gid)
    new.replace(lock_file)


def _number(lock_file: Path) -> int:
    return int(lock_file.read_text("utf-8").partition("\n")[0])
