"""PostgreSQL on one data directory, started and stopped by this process.

Chosen over the ready-made wrapper of the same package because that one trusts every local user. Ours: passwords
(SCRAM) for everybody, checksums, no network, a socket directory of mode 0700, one owner per data directory, and no
belief in process numbers.
"""

import contextlib
import os
import signal
import subprocess
import time
from pathlib import Path
from typing import Self

from safeguard.database.embedded.account import Account, account_for
from safeguard.database.embedded.address import PORT, SUPERUSER, ServerAddress
from safeguard.database.embedded.binaries import Binaries, binaries_for
from safeguard.database.embedded.cluster import ensure_cluster
from safeguard.database.embedded.configuring import options
from safeguard.database.embedded.keyring import Keyring
from safeguard.database.embedded.launching import launched, named
from safeguard.database.embedded.leftovers import LOCK_FILE, clear_leftovers
from safeguard.database.embedded.locking import Ownership, describe_owner
from safeguard.database.embedded.refusing import CannotStart, InUse
from safeguard.database.embedded.sockets import find_socket_directory, make_socket_directory, remove_elsewhere

STARTING = 120.0
"""Seconds to wait for a server to accept connections: recovery after a crash may replay much."""


class EmbeddedPostgres:
    """A server whose data are in `data`/postgres; `durable=False` trades safety for speed, for tests."""

    def __init__(self, data: Path, *, durable: bool = True, purpose: str = "safeguard") -> None:
        self.data = data.absolute()
        self.durable = durable
        self.purpose = purpose
        self.process: subprocess.Popen[bytes] | None = None
        self._ownership = Ownership(self.data)

    def start(self) -> ServerAddress:
        """Run the server and return when it takes connections. `CannotStart` and its kinds say why it does not."""
        owned = self._ownership.held
        self.own()
        try:
            return self._start()
        except BaseException:
            self.rest()
            if not owned:
                self._ownership.drop()
            raise

    def own(self) -> None:
        """Become the owner of the data directory without starting anything yet; `InUse` when somebody else is."""
        self.data.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not self._ownership.held and not self._ownership.take(self.purpose):
            raise InUse(
                f"{self.data} is in use by {describe_owner(self.data)}. "
                f"Stop that one first, or name another directory with --data."
            )

    def rest(self, patience: float = 30) -> None:
        """End the server, clients or no clients, and stay the owner of the data directory."""
        if self.process is not None:
            for number, seconds in ((signal.SIGINT, patience), (signal.SIGQUIT, patience / 3), (signal.SIGKILL, 10)):
                if self.process.poll() is not None:
                    break
                self.process.send_signal(number)
                with contextlib.suppress(subprocess.TimeoutExpired):
                    self.process.wait(seconds)
            self.process = None
            remove_elsewhere(self.data)

    def stop(self, patience: float = 30) -> None:
        """End the server and let go of the data directory."""
        self.rest(patience)
        self._ownership.drop()

    def url(self, role: str | None = None, password: str | None = None, database: str = "postgres") -> str:
        """A libpq URI to this server; the administrator's, unless a role is named."""
        return address_of(self.data).url(role, password, database)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def cluster(self) -> Path:
        """PostgreSQL's own data directory."""
        return self.data / "postgres"

    @property
    def log(self) -> Path:
        """Where the server writes what happens to it."""
        return self.data / "logs" / "postgres.log"

    def _start(self) -> ServerAddress:
        account = account_for(self.cluster)
        binaries = binaries_for(account)
        ensure_cluster(self.cluster, binaries, account, self._password(), durable=self.durable)
        socket_dir = make_socket_directory(self.data, account)
        address = address_of(self.data)
        clear_leftovers(self.cluster, address.socket)
        self.process = self._spawn(binaries, account, socket_dir)
        self._wait_until_ready(self.process)
        return address

    def _password(self) -> str:
        keyring = Keyring(self.data / "keys")
        if keyring.get(SUPERUSER) is None:
            self._refuse_lost_password(keyring)
        return keyring.ensure(SUPERUSER)[SUPERUSER]

    def _refuse_lost_password(self, keyring: Keyring) -> None:
        if (self.cluster / "PG_VERSION").exists():
            raise CannotStart(
                f"{self.cluster} has data, but its passwords ({keyring.keys_dir}/database.json) are missing. "
                f"Put the keys directory back from the backup."
            )
        if keyring.addresses():
            raise CannotStart(
                f"The records that belong to {self.data} are in a PostgreSQL of your own, and its address is not "
                f"set. Set SAFEGUARD_DATABASE_URL as before, or name another directory with --data."
            )

    def _spawn(self, binaries: Binaries, account: Account, socket_dir: Path) -> subprocess.Popen[bytes]:
        words = [str(binaries.program("postgres")), "-D", named(self.cluster, account), "-p", str(PORT)]
        words += options(self.durable, unix_socket_directories=named(socket_dir, account))
        self.log.parent.mkdir(mode=0o700, exist_ok=True)
        with open(os.open(self.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "ab") as log:
            return subprocess.Popen(
                launched(words, account=account, end_by="SIGINT"),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                env={"PATH": os.environ.get("PATH", os.defpath), "TZ": "UTC"},
                process_group=0,  # Ctrl-C is for the supervisor, which ends the others first
            )

    def _wait_until_ready(self, process: subprocess.Popen[bytes]) -> None:
        deadline = time.monotonic() + STARTING
        while not _ready(self.cluster / LOCK_FILE, process.pid):
            if process.poll() is not None:
                raise CannotStart(f"The database server ended while starting. {_complaint(self.log)} (from {self.log})")
            if time.monotonic() > deadline:
                raise CannotStart(f"The database server did not get ready in {STARTING:.0f} seconds. See {self.log}.")
            time.sleep(0.01)


def address_of(data: Path) -> ServerAddress:
    """Where the server of this data directory listens, or would."""
    password = Keyring(data / "keys").get(SUPERUSER) or ""
    return ServerAddress(find_socket_directory(data), PORT, SUPERUSER, password)


def _ready(lock_file: Path, number: int) -> bool:
    """Whether this very server says so in the eighth line of its lock file, where pg_ctl looks too (`pidfile.h`)."""
    with contextlib.suppress(OSError):
        lines = lock_file.read_text("utf-8").splitlines()
        return len(lines) >= 8 and lines[0] == str(number) and lines[7].strip() == "ready"
    return False


def _complaint(log: Path) -> str:
    """The last two lines without time and number: the verdict, and mostly the reason before it."""
    lines = log.read_text("utf-8", errors="replace").splitlines()[-2:]
    return "; ".join(line.partition("] ")[2] or line for line in lines) or "it said nothing"
