"""Command lines that start a program through `launcher.py`."""

import os
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

from safeguard.database.embedded.account import Account

LAUNCHER = Path(__file__).with_name("launcher.py")


def launched(program: Sequence[str], *, account: Account | None = None, end_by: str = "SIGTERM") -> list[str]:
    """The command line that runs `program` as `account` and sends it `end_by` should this process die."""
    words = [sys.executable, "-I", "-S", str(LAUNCHER)]
    if account is not None and account.other:
        words += ["--user", str(account.user), str(account.group)]
    # The kernel watches the thread that started the child, not the process: only the main one lives as long.
    if threading.current_thread() is threading.main_thread():
        words += ["--end-with", str(os.getpid()), "--end-by", end_by]
    return [*words, "--", *program]


def named(path: Path, account: Account) -> str:
    """How a file or directory is named to a launched program: by an open descriptor when it runs as somebody else."""
    return f"fd:{path}" if account.other else str(path)
