"""Looking into a server from outside, and programs that own one."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import psutil
import psycopg

from safeguard.database.embedded import EmbeddedPostgres

Program = Callable[[str, Path], "subprocess.Popen[str]"]

HOLD = """
import sys
from pathlib import Path
from safeguard.database.embedded import EmbeddedPostgres
server = EmbeddedPostgres(Path(sys.argv[1]), durable=False)
server.start()
print("started", flush=True)
sys.stdin.read()
"""

# The kernel ends the server with the thread that started it, and only the main one is asked for: here nobody is.
ORPHAN = HOLD.replace(
    "server.start()", "import threading; t = threading.Thread(target=server.start); t.start(); t.join()"
)


def ask(server: EmbeddedPostgres, statement: str) -> object:
    """The first value that a statement gives the administrator, committed."""
    with psycopg.connect(server.url(), autocommit=True) as connection:
        cursor = connection.execute(statement.encode())
        row = cursor.fetchone() if cursor.description else None
        return row[0] if row else None


def postmaster(data: Path) -> psutil.Process:
    """The server process that the data directory's lock file names."""
    return psutil.Process(int((data / "postgres" / "postmaster.pid").read_text().split()[0]))


def gone(process: psutil.Process) -> bool:
    """Whether it has ended; one that its parent has not asked after yet (a zombie) has ended too."""
    return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE
